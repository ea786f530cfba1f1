import { expect, test } from 'vitest';
import { alertOf, mapHandshakeError, reasonOf, verdictOf } from '../../src/system/tls-errors.ts';

function nodeError(code: string, message = ''): Error {
  return Object.assign(new Error(message), { code });
}

test.each([
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'bad-certificate'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'unknown-ca'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate-required'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'handshake-failure'],
  ['ERR_SSL_TLS_ALERT_UNEXPECTED_MESSAGE', 'unexpected-message'],
])('the code %s carries the alert %s', (code, alert) => {
  expect(alertOf(nodeError(code))).toBe(alert);
});

test('an alert is found in the message of a failed write', () => {
  const message =
    'write EPROTO 805C:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:' +
    '../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 48\n';
  expect(alertOf(nodeError('EPROTO', message))).toBe('unknown-ca');
});

test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'ECONNRESET', ''])('%j carries no alert', (code) => {
  expect(alertOf(nodeError(code))).toBeUndefined();
  expect(alertOf('not an error')).toBeUndefined();
});

test.each([
  [nodeError('ECONNRESET', 'read ECONNRESET'), 'reset'],
  [nodeError('ECONNRESET', 'socket hang up'), 'cut'],
  [
    nodeError(
      'ECONNRESET',
      'Client network socket disconnected before secure TLS connection was established',
    ),
    'cut',
  ],
  [nodeError('EPIPE'), 'reset'],
  [nodeError('ETIMEDOUT'), 'timed-out'],
  [nodeError('ERR_SSL_HTTP_REQUEST'), 'http-request'],
  [nodeError('ERR_TLS_INVALID_CONTEXT'), 'tls-invalid-context'],
  [nodeError('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'alert-unknown-ca'],
  [new Error('no code'), 'failed'],
])('%s is told as %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

test('a verdict on a certificate reads as words', () => {
  expect(verdictOf('UNABLE_TO_VERIFY_LEAF_SIGNATURE')).toBe('unable-to-verify-leaf-signature');
});

test('the message names the other side and the error keeps its cause', () => {
  const cause = nodeError('ERR_SSL_HTTP_REQUEST');
  const error = mapHandshakeError(cause, { host: '::1', port: 20200 });
  expect(error.message).toBe('The TLS handshake with [::1]:20200 failed: http-request.');
  expect(error.cause).toBe(cause);
  expect(JSON.parse(JSON.stringify(error.details))).toEqual(error.details);
});

import { PortsError } from '@amop/ports';
import { expect, test } from 'vitest';
import { ClientError } from '../../src/errors.ts';
import { isCertificateError, linkError } from '../../src/link/link-error.ts';

const at = { host: 'a', port: 1 };

test.each([
  [
    new PortsError('AMOP_PORTS_TLS_REFUSED_BY_PEER', 'x', {
      ...at,
      alert: 'unknown-ca',
      retryable: false,
    }),
    'refused-by-node',
  ],
  [
    new PortsError('AMOP_PORTS_TLS_UNTRUSTED_PEER', 'x', {
      ...at,
      reason: 'cert-has-expired',
      retryable: false,
    }),
    'untrusted-node',
  ],
  [
    new PortsError('AMOP_PORTS_CREDENTIALS', 'x', {
      part: 'key',
      reason: 'bad decrypt',
      retryable: false,
    }),
    'bad-credentials',
  ],
])('%s is the fault of a certificate', (cause, reason) => {
  const error = linkError(cause, 'a:1');
  expect(error).toMatchObject({
    code: 'AMOP_CLIENT_CERTIFICATE',
    details: { reason, retryable: false, maybeDelivered: 'no' },
    cause,
  });
  expect(isCertificateError(error)).toBe(true);
});

test.each([
  [
    new PortsError('AMOP_PORTS_DIAL_FAILED', 'refused', {
      ...at,
      reason: 'refused',
      retryable: true,
    }),
  ],
  [
    new PortsError('AMOP_PORTS_CONNECTION_LOST', 'reset', {
      ...at,
      reason: 'reset',
      retryable: true,
    }),
  ],
  [undefined],
  ['odd'],
])('%s may pass', (cause) => {
  const error = linkError(cause, 'a:1');
  expect(error).toMatchObject({
    code: 'AMOP_CLIENT_NOT_CONNECTED',
    message: expect.stringContaining('node a:1'),
    details: { retryable: true, node: 'a:1' },
  });
  expect(isCertificateError(error)).toBe(false);
});

test('an error of this package stays what it is', () => {
  const error = new ClientError('AMOP_CLIENT_TIMEOUT', 'late');
  expect(linkError(error, 'a:1')).toBe(error);
});

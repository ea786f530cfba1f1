import { PortsError } from '@amop/ports';
import { describe, expect, it } from 'vitest';
import { REFUSAL_REASONS, refusalText } from '../src/refusal/refusal-reason.ts';
import { dialRefusalReason, tlsRefusalReason } from '../src/refusal/tls-refusal.ts';

describe('the words for a refusal', () => {
  it('say what is wrong and what to do, for every reason', () => {
    for (const reason of REFUSAL_REASONS) {
      const { fix, message } = refusalText(reason);
      expect(message, reason).toMatch(/^[^A-Z].*[^.]$/);
      expect(fix.length, reason).toBeGreaterThan(20);
    }
  });
});

describe('why TLS came to nothing', () => {
  it.each([
    ['AMOP_PORTS_TLS_UNTRUSTED_PEER', 'no-certificate', 'no-certificate'],
    ['AMOP_PORTS_TLS_UNTRUSTED_PEER', 'cert-has-expired', 'certificate-expired'],
    ['AMOP_PORTS_TLS_UNTRUSTED_PEER', 'cert-not-yet-valid', 'certificate-not-yet-valid'],
    ['AMOP_PORTS_TLS_UNTRUSTED_PEER', 'self-signed-cert-in-chain', 'other-authority'],
    ['AMOP_PORTS_TLS_UNTRUSTED_PEER', 'unable-to-verify-leaf-signature', 'other-authority'],
    ['AMOP_PORTS_TLS_REFUSED_BY_PEER', 'unknown-ca', 'refuses-this-node'],
    ['AMOP_PORTS_TOO_MANY_HANDSHAKES', 'gave-way', 'too-many-handshakes'],
    ['AMOP_PORTS_TLS_FAILED', 'handshake-timeout', 'handshake-timeout'],
    ['AMOP_PORTS_TLS_FAILED', 'http-request', 'not-tls'],
    ['AMOP_PORTS_TLS_FAILED', 'cut', 'hung-up'],
    ['AMOP_PORTS_TLS_FAILED', 'no-shared-cipher', 'no-common-tls'],
    ['AMOP_PORTS_TLS_FAILED', 'anything-else', 'tls-failed'],
  ] as const)('%s %s is %s', (code, reason, expected) => {
    expect(tlsRefusalReason({ code, reason })).toBe(expected);
  });
});

describe('why a node was not reached', () => {
  const endpoint = { host: '10.0.0.1', port: 30_300 };

  it.each([
    ['refused', 'nobody-listens'],
    ['unreachable', 'unreachable'],
    ['timeout', 'no-answer'],
    ['name-not-found', 'no-such-name'],
  ] as const)('%s is %s', (reason, expected) => {
    const details = { ...endpoint, reason, retryable: true } as const;
    const error = new PortsError('AMOP_PORTS_DIAL_FAILED', 'no', details);
    expect(dialRefusalReason(error)).toBe(expected);
  });

  it('a node that hangs up or refuses the certificate is told apart', () => {
    const cut = { ...endpoint, reason: 'cut', retryable: true };
    expect(dialRefusalReason(new PortsError('AMOP_PORTS_TLS_FAILED', 'no', cut))).toBe('hung-up');
    const alert = { ...endpoint, alert: 'unknown-ca', retryable: false } as const;
    const refused = new PortsError('AMOP_PORTS_TLS_REFUSED_BY_PEER', 'no', alert);
    expect(dialRefusalReason(refused)).toBe('refuses-this-node');
  });

  it('a certificate that is for clients alone is that of an application', () => {
    const details = { ...endpoint, reason: 'invalid-purpose', retryable: false } as const;
    const error = new PortsError('AMOP_PORTS_TLS_UNTRUSTED_PEER', 'no', details);
    expect(dialRefusalReason(error)).toBe('sdk-certificate');
  });

  it('an error of another kind has no reason', () => {
    expect(dialRefusalReason(new Error('bug'))).toBeUndefined();
  });
});

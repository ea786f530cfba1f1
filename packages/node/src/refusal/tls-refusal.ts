import { isPortsError, type PortsErrorCode, type Refusal } from '@amop/ports';
import type { RefusalReason } from './refusal-reason.ts';

/** OpenSSL's verdict on a certificate that may not be used on this side of TLS. */
const FOR_CLIENTS = 'invalid-purpose';

/** By what OpenSSL says of a certificate. */
const VERDICTS: Readonly<Record<string, RefusalReason | undefined>> = {
  'no-certificate': 'no-certificate',
  'cert-has-expired': 'certificate-expired',
  'cert-not-yet-valid': 'certificate-not-yet-valid',
};

/** By what became of a handshake that no certificate was at fault for. */
const FAILURES: Readonly<Record<string, RefusalReason | undefined>> = {
  'handshake-timeout': 'handshake-timeout',
  'http-request': 'not-tls',
  'wrong-version-number': 'not-tls',
  cut: 'hung-up',
  reset: 'hung-up',
  'no-shared-cipher': 'no-common-tls',
  'no-shared-group': 'no-common-tls',
  'no-suitable-key-share': 'no-common-tls',
  'no-shared-signature-algorithms': 'no-common-tls',
  'no-suitable-signature-algorithm': 'no-common-tls',
  'unsupported-protocol': 'no-common-tls',
  'wrong-curve': 'no-common-tls',
  'alert-handshake-failure': 'no-common-tls',
  'alert-protocol-version': 'no-common-tls',
};

const CODES: Readonly<Partial<Record<PortsErrorCode, RefusalReason>>> = {
  AMOP_PORTS_TLS_REFUSED_BY_PEER: 'refuses-this-node',
  AMOP_PORTS_TOO_MANY_HANDSHAKES: 'too-many-handshakes',
};

/** Why TLS came to nothing, from what the transport says of it. */
export function tlsRefusalReason({
  code,
  reason,
}: Pick<Refusal, 'code' | 'reason'>): RefusalReason {
  if (code === 'AMOP_PORTS_TLS_UNTRUSTED_PEER') return VERDICTS[reason] ?? 'other-authority';
  return CODES[code] ?? FAILURES[reason] ?? 'tls-failed';
}

const DIAL_REASONS = {
  refused: 'nobody-listens',
  unreachable: 'unreachable',
  timeout: 'no-answer',
  'name-not-found': 'no-such-name',
  failed: 'unreachable',
} as const satisfies Record<string, RefusalReason>;

/** Why a connection that was dialled did not come about; undefined for what is no error of the transport. */
export function dialRefusalReason(error: unknown): RefusalReason | undefined {
  if (isPortsError(error, 'AMOP_PORTS_DIAL_FAILED')) return DIAL_REASONS[error.details.reason];
  if (isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')) return 'refuses-this-node';
  // A certificate that says it is for clients alone: what listens there has that of an application.
  const isUntrusted = isPortsError(error, 'AMOP_PORTS_TLS_UNTRUSTED_PEER');
  if (isUntrusted && error.details.reason === FOR_CLIENTS) return 'sdk-certificate';
  if (
    isPortsError(error, 'AMOP_PORTS_TLS_UNTRUSTED_PEER') ||
    isPortsError(error, 'AMOP_PORTS_TLS_FAILED')
  ) {
    return tlsRefusalReason({ code: error.code, reason: error.details.reason });
  }
  return undefined;
}

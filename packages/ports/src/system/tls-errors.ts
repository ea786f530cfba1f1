import type { EndpointDetails, PortsErrorDetails } from '../errors.ts';
import { PortsError } from '../errors.ts';

/** What of a Node error the mapping looks at. */
interface ErrorFacts {
  readonly code: string;
  readonly message: string;
}

/**
 * Alerts by which a peer says no to our certificate (RFC 8446, section 6.2). `internal-error` is
 * what an original node sends when its own verification refuses (spec 15.3).
 */
const CERTIFICATE_ALERTS: ReadonlySet<string> = new Set([
  'bad-certificate',
  'unsupported-certificate',
  'certificate-revoked',
  'certificate-expired',
  'certificate-unknown',
  'certificate-required',
  'unknown-ca',
  'access-denied',
  'internal-error',
]);

/**
 * The name of the TLS alert in an error, kebab-case; `undefined` when the peer sent none.
 *
 * OpenSSL 3.0 writes `SSLV3_ALERT_…`, `TLSV1_ALERT_…` or `TLSV13_ALERT_…`, newer ones
 * `SSL/TLS_ALERT_…`; errors of a write carry the same text in the message only.
 */
export function alertOf(error: unknown): string | undefined {
  const { code, message } = factsOf(error);
  const name =
    /^ERR_SSL_.*?_ALERT_([A-Z_0-9]+)$/.exec(code)?.[1] ??
    /SSL routines:[^:]*:[^:]*? alert ([a-z ]+):.*SSL alert number \d+/.exec(message)?.[1];
  return name === undefined ? undefined : kebab(name);
}

/** Whether an alert means that the peer refused our certificate. */
export function refusesCertificate(alert: string): boolean {
  return CERTIFICATE_ALERTS.has(alert);
}

/** A few kebab-case words for an error of a TLS socket. */
export function reasonOf(error: unknown): string {
  const alert = alertOf(error);
  if (alert !== undefined) return `alert-${alert}`;
  const { code, message } = factsOf(error);
  if (code === 'ECONNRESET') return /before secure|hang up/.test(message) ? 'cut' : 'reset';
  if (code === 'EPIPE') return 'reset';
  if (code === 'ETIMEDOUT') return 'timed-out';
  return code === '' ? 'failed' : kebab(code.replace(/^ERR_(SSL_)?/, ''));
}

/** What OpenSSL found wrong with a peer's certificate, in kebab-case. */
export function verdictOf(authorizationError: unknown): string {
  return kebab(String(authorizationError));
}

/** The error for a peer whose certificate we do not trust. */
export function untrustedPeer(endpoint: EndpointDetails, reason: string): PortsError {
  return new PortsError(
    'AMOP_PORTS_TLS_UNTRUSTED_PEER',
    `The certificate of ${at(endpoint)} does not lead to our authority: ${reason}.`,
    { ...endpoint, reason, retryable: false },
  );
}

/** The error for a peer that refused our certificate; `alert` is `none` when it only hung up. */
export function refusedByPeer(
  endpoint: EndpointDetails,
  alert: string,
  cause?: unknown,
): PortsError {
  const how = alert === 'none' ? 'by hanging up' : `with the alert ${alert}`;
  return new PortsError(
    'AMOP_PORTS_TLS_REFUSED_BY_PEER',
    `${at(endpoint)} refused our certificate ${how}: it must lead to an authority it trusts.`,
    { ...endpoint, alert, retryable: false },
    { cause },
  );
}

/** The error for a handshake that failed without a certificate being at fault for certain. */
export function handshakeFailed(
  endpoint: EndpointDetails,
  reason: string,
  cause?: unknown,
): PortsError {
  return new PortsError(
    'AMOP_PORTS_TLS_FAILED',
    `The TLS handshake with ${at(endpoint)} failed: ${reason}.`,
    { ...endpoint, reason, retryable: RETRYABLE_REASONS.has(reason) },
    { cause },
  );
}

/** Handshakes that ended so may succeed the next time; others fail until somebody changes a side. */
const RETRYABLE_REASONS: ReadonlySet<string> = new Set(['cut', 'reset', 'timed-out']);

/** The error for an open connection that broke. */
export function connectionLost(
  endpoint: EndpointDetails,
  reason: PortsErrorDetails['AMOP_PORTS_CONNECTION_LOST']['reason'],
  cause?: unknown,
): PortsError {
  return new PortsError(
    'AMOP_PORTS_CONNECTION_LOST',
    `The connection with ${at(endpoint)} broke: ${reason}.`,
    { ...endpoint, reason, retryable: true },
    { cause },
  );
}

/** Maps what a TLS socket reports before its handshake is done to an error of ours. */
export function mapHandshakeError(error: unknown, endpoint: EndpointDetails): PortsError {
  const alert = alertOf(error);
  return alert !== undefined && refusesCertificate(alert)
    ? refusedByPeer(endpoint, alert, error)
    : handshakeFailed(endpoint, reasonOf(error), error);
}

function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message };
}

function kebab(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function at({ host, port }: EndpointDetails): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

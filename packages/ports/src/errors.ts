/** The host and port an error is about. */
export interface EndpointDetails {
  readonly host: string;
  readonly port: number;
}

/** `details` of a {@link PortsError}, by code. All are JSON-safe and free of secrets. */
export interface PortsErrorDetails {
  /** No TCP connection came about in time: nobody listens, no way there, no such name, too slow. */
  readonly AMOP_PORTS_DIAL_FAILED: EndpointDetails & {
    readonly reason: 'refused' | 'unreachable' | 'timeout' | 'name-not-found' | 'failed';
    /** The `errno` name of the operating system, e.g. `ECONNREFUSED`, where there is one. */
    readonly systemCode?: string;
    readonly retryable: true;
  };
  /** The other side refused our certificate. `alert` is the TLS alert in kebab-case, e.g. `unknown-ca`. */
  readonly AMOP_PORTS_TLS_REFUSED_BY_PEER: EndpointDetails & {
    readonly alert: string;
    readonly retryable: false;
  };
  /** The certificate of the other side does not lead to our CA, is out of date or is missing. */
  readonly AMOP_PORTS_TLS_UNTRUSTED_PEER: EndpointDetails & {
    /** The verdict of OpenSSL in kebab-case, e.g. `self-signed-cert-in-chain`, or `no-certificate`. */
    readonly reason: string;
    readonly retryable: false;
  };
  /** The TLS handshake failed for another reason: not TLS at all, no common cipher, too slow, cut. */
  readonly AMOP_PORTS_TLS_FAILED: EndpointDetails & {
    readonly reason: string;
    readonly retryable: boolean;
  };
  /** The listener has too many connections in their TLS handshake. */
  readonly AMOP_PORTS_TOO_MANY_HANDSHAKES: EndpointDetails & {
    readonly limit: number;
    readonly retryable: true;
  };
  /** CA, certificate or key cannot be used. `part` says which, `reason` what OpenSSL says. */
  readonly AMOP_PORTS_CREDENTIALS: {
    readonly part: 'ca' | 'certificate' | 'key';
    readonly reason: string;
    readonly retryable: false;
  };
  /** The listener could not be opened, or accepting failed later. */
  readonly AMOP_PORTS_LISTEN_FAILED: EndpointDetails & {
    readonly reason: 'address-in-use' | 'address-not-available' | 'not-permitted' | 'failed';
    readonly systemCode?: string;
    readonly retryable: boolean;
  };
  /** An open connection broke: reset, timed out, or bytes that are not TLS. */
  readonly AMOP_PORTS_CONNECTION_LOST: EndpointDetails & {
    readonly reason: string;
    readonly retryable: true;
  };
  /** The caller's signal ended the wait. */
  readonly AMOP_PORTS_ABORTED: EndpointDetails & { readonly retryable: true };
}

/** The code of a {@link PortsError}; stable, meant to be matched on. */
export type PortsErrorCode = keyof PortsErrorDetails;

const MARK: unique symbol = Symbol.for('@amop/ports/PortsError');

/** What the ports throw and hand to handlers. Match on `code`; `details.retryable` says whether to try again. */
export class PortsError<Code extends PortsErrorCode = PortsErrorCode> extends Error {
  override readonly name: string = 'PortsError';
  /** Which error it is. */
  readonly code: Code;
  /** The facts, typed by code. */
  readonly details: PortsErrorDetails[Code];

  constructor(
    code: Code,
    message: string,
    details: PortsErrorDetails[Code],
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/**
 * Whether a value is a {@link PortsError}, also one of another copy of this package.
 *
 * @param value anything
 * @param code only errors with this code, whose `details` are then typed
 */
export function isPortsError<Code extends PortsErrorCode = PortsErrorCode>(
  value: unknown,
  code?: Code,
): value is PortsError<Code> {
  if (!(value instanceof Error) || !(MARK in value)) return false;
  return code === undefined || ('code' in value && value.code === code);
}

import type { Clock } from '../clock.ts';
import type { Connection, DialOptions, Listener, ListenOptions, Transport } from '../transport.ts';
import { systemClock } from './system-clock.ts';
import { createTlsContexts, type TlsContexts } from './tls-context.ts';
import type { TlsCredentials } from './tls-credentials.ts';
import { dialTls } from './tls-dialer.ts';
import { listenTls } from './tls-listener.ts';

/** What {@link createTlsTransport} may be told. */
export interface TlsTransportOptions {
  /** Times the handshakes and the closing. Default: the clock of the system. */
  readonly clock?: Clock;
  /** A connection that is closed and not over by then is destroyed. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** Refuse credentials whose certificate does not lead to their own `ca`. Default false. */
  readonly requireOwnChain?: boolean;
}

/**
 * A transport of mutual TLS over TCP.
 *
 * Both sides must show a certificate that leads to `ca`; host names are not compared. TLS 1.2 and
 * 1.3 are spoken, 1.2 only where the one certificate has a secp256k1 key (see `docs/protocol.md`).
 *
 * @param credentials one, or several with keys of different kinds: a port shows the one that the
 * other side can use, `dial` shows the first
 * @throws PortsError `AMOP_PORTS_CREDENTIALS`
 */
export function createTlsTransport(
  credentials: TlsCredentials | readonly TlsCredentials[],
  options: TlsTransportOptions = {},
): Transport {
  const list = 'ca' in credentials ? [credentials] : credentials;
  return new TlsTransport(createTlsContexts(list, options), options);
}

class TlsTransport implements Transport {
  readonly #dependencies: {
    readonly clock: Clock;
    readonly contexts: TlsContexts;
    readonly closeTimeoutMs: number;
  };

  constructor(contexts: TlsContexts, options: TlsTransportOptions) {
    this.#dependencies = {
      clock: options.clock ?? systemClock,
      contexts,
      closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
    };
  }

  listen(options: ListenOptions): Promise<Listener> {
    return listenTls(options, this.#dependencies);
  }

  dial(options: DialOptions): Promise<Connection> {
    return dialTls(options, this.#dependencies);
  }
}

import type { Clock } from '../clock.ts';
import type { Connection, DialOptions, Listener, ListenOptions, Transport } from '../transport.ts';
import { systemClock } from './system-clock.ts';
import { createTlsContexts, type TlsContexts } from './tls-context.ts';
import type { TlsCredentials } from './tls-credentials.ts';
import { dialTls } from './tls-dialer.ts';
import { type TlsListenDependencies, TlsPort } from './tls-listener.ts';

/** What {@link createTlsTransport} may be told. */
export interface TlsTransportOptions {
  /** Times the handshakes and the closing. Default: the clock of the system. */
  readonly clock?: Clock;
  /** A connection that is closed and not over by then is destroyed. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** Refuse credentials whose certificate does not lead to their own `ca`. Default false. */
  readonly requireOwnChain?: boolean;
}

/** A {@link Transport} whose credentials can be changed while it is in use. */
export interface TlsTransport extends Transport {
  /**
   * Handshakes that begin from now on, on open ports too, use these. Open connections stay as they are.
   *
   * @throws PortsError `AMOP_PORTS_CREDENTIALS`; then the old ones stay in use
   */
  replaceCredentials(credentials: TlsCredentials | readonly TlsCredentials[]): void;
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
): TlsTransport {
  return new ReplaceableTlsTransport(contextsOf(credentials, options), options);
}

class ReplaceableTlsTransport implements TlsTransport {
  readonly #options: TlsTransportOptions;
  readonly #ports: Set<TlsPort> = new Set();
  #contexts: TlsContexts;

  constructor(contexts: TlsContexts, options: TlsTransportOptions) {
    this.#contexts = contexts;
    this.#options = options;
  }

  async listen(options: ListenOptions): Promise<Listener> {
    const port = new TlsPort(options, this.#dependencies());
    const forget = (): boolean => this.#ports.delete(port);
    this.#ports.add(port);
    try {
      const listener = await port.open();
      const close = (): Promise<void> => {
        forget();
        return listener.close();
      };
      return { host: listener.host, port: listener.port, close };
    } catch (error) {
      forget();
      throw error;
    }
  }

  dial(options: DialOptions): Promise<Connection> {
    return dialTls(options, this.#dependencies());
  }

  replaceCredentials(credentials: TlsCredentials | readonly TlsCredentials[]): void {
    this.#contexts = contextsOf(credentials, this.#options);
    for (const port of this.#ports) port.useContexts(this.#contexts);
  }

  #dependencies(): TlsListenDependencies {
    const { clock = systemClock, closeTimeoutMs = 5_000 } = this.#options;
    return { clock, contexts: this.#contexts, closeTimeoutMs };
  }
}

function contextsOf(
  credentials: TlsCredentials | readonly TlsCredentials[],
  options: TlsTransportOptions,
): TlsContexts {
  return createTlsContexts('ca' in credentials ? [credentials] : credentials, options);
}

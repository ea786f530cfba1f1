import { createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import type { Clock } from '../clock.ts';
import type { EndpointDetails } from '../errors.ts';
import type { Listener, ListenOptions } from '../transport.ts';
import { Handshakes } from './handshakes.ts';
import { listenFailed } from './listen-failed.ts';
import { refusalOf, unreadableCertificate, untrusted } from './refusal.ts';
import { remoteEndpoint, TCP_OPTIONS } from './tcp-options.ts';
import { TlsConnection } from './tls-connection.ts';
import type { TlsContexts } from './tls-context.ts';
import { identityOf } from './tls-identity.ts';

/** What listening works with. */
export interface TlsListenDependencies {
  readonly clock: Clock;
  readonly contexts: TlsContexts;
  readonly closeTimeoutMs: number;
}

/** One port for mutual TLS. */
export class TlsPort {
  readonly #options: ListenOptions;
  readonly #dependencies: TlsListenDependencies;
  readonly #handshakes: Handshakes;
  #authorities: TlsContexts['authorities'];
  /** Accepts TCP, so that a connection too many costs no TLS. */
  readonly #tcp: Server;
  /** Never listens itself: connections are handed to it. */
  readonly #tls: TlsServer;

  constructor(options: ListenOptions, dependencies: TlsListenDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#authorities = dependencies.contexts.authorities;
    this.#handshakes = new Handshakes({
      clock: dependencies.clock,
      onEnd: (endpoint, end) => options.onRefused(refusalOf(endpoint, end)),
    });
    this.#tcp = createServer(TCP_OPTIONS);
    this.#tls = createTlsServer({
      ...dependencies.contexts.server,
      requestCert: true,
      // Node would hang up in the middle of the handshake: the other side could not tell a refusal
      // from a broken line, nor check our certificate. `#handOver` refuses when it is done.
      rejectUnauthorized: false,
    });
    this.#tcp.on('connection', (raw) => this.#accept(raw));
    this.#tls.on('secureConnection', (socket) => this.#handOver(socket));
    this.#tls.on('tlsClientError', (error, socket) => {
      this.#handshakes.fail(remoteEndpoint(socket), error);
      socket.destroy();
    });
  }

  /** Handshakes that begin from now on use these. */
  useContexts({ authorities, server }: TlsContexts): void {
    this.#authorities = authorities;
    this.#tls.setSecureContext(server);
  }

  /**
   * Opens it; to be called once.
   *
   * @throws PortsError `AMOP_PORTS_LISTEN_FAILED`
   */
  open(): Promise<Listener> {
    const { host, port, onError } = this.#options;
    return new Promise((resolve, reject) => {
      const refuse = (cause: Error) => reject(listenFailed({ host, port }, cause));
      this.#tcp.once('error', refuse);
      this.#tcp.listen({ host, port }, () => {
        const bound = this.#boundTo();
        this.#tcp.off('error', refuse);
        this.#tcp.on('error', (cause) => onError?.(listenFailed(bound, cause)));
        resolve({ ...bound, close: () => this.#close() });
      });
    });
  }

  #boundTo(): EndpointDetails {
    const address = this.#tcp.address();
    if (address === null || typeof address === 'string') return this.#options;
    return { host: address.address, port: address.port };
  }

  async #close(): Promise<void> {
    // The port is free when this returns; the event of the server waits for open connections.
    this.#tcp.close();
    this.#handshakes.closeAll();
  }

  #accept(raw: Socket): void {
    // The TLS socket reports what goes wrong; without one, and after it, nobody wants to know.
    raw.on('error', ignore);
    const endpoint = remoteEndpoint(raw);
    if (endpoint === undefined) {
      raw.destroy();
      this.#options.onRefused(refusalOf({ host: '', port: 0 }, { kind: 'cut' }));
    } else {
      // Who is quick gets through, however many hold a place and say nothing.
      const { handshakeTimeoutMs = 10_000, maxHandshakes = 1024 } = this.#options;
      while (this.#handshakes.size >= Math.max(1, maxHandshakes)) this.#handshakes.endOldest();
      this.#handshakes.begin(raw, endpoint, handshakeTimeoutMs);
      this.#tls.emit('connection', raw);
    }
  }

  #handOver(socket: TLSSocket): void {
    const endpoint = remoteEndpoint(socket);
    const leaf = socket.getPeerX509Certificate();
    if (endpoint === undefined) {
      // Gone already: the handshake is settled when its raw socket has closed.
      socket.on('error', ignore);
      socket.destroy();
      return;
    }
    this.#handshakes.complete(endpoint);
    if (leaf === undefined || !socket.authorized) {
      this.#refuse(socket, endpoint, leaf === undefined ? undefined : socket.authorizationError);
      return;
    }
    const connection = this.#connectionOf(socket, endpoint, leaf);
    if (connection !== undefined) this.#options.onConnection(connection);
  }

  /** Ends a connection whose certificate is missing or not trusted; not a byte of it was read. */
  #refuse(socket: TLSSocket, endpoint: EndpointDetails, verdict: unknown): void {
    socket.on('error', ignore);
    socket.destroySoon();
    this.#options.onRefused(untrusted(endpoint, verdict));
  }

  #connectionOf(
    socket: TLSSocket,
    endpoint: EndpointDetails,
    leaf: NonNullable<ReturnType<TLSSocket['getPeerX509Certificate']>>,
  ): TlsConnection | undefined {
    const { clock, closeTimeoutMs } = this.#dependencies;
    try {
      return new TlsConnection(
        socket,
        {
          identity: identityOf(leaf, this.#authorities),
          remoteHost: endpoint.host,
          remotePort: endpoint.port,
          closeTimeoutMs,
        },
        { clock, explainSilentEnd: () => undefined },
      );
    } catch {
      socket.on('error', ignore);
      socket.destroy();
      this.#options.onRefused(unreadableCertificate(endpoint));
      return undefined;
    }
  }
}

const ignore = (): void => {};

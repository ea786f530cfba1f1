import type { PortsError, PortsErrorCode } from './errors.ts';

/** Who is on the other side: what the leaf of its verified certificate says. */
export interface PeerIdentity {
  /** 128 lower-case hex digits of the EC public key; `undefined` for a certificate without EC key. */
  readonly nodeId: string | undefined;
  /** CN of the subject. */
  readonly commonName: string;
  /** OU of the subject, e.g. `node` or `sdk`. */
  readonly organizationalUnit?: string;
  /** CN of the issuer: the agency. */
  readonly issuerCommonName: string;
  /** The whole name of the issuer as text. */
  readonly issuerName: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint256: string;
  /** End of validity, milliseconds since 1970. */
  readonly validToMs: number;
  /**
   * The certificate, what the other side showed with it, and the trusted ones above, the leaf first: to be looked up in
   * revocation lists. Which of them OpenSSL took for the chain is not told, so all count.
   */
  readonly chain?: readonly CertificateReference[];
}

/** One certificate, as revocation lists name it. */
export interface CertificateReference {
  /** The whole name of the issuer as text. */
  readonly issuerName: string;
  /** Key identifier of the issuer, lower-case hex; missing when the certificate names none. */
  readonly issuerKeyId?: string;
  /** Upper-case hex. */
  readonly serialNumber: string;
}

/** Takes what happens on one connection. Nothing here is called inside a call of that connection. */
export interface ConnectionHandler {
  /**
   * Bytes came in, in order, split anywhere. The chunk is the handler's: nobody else has, or will
   * use, its memory.
   * Not called after `onClose`, after {@link Connection.close} or {@link Connection.destroy}.
   */
  onData(chunk: Uint8Array): void;
  /** `backlogBytes` fell to 0: all that was written is in the kernel. Not called after `close`. */
  onDrain(): void;
  /**
   * The connection is over. Called exactly once, always last.
   *
   * @param error why it broke; `undefined` after an orderly end by either side
   */
  onClose(error: PortsError | undefined): void;
}

/** A stream of bytes in both directions to an authenticated peer. */
export interface Connection {
  /** Who is on the other side. */
  readonly identity: PeerIdentity;
  /** Address of the other side. */
  readonly remoteHost: string;
  /** Port of the other side. */
  readonly remotePort: number;
  /** Bytes given to `write` and not yet taken by the kernel; 0 once the connection is over. */
  readonly backlogBytes: number;
  /**
   * Starts delivery. Bytes that came earlier, and an end that came earlier, are delivered then.
   * A second call hands the connection over to another handler.
   */
  attach(handler: ConnectionHandler): void;
  /**
   * Queues bytes. Each call is one TLS write; calls made while an earlier one is not flushed may be
   * joined in one TLS record.
   *
   * The memory belongs to the connection until it is flushed and must not be changed before. Never
   * blocks, never throws: after `close`, `destroy` or the end, bytes are dropped.
   */
  write(bytes: Uint8Array): void;
  /** Stops delivery at once and reading from the kernel within a chunk or two. */
  pause(): void;
  /** Goes on after `pause`. */
  resume(): void;
  /**
   * Flushes what was written, then ends. Bytes that still come in are thrown away. When the other
   * side does not end as well within the time of the transport (5 000 ms), the connection is
   * destroyed.
   */
  close(): void;
  /** Ends at once; what is not flushed is lost. */
  destroy(): void;
}

/** An open port. */
export interface Listener {
  /** Address it is bound to. */
  readonly host: string;
  /** Port it is bound to: the chosen one when 0 was asked for. */
  readonly port: number;
  /** Stops accepting and cuts unfinished handshakes; open connections stay. May be called again. */
  close(): Promise<void>;
}

/** Why a connection was not accepted. */
export interface Refusal {
  /** `AMOP_PORTS_TLS_UNTRUSTED_PEER`, `_TLS_REFUSED_BY_PEER`, `_TLS_FAILED` or `_TOO_MANY_HANDSHAKES`. */
  readonly code: PortsErrorCode;
  /** Address it came from. */
  readonly remoteHost: string;
  /** Port it came from. */
  readonly remotePort: number;
  /** A few words, e.g. `handshake-timeout`, `http-request`, `self-signed-cert-in-chain`. */
  readonly reason: string;
}

/** What {@link Transport.listen} takes. The limits of handshakes are read at each one: a getter may change them. */
export interface ListenOptions {
  /** Address to bind to, e.g. `127.0.0.1` or `::`. */
  readonly host: string;
  /** Port to bind to; 0 lets the system choose. */
  readonly port: number;
  /** A connection that has not finished its TLS handshake by then is cut and refused. Default 10 000. */
  readonly handshakeTimeoutMs?: number;
  /** Connections that may be in their TLS handshake at once; for more, the oldest gives way. Default 1 024. */
  readonly maxHandshakes?: number;
  /** Takes each accepted connection, already authenticated. */
  onConnection(connection: Connection): void;
  /** Takes each refused one: every TCP connection ends in exactly one of the two. */
  onRefused(refusal: Refusal): void;
  /** Takes what goes wrong with the open port itself (e.g. no file descriptors left). */
  onError?(error: PortsError): void;
}

/** What {@link Transport.dial} takes. */
export interface DialOptions {
  /** Address or name; all addresses of a name are tried. */
  readonly host: string;
  /** Port of the other side. */
  readonly port: number;
  /** For name look-up, TCP and TLS together. Default 10 000. */
  readonly timeoutMs?: number;
  /** Ends the wait with `AMOP_PORTS_ABORTED`. An open connection is not touched by it. */
  readonly signal?: AbortSignal;
}

/** Opens ports and connections. */
export interface Transport {
  /**
   * Opens a port.
   *
   * @throws PortsError `AMOP_PORTS_LISTEN_FAILED`
   */
  listen(options: ListenOptions): Promise<Listener>;
  /**
   * Connects to a port and authenticates both sides.
   *
   * With TLS 1.3 a peer refuses our certificate after this has resolved: then `onClose` tells it.
   *
   * @throws PortsError `AMOP_PORTS_DIAL_FAILED`, `AMOP_PORTS_TLS_REFUSED_BY_PEER`,
   * `AMOP_PORTS_TLS_UNTRUSTED_PEER`, `AMOP_PORTS_TLS_FAILED`, `AMOP_PORTS_ABORTED`
   */
  dial(options: DialOptions): Promise<Connection>;
}

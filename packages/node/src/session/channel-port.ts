import type { Connection, Listener, PortsError, Refusal, Transport } from '@amop/ports';
import { certificateOf } from '../config/certificate-of.ts';
import type { CutReason } from '../flow/sink.ts';
import { listen } from '../listen.ts';
import type { NodeContext } from '../node-context.ts';
import { ChannelSession, type SessionHost } from './channel-session.ts';
import type { RpcView } from './json-rpc.ts';
import { applySessionChange } from './subscription.ts';

/** It is the application that ends such a handshake, and its SDK may name another reason. */
const REFUSED_BY_APPLICATION =
  "application does not accept this node's certificate: its sdk folder is for another organisation or profile, or its Java has no secp256k1 (docs/interop.md)";

/** The channel port: accepts applications and keeps their sessions. */
export class ChannelPort implements SessionHost {
  readonly rpc: RpcView;
  readonly #context: NodeContext;
  readonly #transport: Transport;
  readonly #issuerName: string;
  readonly #issuer: string;
  readonly #sessions: Set<ChannelSession> = new Set();
  #listener: Listener | undefined;

  constructor(context: NodeContext, dependencies: { transport: Transport; rpc: RpcView }) {
    this.#context = context;
    this.#transport = dependencies.transport;
    this.rpc = dependencies.rpc;
    const { issuerCommonName, issuerName } = certificateOf(context.config.channel.credentials);
    this.#issuer = issuerCommonName;
    this.#issuerName = issuerName;
  }

  get sessions(): ReadonlySet<ChannelSession> {
    return this.#sessions;
  }

  get address(): { host: string; port: number } {
    return this.#listener ?? this.#context.config.channel;
  }

  async start(): Promise<void> {
    const { channel } = this.#context.config;
    this.#listener = await listen(this.#transport, this.#context, channel, {
      name: 'channel',
      onConnection: (connection) => this.#accept(connection),
      onRefused: (refusal) => this.#refused(refusal),
    });
  }

  /** Stops accepting, and closes every session once it is flushed. */
  async stop(): Promise<void> {
    const closed = this.#listener?.close();
    this.#listener = undefined;
    for (const session of this.#sessions) session.link.close();
    await closed;
  }

  /** Ends the sessions that have not closed yet. */
  abort(): void {
    for (const session of this.#sessions) session.link.abort();
  }

  /** Ends sessions that have been silent, or have left a frame unfinished, for too long. */
  checkSilence(nowMs: number): void {
    const { sessionIdleMs } = this.#context.limits;
    for (const { link } of this.#sessions) {
      const silentMs = nowMs - Math.max(link.lastReadMs, link.lastWriteMs);
      if (link.isCloseOverdue(nowMs)) link.abort();
      else if (silentMs > sessionIdleMs && !link.isReadingPaused) link.cut('idle');
      else if (link.isFrameOverdue(nowMs)) link.cut('frame-timeout');
    }
  }

  sessionEnded(
    session: ChannelSession,
    reason: CutReason | undefined,
    error: PortsError | undefined,
  ): void {
    const { clock, logger, router, table } = this.#context;
    this.#sessions.delete(session);
    applySessionChange(session.endpoint, table.removeSession(session.id), this.#context);
    router.originLost(session);
    router.receiverLost(session.endpoint, clock.nowMs());
    const closer = session.link.isClosedHere ? 'closed by this node' : 'closed by the application';
    const cause = reason ?? error?.code ?? closer;
    logger.info({ session: session.id, cause }, 'application disconnected');
  }

  #accept(connection: Connection): void {
    const { config, counters, limited, limits, logger } = this.#context;
    const { remoteHost, remotePort } = connection;
    const { commonName, fingerprint256, issuerCommonName, issuerName } = connection.identity;
    if (this.#sessions.size >= limits.maxSessions) {
      counters.sessionsRefused++;
      limited.warn(
        { remoteHost, maxSessions: limits.maxSessions },
        'application refused: too many sessions',
      );
      connection.close();
      return;
    }
    if (config.channel.checkIssuer && issuerName !== this.#issuerName) {
      counters.sessionsRefused++;
      limited.warn(
        { remoteHost, commonName, issuer: issuerCommonName, expected: this.#issuer },
        'application refused: its certificate comes from another agency (network_security.check_cert_issuer)',
      );
      connection.close();
      return;
    }
    const session = new ChannelSession(connection, this.#context, this);
    this.#sessions.add(session);
    counters.sessionsAccepted++;
    logger.info(
      {
        session: session.id,
        remoteHost,
        remotePort,
        commonName,
        agency: issuerCommonName,
        certificate: fingerprint256,
      },
      'application connected',
    );
    session.link.open();
  }

  #refused({ code, reason, remoteHost, remotePort }: Refusal): void {
    this.#context.counters.sessionsRefused++;
    this.#context.limited.warn(
      { remoteHost, remotePort, code, reason },
      code === 'AMOP_PORTS_TLS_REFUSED_BY_PEER'
        ? REFUSED_BY_APPLICATION
        : 'application refused: TLS handshake failed',
    );
  }
}

import type {
  Connection,
  Listener,
  PeerIdentity,
  PortsError,
  Refusal,
  Transport,
} from '@amop/ports';
import { warnIfEnding } from '../certificate-watch.ts';
import { certificateOf } from '../config/certificate-of.ts';
import type { CutReason } from '../flow/sink.ts';
import { listen } from '../listen.ts';
import type { NodeContext } from '../node-context.ts';
import { rightsOf } from '../permission/permissions.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import { isChainRevoked } from '../refusal/revocation.ts';
import { tlsRefusalReason } from '../refusal/tls-refusal.ts';
import { ChannelSession, type SessionHost } from './channel-session.ts';
import type { RpcView } from './json-rpc.ts';
import { applySessionChange } from './subscription.ts';

/** What the certificates of nodes carry as OU (spec 15.4). */
const NODE_UNIT = 'node';

/** The channel port: accepts applications and keeps their sessions. */
export class ChannelPort implements SessionHost {
  readonly rpc: RpcView;
  readonly #context: NodeContext;
  readonly #transport: Transport;
  #issuerName: string;
  readonly #sessions: Set<ChannelSession> = new Set();
  #listener: Listener | undefined;

  constructor(context: NodeContext, dependencies: { transport: Transport; rpc: RpcView }) {
    this.#context = context;
    this.#transport = dependencies.transport;
    this.rpc = dependencies.rpc;
    this.#issuerName = this.#ownIssuerName();
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

  /** Closes the port; sessions stay. */
  async stopAccepting(): Promise<void> {
    const closed = this.#listener?.close();
    this.#listener = undefined;
    await closed;
  }

  /** Stops accepting, and closes every session once it is flushed. */
  async stop(): Promise<void> {
    const closed = this.stopAccepting();
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

  /**
   * The configuration has changed: applications that it does not let in any more are closed, the others get
   * the rights that they have now. One that subscribes what it may not is closed too: it comes back, and is told.
   *
   * @returns number of applications closed
   */
  configChanged(): number {
    const { config } = this.#context;
    this.#issuerName = this.#ownIssuerName();
    let closed = 0;
    for (const session of [...this.#sessions]) {
      const { connection } = session.link;
      const reason =
        this.#certificateRefusal(connection.identity) ??
        (session.useRights(rightsOf(config.channel.permissions, connection.identity))
          ? undefined
          : 'lost-permission');
      if (reason === undefined) continue;
      closed++;
      this.#refuse(connection, reason);
      session.link.close();
    }
    return closed;
  }

  sessionEnded(
    session: ChannelSession,
    reason: CutReason | undefined,
    error: PortsError | undefined,
  ): void {
    const { clock, logger, parties, router, table } = this.#context;
    this.#sessions.delete(session);
    applySessionChange(session.endpoint, table.removeSession(session.id), this.#context);
    router.originLost(session, clock.nowMs());
    router.receiverLost(session.endpoint, clock.nowMs());
    parties.remove(session.id, session.party);
    const closer = session.link.isClosedHere ? 'closed by this node' : 'closed by the application';
    const cause = reason ?? error?.code ?? closer;
    logger.info({ session: session.id, cause }, 'application disconnected');
  }

  #accept(connection: Connection): void {
    const { counters, logger } = this.#context;
    const { remoteHost, remotePort } = connection;
    const { commonName, fingerprint256, issuerCommonName } = connection.identity;
    const reason = this.#refusalOf(connection.identity);
    if (reason !== undefined) {
      this.#refuse(connection, reason);
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
    warnIfEnding('application', connection.identity, this.#context);
    session.link.open();
  }

  /** Why an application is not taken; undefined when it is. */
  #refusalOf(identity: PeerIdentity): RefusalReason | undefined {
    const { limits } = this.#context;
    if (this.#sessions.size >= limits.maxSessions) return 'too-many-sessions';
    return this.#certificateRefusal(identity);
  }

  #certificateRefusal(identity: PeerIdentity): RefusalReason | undefined {
    const { config } = this.#context;
    const { blacklist = [], checkIssuer, whitelist = [] } = config.channel;
    const { fingerprint256, issuerName } = identity;
    if (isChainRevoked(identity, config.revocationLists)) return 'certificate-revoked';
    if (checkIssuer && issuerName !== this.#issuerName) {
      return identity.organizationalUnit === NODE_UNIT ? 'node-certificate' : 'other-agency';
    }
    if (blacklist.includes(fingerprint256)) return 'application-blacklisted';
    const isListed = whitelist.length === 0 || whitelist.includes(fingerprint256);
    return isListed ? undefined : 'application-not-whitelisted';
  }

  #refuse({ identity, remoteHost, remotePort }: Connection, reason: RefusalReason): void {
    const { commonName, fingerprint256: certificate, issuerCommonName: agency } = identity;
    const facts = { remoteHost, remotePort, commonName, agency, certificate };
    this.#context.refusals.note('application', reason, facts);
  }

  #ownIssuerName(): string {
    return certificateOf(this.#context.config.channel.credentials).issuerName;
  }

  #refused(refusal: Refusal): void {
    const { reason: detail, remoteHost, remotePort } = refusal;
    const facts = { remoteHost, remotePort, detail };
    this.#context.refusals.note('application', tlsRefusalReason(refusal), facts);
  }
}

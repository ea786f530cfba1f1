import type { TopicName } from '@amop/codec';
import type {
  Connection,
  Listener,
  PeerIdentity,
  PortsError,
  Refusal,
  Transport,
} from '@amop/ports';
import { warnIfEnding } from '../certificate-watch.ts';
import type { CutReason } from '../flow/sink.ts';
import { listen } from '../listen.ts';
import type { NodeContext } from '../node-context.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import { tlsRefusalReason } from '../refusal/tls-refusal.ts';
import type { UnreachedState } from '../sight/node-state.ts';
import { peerIdentityRefusal } from './identity-refusal.ts';
import { type DialerHost, type DialOutcome, PeerDialer } from './peer-dialer.ts';
import { PeerSession, type PeerSessionHost } from './peer-session.ts';
import { PeerSlot, type SlotDecision } from './peer-slot.ts';

/** Time from "the other connection is used" to closing a duplicate, in ms: answers on it still arrive. */
const RETIRE_MS = 1_000;
/** A duplicate with requests on it stays at most so much longer, in ms. */
const RETIRE_MAX_MS = 30_000;

/** The p2p port: connections to other nodes, one per node that carries messages. */
export class PeerHost implements PeerSessionHost, DialerHost {
  readonly #context: NodeContext;
  readonly #transport: Transport;
  readonly #dialer: PeerDialer;
  readonly #sessions: Set<PeerSession> = new Set();
  readonly #slots: Map<string, PeerSlot> = new Map();
  readonly #retiring: Map<PeerSession, number> = new Map();
  #listener: Listener | undefined;

  constructor(context: NodeContext, dependencies: { transport: Transport }) {
    this.#context = context;
    this.#transport = dependencies.transport;
    this.#dialer = new PeerDialer(context, { transport: dependencies.transport, host: this });
  }

  get address(): { host: string; port: number } {
    return this.#listener ?? this.#context.config.p2p;
  }

  /** Open connections, duplicates included. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** The configured nodes that are not connected, and why. */
  unreached(): UnreachedState[] {
    return this.#dialer.unreached();
  }

  /** Connections that carry messages, one per connected node. */
  *active(): Generator<PeerSession> {
    for (const { active } of this.#slots.values()) if (active !== undefined) yield active;
  }

  async start(): Promise<void> {
    const { p2p } = this.#context.config;
    this.#listener = await listen(this.#transport, this.#context, p2p, {
      name: 'p2p',
      onConnection: (connection) => this.#accept(connection, false),
      onRefused: (refusal) => this.#refused(refusal),
    });
    this.#dialer.start();
  }

  /** Closes the port and dials no more; connections stay. */
  async stopAccepting(): Promise<void> {
    this.#dialer.stop();
    const closed = this.#listener?.close();
    this.#listener = undefined;
    await closed;
  }

  async stop(): Promise<void> {
    const closed = this.stopAccepting();
    for (const session of this.#sessions) session.link.close();
    await closed;
  }

  /** Ends the connections that have not closed yet. */
  abort(): void {
    for (const session of this.#sessions) session.link.abort();
  }

  /** Tells every peer what has changed in this node's subscriptions. */
  announce(changes: ReadonlyMap<TopicName, number>): void {
    for (const session of this.#sessions) session.announce(changes);
  }

  /**
   * The configuration has changed: nodes that it does not let in any more are closed, new ones are dialled.
   *
   * @returns number of nodes closed
   */
  configChanged(): number {
    const refused = new Set<string>();
    for (const session of [...this.#sessions]) {
      const { connection } = session.link;
      const reason = peerIdentityRefusal(connection.identity, this.#context.config);
      if (reason === undefined) continue;
      if (!refused.has(session.nodeId)) this.#refuse(connection, reason);
      refused.add(session.nodeId);
      session.link.close();
    }
    this.#dialer.configChanged();
    return refused.size;
  }

  /** Heartbeats, silence, duplicates, redialling: call a few times a second. */
  tick(nowMs: number): void {
    const { peerSilenceMs } = this.#context.limits;
    for (const session of [...this.#sessions]) {
      const { link } = session;
      if (link.isCloseOverdue(nowMs)) link.abort();
      else if (nowMs - link.lastReadMs > peerSilenceMs && !link.isReadingPaused) link.cut('idle');
      else if (link.isFrameOverdue(nowMs)) link.cut('frame-timeout');
      else session.tick(nowMs);
    }
    for (const slot of this.#slots.values()) this.#apply(slot.tick(nowMs));
    for (const [session, closeMs] of this.#retiring) {
      if (nowMs < closeMs || (nowMs < closeMs + RETIRE_MAX_MS && !session.isIdle)) continue;
      this.#retiring.delete(session);
      session.link.close();
    }
    this.#dialer.tick(nowMs);
  }

  // As host of its dialer

  isConnected(nodeId: string): boolean {
    return this.#slots.has(nodeId);
  }

  dialled(connection: Connection): DialOutcome {
    return this.#accept(connection, true);
  }

  // As host of its sessions

  peerHeard(session: PeerSession): void {
    const { identity, remoteHost, remotePort } = session.link.connection;
    this.#dialer.heard(session.nodeId);
    this.#context.logger.info(
      {
        peer: session.nodeId,
        name: identity.commonName,
        agency: identity.issuerCommonName,
        remoteHost,
        remotePort,
        direction: session.isDialled ? 'out' : 'in',
      },
      'peer connected',
    );
    warnIfEnding('peer', identity, this.#context);
  }

  peerKnown(session: PeerSession): void {
    const slot = this.#slots.get(session.nodeId);
    if (slot !== undefined) this.#apply(slot.decide());
  }

  peerGreeted(session: PeerSession): void {
    this.#context.router.peerGreeted(session.endpoint);
    this.peerKnown(session);
  }

  routesChanged(session: PeerSession, changed: readonly (readonly [string, number])[]): void {
    if (this.#slots.get(session.nodeId)?.active !== session) return;
    const { clock, router } = this.#context;
    router.updatePeer(session.endpoint, changed, clock.nowMs());
  }

  peerEnded(
    session: PeerSession,
    reason: CutReason | undefined,
    error: PortsError | undefined,
  ): void {
    const { clock, parties, router } = this.#context;
    this.#sessions.delete(session);
    this.#retiring.delete(session);
    this.#withdraw(session);
    const slot = this.#slots.get(session.nodeId);
    if (slot !== undefined) {
      this.#apply(slot.remove(session));
      if (slot.isEmpty) {
        this.#slots.delete(session.nodeId);
        router.nodeLost(session.nodeId);
        this.#dialer.peerLost(session.nodeId);
        this.#logEnd(session, reason ?? error?.code);
      }
    }
    router.originLost(session, clock.nowMs());
    router.receiverLost(session.endpoint, clock.nowMs());
    parties.remove(session.id, session.party);
  }

  #accept(connection: Connection, isDialled: boolean): DialOutcome {
    const { clock, counters, nodeId: ownNodeId } = this.#context;
    const { nodeId } = connection.identity;
    if (nodeId === ownNodeId) {
      connection.close();
      return { kind: 'self' };
    }
    const reason = this.#refusalOf(connection.identity);
    if (nodeId === undefined || reason !== undefined) {
      connection.close();
      const refusal = reason ?? 'no-node-id';
      if (!isDialled) this.#refuse(connection, refusal);
      return { kind: 'refused', reason: refusal };
    }
    let slot = this.#slots.get(nodeId);
    if (slot === undefined) {
      slot = new PeerSlot(ownNodeId);
      this.#slots.set(nodeId, slot);
    }
    const session = new PeerSession(connection, { nodeId, isDialled }, this.#context, this);
    const decision = slot.add(session, clock.nowMs());
    if (decision === undefined) {
      connection.close();
      return { kind: 'taken', nodeId };
    }
    this.#sessions.add(session);
    counters.peersAccepted++;
    this.#apply(decision);
    session.open();
    return { kind: 'taken', nodeId };
  }

  /** Why a node is not taken; undefined when it is. */
  #refusalOf(identity: PeerIdentity): RefusalReason | undefined {
    const { config, limits } = this.#context;
    const isNew = identity.nodeId !== undefined && !this.#slots.has(identity.nodeId);
    if (isNew && this.#slots.size >= limits.maxPeers) return 'too-many-peers';
    return peerIdentityRefusal(identity, config);
  }

  #refuse({ identity, remoteHost, remotePort }: Connection, reason: RefusalReason): void {
    const { commonName, issuerCommonName, nodeId } = identity;
    const facts = { remoteHost, remotePort, commonName, agency: issuerCommonName, peer: nodeId };
    this.#context.refusals.note('peer', reason, facts);
  }

  #refused(refusal: Refusal): void {
    const { reason: detail, remoteHost, remotePort } = refusal;
    const facts = { remoteHost, remotePort, detail };
    this.#context.refusals.note('peer', tlsRefusalReason(refusal), facts);
  }

  #apply({ activate, retire }: SlotDecision): void {
    const { clock, router } = this.#context;
    // The new one first: what the node listens to does not change in between.
    if (activate !== undefined) {
      router.peerActivated(activate.endpoint);
      router.updatePeer(activate.endpoint, routesOf(activate), clock.nowMs());
    }
    if (retire === undefined) return;
    this.#withdraw(retire);
    this.#retiring.set(retire, clock.nowMs() + RETIRE_MS);
  }

  #logEnd(session: PeerSession, cause: string | undefined): void {
    const { logger } = this.#context;
    const { link, nodeId: peer } = session;
    if (link.isClosedHere) {
      logger.info({ peer, cause: 'closed by this node' }, 'peer disconnected');
    } else if (session.isHeard) {
      logger.warn({ peer, cause: cause ?? 'closed by the peer' }, 'peer disconnected');
    } else if (cause !== 'twelve-byte-header') {
      const { identity, remoteHost, remotePort } = link.connection;
      const { commonName, issuerCommonName: agency } = identity;
      const detail = cause ?? 'closed by the other side';
      if (session.isDialled && this.#dialer.endedUnheard(peer)) return;
      const facts = { remoteHost, remotePort, commonName, agency, peer, detail };
      this.#context.refusals.note(
        'peer',
        session.isDialled ? 'no-p2p-frame' : 'ended-by-peer',
        facts,
      );
    }
  }

  #withdraw(session: PeerSession): void {
    const { clock, router } = this.#context;
    const none = routesOf(session).map(([topic]): [string, number] => [topic, 0]);
    router.updatePeer(session.endpoint, none, clock.nowMs());
  }
}

function routesOf({ sync }: PeerSession): [string, number][] {
  return Array.from(sync.topics(), ([topic, { sessions }]) => [topic, sessions]);
}

import type { Clock, Logger, Random, Scheduler, TimerHandle, Transport } from '@amop/ports';
import { CertificateWatch } from './certificate-watch.ts';
import { certificateOf, nodeIdOf } from './config/certificate-of.ts';
import { keysForRestart, missingSection, withFixedParts } from './config/config-change.ts';
import type { HostPort, NodeConfig } from './config/node-config.ts';
import { createContext, type ReplaceableContext } from './create-context.ts';
import { NodeError } from './errors.ts';
import { BandwidthLimit } from './flow/bandwidth-limit.ts';
import { DEFAULT_NODE_LIMITS } from './limits.ts';
import { PeerHost } from './peer/peer-host.ts';
import { createRpcView } from './rpc-view.ts';
import { ChannelPort } from './session/channel-port.ts';
import type { AuditSink } from './sight/audit.ts';
import { NodeSight } from './sight/node-sight.ts';
import { type NodeSnapshot, snapshotOf } from './sight/node-snapshot.ts';
import { TraceRing } from './sight/trace-ring.ts';
import { Sweeper } from './sweeper.ts';
import { TopicAnnouncer } from './topic-announcer.ts';

/** Time between two looks at silent connections, heartbeats and peers to dial, in ms. */
const HOUSEKEEPING_MS = 250;
/** A look that comes so much too late tells of this process, not of its connections, in ms. */
const STANDSTILL_MS = 1_000;
/** Time that requests under way have to end when the node stops, in ms. */
const DRAIN_MS = 5_000;
/** Time that connections have to flush when the node stops, in ms. */
const STOP_FLUSH_MS = 1_000;
/** Events of messages that a node with `trace` remembers: some 6 MB. */
const TRACE_EVENTS = 20_000;

/** The ports of a node (DESIGN: everything it knows of the world comes through them). */
export interface NodeDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly channelTransport: Transport;
  readonly p2pTransport: Transport;
  /**
   * Makes both transports use the credentials of another configuration, or neither.
   *
   * @throws NodeError `AMOP_NODE_CREDENTIALS`
   */
  readonly replaceCredentials?: (config: NodeConfig) => void;
  readonly logger?: Logger;
  /** Takes a record of each message; left out: none are made. */
  readonly audit?: AuditSink | undefined;
}

/** What a reload of the configuration has done. */
export interface ReloadReport {
  /** Applications and nodes that the configuration does not let in any more. */
  readonly closedSessions: number;
  readonly closedPeers: number;
  /** Keys, `section.key`, that differ and count only from the next start on. */
  readonly needsRestart: readonly string[];
}

/**
 * An AMOP node: applications on its channel port, other nodes on its p2p port.
 *
 * Nothing is opened before {@link AmopNode.start}; {@link AmopNode.stop} ends everything it opened.
 * A stopped node is not started again: make a new one.
 */
export class AmopNode {
  /** 128 lower-case hex digits: the public key of the node's certificate. */
  readonly nodeId: string;
  readonly #context: ReplaceableContext;
  readonly #replaceCredentials: (config: NodeConfig) => void;
  readonly #channel: ChannelPort;
  readonly #peers: PeerHost;
  /** What an operator may see of it. */
  readonly sight: NodeSight;
  readonly #sweeper: Sweeper;
  readonly #announcer: TopicAnnouncer;
  #certificates: CertificateWatch;
  #started = false;
  /** Stays while the limit is off: what applications have spent is on its scale. */
  #bandwidth: BandwidthLimit | undefined;
  /** The last look was left out. */
  #stoodStill = false;
  #housekeeping: TimerHandle | undefined;
  #stopped: Promise<void> | undefined;

  /** @throws NodeError `AMOP_NODE_CREDENTIALS` when the certificate holds no EC key */
  constructor(config: NodeConfig, dependencies: NodeDependencies) {
    const { clock, scheduler } = dependencies;
    const nodeId = nodeIdOf(config.p2p.credentials);
    const identity = certificateOf(config.p2p.credentials);
    this.nodeId = nodeId;
    const trace = config.trace === true ? new TraceRing(TRACE_EVENTS) : undefined;
    this.#context = createContext(
      { config, identity, nodeId, trace },
      {
        ...dependencies,
        wakeSweeper: () => this.#sweeper.wake(),
        topicsChanged: () => this.#announcer.changed(),
      },
    );
    this.#context.bandwidth = this.#bandwidthOf(config);
    this.#replaceCredentials = dependencies.replaceCredentials ?? (() => undefined);
    this.#certificates = new CertificateWatch(config, this.#context);
    this.#sweeper = new Sweeper(clock, (nowMs) => this.#sweep(nowMs));
    this.#announcer = new TopicAnnouncer(this.#context.table, {
      clock,
      scheduler,
      announce: (changes) => this.#peers.announce(changes),
    });
    this.#peers = new PeerHost(this.#context, { transport: dependencies.p2pTransport });
    this.#channel = new ChannelPort(this.#context, {
      transport: dependencies.channelTransport,
      rpc: createRpcView(this.#context, this.#peers),
    });
    this.sight = new NodeSight({
      context: this.#context,
      channel: this.#channel,
      peers: this.#peers,
      trace,
      certificates: () => this.#certificates,
    });
  }

  /** Where applications connect; the bound port once started. */
  get channelAddress(): HostPort {
    const { host, port } = this.#channel.address;
    return { host, port };
  }

  /** Where nodes connect; the bound port once started. */
  get p2pAddress(): HostPort {
    const { host, port } = this.#peers.address;
    return { host, port };
  }

  /**
   * Opens both ports and begins to dial the configured peers.
   *
   * @throws NodeError `AMOP_NODE_LISTEN`; nothing stays open then. `AMOP_NODE_STATE` the second time
   */
  async start(): Promise<void> {
    if (this.#started) {
      throw new NodeError('AMOP_NODE_STATE', 'the node was started before', {
        fix: 'make a new node with createNode',
      });
    }
    this.#started = true;
    try {
      await this.#peers.start();
      await this.#channel.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#stopped !== undefined) {
      await Promise.all([this.#channel.stop(), this.#peers.stop()]);
      return;
    }
    this.#certificates.tick(this.#context.clock.nowMs());
    this.#scheduleHousekeeping();
  }

  /**
   * Takes another configuration while the node runs: certificates, lists, permissions, limits, peers, bandwidth.
   * Connections that it still allows go on. Addresses and what SDKs are told stay until the next start;
   * water marks, compression and the topics taken from a peer count for connections that begin afterwards.
   *
   * @throws NodeError `AMOP_NODE_RELOAD` when the certificate has another key or a section of the file is missing, `AMOP_NODE_CREDENTIALS`,
   *   `AMOP_NODE_STATE` when the node does not run; nothing has changed then
   */
  reload(next: NodeConfig): ReloadReport {
    const context = this.#context;
    if (this.#housekeeping === undefined) {
      throw new NodeError('AMOP_NODE_STATE', 'the node does not run', { fix: 'start it' });
    }
    const identity = certificateOf(next.p2p.credentials);
    if (identity.nodeId !== this.nodeId) {
      throw new NodeError('AMOP_NODE_RELOAD', 'the node certificate has another key', {
        fix: 'restart the node to give it another node ID, or renew the certificate for its old key',
      });
    }
    const missing = missingSection(context.config, next);
    if (missing !== undefined) {
      throw new NodeError('AMOP_NODE_RELOAD', `the section [${missing}] is missing in the file`, {
        section: missing,
        fix: 'is the file written to its end? To lift what the section says, keep its name and leave it empty',
      });
    }
    const needsRestart = keysForRestart(context.config, next);
    this.#replaceCredentials(next);
    const config = withFixedParts(context.config, next);
    context.config = config;
    context.identity = identity;
    Object.assign(context.limits, DEFAULT_NODE_LIMITS, config.limits);
    context.table.changeLimits(context.limits);
    context.bandwidth = this.#bandwidthOf(config);
    this.#certificates = new CertificateWatch(config, context);
    this.#certificates.tick(context.clock.nowMs());
    return {
      closedSessions: this.#channel.configChanged(),
      closedPeers: this.#peers.configChanged(),
      needsRestart,
    };
  }

  /**
   * Stops accepting, refuses new messages, waits up to {@link DRAIN_MS} for what is under way, lets connections flush
   * for a second, ends them. May be called again.
   */
  stop(): Promise<void> {
    this.#started = true;
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** What was counted since the start, and what is held now. */
  counters(): NodeSnapshot {
    return snapshotOf(this.#context, this.#channel, this.#peers);
  }

  async #stop(): Promise<void> {
    const { clock } = this.#context;
    if (this.#housekeeping !== undefined) clock.clearTimer(this.#housekeeping);
    this.#housekeeping = undefined;
    this.#announcer.stop();
    this.#context.stopping = true;
    await Promise.all([this.#channel.stopAccepting(), this.#peers.stopAccepting()]);
    await this.#until(() => this.#context.router.pending === 0, DRAIN_MS);
    const closed = Promise.all([this.#channel.stop(), this.#peers.stop()]);
    const isClosed = (): boolean => this.#channel.sessions.size + this.#peers.sessionCount === 0;
    await this.#until(isClosed, STOP_FLUSH_MS);
    this.#channel.abort();
    this.#peers.abort();
    this.#sweeper.stop();
    await closed;
  }

  /** Resolves when it is so, at the latest after so many ms. */
  #until(isSo: () => boolean, ms: number): Promise<void> {
    const { clock } = this.#context;
    const endMs = clock.nowMs() + ms;
    return new Promise((resolve) => {
      const look = (): void => {
        if (isSo() || clock.nowMs() >= endMs) resolve();
        else clock.setTimer(look, 10);
      };
      look();
    });
  }

  #bandwidthOf({ p2p }: NodeConfig): BandwidthLimit | undefined {
    const { outgoingBytesPerS } = p2p;
    if (outgoingBytesPerS === undefined) return undefined;
    const nowMs = this.#context.clock.nowMs();
    this.#bandwidth ??= new BandwidthLimit(outgoingBytesPerS, nowMs);
    this.#bandwidth.changeRate(outgoingBytesPerS, nowMs);
    return this.#bandwidth;
  }

  #sweep(nowMs: number): boolean {
    const { flow, router } = this.#context;
    router.sweep(nowMs);
    flow.sweep(nowMs);
    return router.pending > 0 || flow.saturated > 0;
  }

  #scheduleHousekeeping(): void {
    const { clock } = this.#context;
    const dueMs = clock.nowMs() + HOUSEKEEPING_MS;
    this.#housekeeping = clock.setTimer(() => {
      const nowMs = clock.nowMs();
      this.#context.budget.tick(nowMs);
      this.#context.router.sweepPrivateTopics(nowMs);
      // After a standstill of this process what others sent meanwhile has not been read yet: they are not silent.
      this.#stoodStill = nowMs - dueMs >= STANDSTILL_MS && !this.#stoodStill;
      if (!this.#stoodStill) {
        this.#channel.checkSilence(nowMs);
        this.#peers.tick(nowMs);
      }
      this.#certificates.tick(nowMs);
      this.#scheduleHousekeeping();
    }, HOUSEKEEPING_MS);
  }
}

import type { NodeInfo, PeerInfo } from '@amop/codec';
import {
  type Clock,
  type Logger,
  type Random,
  type Scheduler,
  silentLogger,
  type TimerHandle,
  type Transport,
} from '@amop/ports';
import { Router, type RouterCounters } from '@amop/router';
import { TopicTable } from '@amop/topic-sync';
import { CertificateWatch } from './certificate-watch.ts';
import { certificateOf } from './config/certificate-of.ts';
import { formatHostPort } from './config/host-port.ts';
import type { HostPort, NodeConfig } from './config/node-config.ts';
import { createNodeCounters, type NodeCounters } from './counters.ts';
import { NodeError } from './errors.ts';
import { BandwidthLimit } from './flow/bandwidth-limit.ts';
import { FlowControl } from './flow/flow-control.ts';
import { ReassemblyBudget } from './flow/reassembly-budget.ts';
import { DEFAULT_NODE_LIMITS } from './limits.ts';
import { LogLimiter } from './log-limiter.ts';
import type { NodeContext } from './node-context.ts';
import { PeerHost } from './peer/peer-host.ts';
import { ChannelPort } from './session/channel-port.ts';
import type { RpcView } from './session/json-rpc.ts';
import { Sweeper } from './sweeper.ts';
import { TopicAnnouncer } from './topic-announcer.ts';

/** Time between two looks at silent connections, heartbeats and peers to dial, in ms. */
const HOUSEKEEPING_MS = 250;
/** Time that connections have to flush when the node stops, in ms. */
const STOP_FLUSH_MS = 1_000;

/** The ports of a node (DESIGN: everything it knows of the world comes through them). */
export interface NodeDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly channelTransport: Transport;
  readonly p2pTransport: Transport;
  readonly logger?: Logger;
}

/** What a node counted, and what it holds at this moment. */
export interface NodeSnapshot extends NodeCounters {
  readonly router: RouterCounters;
  readonly sessions: number;
  readonly peers: number;
  readonly topics: number;
  readonly pendingRequests: number;
  readonly reassemblyBytes: number;
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
  readonly #context: NodeContext;
  readonly #channel: ChannelPort;
  readonly #peers: PeerHost;
  readonly #sweeper: Sweeper;
  readonly #announcer: TopicAnnouncer;
  readonly #certificates: CertificateWatch;
  #started = false;
  #housekeeping: TimerHandle | undefined;
  #stopped: Promise<void> | undefined;

  /** @throws NodeError `AMOP_NODE_CREDENTIALS` when the certificate holds no EC key */
  constructor(config: NodeConfig, dependencies: NodeDependencies) {
    const { clock, logger = silentLogger, random, scheduler } = dependencies;
    const identity = certificateOf(config.p2p.credentials);
    if (identity.nodeId === undefined) {
      throw new NodeError('AMOP_NODE_CREDENTIALS', 'the node certificate has no EC key', {
        fix: 'a node needs a secp256k1 or P-256 key; `amop certs` makes one',
      });
    }
    this.nodeId = identity.nodeId;
    const { outgoingBytesPerS } = config.p2p;
    const limits = { ...DEFAULT_NODE_LIMITS, ...config.limits };
    const table = new TopicTable(limits);
    this.#context = {
      config,
      limits,
      nodeId: identity.nodeId,
      identity,
      clock,
      random,
      scheduler,
      logger,
      limited: new LogLimiter({ clock, logger }),
      counters: createNodeCounters(),
      router: new Router({ nodeId: identity.nodeId }, { random }),
      table,
      flow: new FlowControl(limits),
      budget: new ReassemblyBudget(limits.reassemblyBytes),
      bandwidth:
        outgoingBytesPerS === undefined
          ? undefined
          : new BandwidthLimit(outgoingBytesPerS, clock.nowMs()),
      wakeSweeper: () => this.#sweeper.wake(),
      topicsChanged: () => this.#announcer.changed(),
    };
    this.#certificates = new CertificateWatch(config, this.#context);
    this.#sweeper = new Sweeper(clock, (nowMs) => this.#sweep(nowMs));
    this.#announcer = new TopicAnnouncer(table, {
      clock,
      scheduler,
      announce: (changes) => this.#peers.announce(changes),
    });
    this.#peers = new PeerHost(this.#context, { transport: dependencies.p2pTransport });
    this.#channel = new ChannelPort(this.#context, {
      transport: dependencies.channelTransport,
      rpc: this.#rpcView(),
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

  /** Stops accepting, lets connections flush for a second, ends them. May be called again. */
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
    const { budget, counters, router } = this.#context;
    return {
      ...counters,
      cuts: { ...counters.cuts },
      router: { ...router.counters },
      sessions: this.#channel.sessions.size,
      peers: [...this.#peers.active()].length,
      topics: router.topics,
      pendingRequests: router.pending,
      reassemblyBytes: budget.heldBytes,
    };
  }

  async #stop(): Promise<void> {
    const { clock } = this.#context;
    if (this.#housekeeping !== undefined) clock.clearTimer(this.#housekeeping);
    this.#housekeeping = undefined;
    this.#announcer.stop();
    const closed = Promise.all([this.#channel.stop(), this.#peers.stop()]);
    await this.#flushed();
    this.#channel.abort();
    this.#peers.abort();
    this.#sweeper.stop();
    await closed;
  }

  /** Resolves when every connection has closed, at the latest after {@link STOP_FLUSH_MS}. */
  #flushed(): Promise<void> {
    const { clock } = this.#context;
    const endMs = clock.nowMs() + STOP_FLUSH_MS;
    return new Promise((resolve) => {
      const look = (): void => {
        const isOpen = this.#channel.sessions.size > 0 || this.#peers.sessionCount > 0;
        if (isOpen && clock.nowMs() < endMs) clock.setTimer(look, 10);
        else resolve();
      };
      look();
    });
  }

  #sweep(nowMs: number): boolean {
    const { flow, router } = this.#context;
    router.sweep(nowMs);
    flow.sweep(nowMs);
    return router.pending > 0 || flow.saturated > 0;
  }

  #scheduleHousekeeping(): void {
    const { clock } = this.#context;
    this.#housekeeping = clock.setTimer(() => {
      const nowMs = clock.nowMs();
      this.#context.budget.tick(nowMs);
      this.#channel.checkSilence(nowMs);
      this.#peers.tick(nowMs);
      this.#certificates.tick(nowMs);
      this.#scheduleHousekeeping();
    }, HOUSEKEEPING_MS);
  }

  #rpcView(): RpcView {
    const { config, nodeId } = this.#context;
    return {
      supportedVersion: config.supportedVersion,
      chainId: config.chainId,
      groups: config.groups,
      nodeId,
      nodeInfo: () => this.#nodeInfo(),
      peers: () => this.#peerInfos(),
    };
  }

  #nodeInfo(): NodeInfo {
    const { identity, nodeId, table } = this.#context;
    return {
      Agency: identity.issuerCommonName,
      IPAndPort: formatHostPort(this.p2pAddress),
      Node: identity.commonName,
      NodeID: nodeId,
      Topic: [...table.topics()].sort(),
    };
  }

  #peerInfos(): PeerInfo[] {
    return [...this.#peers.active()].map(({ link, nodeId, sync }) => {
      const { identity, remoteHost, remotePort } = link.connection;
      const routable = [...sync.topics()].filter(([, { status }]) => status === 'success');
      return {
        Agency: identity.issuerCommonName,
        IPAndPort: `${remoteHost}:${remotePort}`,
        Node: identity.commonName,
        NodeID: nodeId,
        Topic: routable.map(([topic]) => String(topic)).sort(),
      };
    });
  }
}

import { ChannelType, encodeHandshakeRequest } from '@amop/codec';
import { describeCertificate, type RevocationList, splitPemChain } from '@amop/crypto';
import type { Connection, PeerIdentity } from '@amop/ports';
import {
  type CollectingLogger,
  collectingLogger,
  createMemoryNetwork,
  createTestChain,
  ManualScheduler,
  type MemoryNetwork,
  SeededRandom,
  type TestChain,
  VirtualClock,
} from '@amop/testkit';
import {
  AmopNode,
  type AuditSink,
  type Credentials,
  type HostPort,
  type NodeConfig,
  type NodeLimits,
  type PermissionRules,
  type ReloadReport,
} from '../../src/index.ts';
import { RawPeer } from './raw-peer.ts';
import { RawSession } from './raw-session.ts';

/** Time that one step of {@link World.pass} takes, in ms. */
const STEP_MS = 20;

/** Settings of a node of the world. */
export interface WorldNodeOptions {
  readonly peers?: readonly HostPort[];
  readonly limits?: Partial<NodeLimits>;
  readonly checkIssuer?: boolean;
  readonly compress?: boolean;
  readonly outgoingBytesPerS?: number;
  readonly permissions?: PermissionRules;
  readonly blacklist?: readonly string[];
  readonly whitelist?: readonly string[];
  readonly sdkBlacklist?: readonly string[];
  readonly sdkWhitelist?: readonly string[];
  readonly p2pPort?: number;
  readonly trace?: boolean;
  readonly sections?: readonly string[];
  readonly revocationLists?: readonly RevocationList[];
  readonly audit?: AuditSink;
}

/** Nodes and raw applications in one process, on memory links and a clock that only tests move. */
export class World {
  readonly clock: VirtualClock = new VirtualClock();
  readonly scheduler: ManualScheduler = new ManualScheduler();
  readonly random: SeededRandom = new SeededRandom(11);
  readonly logger: CollectingLogger = collectingLogger();
  readonly network: MemoryNetwork;
  readonly #chain: TestChain;
  /** Who issued the nodes' certificates; known once there is a node. */
  issuerName = '';
  readonly #nodes: AmopNode[] = [];
  readonly #credentials: Map<AmopNode, Credentials> = new Map();
  #names = 0;

  /** @param options `chain` is made anew unless given */
  constructor(options: { maxChunkBytes?: number; windowBytes?: number; chain?: TestChain } = {}) {
    const { chain = createTestChain(), ...network } = options;
    this.#chain = chain;
    this.network = createMemoryNetwork({
      scheduler: this.scheduler,
      clock: this.clock,
      ...network,
    });
  }

  /** Starts a node. */
  async node(options: WorldNodeOptions = {}): Promise<AmopNode> {
    const credentials = this.#chain.node('bank', `node${this.#names++}`);
    const [leaf] = splitPemChain(credentials.certificate);
    const identity: Partial<PeerIdentity> = leaf === undefined ? {} : describeCertificate(leaf);
    this.issuerName = identity.issuerName ?? '';
    const node = new AmopNode(configOf(options, credentials), {
      clock: this.clock,
      random: this.random,
      scheduler: this.scheduler,
      logger: this.logger,
      audit: options.audit,
      channelTransport: this.network.transport(),
      p2pTransport: this.network.transport(identity),
    });
    this.#nodes.push(node);
    this.#credentials.set(node, credentials);
    await node.start();
    await this.settle();
    return node;
  }

  /** Gives a node another configuration; its certificate stays unless one is given. */
  async reload(
    node: AmopNode,
    options: WorldNodeOptions,
    credentials: Credentials | undefined = this.#credentials.get(node),
  ): Promise<ReloadReport> {
    if (credentials === undefined) throw new Error('not a node of this world');
    const report = node.reload(configOf(options, credentials));
    await this.settle();
    return report;
  }

  /** Connects an application; `want` makes it one of ours. */
  async session(
    node: AmopNode,
    want?: readonly string[],
    identity: Partial<PeerIdentity> = {},
  ): Promise<RawSession> {
    const session = new RawSession(await this.dial(node.channelAddress, identity));
    if (want !== undefined) {
      const handshake = { minimumSupport: 1, maximumSupport: 3, clientType: 'test' };
      session.send(
        ChannelType.handshake,
        encodeHandshakeRequest({ ...handshake, amop: { v: 1, want } }),
      );
    }
    await this.settle();
    session.frames.length = 0;
    return session;
  }

  /** Connects a node in the manner of the original. */
  async originalPeer(node: AmopNode, identity: Partial<PeerIdentity> = {}): Promise<RawPeer> {
    const peer = new RawPeer(await this.dial(node.p2pAddress, identity));
    await this.settle();
    return peer;
  }

  async dial(at: HostPort, identity: Partial<PeerIdentity> = {}): Promise<Connection> {
    const dialled = this.network.transport(identity).dial(at);
    await this.settle();
    return dialled;
  }

  /** Lets everything happen that happens without time passing. */
  settle(): Promise<void> {
    return this.scheduler.runUntilIdle();
  }

  /** Lets time pass in small steps. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.clock.advance(STEP_MS);
      await this.settle();
    }
  }

  async stop(): Promise<void> {
    let isStopped = false;
    const stopped = Promise.all(this.#nodes.map((node) => node.stop())).then(() => {
      isStopped = true;
    });
    while (!isStopped) await this.pass(100);
    await stopped;
  }
}

function configOf(options: WorldNodeOptions, credentials: Credentials): NodeConfig {
  const at = { host: '127.0.0.1', credentials };
  return {
    channel: {
      ...at,
      port: 0,
      checkIssuer: options.checkIssuer ?? false,
      ...(options.permissions !== undefined && { permissions: options.permissions }),
      blacklist: options.sdkBlacklist ?? [],
      whitelist: options.sdkWhitelist ?? [],
    },
    p2p: {
      ...at,
      port: options.p2pPort ?? 0,
      peers: options.peers ?? [],
      compress: options.compress ?? false,
      ...(options.outgoingBytesPerS !== undefined && {
        outgoingBytesPerS: options.outgoingBytesPerS,
      }),
      blacklist: options.blacklist ?? [],
      whitelist: options.whitelist ?? [],
    },
    supportedVersion: '2.9.1',
    chainId: '1',
    groups: [1],
    limits: options.limits ?? {},
    trace: options.trace ?? false,
    ...(options.sections !== undefined && { sections: options.sections }),
    revocationLists: options.revocationLists ?? [],
  };
}

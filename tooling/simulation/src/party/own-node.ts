import {
  AmopNode,
  type Credentials,
  DEFAULT_NODE_LIMITS,
  type HostPort,
  type NodeConfig,
  type NodeLimits,
} from '@amop/node';
import type { PeerIdentity } from '@amop/ports';
import type { SimProcess } from '../machine/sim-process.ts';
import type { NodePlan } from '../plan/plan.ts';
import type { MemberCredentials } from '../run/members.ts';
import type { Stage } from '../run/stage.ts';

const KIB = 1024;
/** Queues so small that a slow receiver matters within a run. */
const TIGHT: Partial<NodeLimits> = {
  highWaterBytes: 16 * KIB,
  lowWaterBytes: 4 * KIB,
  cutBytes: 64 * KIB,
  maxQueueBytes: 192 * KIB,
  reassemblyBytes: 160 * KIB,
};

/** Topics that one application must not use. */
export interface Forbidden {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What a node of ours is made from, beside its plan. */
export interface OwnNodeOptions {
  readonly channel: HostPort;
  readonly p2p: HostPort;
  readonly peers: readonly HostPort[];
  readonly member: MemberCredentials;
  /** What applications must not do on this node, by fingerprint. */
  readonly forbidden: ReadonlyMap<string, Forbidden>;
  /** All topics there are. */
  readonly topics: readonly string[];
}

/** A shipped node in a process of its own. */
export class OwnNode {
  readonly name: string;
  readonly plan: NodePlan;
  readonly #options: OwnNodeOptions;
  readonly #stage: Stage;
  #process: SimProcess;
  #node: AmopNode | undefined;
  #lives = 0;

  constructor(plan: NodePlan, options: OwnNodeOptions, stage: Stage) {
    this.name = plan.name;
    this.plan = plan;
    this.#options = options;
    this.#stage = stage;
    this.#process = stage.process(plan.name, 0);
  }

  get process(): SimProcess {
    return this.#process;
  }

  get nodeId(): string {
    return this.#options.member.nodeId;
  }

  get channel(): HostPort {
    return this.#options.channel;
  }

  get p2p(): HostPort {
    return this.#options.p2p;
  }

  /** The node of this life; undefined while there is none. */
  get node(): AmopNode | undefined {
    return this.#node;
  }

  /** Whether there is one that is not about to end. */
  get isRunning(): boolean {
    return this.#node !== undefined;
  }

  /** Limits that count for it. */
  get limits(): NodeLimits {
    return { ...DEFAULT_NODE_LIMITS, ...(this.plan.tight && TIGHT) };
  }

  start(): void {
    if (this.#lives > 0) this.#process = this.#stage.process(this.name, this.#lives);
    this.#lives += 1;
    const process = this.#process;
    const { clock, random, scheduler } = process;
    const identity: Partial<PeerIdentity> = {
      ...this.#options.member.identity,
      commonName: this.name,
    };
    const node = new AmopNode(this.#config(), {
      clock,
      random,
      scheduler,
      logger: this.#stage.logger(this.name),
      channelTransport: this.#stage.transport(process, identity),
      p2pTransport: this.#stage.transport(process, identity),
    });
    this.#node = node;
    this.#watch(process, node.start());
  }

  /** The process is killed. */
  crash(silent: boolean): void {
    this.#process.die();
    this.#node = undefined;
    this.#stage.cabling.died(this.name, silent);
  }

  /** Ends as an operator ends it; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    const node = this.#node;
    this.#node = undefined;
    await node?.stop();
  }

  /** As after a change of the configuration that changes nothing. */
  reload(): void {
    try {
      this.#node?.reload(this.#config());
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'AMOP_NODE_STATE'))
        throw error;
    }
  }

  #watch(process: SimProcess, promise: Promise<unknown>): void {
    promise.catch((error: unknown) => {
      if (!process.isDead) this.#stage.crashed(this.name, error);
    });
  }

  #config(): NodeConfig {
    const { channel, forbidden, member, p2p, peers, topics } = this.#options;
    const { compress, outgoingBytesPerS } = this.plan;
    const credentials: Credentials = member.credentials;
    const rules = [...forbidden].map(([fingerprint, refused]) => {
      const except = (names: readonly string[]): string[] =>
        topics.filter((topic) => !names.includes(topic));
      const rights = { publish: except(refused.publish), subscribe: except(refused.subscribe) };
      return [fingerprint, rights] as const;
    });
    return {
      channel: {
        ...channel,
        credentials,
        checkIssuer: false,
        ...(rules.length > 0 && { permissions: { certificates: new Map(rules) } }),
      },
      p2p: {
        ...p2p,
        credentials,
        peers,
        compress,
        ...(outgoingBytesPerS !== undefined && { outgoingBytesPerS }),
        blacklist: [],
        whitelist: [],
      },
      supportedVersion: '2.9.1',
      chainId: '1',
      groups: [1],
      limits: this.plan.tight ? TIGHT : {},
    };
  }
}

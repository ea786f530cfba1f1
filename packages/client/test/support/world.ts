import type { Transport } from '@amop/ports';
import {
  type CollectingLogger,
  collectingLogger,
  createMemoryNetwork,
  ManualScheduler,
  type MemoryNetwork,
  SeededRandom,
  VirtualClock,
} from '@amop/testkit';
import { type AmopClient, type ConnectOptions, connect } from '../../src/index.ts';
import { ScriptedNode } from './scripted-node.ts';

const FIRST_PORT = 20_200;

/** Options of a client in a world: what a test has no opinion on is filled in. */
export type WorldClientOptions = Partial<Omit<ConnectOptions, 'ports' | 'tls'>> & {
  readonly transport?: Transport;
};

/** Nodes and clients in one process: time and the ends of turns are the test's. */
export class World {
  readonly clock = new VirtualClock();
  readonly scheduler = new ManualScheduler();
  readonly network: MemoryNetwork;
  readonly logger: CollectingLogger = collectingLogger();
  readonly random: SeededRandom;
  #nodes = 0;

  constructor(options: { maxChunkBytes?: number; windowBytes?: number; seed?: number } = {}) {
    const { seed, ...network } = options;
    this.random = new SeededRandom(seed ?? 1);
    this.network = createMemoryNetwork({
      scheduler: this.scheduler,
      clock: this.clock,
      ...network,
    });
  }

  /** `hidden`: its certificate shows no node ID, as one with an RSA key. */
  async node(
    kind: 'ours' | 'original' = 'ours',
    port?: number,
    identity: 'shown' | 'hidden' = 'shown',
  ): Promise<ScriptedNode> {
    this.#nodes++;
    const nodeId = String(this.#nodes).repeat(128).slice(0, 128);
    const node = new ScriptedNode({
      kind,
      nodeId,
      port: port ?? FIRST_PORT + this.#nodes,
      scheduler: this.scheduler,
      transport: this.network.transport({
        nodeId: identity === 'shown' ? nodeId : undefined,
        commonName: `node${this.#nodes}`,
      }),
    });
    await node.start();
    return node;
  }

  /** Begins to connect; nothing moves before `run` or `settle`. */
  connecting(
    nodes: readonly ScriptedNode[],
    options: WorldClientOptions = {},
  ): Promise<AmopClient> {
    const { transport = this.network.transport({ commonName: 'sdk' }), ...rest } = options;
    const { clock, scheduler, random } = this;
    return connect({
      nodes: nodes.map((node) => node.endpoint),
      logger: this.logger,
      ...rest,
      ports: { transport, clock, scheduler, random },
    });
  }

  /** A connected client. */
  client(nodes: readonly ScriptedNode[], options: WorldClientOptions = {}): Promise<AmopClient> {
    return this.run(this.connecting(nodes, options));
  }

  /** Lets everything travel that can without time passing. */
  async settle(): Promise<void> {
    await this.scheduler.runUntilIdle();
  }

  /** Lets everything travel, then time pass, in steps so that answers to timers travel too. */
  async pass(ms: number, stepMs = 20): Promise<void> {
    await this.settle();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await this.settle();
    }
  }

  /** Lets everything travel and gives back what became of `promise`; it must have ended by then. */
  async run<T>(promise: Promise<T>, ms = 0): Promise<T> {
    let open = true;
    const done = (): void => {
      open = false;
    };
    promise.then(done, done);
    await this.pass(ms);
    if (open) throw new Error(`still open after ${ms} ms`);
    return promise;
  }
}

/** The error that `promise` rejects with; throws when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}

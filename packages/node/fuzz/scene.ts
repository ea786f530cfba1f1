import { type Choices, expectSame } from '@amop/fuzz';
import {
  createTestChain,
  type LogEntry,
  type TestChain,
  type TestCredentials,
} from '@amop/testkit';
import type { AmopNode } from '../src/index.ts';
import { World, type WorldNodeOptions } from '../test/world/world.ts';
import { Attacker } from './attacker.ts';
import { ONLY_ATTACKERS, SHARED_TOPICS } from './frame-grammar.ts';
import { Witnesses } from './witnesses.ts';

const MAX_ATTACKERS = 5;
const MAX_STEPS = 60;
const STEP_MS = 5_000;
/**
 * Time after which nothing is left of who is gone, in ms: a closed connection that does not take its last bytes has
 * 5 s. Well below the 30 s of a request, whose own end must not hide that it was left behind.
 */
const GONE_MS = 6_000;

const SMALL = {
  highWaterBytes: 2_000,
  lowWaterBytes: 500,
  cutBytes: 20_000,
  maxMessageBytes: 1_500,
  reassemblyBytes: 90_000,
};
const OPTIONS: readonly WorldNodeOptions[] = [
  {},
  { compress: true, trace: true },
  { limits: { ...SMALL, maxTopicsPerSession: 3, maxMalformedFrames: 4 } },
  {
    outgoingBytesPerS: 20_000,
    permissions: {
      default: { publish: ['a', 'of*'], subscribe: ['*'] },
      agencies: new Map(),
      certificates: new Map(),
    },
  },
];

// Keys are dear, and nothing of a scene depends on them.
const chain = cachedChain();

/** A node with applications that behave well, and sessions and peers that do not. */
export class Scene {
  readonly #choices: Choices;
  readonly #world: World;
  readonly #node: AmopNode;
  readonly #witnesses: Witnesses;
  readonly #attackers: Attacker[] = [];
  readonly #neighbours: number;
  readonly #idleTimers: number;
  #undecodable = 0;
  /** Somebody has said goodbye, and may still be there for a while. */
  #hasClosing = false;

  private constructor(
    choices: Choices,
    world: World,
    node: AmopNode,
    witnesses: Witnesses,
    start: { readonly idleTimers: number; readonly neighbours: number },
  ) {
    this.#choices = choices;
    this.#world = world;
    this.#node = node;
    this.#witnesses = witnesses;
    this.#idleTimers = start.idleTimers;
    this.#neighbours = start.neighbours;
  }

  static async begin(choices: Choices): Promise<Scene> {
    const windowBytes = choices.of([65_536, 700]);
    const world = new World({ chain, windowBytes });
    const node = await world.node(choices.of(OPTIONS));
    // Now and then the one who answers is at another node.
    const neighbours = choices.below(4) === 0 ? 1 : 0;
    const other = neighbours > 0 ? await world.node({ peers: [node.p2pAddress] }) : node;
    await world.pass(500);
    const idleTimers = world.clock.timers;
    const witnesses = await Witnesses.enter(world, node, other);
    return new Scene(choices, world, node, witnesses, { idleTimers, neighbours });
  }

  /** Everything that the choices say, then the end; rejects when a property does not hold. */
  async play(): Promise<void> {
    for (let step = 0; step < MAX_STEPS && this.#choices.hasMore; step++) await this.#step();
    // The time of what witnesses have asked so far is over then, that of attackers is not.
    await this.#pass(2_500);
    await this.#witnesses.check(this.#world);
    const hasOutcome = this.#witnesses.askShared(ONLY_ATTACKERS);
    await this.#world.settle();
    for (const attacker of this.#attackers) attacker.connection.destroy();
    await this.#pass(400);
    if (!hasOutcome()) throw new Error('a request waits for somebody who is gone');
    if (!this.#hasClosing) expectSame(this.#node.counters().pendingRequests, 0, 'requests');
    await this.#pass(GONE_MS);
    this.#witnesses.checkShared();
    await this.#witnesses.check(this.#world);
    this.#checkTables();
    this.#witnesses.leave();
    await this.#world.pass(1_000);
    expectSame(this.#node.counters().sessions, 0, 'sessions');
    expectSame(this.#node.counters().topics, 0, 'topics');
    expectSame(this.#world.clock.timers, this.#idleTimers, 'timers');
    await this.#world.stop();
    expectSame(this.#world.clock.timers, 0, 'timers of a stopped node');
    for (const entry of this.#world.logger.entries) checkEntry(entry);
  }

  async #step(): Promise<void> {
    const choices = this.#choices;
    const kind = this.#attackers.length === 0 ? 0 : choices.below(16);
    const attacker = this.#attackers[choices.below(MAX_ATTACKERS) % (this.#attackers.length || 1)];
    if (kind === 0) await this.#join();
    else if (kind === 1) await this.#pass(choices.of([20, 200, 5_000, 21_000, 65_000]));
    else if (kind === 2) this.#witnesses.askShared(choices.of(SHARED_TOPICS));
    else if (kind === 3) attacker?.connection.pause();
    else if (kind === 4) attacker?.connection.resume();
    else if (kind === 5) this.#leave(attacker);
    else attacker?.send(choices);
    if (choices.bool()) await this.#world.settle();
  }

  async #join(): Promise<void> {
    if (this.#attackers.length >= MAX_ATTACKERS) return;
    const kind = this.#choices.of(['session', 'session', 'peer'] as const);
    const digit = String(this.#choices.below(3));
    // A few nodes and applications, so that one has several connections.
    const identity = { nodeId: digit.repeat(128), fingerprint256: digit.repeat(64) };
    const at = kind === 'session' ? this.#node.channelAddress : this.#node.p2pAddress;
    const attacker = new Attacker(await this.#world.dial(at, identity), kind);
    if (this.#choices.bool()) attacker.listen();
    this.#attackers.push(attacker);
  }

  #leave(attacker: Attacker | undefined): void {
    if (attacker === undefined) return;
    if (this.#choices.bool()) {
      attacker.connection.close();
      this.#hasClosing = true;
    } else {
      attacker.connection.destroy();
    }
    this.#attackers.splice(this.#attackers.indexOf(attacker), 1);
    if (attacker.isUndecodable) this.#undecodable++;
  }

  /** Time passes; the witnesses are heard of meanwhile. */
  async #pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.#witnesses.beat();
      await this.#world.settle();
      const step = Math.min(left, STEP_MS);
      for (let passed = 0; passed < step; passed += step / 10) {
        this.#world.clock.advance(step / 10);
        await this.#world.settle();
      }
    }
  }

  /** Of those that are gone nothing is left, and none was called malformed that was not. */
  #checkTables(): void {
    const { cuts, peers, pendingRequests, reassemblyBytes, sessions, topics } =
      this.#node.counters();
    const held = { peers, pendingRequests, reassemblyBytes, sessions, topics };
    const ofWitnesses = { sessions: this.#neighbours > 0 ? 2 : 3, topics: 2 };
    const nothing = { peers: this.#neighbours, pendingRequests: 0, reassemblyBytes: 0 };
    expectSame(held, { ...nothing, ...ofWitnesses }, 'what the node holds');
    const undecodable = this.#attackers.filter((each) => each.isUndecodable).length;
    const malformed = cuts.malformed + cuts['twelve-byte-header'];
    if (malformed > undecodable + this.#undecodable) {
      throw new Error(
        `${malformed} cut as malformed: ${JSON.stringify(this.#world.logger.entries)}`,
      );
    }
  }
}

/** No error, and no fault of the node's own that was taken for one of what it had read. */
function checkEntry({ details, level, message }: LogEntry): void {
  const { error } = details;
  const isForeign = typeof error === 'string' && !error.startsWith('AMOP_');
  if (level === 'error' || isForeign) throw new Error(`${message}: ${JSON.stringify(details)}`);
}

function cachedChain(): TestChain {
  const made = createTestChain();
  const nodes = new Map<string, TestCredentials>();
  return {
    ...made,
    node: (agency, name = 'node0') => {
      const key = `${agency} ${name}`;
      // Of the leaf alone: to read those above at each start takes longer than the scene.
      const fresh = (): TestCredentials => {
        const credentials = made.node(agency, name);
        const [leaf = ''] = credentials.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
        return { ...credentials, certificate: leaf };
      };
      const known = nodes.get(key) ?? fresh();
      nodes.set(key, known);
      return known;
    },
  };
}

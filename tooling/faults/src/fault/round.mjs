import { Random } from '../random.mjs';
import { pause } from '../time.mjs';
import { FAULT_KINDS } from './kinds.mjs';

const FAULTS = 6;
/** Faults of a round begin within this time. */
const BEGIN_MS = 12_000;

/** Deals faults: each kind once before one comes a second time. */
export class FaultDeck {
  #random;
  /** @type {import('./kinds.mjs').FaultKind[]} */
  #cards = [];
  #counts = new Map();

  /** @param {import('../random.mjs').Random} random */
  constructor(random) {
    this.#random = random;
  }

  /** How often each kind came, by kind. */
  counts() {
    return Object.fromEntries([...this.#counts].sort());
  }

  /**
   * Some faults at about the same time; resolves when all is mended.
   *
   * @param {import('../world.mjs').World} world
   */
  async round(world) {
    const taken = new Set();
    const hits = [];
    for (let index = 0; index < FAULTS; index += 1) {
      const { kind, run, targets } = this.#deal();
      const free = targets.filter((target) => !taken.has(target));
      if (free.length === 0) continue;
      const target = this.#random.pick(free);
      taken.add(target);
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
      const beginMs = this.#random.between(0, BEGIN_MS);
      // One for each: they run at the same time, and none may depend on when another one draws.
      const random = new Random(this.#random.next());
      hits.push(this.#hit({ world, kind, run, target, beginMs, random }));
    }
    await Promise.all(hits);
  }

  #deal() {
    if (this.#cards.length === 0) this.#cards = this.#random.shuffle(FAULT_KINDS);
    return this.#cards.pop();
  }

  async #hit({ world, kind, run, target, beginMs, random }) {
    const say = (text) => world.note(`${kind} ${target}: ${text}`);
    await pause(beginMs);
    await run({ world, random, target, say });
    say('mended');
  }
}

import type { Clock, Scheduler, TimerHandle } from '@amop/ports';
import { type MemoryPost, SeededRandom } from '@amop/testkit/memory';
import type { EventLoop } from './event-loop.ts';
import type { SimEvent } from './sim-event.ts';

/** 2026-06-01T00:00:00Z: certificates made today are valid then only if their dates say so. */
const WALL_START_MS = 1_780_272_000_000;

/**
 * A process of the simulation: its own clock, end of turn and random source, which it loses when it dies.
 *
 * What it has begun is never called back then, as after a `kill -9`.
 */
export class SimProcess {
  readonly name: string;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** For the links of its connections. */
  readonly post: MemoryPost;
  /** Its wall clock is wrong by so much. */
  wallOffsetMs = 0;
  #isDead = false;
  /** What should have happened while it got no time; undefined when it gets time. */
  #held: SimEvent[] | undefined;
  readonly #loop: EventLoop;
  readonly #timers: Set<SimEvent> = new Set();
  readonly #atDeath: (() => void)[] = [];
  #turn: (() => void)[] = [];

  /** @param seed of its random source */
  constructor(name: string, loop: EventLoop, seed: number) {
    this.name = name;
    this.random = new SeededRandom(seed);
    this.#loop = loop;
    this.clock = {
      nowMs: () => loop.nowMs,
      wallMs: () => WALL_START_MS + loop.nowMs + this.wallOffsetMs,
      setTimer: (callback, delayMs) => this.#setTimer(callback, delayMs),
      clearTimer: (handle) => this.#clearTimer(handle),
    };
    this.scheduler = { endOfTurn: (callback) => this.#endOfTurn(callback) };
    this.post = (callback, delayMs) => {
      loop.post(this, delayMs, callback);
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Lets `run` happen when the process dies. */
  atDeath(run: () => void): void {
    this.#atDeath.push(run);
  }

  /** The process is no more; nothing that it began is called back. */
  die(): void {
    this.#isDead = true;
    for (const run of this.#atDeath) run();
  }

  get isFrozen(): boolean {
    return this.#held !== undefined;
  }

  /** It gets no time until {@link thaw}, as after a SIGSTOP. */
  freeze(): void {
    this.#held ??= [];
  }

  /** It gets time again: all that was due meanwhile is due now. */
  thaw(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#loop.postAgain(event);
  }

  /** Keeps back an event for {@link thaw}. */
  hold(event: SimEvent): void {
    this.#held?.push(event);
  }

  /** Timers that run. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets `run` happen in this process after `delayMs`; no timer of the code under test. */
  later(delayMs: number, run: () => void): void {
    this.#loop.post(this, delayMs, run);
  }

  #setTimer(callback: () => void, delayMs: number): TimerHandle {
    const event = this.#loop.post(this, delayMs, () => {
      this.#timers.delete(event);
      callback();
    });
    this.#timers.add(event);
    return event;
  }

  #clearTimer(handle: TimerHandle): void {
    // Only timers of this clock are in the set; anything else is not found.
    const event = handle as SimEvent;
    if (this.#timers.delete(event)) event.run = undefined;
  }

  #endOfTurn(callback: () => void): void {
    this.#turn.push(callback);
    if (this.#turn.length > 1) return;
    this.#loop.post(this, 0, () => {
      const turn = this.#turn;
      this.#turn = [];
      for (const each of turn) each();
    });
  }
}

import { type Clock, DeadlineWheel, type TimerHandle, WheelEntry } from '@amop/ports';

/** How late an expiry may be noticed, in ms: the step of the one timer behind all deadlines. */
const TICK_MS = 20;

/** Something with a deadline. */
export abstract class DeadlineEntry extends WheelEntry {
  /** Called once when the deadline has passed; the entry is out of the timer by then. */
  abstract expire(): void;
}

/** Every deadline of a client behind one timer, which runs only while there are any. */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #wheel: DeadlineWheel<DeadlineEntry> = new DeadlineWheel({ tickMs: TICK_MS });
  #timer: TimerHandle | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Entries that wait. */
  get size(): number {
    return this.#wheel.size;
  }

  /** Adds an entry; `deadlineMs` on the scale of `clock.nowMs()`. */
  add(entry: DeadlineEntry, deadlineMs: number): void {
    this.#wheel.add(entry, deadlineMs);
    this.#timer ??= this.#clock.setTimer(this.#tick, TICK_MS);
  }

  /** Takes an entry out; nothing happens when it is out already. */
  remove(entry: DeadlineEntry): void {
    this.#wheel.remove(entry);
  }

  /** Stops the timer; entries that are still in never expire. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  readonly #tick = (): void => {
    this.#timer = undefined;
    this.#wheel.advance(this.#clock.nowMs(), expire);
    if (this.#wheel.size > 0) this.#timer ??= this.#clock.setTimer(this.#tick, TICK_MS);
  };
}

function expire(entry: DeadlineEntry): void {
  entry.expire();
}

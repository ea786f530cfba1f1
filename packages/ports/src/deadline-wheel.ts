/** What a {@link DeadlineWheel} holds: extend it. An entry is in one wheel at most. */
export class WheelEntry {
  /** Belongs to the wheel, as all fields here. */
  wheelNext: WheelEntry | undefined = undefined;
  wheelPrevious: WheelEntry | undefined = undefined;
  wheelOwner: object | undefined = undefined;
  wheelSlot = 0;
  wheelTick = 0;
}

/** Shape of a {@link DeadlineWheel}. */
export interface DeadlineWheelOptions {
  /** How late an entry may be, in milliseconds. Default 20. */
  readonly tickMs?: number;
  /** Number of slots, rounded up to a power of two. Default 1 024: one round is 20 s. */
  readonly slots?: number;
}

/**
 * Many deadlines, one timer: the owner calls {@link DeadlineWheel.advance} every `tickMs` or so.
 *
 * A hashed wheel of doubly linked lists that run through the entries themselves. `add`, `remove` and
 * `move` take constant time and allocate nothing. An entry never expires early; it expires in the
 * first `advance` at or after its deadline rounded up to a whole tick. Times are milliseconds of one
 * monotonic clock, 0 or more.
 *
 * @example
 * class Pending extends WheelEntry { seq = ''; }
 * const wheel = new DeadlineWheel<Pending>();
 * wheel.add(entry, clock.nowMs() + 5000);
 * wheel.advance(clock.nowMs(), (expired) => giveUp(expired.seq));
 */
export class DeadlineWheel<T extends WheelEntry> {
  readonly #tickMs: number;
  readonly #mask: number;
  /** First entry of each slot; one place more for those that are expiring. */
  readonly #heads: (WheelEntry | undefined)[];
  readonly #expiring: number;
  #size = 0;
  #tick = -1;

  constructor(options: DeadlineWheelOptions = {}) {
    this.#tickMs = options.tickMs ?? 20;
    let slots = 1;
    while (slots < (options.slots ?? 1024)) slots *= 2;
    this.#mask = slots - 1;
    this.#expiring = slots;
    this.#heads = new Array<WheelEntry | undefined>(slots + 1).fill(undefined);
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /**
   * Earliest time at which `advance` may find something, `undefined` without entries. A lower bound:
   * the wheel looks at slots, not at deadlines more than one round away. Looks at each slot at most
   * once.
   */
  get nextCheckMs(): number | undefined {
    if (this.#size === 0) return undefined;
    const next = this.#tick + 1;
    if (this.#heads[this.#expiring] !== undefined) return next * this.#tickMs;
    for (let tick = next; tick <= next + this.#mask; tick += 1) {
      if (this.#heads[this.#slotOf(tick)] !== undefined) return tick * this.#tickMs;
    }
    return next * this.#tickMs;
  }

  /** Puts an entry in; one that is in already is moved. A deadline in the past expires at the next tick. */
  add(entry: T, deadlineMs: number): void {
    this.remove(entry);
    const tick = Math.max(Math.ceil(deadlineMs / this.#tickMs), this.#tick + 1);
    entry.wheelOwner = this;
    entry.wheelTick = tick;
    this.#link(entry, this.#slotOf(tick));
    this.#size += 1;
  }

  /** Takes an entry out; one that is not in is left alone. */
  remove(entry: T): void {
    if (entry.wheelOwner !== this) return;
    this.#unlink(entry);
    entry.wheelOwner = undefined;
    this.#size -= 1;
  }

  /** Gives an entry another deadline. */
  move(entry: T, deadlineMs: number): void {
    this.add(entry, deadlineMs);
  }

  /**
   * Takes out every entry whose deadline has come and hands it over: earlier ticks first, within a
   * tick in the order they were added.
   *
   * `onExpired` may add, move and remove any entry: one that it removes does not expire, one that it
   * adds waits for a later tick. When it throws, the rest expires in the next call.
   */
  advance(nowMs: number, onExpired: (entry: T) => void): void {
    const now = Math.floor(nowMs / this.#tickMs);
    if (now > this.#tick) {
      const from = Math.max(this.#tick + 1, now - this.#mask);
      this.#tick = now;
      if (this.#size > 0) for (let tick = now; tick >= from; tick -= 1) this.#collect(tick);
    }
    for (;;) {
      const entry = this.#heads[this.#expiring];
      if (entry === undefined) return;
      // Only `add` links entries, and it takes nothing but T.
      this.remove(entry as T);
      onExpired(entry as T);
    }
  }

  #slotOf(tick: number): number {
    return tick & this.#mask;
  }

  /** Moves what is due in the slot of a tick to the front of the expiring ones. */
  #collect(tick: number): void {
    let entry = this.#heads[this.#slotOf(tick)];
    while (entry !== undefined) {
      const next = entry.wheelNext;
      if (entry.wheelTick <= this.#tick) {
        this.#unlink(entry);
        this.#link(entry, this.#expiring);
      }
      entry = next;
    }
  }

  #link(entry: WheelEntry, slot: number): void {
    const head = this.#heads[slot];
    entry.wheelSlot = slot;
    entry.wheelNext = head;
    if (head !== undefined) head.wheelPrevious = entry;
    this.#heads[slot] = entry;
  }

  #unlink(entry: WheelEntry): void {
    const next = entry.wheelNext;
    const previous = entry.wheelPrevious;
    if (next !== undefined) next.wheelPrevious = previous;
    if (previous !== undefined) previous.wheelNext = next;
    else this.#heads[entry.wheelSlot] = next;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
  }
}

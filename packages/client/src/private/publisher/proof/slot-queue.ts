/** Proofs under way at once for one topic at one node. */
const MAX_OF_QUEUE = 16;

/** From so many on, those that are not wanted any more are looked for and let go. */
const CROWD = 512;

/** Somebody who wants a slot. */
export interface SlotRequest {
  /** Lower ones come first. */
  readonly rank: number;
  /** Looked at when it is its turn: it may have been a while. */
  readonly isWanted: () => boolean;
}

interface Waiting extends SlotRequest {
  readonly end: (isServed: boolean) => void;
}

/** Who waits for a slot for routes of one topic at one node. */
export class SlotQueue {
  /** By rank, then in the order they came. */
  #waiting: Waiting[] = [];
  #taken = 0;
  #isNewestNext = false;

  /** Whether nobody waits and no proof is under way. */
  get isIdle(): boolean {
    return this.#taken === 0 && this.#waiting.length === 0;
  }

  /** Resolves with true when it is served, with false when it is not wanted any more. */
  wait(request: SlotRequest): Promise<boolean> {
    if (this.#waiting.length >= CROWD) this.#clear();
    return new Promise((end) => {
      const place = this.#waiting.findLastIndex(({ rank }) => rank <= request.rank) + 1;
      this.#waiting.splice(place, 0, { ...request, end });
    });
  }

  /** Gives a slot to the next one; false when there is none, or none that may have one. */
  serve(): boolean {
    while (this.#taken < MAX_OF_QUEUE) {
      const next = this.#next();
      if (next === undefined) return false;
      const isWanted = next.isWanted();
      next.end(isWanted);
      if (!isWanted) continue;
      this.#taken++;
      return true;
    }
    return false;
  }

  /** A slot is free again. */
  release(): void {
    this.#taken--;
  }

  /**
   * Of the lowest rank the oldest and the newest in turn: who comes late to a crowd need not wait for
   * all of it, and no crowd of newcomers holds up who has waited longest.
   */
  #next(): Waiting | undefined {
    const lowest = this.#waiting[0]?.rank;
    const place = this.#isNewestNext
      ? this.#waiting.findLastIndex(({ rank }) => rank === lowest)
      : 0;
    this.#isNewestNext = !this.#isNewestNext;
    return this.#waiting.splice(place, 1)[0];
  }

  #clear(): void {
    const all = this.#waiting;
    this.#waiting = all.filter((waiting) => waiting.isWanted());
    for (const waiting of all) if (!waiting.isWanted()) waiting.end(false);
  }
}

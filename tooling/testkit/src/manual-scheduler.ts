import type { Scheduler } from '@amop/ports';

/** More turns than any test needs that comes to rest. */
const MAX_TURNS = 100_000;

/** A scheduler whose turns end when a test says so. */
export class ManualScheduler implements Scheduler {
  #waiting: (() => void)[] = [];

  endOfTurn(callback: () => void): void {
    this.#waiting.push(callback);
  }

  /** Callbacks that wait for the end of the turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Ends one turn: runs what waits now; what that adds waits for the next. */
  runTurn(): void {
    const turn = this.#waiting;
    this.#waiting = [];
    for (const callback of turn) callback();
  }

  /**
   * Ends turns until nothing waits, letting promises go on in between.
   *
   * @throws Error when it does not come to rest
   */
  async runUntilIdle(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#waiting.length === 0) return;
      this.runTurn();
    }
    throw new Error(`still ${this.#waiting.length} callbacks waiting after ${MAX_TURNS} turns`);
  }
}

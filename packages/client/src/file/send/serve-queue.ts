import type { Clock, TimerHandle } from '@amop/ports';

/** Chunks that are read and sealed at the same time. */
const MAX_READS = 4;
/** With so many bytes waiting for the network nothing more is read. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** Requests that wait; more are asked to come back. */
const MAX_WAITING = 1024;
/** How often it is looked at whether the network has taken something. */
const LOOK_MS = 5;

/** Collaborators of {@link ServeQueue}. */
export interface ServeQueueDependencies {
  readonly clock: Clock;
  readonly queuedBytes: () => number;
}

/** Lets so many chunks be read that memory stays small, however many receivers ask. First come, first served. */
export class ServeQueue {
  readonly #clock: Clock;
  readonly #queuedBytes: () => number;
  readonly #waiting: (() => void)[] = [];
  #reads = 0;
  #timer: TimerHandle | undefined;

  constructor(dependencies: ServeQueueDependencies) {
    this.#clock = dependencies.clock;
    this.#queuedBytes = dependencies.queuedBytes;
  }

  /** Runs `work` when it is its turn; undefined, at once, when too many wait. */
  async run<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#waiting.length > 0 || !this.#isFree()) {
      if (this.#waiting.length >= MAX_WAITING) return undefined;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#look();
      });
    } else {
      this.#reads++;
    }
    try {
      return await work();
    } finally {
      this.#reads--;
      this.#next();
    }
  }

  #isFree(): boolean {
    return this.#reads < MAX_READS && this.#queuedBytes() < MAX_QUEUED_BYTES;
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#isFree()) {
      this.#reads++;
      this.#waiting.shift()?.();
    }
    this.#look();
  }

  /** While something waits for the network alone, nobody else says when it may go on. */
  #look(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0 || this.#reads > 0) return;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#next();
    }, LOOK_MS);
  }
}

import { TransferReason } from '../reasons.ts';
import { type Decision, later } from './decision.ts';

/** One decision after the other: limits that are checked for one hold until it is entered. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Runs `work` when those before have ended; not after `close`: the folder is not ours any more. */
  run(work: () => Promise<Decision>): Promise<Decision> {
    const result = this.#last.then(() => (this.#isClosed ? later(TransferReason.closed) : work()));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Begins nothing more; resolves when what was begun has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }
}

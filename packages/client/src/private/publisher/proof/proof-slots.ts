import { SlotQueue, type SlotRequest } from './slot-queue.ts';

/** Proofs under way at once, over all topics of a client. */
const MAX_PROOFS = 64;

/**
 * Lets so many proofs be under way at once, and deals them out fairly: each topic and node has a queue
 * of its own, and these take turns. So a node that lists routes whose owners say nothing keeps nobody
 * waiting at another one.
 */
export class ProofSlots {
  /** Those with anybody in them; whose turn it is comes first. */
  readonly #queues = new Map<string, SlotQueue>();
  #taken = 0;

  /**
   * Resolves with true when it is this one's turn: then `release` its queue when it is done. With
   * false when it is not wanted any more.
   */
  take(name: string, request: SlotRequest): Promise<boolean> {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new SlotQueue();
      this.#queues.set(name, queue);
    }
    const turn = queue.wait(request);
    this.#dealOut();
    return turn;
  }

  /** One of the queue is done. */
  release(name: string): void {
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    this.#taken--;
    queue.release();
    if (queue.isIdle) this.#queues.delete(name);
    this.#dealOut();
  }

  #dealOut(): void {
    while (this.#taken < MAX_PROOFS && this.#serveOne()) this.#taken++;
  }

  #serveOne(): boolean {
    for (const [name, queue] of this.#queues) {
      const isServed = queue.serve();
      if (isServed || queue.isIdle) this.#queues.delete(name);
      if (!isServed) continue;
      this.#queues.set(name, queue);
      return true;
    }
    return false;
  }
}

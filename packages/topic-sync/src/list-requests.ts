/** Timed-out requests whose answer is still taken when it comes late. */
const MAX_LATE_ANSWERS = 8;

/**
 * The list requests of one session: at most one in flight.
 *
 * A request that timed out frees the way for the next one, but its answer is still welcome: on a
 * slow link a long list takes longer than the timeout, and dropping it each time (as the original
 * does) would never end. Answers come in the order of the requests, so a late one is never old.
 */
export class ListRequests {
  readonly #timeoutMs: number;
  /** p2p seqs of the requests whose answer may come, oldest first. */
  #awaited: number[] = [];
  #sentMs: number | undefined;
  #needsSeq = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** When the request in flight times out; undefined without one. */
  get timeoutAtMs(): number | undefined {
    return this.#sentMs === undefined ? undefined : this.#sentMs + this.#timeoutMs;
  }

  get inFlight(): boolean {
    return this.#sentMs !== undefined;
  }

  /** Begins a request; the caller has made sure that none is in flight. */
  begin(nowMs: number): void {
    this.#sentMs = nowMs;
    this.#needsSeq = true;
  }

  /** Notes the p2p seq of the request that was begun last; any other call is ignored. */
  sent(p2pSeq: number): void {
    if (!this.#needsSeq) return;
    this.#needsSeq = false;
    this.#awaited = [...this.#awaited.slice(-MAX_LATE_ANSWERS), p2pSeq];
  }

  /** Gives up the request in flight if its time is over; true when it did. */
  expire(nowMs: number): boolean {
    if (this.#sentMs === undefined || nowMs - this.#sentMs < this.#timeoutMs) return false;
    this.#sentMs = undefined;
    return true;
  }

  /** Whether a list under `p2pSeq` was asked for; it and all older requests are then settled. */
  settle(p2pSeq: number): boolean {
    const index = this.#awaited.indexOf(p2pSeq);
    if (index < 0) return false;
    this.#awaited = this.#awaited.slice(index + 1);
    if (this.#awaited.length === 0 && !this.#needsSeq) this.#sentMs = undefined;
    return true;
  }
}

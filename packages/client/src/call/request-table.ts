import { ClientError } from '../errors.ts';
import type { DeadlineTimer } from './deadline-timer.ts';
import type { Call } from './pending-call.ts';

/** Every call of a client that has no outcome, by the number of its sequence. */
export class RequestTable {
  readonly #calls = new Map<number, Call>();
  readonly #maxPending: number;
  readonly #deadlines: DeadlineTimer;
  #onIdle: (() => void) | undefined;

  /** `maxPending` is the number of calls that it takes. */
  constructor(
    options: { readonly maxPending: number },
    dependencies: { deadlines: DeadlineTimer },
  ) {
    this.#maxPending = options.maxPending;
    this.#deadlines = dependencies.deadlines;
  }

  /** Calls without an outcome. */
  get size(): number {
    return this.#calls.size;
  }

  /** The error for one more call when the table is full. */
  overload(): ClientError | undefined {
    if (this.#calls.size < this.#maxPending) return undefined;
    return new ClientError(
      'AMOP_CLIENT_OVERLOADED',
      `${this.#calls.size} calls wait for their outcome, the limit (limits.maxPendingRequests); await some before you send more`,
      { hop: 'client', reason: 'too-many-pending', retryable: true },
    );
  }

  /** Takes a call and its deadline. */
  add(call: Call): void {
    this.#calls.set(call.number, call);
    this.#deadlines.add(call, call.deadlineMs);
  }

  /** The call with that number that has no outcome yet. */
  get(number: number): Call | undefined {
    return this.#calls.get(number);
  }

  /** All calls, oldest first; a copy, so that they may end while it is walked through. */
  all(): readonly Call[] {
    return [...this.#calls.values()];
  }

  /**
   * Lets go of a call. The one place that ends it: only who gets `true` may resolve or reject it.
   */
  finish(call: Call): boolean {
    if (!this.#calls.delete(call.number)) return false;
    this.#deadlines.remove(call);
    if (call.abort !== undefined) {
      call.abort.signal.removeEventListener('abort', call.abort.listener);
      call.abort = undefined;
    }
    if (this.#calls.size === 0 && this.#onIdle !== undefined) this.#idle();
    return true;
  }

  /** Resolves once no call is without an outcome. */
  idle(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #idle(): void {
    const onIdle = this.#onIdle;
    this.#onIdle = undefined;
    onIdle?.();
  }
}

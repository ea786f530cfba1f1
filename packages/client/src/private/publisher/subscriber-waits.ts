import type { Clock } from '@amop/ports';
import { DeadlineEntry, type DeadlineTimer } from '../../call/deadline-timer.ts';
import { ClientError } from '../../errors.ts';

/** What somebody waits for. */
export interface WaitOptions {
  /** Subscribers that must have proved a key. */
  readonly count: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

class Wait extends DeadlineEntry {
  readonly count: number;
  /** Ends the wait, well or with an error. */
  readonly end: (error?: ClientError) => void;
  readonly #expired: () => void;

  constructor(count: number, end: (error?: ClientError) => void, expired: () => void) {
    super();
    this.count = count;
    this.end = end;
    this.#expired = expired;
  }

  override expire(): void {
    this.#expired();
  }
}

/** Who waits until so many subscribers of one topic have proved a key. */
export class SubscriberWaits {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #deadlines: DeadlineTimer;
  readonly #waits = new Set<Wait>();

  constructor(
    options: { readonly name: string },
    dependencies: { readonly clock: Clock; readonly deadlines: DeadlineTimer },
  ) {
    this.#name = options.name;
    this.#clock = dependencies.clock;
    this.#deadlines = dependencies.deadlines;
  }

  /** Whether anybody waits. */
  get isEmpty(): boolean {
    return this.#waits.size === 0;
  }

  /**
   * Resolves when `check` is told of enough subscribers.
   *
   * @throws ClientError `AMOP_CLIENT_TIMEOUT`, `AMOP_CLIENT_ABORTED`, or what `failAll` was given
   */
  wait({ count, timeoutMs, signal }: WaitOptions): Promise<void> {
    if (signal?.aborted) return Promise.reject(this.#aborted(signal));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => end(signal && this.#aborted(signal));
      const end = (error?: ClientError): void => {
        if (!this.#waits.delete(wait)) return;
        this.#deadlines.remove(wait);
        signal?.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const wait = new Wait(count, end, () => end(this.#timedOut(count)));
      signal?.addEventListener('abort', onAbort);
      this.#waits.add(wait);
      this.#deadlines.add(wait, this.#clock.nowMs() + timeoutMs);
    });
  }

  /** So many subscribers have proved a key. */
  check(proven: number): void {
    for (const wait of [...this.#waits]) if (proven >= wait.count) wait.end();
  }

  /** Ends everybody who waits. */
  failAll(error: ClientError): void {
    for (const wait of [...this.#waits]) wait.end(error);
  }

  #timedOut(count: number): ClientError {
    return new ClientError(
      'AMOP_CLIENT_TIMEOUT',
      `private topic ${JSON.stringify(this.#name)}: fewer than ${count} subscribers had proved an allowed key by the deadline`,
      { topic: this.#name, hop: 'client', reason: 'no-proven-subscriber', retryable: true },
    );
  }

  #aborted(signal: AbortSignal): ClientError {
    return new ClientError(
      'AMOP_CLIENT_ABORTED',
      `private topic ${JSON.stringify(this.#name)}: waiting for subscribers was ended by the signal of the caller`,
      { topic: this.#name, hop: 'client', reason: 'aborted' },
      { cause: signal.reason },
    );
  }
}

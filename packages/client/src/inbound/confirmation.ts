import type { TopicName } from '@amop/codec';
import type { Clock } from '@amop/ports';
import { DeadlineEntry, type DeadlineTimer } from '../call/deadline-timer.ts';
import { ClientError } from '../errors.ts';
import { applicationName } from '../topic.ts';

/** A link as subscriptions see it. */
export interface TopicLink {
  /** Only ready links count: the others replay everything before they are. */
  readonly ready: boolean;
  /** Whether its node has the topic; undefined while that is about to change. */
  hasTopic(topic: TopicName): boolean | undefined;
  /** The topic may have changed; it goes out with the next `flushTopics`. */
  topicChanged(topic: TopicName): void;
  /** Sends what has changed of the topics. */
  flushTopics(): void;
}

/** Collaborators of {@link Confirmations}. */
export interface ConfirmationDependencies {
  readonly deadlines: DeadlineTimer;
  readonly clock: Clock;
  readonly links: () => Iterable<TopicLink>;
}

/** Somebody who waits until every ready link has a topic, or has it no longer. */
class Wait extends DeadlineEntry {
  readonly present: boolean;
  /** Ends the wait, well or with an error. */
  readonly end: (error?: ClientError) => void;
  readonly #expired: () => void;

  constructor(present: boolean, end: (error?: ClientError) => void, expired: () => void) {
    super();
    this.present = present;
    this.end = end;
    this.#expired = expired;
  }

  override expire(): void {
    this.#expired();
  }
}

/** Who waits for nodes to have applied a change of the topics. */
export class Confirmations {
  readonly #deps: ConfirmationDependencies;
  readonly #waits = new Map<TopicName, Set<Wait>>();

  constructor(dependencies: ConfirmationDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Resolves when every ready link has the topic, and there is one (`present`), or when none has it.
   *
   * @throws ClientError `AMOP_CLIENT_TIMEOUT`, `AMOP_CLIENT_ABORTED`, or what `fail` was given
   */
  wait(topic: TopicName, present: boolean, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#isDone(topic, present)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => end(abortedSubscribe(topic, signal?.reason));
      const end = (error?: ClientError): void => {
        if (!this.#forget(topic, wait)) return;
        signal?.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const wait = new Wait(present, end, () => end(this.#timedOut(topic, present)));
      signal?.addEventListener('abort', onAbort);
      const waits = this.#waits.get(topic);
      if (waits === undefined) this.#waits.set(topic, new Set([wait]));
      else waits.add(wait);
      this.#deps.deadlines.add(wait, this.#deps.clock.nowMs() + timeoutMs);
    });
  }

  /** A link may have changed its mind about the topic. */
  check(topic: TopicName): void {
    for (const wait of [...(this.#waits.get(topic) ?? [])]) {
      if (this.#isDone(topic, wait.present)) wait.end();
    }
  }

  /** A link became ready or broke. */
  checkAll(): void {
    for (const topic of [...this.#waits.keys()]) this.check(topic);
  }

  /**
   * Ends who waits for the topic to be there (`present`) or gone; false if nobody does.
   *
   * @param makeError called only if somebody does; left out, they end well
   */
  end(topic: TopicName, present: boolean, makeError?: () => ClientError): boolean {
    const waits = [...(this.#waits.get(topic) ?? [])].filter((wait) => wait.present === present);
    for (const wait of waits) wait.end(makeError?.());
    return waits.length > 0;
  }

  /** Ends everybody who waits. */
  failAll(error: ClientError): void {
    for (const waits of [...this.#waits.values()]) for (const wait of [...waits]) wait.end(error);
  }

  #isDone(topic: TopicName, present: boolean): boolean {
    let ready = 0;
    for (const link of this.#deps.links()) {
      if (!link.ready) continue;
      if (link.hasTopic(topic) !== present) return false;
      ready++;
    }
    return !present || ready > 0;
  }

  #forget(topic: TopicName, wait: Wait): boolean {
    const waits = this.#waits.get(topic);
    if (waits === undefined || !waits.delete(wait)) return false;
    if (waits.size === 0) this.#waits.delete(topic);
    this.#deps.deadlines.remove(wait);
    return true;
  }

  #timedOut(wanted: TopicName, present: boolean): ClientError {
    const topic = applicationName(wanted);
    const what = `${present ? 'subscribing to' : 'unsubscribing from'} ${JSON.stringify(topic)}:`;
    const details = { topic, hop: 'client', retryable: true } as const;
    return [...this.#deps.links()].some((link) => link.ready)
      ? new ClientError(
          'AMOP_CLIENT_TIMEOUT',
          `${what} not confirmed by every connected node until the deadline`,
          { ...details, reason: 'not-confirmed' },
        )
      : new ClientError(
          'AMOP_CLIENT_NOT_CONNECTED',
          `${what} no node was connected until the deadline`,
          { ...details, reason: 'no-link' },
        );
  }
}

/** The error of a `subscribe` that its caller ended. */
export function abortedSubscribe(wanted: TopicName, cause: unknown): ClientError {
  const topic = applicationName(wanted);
  return new ClientError(
    'AMOP_CLIENT_ABORTED',
    `subscribing to ${JSON.stringify(topic)}: ended by the signal of the caller`,
    { topic, hop: 'client', reason: 'aborted' },
    { cause },
  );
}

import type { Logger } from '@amop/ports';
import type { CallRouter } from '../call/call-router.ts';
import type { Line } from '../call/line.ts';
import type { Reply } from '../call/reply.ts';
import type { ClientCounters } from '../counters.ts';
import type { ClientError } from '../errors.ts';
import type { EventHub } from '../events.ts';
import type { MessageHandler } from '../inbound/subscriber.ts';
import type { Subscriptions } from '../inbound/subscriptions.ts';
import { TopicMemory } from '../topic.ts';
import type { TransferCalls } from './transfer-ports.ts';

/** Collaborators of {@link ClientCalls}. */
export interface ClientCallsDependencies {
  readonly router: CallRouter;
  readonly subscriptions: Subscriptions;
  readonly counters: ClientCounters;
  readonly events: EventHub;
  readonly logger: Logger;
  readonly lines: () => readonly Line[];
  readonly closedBy: () => ClientError | undefined;
}

/** What transfers say goes the way of all messages of the client. */
export class ClientCalls implements TransferCalls {
  readonly #deps: ClientCallsDependencies;
  readonly #topics = new TopicMemory();

  constructor(dependencies: ClientCallsDependencies) {
    this.#deps = dependencies;
  }

  async request(
    topic: string,
    body: Uint8Array,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Reply> {
    const { counters, router } = this.#deps;
    counters.requests++;
    return router.request(this.#topics.parse(topic), body, timeoutMs, signal);
  }

  async publish(
    topic: string,
    body: Uint8Array,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const { counters, router } = this.#deps;
    counters.publishes++;
    await router.publish(this.#topics.parse(topic), body, timeoutMs, signal);
  }

  async subscribe(
    topic: string,
    handler: MessageHandler,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<() => Promise<void>> {
    const { logger, subscriptions } = this.#deps;
    const { timeoutMs, signal } = options;
    const { name } = this.#topics.parse(topic);
    const { owner } = await subscriptions.begin(name, handler, timeoutMs, signal);
    return () =>
      owner.end().catch((error: unknown) => {
        logger.debug({ topic, error }, 'a node did not confirm the end of a topic for files');
      });
  }

  queuedBytes(): number {
    let most = 0;
    for (const { queuedBytes } of this.#deps.lines()) most = Math.max(most, queuedBytes);
    return most;
  }

  onConnected(callback: () => void): () => void {
    const { events } = this.#deps;
    events.on('connected', callback);
    return () => events.off('connected', callback);
  }

  closedBy(): ClientError | undefined {
    return this.#deps.closedBy();
  }
}

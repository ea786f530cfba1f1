import type { ClientError } from '../../../errors.ts';
import type { OfferTarget, PrivateGate } from '../../../file/send/offers.ts';
import type { KnownRoute } from '../known-route.ts';
import type { TopicPublisher } from '../topic-publisher.ts';
import { nobodyProven } from './private-error.ts';

/** Who may get files on a private topic, and the way to each. */
export class FileGate implements PrivateGate {
  readonly #publisher: TopicPublisher;
  readonly #topicClosedBy: () => ClientError | undefined;

  /** `topicClosedBy`: why nothing is sent on the topic any more. */
  constructor(publisher: TopicPublisher, topicClosedBy: () => ClientError | undefined) {
    this.#publisher = publisher;
    this.#topicClosedBy = topicClosedBy;
  }

  closedBy(): ClientError | undefined {
    return this.#topicClosedBy();
  }

  allowedKeys(): Iterable<string> {
    return this.#publisher.keeper.keys;
  }

  isAllowed(key: string): boolean {
    return this.#publisher.keeper.isAllowed(key) && this.#topicClosedBy() === undefined;
  }

  targets(): readonly OfferTarget[] {
    return this.#sealed().map(({ id, proof }) => ({ id, key: proof?.key ?? '' }));
  }

  async ask(
    { id, key }: OfferTarget,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const route = this.#sealed().find((each) => each.id === id);
    // What is sealed for one key must not go to another one.
    if (route === undefined || route.proof?.key !== key) throw nobodyProven('files', true);
    const reply = await this.#publisher.request.ask(route, body, timeoutMs, signal);
    return reply.body;
  }

  #sealed(): KnownRoute[] {
    return this.#publisher.keeper.proven().filter(({ proof }) => proof?.seal !== undefined);
  }
}

import { type DuplicateWindow, type TopicName, topicNameBytes } from '@amop/codec';
import { formatPublicKeyHex } from '@amop/crypto';
import type { Clock, Logger, Random } from '@amop/ports';
import type { DeadlineTimer } from '../../call/deadline-timer.ts';
import type { ClientCounters } from '../../counters.ts';
import { ClientError } from '../../errors.ts';
import type { HandlerRunner } from '../../inbound/handler-runner.ts';
import type { MessageHandler } from '../../inbound/subscriber.ts';
import { SubscriptionTable } from '../../inbound/subscription-table.ts';
import { Subscriptions, type SubscriptionsDependencies } from '../../inbound/subscriptions.ts';
import type { PrivateName } from '../private-name.ts';
import { TimedSigner } from '../timed-signer.ts';
import { EpochBooks } from './epoch-books.ts';
import { PrivateConnection, type PrivateConnectionOptions } from './private-connection.ts';
import { PrivateDelivery } from './private-delivery.ts';
import { areSameKeys } from './private-keys.ts';
import { PrivateSubscription } from './private-subscription.ts';
import { PrivateTopic, type PrivateTopicKeys } from './private-topic.ts';
import { SignedChallenges } from './signed-challenges.ts';

/** Longest name for which the Go SDK, as publisher, can ask for a proof (spec 10.1). */
const MAX_GO_BYTES = 168;

/** Collaborators of {@link PrivateSubscriptions}. */
export interface PrivateSubscriptionsDependencies extends Omit<SubscriptionsDependencies, 'table'> {
  readonly runner: HandlerRunner;
  readonly counters: ClientCounters;
  readonly deadlines: DeadlineTimer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly window: DuplicateWindow | undefined;
}

/** The private subscriptions of a client: their payload topics, keys, and routes by connection. */
export class PrivateSubscriptions {
  /** By payload topic: the part of the wanted topics that is the same on every connection. */
  readonly table: SubscriptionTable;
  /** Begins and ends them, as plain ones, under the payload topic. */
  readonly subscriptions: Subscriptions;
  readonly #deps: PrivateSubscriptionsDependencies;
  readonly #delivery: PrivateDelivery;
  readonly #epochs: EpochBooks;
  readonly #signed = new SignedChallenges();
  readonly #topics = new Map<TopicName, PrivateTopic>();

  /** `timeoutMs`: time for the nodes to confirm the end of a subscription. */
  constructor(
    options: { readonly timeoutMs: number },
    dependencies: PrivateSubscriptionsDependencies,
  ) {
    const { runner, counters } = dependencies;
    const table = new SubscriptionTable({ onEmpty: (payload) => this.#end(payload) });
    this.table = table;
    this.#deps = dependencies;
    this.subscriptions = new Subscriptions(options, { ...dependencies, table });
    this.#epochs = new EpochBooks(dependencies);
    this.#delivery = new PrivateDelivery({ table, runner, counters });
  }

  /** The part of one connection; it ends with the connection. */
  connect(options: PrivateConnectionOptions): PrivateConnection {
    return new PrivateConnection(options, {
      ...this.#deps,
      delivery: this.#delivery,
      signed: this.#signed,
      topics: this.#topics,
    });
  }

  /**
   * Resolves when every connected node has applied payload topic and route, at least one.
   *
   * Subscribers of one topic share one route on each connection, for an original publisher asks
   * only the first that a node lists. So they prove the same key to the same publishers: another
   * one is refused, and needs a client of its own.
   *
   * @throws ClientError `AMOP_CLIENT_OPTIONS` for other keys; else as `Subscriptions.subscribe`
   */
  async subscribe(
    name: PrivateName,
    keys: PrivateTopicKeys,
    handler: MessageHandler | undefined,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<PrivateSubscription> {
    this.#warnOfLength(name);
    const begun = this.#begin(name, keys, handler, timeoutMs, signal);
    const publicKey = formatPublicKeyHex(keys.signer.publicKey);
    return new PrivateSubscription(name.name, publicKey, await begun);
  }

  #begin(
    name: PrivateName,
    keys: PrivateTopicKeys,
    handler: MessageHandler | undefined,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): ReturnType<Subscriptions['begin']> {
    const { payload } = name;
    const known = this.#topics.get(payload);
    if (known !== undefined && !areSameKeys(known.keys, keys)) throw otherKeys(known, keys);
    if (known === undefined) {
      const epochs = this.#epochs.open(payload);
      const signer = new TimedSigner(keys.signer, this.#deps);
      this.#topics.set(payload, new PrivateTopic(name, { ...keys, signer }, { epochs }));
    }
    const begun = this.subscriptions.begin(payload, handler, timeoutMs, signal);
    // It has been refused at once.
    if (!this.table.has(payload)) this.#end(payload);
    return begun;
  }

  #end(payload: TopicName): void {
    const topic = this.#topics.get(payload);
    if (topic === undefined) return;
    this.#topics.delete(payload);
    this.#epochs.leave(payload, topic.epochs);
  }

  #warnOfLength({ name }: PrivateName): void {
    const { length: bytes } = topicNameBytes(name);
    if (bytes <= MAX_GO_BYTES) return;
    const text = `go publishers cannot verify subscribers of a private topic above ${MAX_GO_BYTES} bytes`;
    this.#deps.logger.warn({ topic: name, bytes }, text);
  }
}

function otherKeys({ name, keys }: PrivateTopic, wanted: PrivateTopicKeys): ClientError {
  const isSameKey = keys.signer.publicKey.equals(wanted.signer.publicKey);
  const option = isSameKey ? 'publishers' : 'privateKey';
  return new ClientError(
    'AMOP_CLIENT_OPTIONS',
    `${option}: the private topic ${JSON.stringify(name)} is subscribed with ${isSameKey ? 'other publishers' : 'another key'}; end that subscription first, or use a client of its own`,
    { option, topic: name, reason: 'other-keys' },
  );
}

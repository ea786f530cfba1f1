import type { AmopClient, PrivateSubscription, PrivateTopic } from '@amop/client';
import { encodeMessageText, readAnswer, SEALED_MARK } from '../history/message-text.ts';
import type { Behaviour } from '../plan/plan.ts';
import type { SecretProof } from '../plan/secret-plan.ts';
import type { Stage } from '../run/stage.ts';
import { isIterator, type OwnReceiver } from './own-receiver.ts';
import { type TopicKey, topicKey } from './topic-keys.ts';

const PUBLISH_MS = 5_000;
/** A subscription waits for its nodes for the whole run, in ms. */
const SUBSCRIBE_MS = 3_600_000;

/** What {@link OwnSecrets} need of their application. */
export interface OwnSecretsHost {
  /** Undefined while it connects. */
  readonly client: () => AmopClient | undefined;
  readonly receiver: () => OwnReceiver;
  /** An original node is among its nodes, which repeats what gets no answer. */
  readonly mayRepeat: boolean;
  readonly nextMessage: () => string;
  readonly failed: (message: string, error: unknown) => void;
  readonly watch: (promise: Promise<unknown>) => void;
}

/** A private topic that it publishes on, also after a crash. */
export interface OpenSecret {
  readonly proof: SecretProof;
  /** Numbers of keys whose holders receive. */
  readonly allowed: Set<number>;
  /** Undefined while it connects. */
  topic: PrivateTopic | undefined;
}

/** A private topic that it subscribes, also after a crash. */
export interface SecretWish {
  readonly behaviour: Behaviour;
  /** Keys of publishers that may send; undefined: all. */
  readonly trusts: readonly number[] | undefined;
  readonly giveUp: AbortController;
  subscription: PrivateSubscription | undefined;
}

/** What is sent on a private topic, and what must come of it. */
export interface SecretRequest {
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly mustSucceed?: boolean;
  readonly willing?: readonly string[];
}

/** What an application on the shipped client does on private topics; writes down all that it does and sees. */
export class OwnSecrets {
  readonly #name: string;
  readonly #stage: Stage;
  readonly #host: OwnSecretsHost;
  readonly #open: Map<string, OpenSecret> = new Map();
  readonly #wishes: Map<string, SecretWish> = new Map();

  constructor(name: string, stage: Stage, host: OwnSecretsHost) {
    this.#name = name;
    this.#stage = stage;
    this.#host = host;
  }

  /** Number of its key, for publishing and subscribing. */
  get keyNumber(): number {
    return Number(this.#name.slice(1));
  }

  get key(): TopicKey {
    return topicKey(this.keyNumber);
  }

  get hasOnlyHandlers(): boolean {
    return [...this.#wishes.values()].every(({ behaviour }) => !isIterator(behaviour));
  }

  /** The topic that it publishes on. */
  publisherOf(topic: string): OpenSecret | undefined {
    return this.#open.get(topic);
  }

  /** Its subscription to the topic. */
  wishFor(topic: string): SecretWish | undefined {
    return this.#wishes.get(topic);
  }

  /** Whether every subscription is there. */
  isSettled(): boolean {
    return [...this.#wishes.values()].every(({ subscription }) => subscription !== undefined);
  }

  /** A life begins: everything is opened again. */
  begin(): void {
    for (const [topic, open] of this.#open) this.#begin(topic, open);
    for (const [topic, wish] of this.#wishes) this.#subscribe(topic, wish);
  }

  /** The process is gone. */
  forget(): void {
    for (const open of this.#open.values()) open.topic = undefined;
    for (const wish of this.#wishes.values()) wish.subscription = undefined;
  }

  /** The client is about to close. */
  end(): void {
    for (const topic of this.#wishes.keys()) {
      this.#stage.record({ kind: 'unsubscribe', client: this.#name, topic });
    }
    this.forget();
  }

  /** Nothing is begun again. */
  clear(): void {
    this.#open.clear();
    this.#wishes.clear();
  }

  open(topic: string, proof: SecretProof, allows: readonly number[]): void {
    if (this.#open.has(topic)) return;
    const open: OpenSecret = { proof, allowed: new Set(allows), topic: undefined };
    this.#open.set(topic, open);
    this.#begin(topic, open);
  }

  close(topic: string): void {
    const open = this.#open.get(topic);
    this.#open.delete(topic);
    if (open?.topic === undefined) return;
    // What ends may be told to nodes that are not there: the application does not wait for it.
    this.#host.watch(open.topic.close());
    for (const key of open.allowed) this.#audience('revoke', topic, key);
  }

  allow(topic: string, key: number): void {
    const open = this.#open.get(topic);
    if (open === undefined || open.allowed.has(key)) return;
    open.allowed.add(key);
    if (open.topic === undefined) return;
    this.#audience('allow', topic, key);
    open.topic.allow(topicKey(key).hex);
  }

  revoke(topic: string, key: number): void {
    const open = this.#open.get(topic);
    if (open === undefined || !open.allowed.delete(key) || open.topic === undefined) return;
    const revoked = open.topic.revoke(topicKey(key).publicKey).then(() => {
      if (!open.allowed.has(key)) this.#audience('revoke', topic, key);
    });
    this.#host.watch(revoked);
  }

  subscribe(topic: string, behaviour: Behaviour, trusts: readonly number[] | undefined): void {
    if (this.#wishes.has(topic)) return;
    const giveUp = new AbortController();
    const wish: SecretWish = { behaviour, trusts, giveUp, subscription: undefined };
    this.#wishes.set(topic, wish);
    this.#subscribe(topic, wish);
  }

  unsubscribe(topic: string): void {
    const wish = this.#wishes.get(topic);
    if (wish === undefined) return;
    this.#wishes.delete(topic);
    this.#stage.record({ kind: 'unsubscribe', client: this.#name, topic });
    wish.giveUp.abort();
    if (wish.subscription !== undefined) this.#host.watch(wish.subscription.unsubscribe());
  }

  request(topic: string, { bytes, timeoutMs, ...expected }: SecretRequest): void {
    const open = this.#open.get(topic);
    if (open?.topic === undefined) return;
    const message = this.#nextMessage(open);
    const client = this.#name;
    this.#stage.record({
      kind: 'request',
      client,
      message,
      topic,
      timeoutMs,
      ...this.#secrecy(open),
      ...(this.#host.mayRepeat && { repeats: true }),
      ...expected,
    });
    const ended = open.topic.request(encodeMessageText(message, bytes), { timeoutMs });
    this.#host.watch(
      ended.then(
        (reply) =>
          this.#stage.record({ kind: 'success', client, message, ...readAnswer(reply.body) }),
        (error: unknown) => this.#host.failed(message, error),
      ),
    );
  }

  publish(topic: string, bytes: number, mustReach?: readonly string[]): void {
    const open = this.#open.get(topic);
    if (open?.topic === undefined) return;
    const message = this.#nextMessage(open);
    const client = this.#name;
    this.#stage.record({
      kind: 'publish',
      client,
      message,
      topic,
      timeoutMs: PUBLISH_MS,
      // Plain text over two nodes has a seq for each: copies cannot be told from messages.
      ...(open.proof !== 'bound' && this.#nodes > 1 && { isCopied: true }),
      ...this.#secrecy(open),
      ...(mustReach && { mustReach }),
    });
    const options = { timeoutMs: PUBLISH_MS };
    this.#host.watch(
      open.topic.publish(encodeMessageText(message, bytes), options).then(
        () => this.#stage.record({ kind: 'success', client, message }),
        (error: unknown) => this.#host.failed(message, error),
      ),
    );
  }

  get #nodes(): number {
    return this.#host.client()?.nodes().length ?? 0;
  }

  #begin(topic: string, open: OpenSecret): void {
    const client = this.#host.client();
    if (client === undefined) return;
    const { allowed, proof } = open;
    const publicKeys = [...allowed].map((key) => topicKey(key).hex);
    for (const key of allowed) this.#audience('allow', topic, key);
    const options = { publicKeys, proof, privateKey: this.key.privateKey };
    open.topic = client.privateTopic(topic, options);
  }

  #subscribe(topic: string, wish: SecretWish): void {
    const client = this.#host.client();
    if (client === undefined) return;
    this.#stage.record({ kind: 'subscribe', client: this.#name, topic });
    const { behaviour, giveUp, trusts } = wish;
    const publishers = trusts?.map((key) => topicKey(key).hex);
    const keys = { privateKey: this.key.privateKey, ...(publishers && { publishers }) };
    const options = { timeoutMs: SUBSCRIBE_MS, signal: giveUp.signal };
    const receiver = this.#host.receiver();
    const subscribed = isIterator(behaviour)
      ? client.subscribePrivate(topic, keys, options)
      : client.subscribePrivate(topic, keys, (got) => receiver.handle(got, behaviour), options);
    this.#host.watch(
      subscribed.then((subscription) => this.#subscribed(client, topic, wish, subscription)),
    );
  }

  #subscribed(
    client: AmopClient,
    topic: string,
    wish: SecretWish,
    subscription: PrivateSubscription,
  ): void {
    if (this.#host.client() !== client) return;
    if (this.#wishes.get(topic) !== wish) {
      this.#host.watch(subscription.unsubscribe());
      return;
    }
    wish.subscription = subscription;
    this.#stage.record({ kind: 'subscribed', client: this.#name, topic });
    if (!isIterator(wish.behaviour)) return;
    const isWanted = (): boolean =>
      this.#wishes.get(topic) === wish && wish.subscription === subscription;
    this.#host.watch(this.#host.receiver().iterate(subscription, wish.behaviour, isWanted));
  }

  #audience(kind: 'allow' | 'revoke', topic: string, key: number): void {
    const holders = this.#stage.holdersOf(key);
    this.#stage.record({ kind, client: this.#name, topic, holders });
  }

  /** What the proof promises of who receives: plain text is for whoever an original node lets have it. */
  #secrecy({ proof }: OpenSecret): { isSecret?: true } {
    return proof === 'bound' || !this.#stage.hasOriginals ? { isSecret: true } : {};
  }

  #nextMessage({ proof }: OpenSecret): string {
    return `${proof === 'bound' ? SEALED_MARK : ''}${this.#host.nextMessage()}`;
  }
}

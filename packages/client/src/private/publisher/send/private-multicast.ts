import { SealedStatus, SealedType } from '@amop/codec';
import type { Clock, Random } from '@amop/ports';
import type { CallRouter } from '../../../call/call-router.ts';
import type { ClientError, ClientErrorCode } from '../../../errors.ts';
import type { Topic } from '../../../topic.ts';
import type { KnownRoute } from '../known-route.ts';
import type { PublisherLink } from '../publisher-link.ts';
import type { RouteKeeper } from '../route-keeper.ts';
import type { ProofMode } from '../topic-options.ts';
import type { Epoch, Epochs } from './epochs.ts';
import type { LinkChoice } from './link-choice.ts';
import { declined, onPrivateTopic } from './private-error.ts';
import type { SealedPath } from './sealed-path.ts';

/** Before the body of a sealed multicast: by it a subscriber knows the copies that come to its routes and by an epoch. */
const MESSAGE_ID_BYTES = 16;
/**
 * Holders of up to so many keys get a sealed message each; more share the key of an epoch. Counted are keys, which
 * the publisher chooses, not connections: none of them can make the others share a key with it.
 */
const MAX_SINGLE_KEYS = 8;
/** Time for a member to take the key of an epoch: the others wait for it. */
const HAND_OVER_MS = 2_000;
/** Epochs that may end while their key is handed over before everybody gets a message of their own. */
const MAX_EPOCHS_TRIED = 3;

/** What says that a subscriber is gone or slow: a multicast does not fail of it. */
const OF_SUBSCRIBER: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'AMOP_CLIENT_NO_SUBSCRIBER',
  'AMOP_CLIENT_NO_ANSWER',
  'AMOP_CLIENT_SEAL',
]);
/** What ends the call whoever else got it: it was ended here, or is the same for everybody. */
const OF_CALL: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'AMOP_CLIENT_ABORTED',
  'AMOP_CLIENT_CLOSED',
  'AMOP_CLIENT_OVERLOADED',
  'AMOP_CLIENT_NOT_PERMITTED',
  'AMOP_CLIENT_TOO_LARGE',
]);

/** Collaborators of {@link PrivateMulticast}. */
export interface PrivateMulticastDependencies {
  readonly router: CallRouter;
  readonly path: SealedPath;
  readonly choice: LinkChoice;
  readonly keeper: RouteKeeper;
  readonly epochs: Epochs;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long a call has, and what ends it before. */
interface Limits {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Undefined: it got there. */
type Result = ClientError | undefined;

/** Sends a message to all who have proved a key. */
export class PrivateMulticast {
  readonly #name: string;
  readonly #topic: Topic;
  readonly #mode: ProofMode;
  readonly #deps: PrivateMulticastDependencies;

  constructor(
    options: { readonly name: string; readonly topic: Topic; readonly proof: ProofMode },
    dependencies: PrivateMulticastDependencies,
  ) {
    this.#name = options.name;
    this.#topic = options.topic;
    this.#mode = options.proof;
    this.#deps = dependencies;
  }

  /** Resolves when everybody has got it or cannot be reached; at once when there is nobody. */
  async send(body: Uint8Array, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, keeper } = this.#deps;
    const limits = { deadlineMs: clock.nowMs() + timeoutMs, signal };
    const proven = keeper.proven();
    const originals = proven.filter((route) => route.proof?.seal === undefined);
    const bound = proven.filter((route) => route.proof?.seal !== undefined);
    // Where plain text travels on the topic too, nodes let only original subscribers have it.
    const keys = new Set(bound.map((route) => route.proof?.key));
    const isSingle = keys.size <= MAX_SINGLE_KEYS || this.#mode === 'either';
    const message = this.#withId(body);
    const [plain, sealed] = await Promise.all([
      this.#plain(originals, body, limits),
      isSingle ? this.#singly(bound, message, limits) : this.#together(bound, message, limits),
    ]);
    const results = [...plain, ...sealed];
    const errors = results.filter((result) => result !== undefined);
    const isForNobody = errors.length > 0 && errors.length === results.length;
    const error =
      errors.find(({ code }) => OF_CALL.has(code)) ??
      (isForNobody ? errors.find(({ code }) => !OF_SUBSCRIBER.has(code)) : undefined);
    if (error !== undefined) throw error;
  }

  /** What is sealed of a multicast. */
  #withId(body: Uint8Array): Uint8Array {
    const message = new Uint8Array(MESSAGE_ID_BYTES + body.length);
    message.set(this.#deps.random.bytes(MESSAGE_ID_BYTES));
    message.set(body, MESSAGE_ID_BYTES);
    return message;
  }

  #plain(routes: readonly KnownRoute[], body: Uint8Array, limits: Limits): Promise<Result[]> {
    const { groups } = this.#deps.choice.cover(routes);
    return Promise.all([...groups.keys()].map((link) => this.#onTopic(link, body, limits)));
  }

  #singly(routes: readonly KnownRoute[], message: Uint8Array, limits: Limits): Promise<Result[]> {
    if (routes.length === 0) return Promise.resolve([]);
    const type = SealedType.multicast;
    return Promise.all(routes.map((route) => this.#toOne(route, type, message, limits)));
  }

  async #together(
    routes: readonly KnownRoute[],
    message: Uint8Array,
    limits: Limits,
  ): Promise<Result[]> {
    const { choice, clock, epochs } = this.#deps;
    for (let tries = 0; tries < MAX_EPOCHS_TRIED; tries++) {
      const { uncovered } = choice.cover(routes);
      const alone = new Set(uncovered);
      const epoch = epochs.current();
      const covered = routes.filter((route) => !alone.has(route));
      await this.#handOver(epoch, covered, limits);
      const nowMs = clock.nowMs();
      const members: KnownRoute[] = [];
      for (const route of covered) {
        if (!route.isProven(nowMs)) continue;
        if (await epoch.members.get(route)) members.push(route);
        else alone.add(route);
      }
      const { groups, uncovered: missed } = choice.cover(members);
      const content = epochs.seal(epoch, message);
      if (content === undefined) continue; // a key was revoked meanwhile
      const shared = [...groups.keys()].map((link) => this.#onTopic(link, content, limits));
      const single = this.#singly([...alone, ...missed], message, limits);
      return [...(await Promise.all(shared)), ...(await single)];
    }
    return this.#singly(routes, message, limits);
  }

  /**
   * Gives the key of the epoch to those who have not got it. Who does not take it in time gets
   * messages of its own until the next epoch.
   */
  async #handOver(epoch: Epoch, routes: readonly KnownRoute[], limits: Limits): Promise<void> {
    const { members, sealer } = epoch;
    const nowMs = this.#deps.clock.nowMs();
    const handOverMs = Math.min(HAND_OVER_MS, (limits.deadlineMs - nowMs) / 2);
    const own = { deadlineMs: nowMs + handOverMs, signal: limits.signal };
    for (const route of routes) {
      const key = members.has(route) ? undefined : sealer.handOver();
      if (key === undefined) continue;
      const result = this.#toOne(route, SealedType.epochKey, key, own);
      const hasKey = result.then((error) => error === undefined);
      members.set(route, hasKey);
      // What one caller has ended the next one does again.
      void result.then((error) => {
        if (error?.code === 'AMOP_CLIENT_ABORTED') members.delete(route);
      });
    }
    await Promise.all(routes.map((route) => members.get(route)));
  }

  async #toOne(
    route: KnownRoute,
    type: SealedType,
    body: Uint8Array,
    { deadlineMs, signal }: Limits,
  ): Promise<Result> {
    const { clock, path } = this.#deps;
    for (;;) {
      const leftMs = deadlineMs - clock.nowMs();
      const outcome = await path.send(route, type, body, Math.max(leftMs, 1), signal);
      switch (outcome.kind) {
        case 'undelivered':
          if (!outcome.isLeft || leftMs <= 0) return outcome.error;
          break;
        case 'failed':
          return outcome.error;
        case 'taken':
          return undefined;
        case 'answered':
          return outcome.answer.status === SealedStatus.ok ? undefined : declined(this.#name);
      }
    }
  }

  async #onTopic(link: PublisherLink, content: Uint8Array, limits: Limits): Promise<Result> {
    const { clock, router } = this.#deps;
    const leftMs = Math.max(limits.deadlineMs - clock.nowMs(), 1);
    try {
      await router.publish(this.#topic, content, leftMs, limits.signal, link.line);
      return undefined;
    } catch (error) {
      return onPrivateTopic(this.#name, error, this.#topic.name);
    }
  }
}

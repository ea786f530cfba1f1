import { SealedStatus, SealedType } from '@amop/codec';
import type { Clock, Random } from '@amop/ports';
import type { CallRouter } from '../../../call/call-router.ts';
import { Reply } from '../../../call/reply.ts';
import type { ClientError } from '../../../errors.ts';
import type { Topic } from '../../../topic.ts';
import type { KnownRoute } from '../known-route.ts';
import type { RouteKeeper } from '../route-keeper.ts';
import type { LinkChoice } from './link-choice.ts';
import {
  declined,
  handlerFailed,
  nobodyProven,
  onPrivateTopic,
  unsealed,
} from './private-error.ts';
import type { SealedPath } from './sealed-path.ts';

/** Collaborators of {@link PrivateRequest}. */
export interface PrivateRequestDependencies {
  readonly router: CallRouter;
  readonly path: SealedPath;
  readonly choice: LinkChoice;
  readonly keeper: RouteKeeper;
  readonly clock: Clock;
  readonly random: Random;
}

/** What one attempt came to: an answer, or an error after which another one may be asked. */
type Attempt = Reply | { readonly error: ClientError; readonly isLeft: boolean };

/** Sends a request to one of those who have proved a key, each as likely as the others. */
export class PrivateRequest {
  readonly #name: string;
  /** The payload topic, for original subscribers. */
  readonly #topic: Topic;
  readonly #deps: PrivateRequestDependencies;
  #candidates: readonly KnownRoute[] | undefined;

  constructor(
    options: { readonly name: string; readonly topic: Topic },
    dependencies: PrivateRequestDependencies,
  ) {
    this.#name = options.name;
    this.#topic = options.topic;
    this.#deps = dependencies;
  }

  /** Who has proved what has changed. */
  changed(): void {
    this.#candidates = undefined;
  }

  /** Asks one after the other, as long as certainly nobody got the request and there is time. */
  async send(body: Uint8Array, timeoutMs: number, signal: AbortSignal | undefined): Promise<Reply> {
    const { choice, clock } = this.#deps;
    const deadlineMs = clock.nowMs() + timeoutMs;
    let tried: Set<KnownRoute> | undefined;
    let lastError: ClientError | undefined;
    for (;;) {
      const leftMs = deadlineMs - clock.nowMs();
      const route = leftMs > 0 ? this.#pick(tried) : undefined;
      if (route === undefined) throw lastError ?? nobodyProven(this.#name, choice.isConnected);
      const attempt =
        route.proof?.seal === undefined
          ? await this.#plain(route, body, leftMs, signal)
          : await this.#sealed(route, body, leftMs, signal);
      if (attempt instanceof Reply) return attempt;
      lastError = attempt.error;
      if (attempt.isLeft) continue;
      tried ??= new Set();
      tried.add(route);
    }
  }

  /**
   * Asks the owner of one route, once.
   *
   * @throws ClientError as `PrivateTopic.request`
   */
  async ask(
    route: KnownRoute,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const attempt = await this.#sealed(route, body, timeoutMs, signal);
    if (attempt instanceof Reply) return attempt;
    throw attempt.error;
  }

  async #sealed(
    route: KnownRoute,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Attempt> {
    const { proof } = route; // whose keys seal this request
    const outcome = await this.#deps.path.send(route, SealedType.request, body, timeoutMs, signal);
    switch (outcome.kind) {
      case 'undelivered':
        return outcome;
      case 'failed':
        throw outcome.error;
      case 'taken':
        this.#deps.keeper.notSealed(route, proof);
        throw unsealed(this.#name, route.nodeId, outcome.seq);
      case 'answered':
        switch (outcome.answer.status) {
          case SealedStatus.ok:
            return new Reply(outcome.answer.body, outcome.seq, proof?.key);
          case SealedStatus.handlerFailed:
            throw handlerFailed(this.#name, outcome.answer.body);
          case SealedStatus.declined:
            return { error: declined(this.#name), isLeft: false };
        }
    }
  }

  /** An original subscriber gets the request as it is, on the topic that its node was opened for. */
  async #plain(
    route: KnownRoute,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Attempt> {
    const { choice, keeper, router } = this.#deps;
    const link = choice.toTopic(route);
    if (link === undefined) {
      return { error: nobodyProven(this.#name, choice.isConnected), isLeft: false };
    }
    try {
      return await router.request(this.#topic, body, timeoutMs, signal, link.line);
    } catch (cause) {
      const error = onPrivateTopic(this.#name, cause, this.#topic.name);
      if (error.code === 'AMOP_CLIENT_NO_SUBSCRIBER') keeper.unreachable(link, route);
      if (error.details.maybeDelivered === 'no' && error.details.retryable) {
        return { error, isLeft: false };
      }
      throw error;
    }
  }

  #pick(tried: ReadonlySet<KnownRoute> | undefined): KnownRoute | undefined {
    const { choice, clock, keeper, random } = this.#deps;
    this.#candidates ??= keeper.proven();
    const nowMs = clock.nowMs();
    const isUsable = (route: KnownRoute): boolean =>
      route.isProven(nowMs) &&
      !tried?.has(route) &&
      (route.proof?.seal === undefined ? choice.toTopic(route) : choice.toRoute(route)) !==
        undefined;
    // Mostly all of them are usable: the first draw is as fair as one from a list made for it.
    const all = this.#candidates;
    const first = all.length === 0 ? undefined : all[random.below(all.length)];
    if (first === undefined || isUsable(first)) return first;
    const usable = all.filter(isUsable);
    return usable.length === 0 ? undefined : usable[random.below(usable.length)];
  }
}

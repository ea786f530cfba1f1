import type { SealedType } from '@amop/codec';
import type { OpenedAnswer } from '../../../bound/seal/publisher-seal.ts';
import type { CallRouter } from '../../../call/call-router.ts';
import type { ClientError, ClientErrorCode } from '../../../errors.ts';
import type { KnownRoute } from '../known-route.ts';
import type { RouteKeeper } from '../route-keeper.ts';
import type { LinkChoice } from './link-choice.ts';
import { keyWithdrawn, nobodyProven, onPrivateTopic, unsealed } from './private-error.ts';

/** What became of one sealed message. */
export type SealedOutcome =
  | { readonly kind: 'answered'; readonly answer: OpenedAnswer; readonly seq: string }
  /** Answered with no data at all: enough for a multicast, nothing for a request. */
  | { readonly kind: 'taken'; readonly seq: string }
  /** Certainly not delivered. `isLeft`: the route may be reached by another connection. */
  | { readonly kind: 'undelivered'; readonly error: ClientError; readonly isLeft: boolean }
  | { readonly kind: 'failed'; readonly error: ClientError };

/** Results that only a subscriber can give; one that has proved a key seals them instead. */
const UNSEALED_CODES: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'AMOP_CLIENT_HANDLER_FAILED',
  'AMOP_CLIENT_REFUSED',
]);

/** What ended a call here says more than that its key was withdrawn meanwhile. */
const OF_CALLER: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'AMOP_CLIENT_ABORTED',
  'AMOP_CLIENT_CLOSED',
]);

/** Collaborators of {@link SealedPath}. */
export interface SealedPathDependencies {
  readonly router: CallRouter;
  readonly choice: LinkChoice;
  readonly keeper: RouteKeeper;
}

/** Brings one sealed message to the owner of one route. */
export class SealedPath {
  readonly #name: string;
  readonly #deps: SealedPathDependencies;

  /** `name`: of the private topic, for errors. */
  constructor(options: { readonly name: string }, dependencies: SealedPathDependencies) {
    this.#name = options.name;
    this.#deps = dependencies;
  }

  /** Sends `body` to who has proved a key on the route; never rejects for what happens on the way. */
  async send(
    route: KnownRoute,
    type: SealedType,
    body: Uint8Array,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<SealedOutcome> {
    const { choice, keeper, router } = this.#deps;
    const link = choice.toRoute(route);
    const { proof } = route;
    const seal = proof?.seal;
    const message = link && seal?.seal(type, body);
    if (link === undefined || seal === undefined || message === undefined) {
      // Its keys have sealed all that they may.
      if (link !== undefined && seal !== undefined) keeper.usedUp(route);
      const error = nobodyProven(this.#name, choice.isConnected);
      return { kind: 'undelivered', error, isLeft: false };
    }
    try {
      const reply = await router.request(
        route.topic,
        message.content,
        timeoutMs,
        signal,
        link.line,
      );
      if (reply.body.length === 0 && !seal.isClosed) return { kind: 'taken', seq: reply.seq };
      const answer = seal.openAnswer(message.counter, reply.body);
      if (answer !== undefined) return { kind: 'answered', answer, seq: reply.seq };
      if (seal.isClosed) return { kind: 'failed', error: keyWithdrawn(this.#name) };
      keeper.notSealed(route, proof);
      return { kind: 'failed', error: unsealed(this.#name, link.line.node, reply.seq) };
    } catch (cause) {
      const error = onPrivateTopic(this.#name, cause, route.topic.name);
      const { code, details } = error;
      if (seal.isClosed && details.maybeDelivered !== 'no' && !OF_CALLER.has(code)) {
        // Whoever has no keys any more can only answer in the clear.
        return { kind: 'failed', error: keyWithdrawn(this.#name) };
      }
      if (UNSEALED_CODES.has(code)) {
        keeper.notSealed(route, proof);
        return { kind: 'failed', error: unsealed(this.#name, link.line.node, details.seq) };
      }
      const isNobody = code === 'AMOP_CLIENT_NO_SUBSCRIBER';
      if (isNobody || (code === 'AMOP_CLIENT_NO_ANSWER' && details.maybeDelivered === 'no')) {
        keeper.unreachable(link, route);
      }
      if (details.maybeDelivered !== 'no' || !details.retryable) return { kind: 'failed', error };
      const isLeft = route.proof?.seal === seal && !route.links.has(link) && route.links.size > 0;
      return { kind: 'undelivered', error, isLeft };
    }
  }
}

import { boundRouteVersion, type TopicName, topicNameBytes } from '@amop/codec';
import type { PublisherSeal } from '../../bound/seal/publisher-seal.ts';
import type { Topic } from '../../topic.ts';
import type { PublisherLink } from './publisher-link.ts';

/** How long what was proved counts; from half of it on it is proved again. */
export const PROOF_LIFETIME_MS = 600_000;

/** Waits before a route is asked again: doubling from the first to the last. */
const MIN_RETRY_MS = 5_000;
const MAX_RETRY_MS = 300_000;

/** How long a bound proof answers the questions of further nodes. */
const FRESH_MS = 5_000;

/** What the owner of a route has proved; times in ms of `clock.nowMs()`. */
export interface RouteProof {
  /** The key that it holds, 128 lower-case hex digits. */
  readonly key: string;
  /** Undefined for an original subscriber: what it gets is not sealed. */
  readonly seal: PublisherSeal | undefined;
  /** When it was proved, in ms since 1970. */
  readonly provenAtMs: number;
  /** Until then it answers further nodes. */
  readonly freshUntilMs: number;
  /** From then on it is proved again. */
  readonly renewAtMs: number;
  /** From then on it counts no more. */
  readonly expiresMs: number;
}

/** Why the owner of a route has proved nothing. */
export interface RouteFailure {
  readonly reason: string;
  /** The key that it holds, where it showed one. */
  readonly key?: string;
  /** Nobody said anything wrong: trying again by ourselves makes sense. */
  readonly isTransient: boolean;
}

/** What is kept in mind of a route that had to go: it comes back with it. */
export interface RouteHistory {
  readonly failure: RouteFailure;
  /** In a row. */
  readonly failures: number;
  readonly retryAtMs: number;
}

/** One challenge route at one node, and what is known of it. */
export class KnownRoute {
  /** The route as a topic that can be sent to. */
  readonly topic: Topic;
  /** 32 lower-case hex digits. */
  readonly id: string;
  /** The node that lists it, 128 lower-case hex digits. */
  readonly nodeId: string;
  /** Version of the bound proof that its owner speaks; undefined for an original one. */
  readonly boundVersion: number | undefined;
  /** Connections whose node lists it: it is reached by these. */
  readonly links: Set<PublisherLink> = new Set();
  /** Connections whose node asked for it and has not been told. */
  readonly waiting: Set<PublisherLink> = new Set();
  /** Connections whose node asked while another question was already with the owner of the route. */
  readonly askedAgain: Set<PublisherLink> = new Set();
  /** Connections whose node was told, route by route, that it may have what is sent on the topic. */
  readonly granted: Set<PublisherLink> = new Set();
  proof: RouteProof | undefined = undefined;
  failure: RouteFailure | undefined = undefined;
  /** When it may be asked again. */
  retryAtMs = 0;
  /** True while a proof is under way. */
  proving = false;
  /** True while the owner of the route has the question. */
  isChallenged = false;
  /**
   * A node of ours asks about it: its owner may be another one than before. What was proved without
   * a seal does not count until it is proved again.
   */
  isInQuestion = false;
  /** When a node last named it. */
  seenAtMs = 0;
  /** In a row. */
  #failures = 0;

  constructor(name: TopicName, id: string, nodeId: string) {
    this.topic = { name, bytes: topicNameBytes(name) };
    this.id = id;
    this.nodeId = nodeId;
    this.boundVersion = boundRouteVersion(id);
  }

  /** How often asking came to nothing, in a row; at least 1 for one that is not asked at all. */
  get failures(): number {
    return this.failure === undefined ? 0 : Math.max(1, this.#failures);
  }

  /** What to keep in mind of it; undefined before anything has failed. */
  get history(): RouteHistory | undefined {
    const { failure, failures, retryAtMs } = this;
    return failure && { failure, failures, retryAtMs };
  }

  /** It was known before. */
  recall({ failure, failures, retryAtMs }: RouteHistory): void {
    this.failure = failure;
    this.retryAtMs = retryAtMs;
    this.#failures = failures;
  }

  /** Whether its owner has proved a key, in time, and can be reached. */
  isProven(nowMs: number): boolean {
    const { proof } = this;
    if (proof === undefined || nowMs >= proof.expiresMs || this.links.size === 0) return false;
    return proof.seal !== undefined || !this.isInQuestion;
  }

  /**
   * Whether a node may be answered from what was proved. Never where nothing is sealed: whoever has
   * the route by now would read all. One that was answered and asks again has seen a change.
   */
  answers(link: PublisherLink, nowMs: number): boolean {
    if (this.proof?.seal === undefined || this.granted.has(link)) return false;
    return this.isProven(nowMs) && nowMs < this.proof.freshUntilMs;
  }

  /** Whether it is time to renew what was proved. */
  isDue(nowMs: number): boolean {
    const { proof } = this;
    return proof !== undefined && nowMs >= proof.renewAtMs && nowMs >= this.retryAtMs;
  }

  /** Whether it is time to try again what came to nothing by itself. */
  isWorthATry(nowMs: number): boolean {
    const { failure, proof } = this;
    return proof === undefined && failure?.isTransient === true && nowMs >= this.retryAtMs;
  }

  /** Its owner has proved a key; `wallMs` since 1970. */
  succeed(
    { key, seal }: Pick<RouteProof, 'key' | 'seal'>,
    { nowMs, wallMs }: { readonly nowMs: number; readonly wallMs: number },
  ): void {
    this.proof = {
      key,
      seal,
      provenAtMs: wallMs,
      freshUntilMs: nowMs + FRESH_MS,
      renewAtMs: nowMs + PROOF_LIFETIME_MS / 2,
      expiresMs: nowMs + PROOF_LIFETIME_MS,
    };
    this.failure = undefined;
    this.forgive();
  }

  /** It came to nothing once more; what was proved before stays. */
  fail(failure: RouteFailure, nowMs: number): void {
    this.failure = failure;
    this.retryAtMs = nowMs + Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures);
    this.#failures++;
  }

  /** It may be asked at once. */
  forgive(): void {
    this.#failures = 0;
    this.retryAtMs = 0;
  }

  /** The node of `link` does not list it any more. */
  unlink(link: PublisherLink): void {
    this.links.delete(link);
    this.granted.delete(link);
    this.waiting.delete(link);
    this.askedAgain.delete(link);
  }
}

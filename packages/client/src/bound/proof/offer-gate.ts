import {
  type BoundOffer,
  BoundRefusal,
  parseBoundOffer,
  privateTopicName,
  type TopicName,
} from '@amop/codec';
import { formatPublicKeyHex, type PublicKey } from '@amop/crypto';
import type { Clock } from '@amop/ports';
import { hexOf } from '../../hex.ts';
import { isOfferSigned, SUITE } from '../bound-keys.ts';
import { MAX_LIFETIME_MS, MAX_SKEW_MS } from '../bound-time.ts';
import { AnswerRate } from './answer-rate.ts';
import { NonceMemory } from './nonce-memory.ts';
import { readPublicKey } from './read-public-key.ts';

const ANSWERS_PER_SECOND = 10;

/** Which offers a subscriber answers. */
export interface OfferGateOptions {
  readonly topic: TopicName;
  readonly routeId: string;
  readonly node: string;
  readonly publishers?: readonly PublicKey[];
}

/** An offer that may be answered. */
export interface PassedOffer {
  readonly offer: BoundOffer;
  readonly publisherKey: PublicKey;
}

/** Decides about offers: what costs little is looked at before what costs a signature. */
export class OfferGate {
  readonly #options: OfferGateOptions;
  readonly #name: string;
  /** Keys as hex digits; undefined: any. */
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #clock: Clock;
  readonly #rate = new AnswerRate(ANSWERS_PER_SECOND);
  readonly #nonces = new NonceMemory();

  constructor(options: OfferGateOptions, { clock }: { readonly clock: Clock }) {
    this.#options = options;
    this.#name = privateTopicName(options.topic);
    const { publishers } = options;
    this.#allowed = publishers && new Set(publishers.map(formatPublicKeyHex));
    this.#clock = clock;
  }

  /** The offer in a content if it may be answered, once; else why not. */
  check(content: Uint8Array): PassedOffer | BoundRefusal {
    const offer = parseBoundOffer(content);
    if (offer === undefined) return BoundRefusal.malformed;
    const refusal = this.#addressFault(offer);
    if (refusal !== undefined) return refusal;
    if (this.#nonces.has(offer.nonce)) return BoundRefusal.repeated;
    const allowed = this.#allowed;
    if (allowed !== undefined && !allowed.has(hexOf(offer.publisherKey))) {
      return BoundRefusal.publisherNotAllowed;
    }
    const nowMs = this.#clock.nowMs();
    // Counted before the point and the signature are looked at: they are what costs.
    if (!this.#rate.take(nowMs)) return BoundRefusal.tooMany;
    const publisherKey = readPublicKey(offer.publisherKey);
    if (publisherKey === undefined) return BoundRefusal.malformed;
    if (!isOfferSigned(offer, publisherKey)) return BoundRefusal.malformed;
    // Only now: a forged offer must not use up the nonce of a true one.
    if (!this.#nonces.remember(offer.nonce, nowMs)) return BoundRefusal.tooMany;
    return { offer, publisherKey };
  }

  /** Why an offer is not meant for us, or not now. */
  #addressFault(offer: BoundOffer): BoundRefusal | undefined {
    const { routeId, node } = this.#options;
    if (offer.suite !== SUITE) return BoundRefusal.suite;
    if (offer.routeId !== routeId || offer.name !== this.#name) return BoundRefusal.otherRoute;
    // A node that lists our route as its own would pass our proof on as the proof of its subscriber.
    if (offer.routeNode !== node) return BoundRefusal.otherNode;
    const { issuedMs, expiresMs } = offer;
    const wallMs = this.#clock.wallMs();
    const lifetimeMs = expiresMs - issuedMs;
    if (lifetimeMs <= 0 || lifetimeMs > MAX_LIFETIME_MS) return BoundRefusal.expired;
    const isNow = issuedMs <= wallMs + MAX_SKEW_MS && expiresMs > wallMs - MAX_SKEW_MS;
    return isNow ? undefined : BoundRefusal.expired;
  }
}

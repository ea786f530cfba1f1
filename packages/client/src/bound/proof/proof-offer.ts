import {
  type BoundOffer,
  type BoundProof,
  challengeRoute,
  draftBoundOffer,
  parseBoundProof,
  parseBoundRefusal,
  privateTopicName,
  type TopicName,
} from '@amop/codec';
import { EphemeralKey, isSameMac, type PublicKey } from '@amop/crypto';
import type { Random } from '@amop/ports';
import {
  deriveKeys,
  forgetKeys,
  isProofSigned,
  offerDigest,
  proofMac,
  SUITE,
} from '../bound-keys.ts';
import { MAX_LIFETIME_MS } from '../bound-time.ts';
import { PublisherSeal } from '../seal/publisher-seal.ts';
import { type TopicSigner, writeSignature } from '../topic-signer.ts';
import { readPublicKey } from './read-public-key.ts';
import { type RefusalReason, refusalReason } from './refusal-reason.ts';

const RANDOM_BYTES = 32;

/** What is offered to whom. */
export interface ProofOfferOptions {
  readonly signer: TopicSigner;
  /** ID of the node that the publisher is connected to: 128 lower-case hex digits. */
  readonly publisherNode: string;
  /** ID of the node that lists the route: 128 lower-case hex digits. */
  readonly routeNode: string;
  /** The payload topic. */
  readonly topic: TopicName;
  /** 32 lower-case hex digits. */
  readonly routeId: string;
  /** How long the keys live: 1 to 15 * 60 000. */
  readonly lifetimeMs: number;
}

/** Where the time and random bytes of an offer come from. */
export interface ProofOfferDependencies {
  readonly random: Random;
  /** Milliseconds since 1970, now. */
  readonly wallMs: number;
}

/**
 * Why an answer is no proof: not one by its shape; made with no sound key; not made for this offer
 * or changed on its way (`mac`); not signed by the key it names (`signature`); or the offer was
 * accepted before or closed (`used`).
 */
type InvalidProof = 'malformed' | 'key' | 'mac' | 'signature' | 'used';

/** What an answer to an offer is. */
export type ProofOutcome =
  | {
      readonly kind: 'proven';
      /** Verified to be the subscriber's own; whether it is trusted is for the caller to say. */
      readonly subscriberKey: PublicKey;
      readonly seal: PublisherSeal;
      /** Milliseconds since 1970. */
      readonly expiresMs: number;
    }
  /** Said without a signature: a node in between may have said it. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'invalid'; readonly reason: InvalidProof };

/** One offer of a publisher to the owner of one route, and what becomes of it. */
export class ProofOffer {
  /** Content of the 0x30 to the route. */
  readonly content: Uint8Array;
  readonly #offer: BoundOffer;
  readonly #route: TopicName;
  #ephemeral: EphemeralKey | undefined;

  private constructor(offer: BoundOffer, route: TopicName, ephemeral: EphemeralKey) {
    this.content = offer.content;
    this.#offer = offer;
    this.#route = route;
    this.#ephemeral = ephemeral;
  }

  /**
   * Makes and signs an offer with fresh keys.
   *
   * @throws RangeError for a lifetime that no subscriber accepts; CodecError
   *   `AMOP_CODEC_INVALID_ARGUMENT`; whatever the signer throws; TypeError if it gives no signature
   */
  static async create(
    options: ProofOfferOptions,
    { random, wallMs }: ProofOfferDependencies,
  ): Promise<ProofOffer> {
    const { signer, publisherNode, routeNode, topic, routeId, lifetimeMs } = options;
    if (!(lifetimeMs >= 1 && lifetimeMs <= MAX_LIFETIME_MS)) {
      throw new RangeError(`lifetimeMs must be from 1 to ${MAX_LIFETIME_MS}, not ${lifetimeMs}`);
    }
    const ephemeral = new EphemeralKey(random.bytes(RANDOM_BYTES));
    const issuedMs = Math.floor(wallMs);
    const offer = draftBoundOffer({
      suite: SUITE,
      publisherKey: signer.publicKey.toBytes(),
      ephemeral: ephemeral.publicKey,
      nonce: random.bytes(RANDOM_BYTES),
      publisherNode,
      routeNode,
      issuedMs,
      expiresMs: issuedMs + Math.floor(lifetimeMs),
      routeId,
      name: privateTopicName(topic),
    });
    await writeSignature(signer, offerDigest(offer), offer.signature);
    return new ProofOffer(offer, challengeRoute({ payload: topic, id: routeId }), ephemeral);
  }

  /**
   * Takes the content of the 0x31 for what it is. One answer is accepted: after `proven` every other
   * one is invalid, whatever route it came from.
   */
  accept(answer: Uint8Array): ProofOutcome {
    const ephemeral = this.#ephemeral;
    if (ephemeral === undefined) return { kind: 'invalid', reason: 'used' };
    const refusal = parseBoundRefusal(answer);
    if (refusal !== undefined) return { kind: 'refused', reason: refusalReason(refusal) };
    const proof = parseBoundProof(answer);
    if (proof === undefined) return { kind: 'invalid', reason: 'malformed' };
    return this.#verify(proof, ephemeral);
  }

  /** Forgets the keys: nothing is accepted any more. */
  close(): void {
    this.#ephemeral?.close();
    this.#ephemeral = undefined;
  }

  #verify(proof: BoundProof, ephemeral: EphemeralKey): ProofOutcome {
    const subscriberKey = readPublicKey(proof.subscriberKey);
    const shared = ephemeral.agree(proof.ephemeral);
    if (subscriberKey === undefined || shared === undefined) {
      return { kind: 'invalid', reason: 'key' };
    }
    const offer = this.#offer;
    const keys = deriveKeys(shared, offer, proof);
    try {
      // The MAC first: it costs a hundredth of the signature.
      if (!isSameMac(proofMac(offer, proof, keys), proof.mac)) {
        return { kind: 'invalid', reason: 'mac' };
      }
      if (!isProofSigned(offer, proof, subscriberKey)) {
        return { kind: 'invalid', reason: 'signature' };
      }
      this.close();
      const seal = new PublisherSeal(keys, this.#route);
      return { kind: 'proven', subscriberKey, seal, expiresMs: offer.expiresMs };
    } finally {
      forgetKeys(keys);
    }
  }
}

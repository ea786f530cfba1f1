import { challengeRoute, createBoundRouteId, payloadTopic, type TopicName } from '@amop/codec';
import { PrivateKey, SIGNATURE_BYTES, signDigest, taggedDigest } from '@amop/crypto';
import { SeededRandom, VirtualClock } from '@amop/testkit';
import {
  ProofOffer,
  type ProofOfferOptions,
  type ProofOutcome,
} from '../../src/bound/proof/proof-offer.ts';
import {
  ProofResponder,
  type ProofResponderOptions,
} from '../../src/bound/proof/proof-responder.ts';
import type { PublisherSeal } from '../../src/bound/seal/publisher-seal.ts';
import type { SubscriberSeal } from '../../src/bound/seal/subscriber-seal.ts';
import { signerOf } from '../../src/bound/topic-signer.ts';

/** IDs of the nodes of publisher and subscriber, and of one in between. */
export const NODE_A: string = 'a'.repeat(128);
const NODE_B: string = 'b'.repeat(128);
export const NODE_M: string = 'c'.repeat(128);

/** The payload topic. */
export const TOPIC: TopicName = payloadTopic('settlement');

/** Ten minutes. */
export const LIFETIME_MS = 600_000;

/** Publisher, subscriber, and a clock and random bytes that are the same in every run. */
export class Parties {
  readonly clock: VirtualClock = new VirtualClock();
  readonly random: SeededRandom = new SeededRandom(6);
  readonly publisher: PrivateKey = keyOf(1);
  readonly subscriber: PrivateKey = keyOf(2);
  readonly stranger: PrivateKey = keyOf(3);
  readonly routeId: string = createBoundRouteId(new Uint8Array(16).fill(7));
  readonly route: TopicName = challengeRoute({ payload: TOPIC, id: this.routeId });

  /** An offer of the publisher to the subscriber's route at node B. */
  offer(change: Partial<ProofOfferOptions> = {}, wallMs?: number): Promise<ProofOffer> {
    return ProofOffer.create(
      {
        signer: signerOf(this.publisher),
        publisherNode: NODE_A,
        routeNode: NODE_B,
        topic: TOPIC,
        routeId: this.routeId,
        lifetimeMs: LIFETIME_MS,
        ...change,
      },
      { random: this.random, wallMs: wallMs ?? this.clock.wallMs() },
    );
  }

  /** The subscriber on its route at node B. */
  responder(change: Partial<ProofResponderOptions> = {}): ProofResponder {
    return new ProofResponder({ ...this.#responding(), ...change }, this);
  }

  /** The subscriber on its route, open to any publisher that proves its key. */
  anybodysResponder(): ProofResponder {
    const { signer, topic, routeId, node } = this.#responding();
    return new ProofResponder({ signer, topic, routeId, node }, this);
  }

  /** An offer that is signed again after `change`: by its publisher's hand, but of another shape. */
  async resignedOffer(change: (content: Uint8Array) => void): Promise<Uint8Array> {
    const { content } = await this.offer();
    change(content);
    const signed = content.subarray(0, -SIGNATURE_BYTES);
    const digest = taggedDigest('AMOP private topic v1 offer', signed);
    content.set(signDigest(digest, this.publisher), signed.length);
    return content;
  }

  /** Both ends of the keys of one proof. */
  async seals(): Promise<{
    readonly publisher: PublisherSeal;
    readonly subscriber: SubscriberSeal;
  }> {
    const offer = await this.offer();
    const { content, established } = await this.responder().answer(offer.content);
    const outcome = offer.accept(content);
    if (outcome.kind !== 'proven' || established === undefined) throw new Error('no proof');
    return { publisher: outcome.seal, subscriber: established.seal };
  }

  #responding(): ProofResponderOptions {
    return {
      signer: signerOf(this.subscriber),
      topic: TOPIC,
      routeId: this.routeId,
      node: NODE_B,
      publishers: [this.publisher.publicKey()],
    };
  }
}

/** A key that is the same in every run. */
export function keyOf(seed: number): PrivateKey {
  return new PrivateKey('secp256k1', new Uint8Array(32).fill(seed));
}

/** A copy of `bytes` with one bit of one byte changed. */
export function flip(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** The seal of a proof, or why there is none. */
export function reasonOf(outcome: ProofOutcome): string {
  return outcome.kind === 'proven' ? 'proven' : `${outcome.kind}: ${outcome.reason}`;
}

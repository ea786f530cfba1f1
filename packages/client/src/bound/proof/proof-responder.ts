import {
  type BoundOffer,
  BoundRefusal,
  challengeRoute,
  draftBoundProof,
  encodeBoundRefusal,
  type TopicName,
} from '@amop/codec';
import { EphemeralKey, type PublicKey } from '@amop/crypto';
import type { Clock, Random } from '@amop/ports';
import { deriveKeys, forgetKeys, proofDigest, proofMac } from '../bound-keys.ts';
import { IN_FLIGHT_MS } from '../bound-time.ts';
import { SubscriberSeal } from '../seal/subscriber-seal.ts';
import { type TopicSigner, writeSignature } from '../topic-signer.ts';
import { OfferGate } from './offer-gate.ts';
import { type RefusalReason, refusalReason } from './refusal-reason.ts';

const RANDOM_BYTES = 32;

/** Whose offers are answered, for which route. */
export interface ProofResponderOptions {
  readonly signer: TopicSigner;
  /** The payload topic. */
  readonly topic: TopicName;
  /** 32 lower-case hex digits of the route that this subscriber has registered. */
  readonly routeId: string;
  /** ID of the node on whose connection it did so: 128 lower-case hex digits. */
  readonly node: string;
  /** Publishers to prove oneself to; anybody who proves a key when left out. */
  readonly publishers?: readonly PublicKey[];
}

/** What the subscriber has after its proof. */
interface EstablishedSeal {
  /** Verified by the signature of the offer. */
  readonly publisherKey: PublicKey;
  readonly seal: SubscriberSeal;
  /** Milliseconds since 1970 by our clock: when the publisher stops using the keys. */
  readonly expiresMs: number;
}

/** What to answer an offer with. */
export interface ProofAnswer {
  /** Content of the 0x31: a proof or a refusal. */
  readonly content: Uint8Array;
  /** With a proof. */
  readonly established?: EstablishedSeal;
  /** With a refusal. */
  readonly refusal?: RefusalReason;
}

/** Answers the offers that arrive on one route of ours. */
export class ProofResponder {
  readonly #signer: TopicSigner;
  readonly #gate: OfferGate;
  readonly #route: TopicName;
  readonly #random: Random;
  readonly #clock: Clock;

  constructor(
    options: ProofResponderOptions,
    { random, clock }: { readonly random: Random; readonly clock: Clock },
  ) {
    const { signer, topic, routeId } = options;
    this.#signer = signer;
    this.#gate = new OfferGate(options, { clock });
    this.#route = challengeRoute({ payload: topic, id: routeId });
    this.#random = random;
    this.#clock = clock;
  }

  /** Answers the content of a 0x30 on the route. Never rejects: a signer that fails is a refusal. */
  async answer(content: Uint8Array): Promise<ProofAnswer> {
    const passed = this.#gate.check(content);
    if (typeof passed === 'number') return refuse(passed);
    const { offer, publisherKey } = passed;
    const ephemeral = new EphemeralKey(this.#random.bytes(RANDOM_BYTES));
    const shared = ephemeral.agree(offer.ephemeral);
    ephemeral.close();
    if (shared === undefined) return refuse(BoundRefusal.malformed);
    return this.#prove(offer, publisherKey, ephemeral.publicKey, shared);
  }

  async #prove(
    offer: BoundOffer,
    publisherKey: PublicKey,
    ephemeral: Uint8Array,
    shared: Uint8Array,
  ): Promise<ProofAnswer> {
    const receivedMs = this.#clock.nowMs();
    const proof = draftBoundProof({
      subscriberKey: this.#signer.publicKey.toBytes(),
      ephemeral,
      nonce: this.#random.bytes(RANDOM_BYTES),
    });
    const keys = deriveKeys(shared, offer, proof);
    try {
      await writeSignature(this.#signer, proofDigest(offer, proof), proof.signature);
      proof.mac.set(proofMac(offer, proof, keys));
      // Counted from here and not by the wall: clocks may differ by minutes, and the publisher began
      // to count before us.
      const lifetimeMs = offer.expiresMs - offer.issuedMs;
      const endMs = receivedMs + lifetimeMs + IN_FLIGHT_MS;
      const seal = new SubscriberSeal({ keys, route: this.#route, endMs }, { clock: this.#clock });
      const leftMs = receivedMs + lifetimeMs - this.#clock.nowMs();
      const expiresMs = this.#clock.wallMs() + leftMs;
      return { content: proof.content, established: { publisherKey, seal, expiresMs } };
    } catch {
      // A device that is away or says no: the publisher is told, and asks again later.
      return refuse(BoundRefusal.signerFailed);
    } finally {
      forgetKeys(keys);
    }
  }
}

function refuse(reason: BoundRefusal): ProofAnswer {
  return { content: encodeBoundRefusal(reason), refusal: refusalReason(reason) };
}

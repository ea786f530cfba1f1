import {
  challengeRoute,
  encodeBoundRefusal,
  parseBoundOffer,
  parseBoundProof,
  parseBoundRefusal,
  payloadTopic,
  type SealedStatus,
  type SealedType,
} from '@amop/codec';
import { EphemeralKey, PrivateKey, parsePublicKey } from '@amop/crypto';
import type { Random } from '@amop/ports';
import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { deriveKeys, offerDigest, proofDigest } from '../../src/bound/bound-keys.ts';
import { ProofOffer } from '../../src/bound/proof/proof-offer.ts';
import { ProofResponder } from '../../src/bound/proof/proof-responder.ts';
import { EpochOpener, EpochSealer } from '../../src/bound/seal/epoch.ts';
import { signerOf } from '../../src/bound/topic-signer.ts';
import { hexOf } from '../../src/hex.ts';
import { bytesOf, loadBoundVectors } from './bound-vectors.ts';

const vectors = loadBoundVectors();
const topic = payloadTopic(vectors.name);
const clock = new VirtualClock(vectors.issuedMs);

/** Gives back what the vectors say was drawn, in the order in which it is drawn. */
function drawn(...values: readonly string[]): Random {
  const left = values.map(bytesOf);
  return {
    bytes(count) {
      const next = left.shift();
      if (next?.length !== count) throw new Error(`${count} bytes were not drawn`);
      return next;
    },
    below: () => 0,
  };
}

function signer({ privateKey }: { readonly privateKey: string }) {
  return signerOf(new PrivateKey('secp256k1', bytesOf(privateKey)));
}

function makeOffer(): Promise<ProofOffer> {
  const { publisher, publisherNode, routeNode, routeId, issuedMs, expiresMs } = vectors;
  return ProofOffer.create(
    {
      signer: signer(publisher),
      publisherNode,
      routeNode,
      topic,
      routeId,
      lifetimeMs: expiresMs - issuedMs,
    },
    { random: drawn(publisher.ephemeralPrivate, publisher.nonce), wallMs: issuedMs },
  );
}

function answer(content: string) {
  const { subscriber, routeId, routeNode: node } = vectors;
  const random = drawn(subscriber.ephemeralPrivate, subscriber.nonce);
  const responder = new ProofResponder(
    { signer: signer(subscriber), topic, routeId, node },
    { random, clock },
  );
  return responder.answer(bytesOf(content));
}

async function publisherSeal() {
  const outcome = (await makeOffer()).accept(bytesOf(vectors.proof.content));
  if (outcome.kind !== 'proven') throw new Error(outcome.reason);
  return outcome.seal;
}

async function subscriberSeal() {
  const { established } = await answer(vectors.offer.content);
  if (established === undefined) throw new Error('refused');
  return established.seal;
}

test('topic, route and ephemeral keys are those of the vectors', () => {
  expect(topic).toBe(vectors.topic);
  expect(challengeRoute({ payload: topic, id: vectors.routeId })).toBe(vectors.route);
  for (const { ephemeralPrivate, ephemeralPublic } of [vectors.publisher, vectors.subscriber]) {
    expect(hexOf(new EphemeralKey(bytesOf(ephemeralPrivate)).publicKey)).toBe(ephemeralPublic);
  }
});

test('the offer is made as it is there, byte for byte', async () => {
  const { content } = await makeOffer();
  expect(hexOf(content)).toBe(vectors.offer.content);
});

test('the offer is taken, and the proof made byte for byte', async () => {
  const { content, established } = await answer(vectors.offer.content);
  expect(hexOf(content)).toBe(vectors.proof.content);
  expect(established?.publisherKey.equals(parsePublicKey(vectors.publisher.publicKey))).toBe(true);
});

test('the proof is taken', async () => {
  const outcome = (await makeOffer()).accept(bytesOf(vectors.proof.content));
  if (outcome.kind !== 'proven') throw new Error(outcome.reason);
  expect(outcome.subscriberKey.equals(parsePublicKey(vectors.subscriber.publicKey))).toBe(true);
  expect(outcome.expiresMs).toBe(vectors.expiresMs);
});

test('digests and keys are those of the vectors', () => {
  const offer = parseBoundOffer(bytesOf(vectors.offer.content));
  const proof = parseBoundProof(bytesOf(vectors.proof.content));
  if (offer === undefined || proof === undefined) throw new Error('not read');
  expect(hexOf(offerDigest(offer))).toBe(vectors.offer.digest);
  expect(hexOf(proofDigest(offer, proof))).toBe(vectors.proof.digest);
  const keys = deriveKeys(bytesOf(vectors.keys.shared), offer, proof);
  expect(hexOf(keys.mac)).toBe(vectors.keys.mac);
  expect(hexOf(keys.toSubscriber)).toBe(vectors.keys.p2s);
  expect(hexOf(keys.toPublisher)).toBe(vectors.keys.s2p);
  expect(hexOf(keys.keyId)).toBe(vectors.keys.keyId);
});

test('messages are opened, and those with the first counters sealed, byte for byte', async () => {
  const subscriber = await subscriberSeal();
  const publisher = await publisherSeal();
  for (const { counter, first, body, content } of vectors.toSubscriber) {
    const opened = subscriber.open(bytesOf(content));
    expect(opened).toEqual({ type: first, body: bytesOf(body), counter });
    if (counter >= 5) continue;
    const sealed = publisher.seal(first as SealedType, bytesOf(body)); // the vectors know the types
    expect([sealed?.counter, hexOf(sealed?.content ?? bytesOf(''))]).toEqual([counter, content]);
  }
});

test('answers are sealed and opened byte for byte', async () => {
  const subscriber = await subscriberSeal();
  const publisher = await publisherSeal();
  for (const { content } of vectors.toSubscriber) subscriber.open(bytesOf(content));
  for (const { counter, first, body, content } of vectors.toPublisher) {
    const status = first as SealedStatus; // the vectors know the states
    const sealed = subscriber.sealAnswer(counter, status, bytesOf(body));
    expect(hexOf(sealed ?? bytesOf(''))).toBe(content);
    const opened = publisher.openAnswer(counter, bytesOf(content));
    expect(opened).toEqual({ status, body: bytesOf(body) });
  }
});

test('an epoch is told, sealed and opened byte for byte', () => {
  const { id, key, expiresMs, handOver, multicasts } = vectors.epoch;
  const sealer = EpochSealer.create({ topic, expiresMs }, { random: drawn(id, key) });
  expect(hexOf(sealer.handOver() ?? bytesOf(''))).toBe(handOver);
  const opener = EpochOpener.fromHandOver(bytesOf(handOver), { topic }, { clock });
  expect(opener?.id).toBe(id);
  for (const { counter, body, content } of multicasts) {
    expect(hexOf(sealer.seal(bytesOf(body)) ?? bytesOf(''))).toBe(content);
    expect(opener?.open(bytesOf(content))).toEqual({ body: bytesOf(body), counter });
  }
});

test('refusals are written and read', () => {
  expect(vectors.refusals).toHaveLength(9);
  for (const content of vectors.refusals) {
    const reason = parseBoundRefusal(bytesOf(content));
    expect(reason && hexOf(encodeBoundRefusal(reason))).toBe(content);
  }
});

import { BoundKind, boundKind } from '@amop/codec';
import { isChallenge } from '@amop/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signerOf } from '../../src/bound/topic-signer.ts';
import { flip, keyOf, LIFETIME_MS, NODE_M, Parties, reasonOf } from './parties.ts';

const FIXED = { seed: 20_261, numRuns: 200 };

test('both sides know whom they talk to, and until when', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const answer = await parties.responder().answer(offer.content);
  expect(boundKind(answer.content)).toBe(BoundKind.proof);
  const { established } = answer;
  expect(established?.publisherKey.equals(parties.publisher.publicKey())).toBe(true);
  const outcome = offer.accept(answer.content);
  if (outcome.kind !== 'proven') throw new Error(reasonOf(outcome));
  expect(outcome.subscriberKey.equals(parties.subscriber.publicKey())).toBe(true);
  expect(outcome.seal.keyId).toBe(established?.seal.keyId);
  expect(outcome.expiresMs).toBe(parties.clock.wallMs() + LIFETIME_MS);
  expect(established?.expiresMs).toBe(outcome.expiresMs);
});

test('an offer is nothing that an original subscriber would sign', async () => {
  const { content } = await new Parties().offer();
  expect(content.length).toBeGreaterThan(32);
  expect(isChallenge(content)).toBe(false);
});

test('each offer leads to keys of its own', async () => {
  const parties = new Parties();
  const ids = new Set<string>();
  for (let round = 0; round < 3; round++) ids.add((await parties.seals()).publisher.keyId);
  expect(ids.size).toBe(3);
});

test('without a list of publishers anybody is told, by the key that was verified', async () => {
  const parties = new Parties();
  const responder = parties.anybodysResponder();
  const offer = await parties.offer({ signer: signerOf(parties.stranger) });
  const { established } = await responder.answer(offer.content);
  expect(established?.publisherKey.equals(parties.stranger.publicKey())).toBe(true);
});

test('no byte of an offer can be changed', async () => {
  const parties = new Parties();
  const { content } = await parties.offer();
  for (let at = 0; at < content.length - 1; at++) {
    const { established, refusal } = await parties.responder().answer(flip(content, at, at % 8));
    expect([at, established]).toEqual([at, undefined]);
    expect(refusal).toBeDefined();
  }
});

test('who changes v, which a signature does not need, gets a proof of another offer', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const changed = flip(offer.content, offer.content.length - 1, 0);
  const { content, established } = await parties.responder().answer(changed);
  expect(established).toBeDefined();
  expect(reasonOf(offer.accept(content))).toBe('invalid: mac');
});

test('no byte of a proof can be changed', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const { content } = await parties.responder().answer(offer.content);
  for (let at = 0; at < content.length; at++) {
    expect([at, offer.accept(flip(content, at, at % 8)).kind]).toEqual([at, 'invalid']);
  }
  expect(offer.accept(content).kind).toBe('proven');
});

test('cut or longer offers and proofs are none', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const { content } = await parties.responder().answer(offer.content);
  const responder = parties.responder();
  for (const wrong of [offer.content.subarray(0, -1), Uint8Array.of(...offer.content, 0)]) {
    expect(await responder.answer(wrong)).toMatchObject({ refusal: 'malformed' });
  }
  for (const wrong of [content.subarray(0, -1), Uint8Array.of(...content, 0)]) {
    expect(reasonOf(offer.accept(wrong))).toBe('invalid: malformed');
  }
});

test('one answer is accepted, and no other one after it', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  // Two subscribers with one route: an owner that lists it twice, or a node that copies offers.
  const first = await parties.responder().answer(offer.content);
  const second = await parties.responder({ signer: signerOf(keyOf(9)) }).answer(offer.content);
  expect(offer.accept(first.content).kind).toBe('proven');
  expect(reasonOf(offer.accept(second.content))).toBe('invalid: used');
  expect(reasonOf(offer.accept(first.content))).toBe('invalid: used');
});

test('a closed offer accepts nothing', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const { content } = await parties.responder().answer(offer.content);
  offer.close();
  expect(reasonOf(offer.accept(content))).toBe('invalid: used');
});

test('a node that lists the route as its own gets no proof to pass on', async () => {
  const parties = new Parties();
  const offer = await parties.offer({ routeNode: NODE_M });
  const { content, established, refusal } = await parties.responder().answer(offer.content);
  expect(refusal).toBe('other-node');
  expect(established).toBeUndefined();
  expect(reasonOf(offer.accept(content))).toBe('refused: other-node');
});

test('a node that makes the offer fit breaks its signature', async () => {
  const parties = new Parties();
  const relayed = await parties.offer({ routeNode: NODE_M });
  const fitting = await parties.offer();
  // Everything of the true offer but the signature, which was made for node M.
  const forged = Uint8Array.of(
    ...fitting.content.subarray(0, -65),
    ...relayed.content.subarray(-65),
  );
  expect(await parties.responder().answer(forged)).toMatchObject({ refusal: 'malformed' });
});

test('the proof for one offer is none for another', async () => {
  const parties = new Parties();
  const first = await parties.offer();
  const second = await parties.offer();
  const { content } = await parties.responder().answer(first.content);
  expect(reasonOf(second.accept(content))).toBe('invalid: mac');
});

test('who names the key of another needs its signature', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const thief = { ...signerOf(keyOf(9)), publicKey: parties.subscriber.publicKey() };
  const { content } = await parties.responder({ signer: thief }).answer(offer.content);
  expect(reasonOf(offer.accept(content))).toBe('invalid: signature');
});

test('an offer sent back as an answer is none', async () => {
  const offer = await new Parties().offer();
  expect(reasonOf(offer.accept(offer.content))).toBe('invalid: malformed');
});

test('an ephemeral key that gives everybody the same secret is refused by both', async () => {
  const parties = new Parties();
  const weak = await parties.resignedOffer((content) => {
    content.fill(0, EPHEMERAL_AT, EPHEMERAL_AT + 32);
  });
  expect(await parties.responder().answer(weak)).toMatchObject({ refusal: 'malformed' });
  const offer = await parties.offer();
  const { content } = await parties.responder().answer(offer.content);
  content.fill(0, 69, 69 + 32);
  expect(reasonOf(offer.accept(content))).toBe('invalid: key');
});

const EPHEMERAL_AT = 70;

test('any bytes are refused, and are no proof', async () => {
  const parties = new Parties();
  const offer = await parties.offer();
  const responder = parties.responder();
  const heads = fc.constantFrom([], [0xa5, 0x50, 0x54, 1, 1], [0xa5, 0x50, 0x54, 1, 2]);
  await fc.assert(
    fc.asyncProperty(heads, fc.uint8Array({ maxLength: 400 }), async (head, tail) => {
      const content = Uint8Array.of(...head, ...tail);
      expect((await responder.answer(content)).refusal).toBeDefined();
      expect(offer.accept(content).kind).not.toBe('proven');
    }),
    FIXED,
  );
});

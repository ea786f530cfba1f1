import { payloadTopic } from '@amop/codec';
import { expect, test } from 'vitest';
import { signerOf, type TopicSigner } from '../../src/bound/topic-signer.ts';
import { LIFETIME_MS, NODE_A, Parties, reasonOf, TOPIC } from './parties.ts';

const MINUTE = 60_000;
const SUITE_AT = 5;

test('malformed: not an offer at all', async () => {
  const parties = new Parties();
  expect(await parties.responder().answer(new Uint8Array(7))).toMatchObject({
    refusal: 'malformed',
  });
});

test('malformed: a key that is no point of the curve', async () => {
  const parties = new Parties();
  const content = await parties.resignedOffer((bytes) => {
    bytes.fill(1, SUITE_AT + 1, SUITE_AT + 65);
  });
  expect(await parties.anybodysResponder().answer(content)).toMatchObject({
    refusal: 'malformed',
  });
});

test('suite: one that is not spoken', async () => {
  const parties = new Parties();
  const content = await parties.resignedOffer((bytes) => {
    bytes[SUITE_AT] = 2;
  });
  expect(await parties.responder().answer(content)).toMatchObject({ refusal: 'suite' });
});

test('other-route: another topic, or another route of the topic', async () => {
  const parties = new Parties();
  const responder = parties.responder();
  const otherTopic = await parties.offer({ topic: payloadTopic('settlement2') });
  const otherRoute = await parties.offer({ routeId: parties.routeId.replace(/.$/, '0') });
  for (const { content } of [otherTopic, otherRoute]) {
    expect(await responder.answer(content)).toMatchObject({ refusal: 'other-route' });
  }
});

test('other-node: made for a route of another node', async () => {
  const parties = new Parties();
  const { content } = await parties.offer({ routeNode: NODE_A });
  expect(await parties.responder().answer(content)).toMatchObject({ refusal: 'other-node' });
});

test.each([
  ['issued five minutes ahead', 5 * MINUTE, undefined],
  ['issued more than that ahead', 5 * MINUTE + 1, 'expired'],
  ['expired less than five minutes ago', -LIFETIME_MS - 5 * MINUTE + 1, undefined],
  ['expired five minutes ago', -LIFETIME_MS - 5 * MINUTE, 'expired'],
])('expired: %s', async (_, aheadMs, refusal) => {
  const parties = new Parties();
  const { content } = await parties.offer({}, parties.clock.wallMs() + aheadMs);
  expect((await parties.responder().answer(content)).refusal).toBe(refusal);
});

test.each([
  ['longer than 15 minutes', 15 * MINUTE + 1],
  ['no time at all', 0],
])('expired: %s', async (_, lifetimeMs) => {
  const parties = new Parties();
  const issuedMs = parties.clock.wallMs();
  const content = await parties.resignedOffer((bytes) => {
    const expires = new DataView(bytes.buffer, EXPIRES_AT, 8);
    expires.setBigUint64(0, BigInt(issuedMs + lifetimeMs));
  });
  expect(await parties.responder().answer(content)).toMatchObject({ refusal: 'expired' });
});

const EXPIRES_AT = 5 + 1 + 64 + 32 + 32 + 128 + 8;

test('publisher-not-allowed: a key that is not on the list', async () => {
  const parties = new Parties();
  const { content } = await parties.offer({ signer: signerOf(parties.stranger) });
  expect(await parties.responder().answer(content)).toMatchObject({
    refusal: 'publisher-not-allowed',
  });
});

test('publisher-not-allowed: an empty list lets nobody in', async () => {
  const parties = new Parties();
  const { content } = await parties.offer();
  expect(await parties.responder({ publishers: [] }).answer(content)).toMatchObject({
    refusal: 'publisher-not-allowed',
  });
});

test('repeated: an offer is answered once', async () => {
  const parties = new Parties();
  const responder = parties.responder();
  const { content } = await parties.offer();
  expect((await responder.answer(content)).refusal).toBeUndefined();
  expect(await responder.answer(content)).toMatchObject({ refusal: 'repeated' });
});

test('repeated: also while the first answer is still being signed', async () => {
  const parties = new Parties();
  const responder = parties.responder();
  const { content } = await parties.offer();
  const both = await Promise.all([responder.answer(content), responder.answer(content)]);
  expect(both.map(({ refusal }) => refusal)).toEqual([undefined, 'repeated']);
});

test('a forged offer does not use up the nonce of the true one', async () => {
  const parties = new Parties();
  const responder = parties.responder();
  const { content } = await parties.offer();
  const forged = content.slice();
  forged.fill(1, -65);
  expect(await responder.answer(forged)).toMatchObject({ refusal: 'malformed' });
  expect((await responder.answer(content)).refusal).toBeUndefined();
});

test('too-many: ten in a second, and again when the first is a second old', async () => {
  const parties = new Parties();
  const responder = parties.responder();
  const answer = async () => (await responder.answer((await parties.offer()).content)).refusal;
  for (let count = 0; count < 10; count++) expect(await answer()).toBeUndefined();
  parties.clock.advance(999);
  expect(await answer()).toBe('too-many');
  parties.clock.advance(1);
  expect(await answer()).toBeUndefined();
});

test('offers of strangers do not use up the ten', async () => {
  const parties = new Parties();
  const responder = parties.responder();
  const { content } = await parties.offer({ signer: signerOf(parties.stranger) });
  for (let count = 0; count < 20; count++) await responder.answer(content);
  expect((await responder.answer((await parties.offer()).content)).refusal).toBeUndefined();
});

test.each<[string, TopicSigner['sign']]>([
  [
    'throws',
    () => {
      throw new Error('away');
    },
  ],
  ['rejects', () => Promise.reject(new Error('away'))],
  ['gives something else', () => new Uint8Array(64)],
])('signer-failed: a signer that %s', async (_, sign) => {
  const parties = new Parties();
  const offer = await parties.offer();
  const signer = { publicKey: parties.subscriber.publicKey(), sign };
  const { content, established, refusal } = await parties
    .responder({ signer })
    .answer(offer.content);
  expect(refusal).toBe('signer-failed');
  expect(established).toBeUndefined();
  expect(reasonOf(offer.accept(content))).toBe('refused: signer-failed');
});

test('a signer that fails makes no offer', async () => {
  const parties = new Parties();
  const signer = { publicKey: parties.publisher.publicKey(), sign: () => new Uint8Array(64) };
  await expect(parties.offer({ signer })).rejects.toThrow('gave 64 bytes, 65 are needed');
});

test.each([0, -1, Number.NaN, 15 * MINUTE + 1])('no offer lives %d ms', async (lifetimeMs) => {
  await expect(new Parties().offer({ lifetimeMs })).rejects.toThrow(RangeError);
});

test('an offer is refused by a subscriber of the topic under another name', async () => {
  const parties = new Parties();
  const { content } = await parties.offer();
  const topic = payloadTopic('settlement0');
  expect(TOPIC).not.toBe(topic);
  expect(await parties.responder({ topic }).answer(content)).toMatchObject({
    refusal: 'other-route',
  });
});

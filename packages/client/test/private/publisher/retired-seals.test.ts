import { payloadTopic, SealedType } from '@amop/codec';
import { SeededRandom } from '@amop/testkit';
import { expect, test } from 'vitest';
import { PublisherSeal } from '../../../src/bound/seal/publisher-seal.ts';
import { RetiredSeals } from '../../../src/private/publisher/proof/retired-seals.ts';

const random = new SeededRandom(1);

function proofUntil(expiresMs: number) {
  const keys = {
    keyId: random.bytes(8),
    toSubscriber: random.bytes(32),
    toPublisher: random.bytes(32),
    mac: random.bytes(32),
  };
  const seal = new PublisherSeal(keys, payloadTopic('orders'));
  return { key: '', seal, provenAtMs: 0, freshUntilMs: 0, renewAtMs: 0, expiresMs };
}

test('keys are overwritten when the subscriber has none of them any more either', () => {
  const retired = new RetiredSeals();
  const [first, second] = [proofUntil(1_000), proofUntil(2_000)];
  retired.add(first);
  retired.add(second);
  retired.sweep(30_999);
  expect([first.seal.isClosed, second.seal.isClosed]).toEqual([false, false]);
  retired.sweep(31_000);
  expect([first.seal.isClosed, second.seal.isClosed]).toEqual([true, false]);
  expect(first.seal.seal(SealedType.request, new Uint8Array(1))).toBeUndefined();
  expect(retired.size).toBe(1);
});

test('of very many the oldest go', () => {
  const retired = new RetiredSeals();
  const first = proofUntil(1_000);
  retired.add(first);
  for (let count = 0; count < 4_096; count++) retired.add(proofUntil(1_000));
  expect(retired.size).toBe(4_096);
  expect(first.seal.isClosed).toBe(true);
});

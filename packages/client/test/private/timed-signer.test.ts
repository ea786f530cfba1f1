import { generateKeyPair } from '@amop/crypto';
import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import type { TopicSigner } from '../../src/bound/topic-signer.ts';
import { DeadlineTimer } from '../../src/call/deadline-timer.ts';
import { TimedSigner } from '../../src/private/timed-signer.ts';

const { publicKey } = generateKeyPair('secp256k1');
const DIGEST = new Uint8Array(32).fill(7);

function timed(sign: TopicSigner['sign']) {
  const clock = new VirtualClock();
  const deadlines = new DeadlineTimer(clock);
  return { clock, deadlines, signer: new TimedSigner({ publicKey, sign }, { clock, deadlines }) };
}

test('what the signer gives, at once or later, is given on, and nothing is left waiting', async () => {
  const atOnce = timed((digest) => digest);
  expect(atOnce.signer.publicKey).toBe(publicKey);
  expect(atOnce.signer.sign(DIGEST)).toBe(DIGEST);
  const later = timed((digest) => Promise.resolve(digest));
  const signing = later.signer.sign(DIGEST);
  expect(later.deadlines.size).toBe(1);
  expect(await signing).toBe(DIGEST);
  const failed = timed(() => Promise.reject(new Error('away')));
  await expect(failed.signer.sign(DIGEST)).rejects.toThrow('away');
  await Promise.resolve();
  for (const { deadlines } of [atOnce, later, failed]) expect(deadlines.size).toBe(0);
  const thrown = timed(() => {
    throw new Error('no device');
  });
  expect(() => thrown.signer.sign(DIGEST)).toThrow('no device');
});

test('30 s without an answer are a failure, and what comes then is nothing', async () => {
  let fail: (error: Error) => void = () => {};
  const { clock, deadlines, signer } = timed(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  const outcomes: unknown[] = [];
  const signing = Promise.resolve(signer.sign(DIGEST)).catch((error) => outcomes.push(error));
  clock.advance(29_999);
  await Promise.resolve();
  expect(outcomes).toEqual([]);
  clock.advance(41);
  await signing;
  expect(outcomes).toEqual([new Error('it has not answered within 30 s')]);
  fail(new Error('too late'));
  await Promise.resolve();
  expect(outcomes).toHaveLength(1);
  expect(deadlines.size).toBe(0);
});

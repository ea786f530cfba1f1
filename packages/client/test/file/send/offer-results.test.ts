import { encodeOfferAnswer, type OfferAnswer, OfferVerdict } from '@amop/codec';
import { expect, test } from 'vitest';
import { OfferResults } from '../../../src/file/send/offer-results.ts';
import { ClientError } from '../../../src/index.ts';

const transfer = 'ab'.repeat(16);
const [A, B] = ['aa'.repeat(16), 'bb'.repeat(16)];

function answer(verdict: keyof typeof OfferVerdict, receiver = A, reason = ''): OfferAnswer {
  return { transfer, receiver, verdict: OfferVerdict[verdict], reason };
}

function errorOf(code: ConstructorParameters<typeof ClientError>[0]): ClientError {
  return new ClientError(code, 'text', {});
}

test('an answer counts for its transfer alone', () => {
  const results = new OfferResults({ transfer });
  const accepted = answer('accepted');
  expect(results.read(encodeOfferAnswer(accepted))).toEqual(accepted);
  const other = encodeOfferAnswer({ ...accepted, transfer: 'cd'.repeat(16) });
  expect(results.read(other)).toBeUndefined();
  expect(results.read(new TextEncoder().encode('thank you'))).toBeUndefined();
});

test('what means nothing is counted, asked on quickly at first and slowly then', () => {
  const results = new OfferResults({ transfer });
  const delays = Array.from({ length: 30 }, () => results.note(undefined));
  expect(results.foreign).toBe(30);
  expect(delays.slice(0, 20).every((delayMs) => delayMs < 100)).toBe(true);
  expect(delays.slice(20).every((delayMs) => delayMs >= 1_000)).toBe(true);
});

test('those who are there have refused: there is no use in asking on', () => {
  const results = new OfferResults({ transfer });
  results.note(answer('refused', A, 'quota-exceeded'));
  results.note(answer('refused', B));
  for (let round = 0; round < 8; round++) {
    expect(results.isHopeless).toBe(false);
    results.note(answer('refused', round % 2 === 0 ? A : B, 'quota-exceeded'));
  }
  expect(results.isHopeless).toBe(true);
  expect(Object.fromEntries(results.refused)).toEqual({
    [A]: 'quota-exceeded',
    [B]: 'quota-exceeded',
  });
});

test('as long as somebody says later there is hope, whoever refuses in between', () => {
  const results = new OfferResults({ transfer });
  for (let round = 0; round < 20; round++) {
    results.note(answer('refused', A));
    results.note(answer('later', B, 'deciding'));
  }
  expect(results.isHopeless).toBe(false);
});

test('who refuses because it is meant for another one has not refused it', () => {
  const results = new OfferResults({ transfer });
  for (let round = 0; round < 20; round++) results.note(answer('refused', A, 'taken-by-another'));
  expect([results.isHopeless, results.reason]).toEqual([false, undefined]);
});

test('a fault on the way is tried again, one that stays ends it', () => {
  const results = new OfferResults({ transfer });
  const lost = errorOf('AMOP_CLIENT_NO_SUBSCRIBER');
  expect(results.noteError(lost)).toBeGreaterThan(0);
  expect(results.lastError).toBe(lost);
  const forbidden = errorOf('AMOP_CLIENT_NOT_PERMITTED');
  expect(() => results.noteError(forbidden)).toThrow(forbidden);
  const bug = new TypeError('bug');
  expect(() => results.noteError(bug)).toThrow(bug);
});

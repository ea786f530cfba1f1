import { payloadTopic } from '@amop/codec';
import { SeededRandom, VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { EpochSealer } from '../../../src/bound/seal/epoch.ts';
import { SubscriberSeal } from '../../../src/bound/seal/subscriber-seal.ts';
import { EpochBook } from '../../../src/private/subscriber/epoch-book.ts';
import { EpochBooks } from '../../../src/private/subscriber/epoch-books.ts';
import { KeyedRate } from '../../../src/private/subscriber/keyed-rate.ts';
import { RateLimit } from '../../../src/private/subscriber/rate-limit.ts';
import { RecentValues } from '../../../src/private/subscriber/recent-values.ts';
import { type ProvenSeal, SealTable } from '../../../src/private/subscriber/seal-table.ts';
import { SignedChallenges } from '../../../src/private/subscriber/signed-challenges.ts';
import { handOverOf } from '../../support/raw-publisher.ts';

const TOPIC = payloadTopic('orders');
const random = new SeededRandom(1);

function proven(clock: VirtualClock, lifeMs: number, usedMs = clock.nowMs()): ProvenSeal {
  const keys = {
    keyId: random.bytes(8),
    toSubscriber: random.bytes(32),
    toPublisher: random.bytes(32),
    mac: random.bytes(32),
  };
  const endMs = clock.nowMs() + lifeMs;
  return {
    seal: new SubscriberSeal({ keys, route: TOPIC, endMs }, { clock }),
    publisher: 'p',
    usedMs,
  };
}

test('of the keys of a route at most 1 024 stay: the most idle ones go', () => {
  const clock = new VirtualClock();
  const table = new SealTable();
  const all = Array.from({ length: 1_030 }, (_, at) => proven(clock, 1_000, at));
  for (const each of all.slice(0, 1_024)) table.add(each);
  // The first one is used again.
  expect(table.get(all[0]?.seal.keyId ?? '', 5_000)).toBe(all[0]);
  for (const each of all.slice(1_024)) table.add(each);
  expect(table.size).toBe(1_024);
  const left = all.filter(({ seal }) => table.get(seal.keyId, 0) !== undefined);
  expect(left).toEqual([all[0], ...all.slice(7)]);
});

test('keys whose time is up go when others come', () => {
  const clock = new VirtualClock();
  const table = new SealTable();
  for (let count = 0; count < 10; count++) table.add(proven(clock, 1_000));
  clock.advance(1_000);
  const fresh = proven(clock, 1_000);
  table.add(fresh);
  expect(table.size).toBe(1);
  table.close();
  expect(table.size).toBe(0);
  expect(fresh.seal.open(new Uint8Array(60))).toBe('closed');
});

test('of the epochs of a topic at most 1 024 stay: no more are taken', () => {
  const clock = new VirtualClock();
  const book = new EpochBook(TOPIC, { clock });
  const create = () =>
    EpochSealer.create({ topic: TOPIC, expiresMs: clock.wallMs() + 60_000 }, { random });
  const sealers = Array.from({ length: 1_030 }, create);
  const [first, second] = [{}, {}];
  const taken = sealers.map((sealer, at) =>
    book.take(handOverOf(sealer), `publisher ${at}`, first),
  );
  expect(taken.indexOf(false)).toBe(1_024);
  expect(book.size).toBe(1_024);
  const opened = () =>
    sealers.filter((sealer) => book.open(sealer.seal(random.bytes(3)) ?? new Uint8Array()));
  expect(opened()).toEqual(sealers.slice(0, 1_024));
  const [last] = sealers.slice(-1);
  if (last === undefined) throw new Error('no sealer');
  expect(book.take(handOverOf(last), 'publisher 1023', second)).toBe(false);
  const [own] = sealers;
  if (own === undefined) throw new Error('no sealer');
  expect(book.take(handOverOf(own), 'publisher 0', second)).toBe(true);
  book.release(first);
  expect(opened()).toEqual([own]);
  book.release(second);
  expect(opened()).toEqual([]);
  // They are remembered, so that nothing is opened again, until their time is over.
  expect(book.size).toBe(1_024);
  clock.advance(7 * 60_000);
  expect(book.take(handOverOf(create()), 'another one', first)).toBe(true);
  expect(book.size).toBe(1);
});

test('of the epochs of a publisher at most 8 stay: its own oldest go', () => {
  const clock = new VirtualClock();
  const book = new EpochBook(TOPIC, { clock });
  const create = () =>
    EpochSealer.create({ topic: TOPIC, expiresMs: clock.wallMs() + 60_000 }, { random });
  const [mine, theirs] = [create(), Array.from({ length: 1_024 }, create)];
  book.take(handOverOf(mine), 'publisher', {});
  for (const sealer of theirs) expect(book.take(handOverOf(sealer), 'stranger', {})).toBe(true);
  expect(book.size).toBe(9);
  const opens = (sealer: EpochSealer) =>
    book.open(sealer.seal(random.bytes(3)) ?? new Uint8Array()) !== undefined;
  expect(opens(mine)).toBe(true);
  expect(theirs.filter(opens)).toEqual(theirs.slice(-8));
});

test('the book of a topic that is left stays as long as an epoch in it, and of 1 024 topics', () => {
  const clock = new VirtualClock();
  const books = new EpochBooks({ clock });
  const leave = (name: string): EpochBook => {
    const topic = payloadTopic(name);
    const book = books.open(topic);
    const expiresMs = clock.wallMs() + 60_000;
    book.take(handOverOf(EpochSealer.create({ topic, expiresMs }, { random })), 'p', {});
    books.leave(topic, book);
    return book;
  };
  const left = Array.from({ length: 1_025 }, (_, at) => leave(`topic ${at}`));
  expect(books.open(payloadTopic('topic 0'))).not.toBe(left[0]);
  expect(books.open(payloadTopic('topic 1'))).toBe(left[1]);
  clock.advance(7 * 60_000);
  leave('other');
  expect(books.open(payloadTopic('topic 2'))).not.toBe(left[2]);
});

test('of 1 024 keys it is remembered what they signed: that of the most idle one goes', () => {
  const signed = new SignedChallenges();
  for (let key = 0; key < 1_024; key++) expect(signed.take(`${key}`, 'value', 0)).toBe(true);
  expect(signed.has('0', 'value')).toBe(true);
  expect(signed.take('1024', 'value', 0)).toBe(true);
  expect(signed.has('0', 'value')).toBe(true);
  expect(signed.has('1', 'value')).toBe(false);
});

test('values are remembered for at least half of the entries, and not for ever', () => {
  const values = new RecentValues({ maxEntries: 8 });
  for (let value = 0; value < 8; value++) values.add(`${value}`);
  expect(values.has('4')).toBe(true);
  for (let value = 8; value < 12; value++) values.add(`${value}`);
  expect(values.has('3')).toBe(false);
  expect(['8', '9', '10', '11'].every((value) => values.has(value))).toBe(true);
});

test('a rate holds in every window, not only on average', () => {
  const rate = new RateLimit({ count: 3, windowMs: 1_000 });
  const timesMs = [0, 900, 990, 999, 1_000, 1_001, 1_899, 1_900, 1_990, 2_100];
  expect(timesMs.map((timeMs) => rate.take(timeMs))).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
    false,
    true,
    true,
    true,
  ]);
});

test('a rate for each key holds as long as the key is among the last ones', () => {
  const rate = new KeyedRate({ count: 1, windowMs: 1_000, maxKeys: 2 });
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => rate.take(key, 0))).toEqual([
    true,
    true,
    false,
    true,
    false,
    // It was the most idle one when `c` came.
    true,
  ]);
  expect(rate.take('a', 1_000)).toBe(true);
});

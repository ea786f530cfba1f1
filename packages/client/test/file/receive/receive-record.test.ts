import { expect, test } from 'vitest';
import {
  offerOfRecord,
  parseReceiveRecord,
  type ReceiveRecord,
} from '../../../src/file/receive/receive-record.ts';

const RECORD: ReceiveRecord = {
  version: 1,
  topic: 't',
  transfer: 'ab'.repeat(16),
  secret: '01'.repeat(32),
  root: '02'.repeat(32),
  size: 2_500,
  chunkBytes: 1_024,
  toAll: false,
  offeredName: '../a',
  name: 'a',
  part: 'a.part',
  receiver: 'cd'.repeat(16),
  attempt: 3,
  phase: 'pulling',
  newsMs: 1_767_225_600_000,
};

function parse(value: unknown): ReceiveRecord | undefined {
  return parseReceiveRecord(new TextEncoder().encode(JSON.stringify(value)));
}

test('what was written is read again', () => {
  expect(parse(RECORD)).toEqual(RECORD);
  const all = { ...RECORD, phase: 'placing', identity: '1:2', reason: 'x', sender: 'ff' } as const;
  expect(parse(all)).toEqual(all);
});

test('what an application is told has no path and no secret', () => {
  const { name, offeredName, root: hash, size, transfer } = RECORD;
  const offer = { transfer, topic: 't', name, offeredName, size, hash, to: 'one' };
  expect(offerOfRecord(RECORD)).toEqual({ ...offer, sender: undefined });
});

test.each([
  ['another version', { version: 2 }],
  ['a path as name', { name: '../a' }],
  ['a hidden name', { name: '.ssh' }],
  ['a path as part', { part: '../../x.part' }],
  ['a part that is none', { part: 'a' }],
  ['another number', { transfer: '../x' }],
  ['a short secret', { secret: '00' }],
  ['an unknown phase', { phase: 'over' }],
  ['no time', { newsMs: null }],
  // Each of them would be asked of the sender as it is, or memory be taken for it.
  ['an attempt that is no u32', { attempt: 4_294_967_295 }],
  ['chunks of one byte', { chunkBytes: 1 }],
  ['chunks without end', { chunkBytes: 1_024, size: 2 ** 50 }],
])('%s is no record', (_, change) => {
  expect(parse({ ...RECORD, ...change })).toBeUndefined();
});

test.each(['', '{', 'null', '[]', '{"version":1}'])('%j is no record', (text) => {
  expect(parseReceiveRecord(new TextEncoder().encode(text))).toBeUndefined();
});

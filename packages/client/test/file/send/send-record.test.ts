import { expect, test } from 'vitest';
import { parseSendRecord, type SendRecord } from '../../../src/file/send/send-record.ts';

const RECORD: SendRecord = {
  version: 1,
  topic: 't',
  to: 'all',
  name: 'a',
  path: '/a',
  size: 2_500,
  modifiedMs: 1.5,
  identity: '1:2',
  chunkBytes: 1_024,
  transfer: 'ab'.repeat(16),
  secret: '01'.repeat(32),
  root: '02'.repeat(32),
  joinUntilMs: 1_767_225_600_000,
  receivers: [
    { receiver: 'cd'.repeat(16), attempt: 1, have: 2 },
    {
      receiver: 'ef'.repeat(16),
      key: 'ab'.repeat(64),
      attempt: 1,
      have: 0,
      outcome: 'failed',
      reason: 'disk-full',
    },
  ],
};

function parse(value: unknown): SendRecord | undefined {
  return parseSendRecord(new TextEncoder().encode(JSON.stringify(value)));
}

test('what was written is read again', () => {
  expect(parse(RECORD)).toEqual(RECORD);
});

test.each([
  ['another version', { version: 2 }],
  ['an unknown audience', { to: 'some' }],
  ['another number', { transfer: 'x' }],
  ['a short root', { root: '00' }],
  ['a receiver without number', { receivers: [{ receiver: '', attempt: 1, have: 2 }] }],
  ['chunks of one byte', { chunkBytes: 1 }],
  ['chunks without end', { size: 2 ** 50 }],
])('%s is no record', (_, change) => {
  expect(parse({ ...RECORD, ...change })).toBeUndefined();
});

test.each(['', '{', 'null', '[]'])('%j is no record', (text) => {
  expect(parseSendRecord(new TextEncoder().encode(text))).toBeUndefined();
});

import { expect, test, vi } from 'vitest';
import { encodeAmopBody } from '../../src/amop-body.ts';
import {
  type ErrorDetail,
  encodeErrorDetail,
  parseErrorDetail,
} from '../../src/messages/error-detail.ts';
import { textOf, utf8 } from '../vector-file.ts';

const LEAST: ErrorDetail = {
  hop: 'node',
  reason: 'no-subscriber',
  maybeDelivered: 'no',
  retryable: true,
};

test.each<ErrorDetail>([
  LEAST,
  {
    hop: 'peer-node',
    node: 'ab'.repeat(64),
    reason: 'x',
    maybeDelivered: 'unknown',
    retryable: false,
    message: 'why',
  },
  { hop: 'subscriber', reason: 'handler-failed', maybeDelivered: 'yes', retryable: false },
])('%j comes back', (detail) => {
  expect(parseErrorDetail(encodeErrorDetail(detail))).toStrictEqual(detail);
});

test('carries its version, absent members are absent', () => {
  expect(textOf(encodeErrorDetail(LEAST))).toBe(
    '{"v":1,"hop":"node","reason":"no-subscriber","maybeDelivered":"no","retryable":true}',
  );
});

test('of a later version is understood, optional members of a wrong type are left out', () => {
  const text = JSON.stringify({ v: 2, ...LEAST, node: 1, message: [], new: 'x' });
  expect(parseErrorDetail(utf8(text))).toStrictEqual(LEAST);
});

test.each([
  '',
  'text',
  '{}',
  '[]',
  '{"v":1}',
  JSON.stringify(LEAST),
  JSON.stringify({ v: 0, ...LEAST }),
  JSON.stringify({ v: 1, ...LEAST, hop: 'moon' }),
  JSON.stringify({ v: 1, ...LEAST, maybeDelivered: true }),
  JSON.stringify({ v: 1, ...LEAST, retryable: 'yes' }),
])('%j is none', (text) => {
  expect(parseErrorDetail(utf8(text))).toBeUndefined();
});

test('the echo of an original node is none, and is not parsed', () => {
  const parse = vi.spyOn(JSON, 'parse');
  expect(parseErrorDetail(encodeAmopBody('hello', utf8('{}')))).toBeUndefined();
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});

test('words and texts of any length do not pass', () => {
  const detail = {
    hop: 'node',
    reason: 'x',
    maybeDelivered: 'no',
    retryable: true,
  } as const;
  const long = 'x'.repeat(5_000);
  expect(parseErrorDetail(encodeErrorDetail({ ...detail, reason: long }))).toBeUndefined();
  expect(parseErrorDetail(encodeErrorDetail({ ...detail, node: long }))).toEqual(detail);
  const told = parseErrorDetail(encodeErrorDetail({ ...detail, message: long }));
  expect(told?.message).toHaveLength(1_024);
});

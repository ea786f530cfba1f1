import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeChunkHead,
  encodeTransferReply,
  parseTransferReply,
  type TransferReply,
} from '../../../src/messages/file/transfer-reply.ts';
import { anyBytes, anyReason, concat, exactBytes, FIXED } from '../../arbitrary.ts';
import { codecErrorOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const MAX_PATH = 18;
const CHUNK = `0102${'11'.repeat(32)}${'22'.repeat(32)}333333`;

const anyReply: fc.Arbitrary<TransferReply> = fc.oneof(
  fc.constant({ kind: 'ok' as const }),
  fc.record({
    kind: fc.constant('chunk' as const),
    path: fc.array(exactBytes(32), { maxLength: MAX_PATH }),
    bytes: anyBytes(40),
  }),
  fc.record({ kind: fc.constantFrom('refused' as const, 'later' as const), reason: anyReason }),
);

function encoded(reply: TransferReply): Uint8Array {
  if (reply.kind !== 'chunk') return encodeTransferReply(reply);
  return concat([encodeChunkHead(reply.path), reply.bytes]);
}

test.each<[string, TransferReply]>([
  ['00', { kind: 'ok' }],
  ['02', { kind: 'refused', reason: '' }],
  ['0274616b656e', { kind: 'refused', reason: 'taken' }],
  ['0362757379', { kind: 'later', reason: 'busy' }],
  [`03${'61'.repeat(64)}`, { kind: 'later', reason: 'a'.repeat(64) }],
])('%s is a status and its reason', (hex, reply) => {
  expect(toHex(encoded(reply))).toBe(hex);
  expect(parseTransferReply(fromHex(hex))).toEqual(reply);
});

test('a chunk is its path and its bytes, read as views', () => {
  const path = [new Uint8Array(32).fill(0x11), new Uint8Array(32).fill(0x22)];
  const bytes = new Uint8Array(3).fill(0x33);
  expect(toHex(encodeChunkHead(path))).toBe(CHUNK.slice(0, -6));
  const text = fromHex(CHUNK);
  const reply = parseTransferReply(text);
  expect(reply).toEqual({ kind: 'chunk', path, bytes });
  if (reply?.kind !== 'chunk') throw new Error('no chunk');
  for (const view of [...reply.path, reply.bytes]) expect(view.buffer).toBe(text.buffer);
});

test.each([0, 1, MAX_PATH])('a path has %d hashes', (count) => {
  const path = Array.from({ length: count }, (_, at) => new Uint8Array(32).fill(at));
  const head = encodeChunkHead(path);
  expect(head).toHaveLength(2 + count * 32);
  expect(parseTransferReply(head)).toEqual({ kind: 'chunk', path, bytes: new Uint8Array(0) });
});

test('any reply comes back, also from the middle of other bytes', () => {
  fc.assert(
    fc.property(anyReply, anyBytes(5), (reply, around) => {
      const text = encoded(reply);
      const buffer = concat([around, text, around]);
      const place = buffer.subarray(around.length, around.length + text.length);
      expect(parseTransferReply(place)).toEqual(reply);
    }),
    FIXED,
  );
});

describe('is none', () => {
  test.each([
    ['no bytes', ''],
    ['a status of later', '04'],
    ['status 255', 'ff'],
    ['an ok with a reason', '0061'],
    ['a reason with a capital', '0342757379'],
    ['a reason of 65 characters', `02${'61'.repeat(65)}`],
    ['a chunk without the size of its path', '01'],
    ['a path of 19 hashes', `0113${'00'.repeat(19 * 32)}`],
    ['a path of 255 hashes', `01ff${'00'.repeat(255 * 32)}`],
  ])('%s', (_, hex) => {
    expect(parseTransferReply(fromHex(hex))).toBeUndefined();
  });

  test('a chunk cut anywhere before the end of its path', () => {
    const text = fromHex(CHUNK);
    for (let end = 0; end < text.length - 3; end++) {
      expect(parseTransferReply(text.subarray(0, end))).toBeUndefined();
    }
    expect(parseTransferReply(text.subarray(0, -3))).toMatchObject({ kind: 'chunk' });
  });

  test('any bytes, unless they are one', () => {
    fc.assert(
      fc.property(anyBytes(80), fc.integer({ min: 0, max: 4 }), (any, status) => {
        for (const text of [any, Uint8Array.of(status, ...any)]) {
          const reply = parseTransferReply(text);
          if (reply !== undefined) expect(encoded(reply)).toEqual(text);
        }
      }),
      { ...FIXED, numRuns: 2000 },
    );
  });
});

test.each([
  ['too long', 'x'.repeat(65)],
  ['with a capital', 'Busy'],
  ['with a line end', 'busy\n'],
])('cannot be written with a reason %s', (_, reason) => {
  for (const kind of ['refused', 'later'] as const) {
    expect(codecErrorOf(() => encodeTransferReply({ kind, reason }))).toMatchObject({
      code: 'AMOP_CODEC_INVALID_ARGUMENT',
      details: { argument: 'reason' },
    });
  }
});

test.each([
  ['19 hashes', Array.from({ length: MAX_PATH + 1 }, () => new Uint8Array(32))],
  ['a hash of 31 bytes', [new Uint8Array(32), new Uint8Array(31)]],
  ['a hash of 33 bytes', [new Uint8Array(33)]],
])('cannot be written with a path of %s', (_, path) => {
  expect(codecErrorOf(() => encodeChunkHead(path))).toMatchObject({
    code: 'AMOP_CODEC_INVALID_ARGUMENT',
    details: { argument: 'path' },
  });
});

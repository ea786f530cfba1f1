import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseSealedTransferReply,
  parseSealedTransferRequest,
  TRANSFER_REPLY_HEAD_BYTES,
  TRANSFER_REQUEST_HEAD_BYTES,
  writeSealedTransferHead,
} from '../../../src/messages/file/sealed-transfer.ts';
import { anyBytes, exactBytes, FIXED } from '../../arbitrary.ts';
import { codecErrorOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const PARTY = fromHex('a1a2a3a4a5a6a7a8');
const RUN = fromHex('b1b2b3b4b5b6b7b8');
const NOBODY = new Uint8Array(0);
const COUNTER = '0000000100000002';
const SEALED = 'ee'.repeat(17);
const REQUEST = `a546540103a1a2a3a4a5a6a7a8b1b2b3b4b5b6b7b8${COUNTER}${SEALED}`;
const REPLY = `a546540104b1b2b3b4b5b6b7b8${COUNTER}${SEALED}`;
const MAX_COUNTER = Number.MAX_SAFE_INTEGER;

test('the head of a request is mark, kind, party, run and counter', () => {
  const target = new Uint8Array(TRANSFER_REQUEST_HEAD_BYTES);
  writeSealedTransferHead(target, { party: PARTY, run: RUN, counter: 0x1_0000_0002 });
  expect(toHex(target)).toBe(REQUEST.slice(0, -SEALED.length));
});

test('the head of a reply has no party', () => {
  const target = new Uint8Array(TRANSFER_REPLY_HEAD_BYTES);
  writeSealedTransferHead(target, { party: NOBODY, run: RUN, counter: 0x1_0000_0002 });
  expect(toHex(target)).toBe(REPLY.slice(0, -SEALED.length));
});

test('what stands behind a head stays as it is', () => {
  const target = new Uint8Array(TRANSFER_REQUEST_HEAD_BYTES + 1).fill(0xcc);
  writeSealedTransferHead(target, { party: PARTY, run: RUN, counter: 0 });
  expect(target.at(-1)).toBe(0xcc);
});

test('a request is taken apart into views', () => {
  const content = fromHex(REQUEST);
  const request = parseSealedTransferRequest(content);
  expect(request).toEqual({
    head: content.subarray(0, TRANSFER_REQUEST_HEAD_BYTES),
    party: PARTY,
    run: RUN,
    counter: 0x1_0000_0002,
    sealed: fromHex(SEALED),
  });
  expect(request?.head.buffer).toBe(content.buffer);
  expect(request?.sealed.buffer).toBe(content.buffer);
  expect(parseSealedTransferReply(content)).toBeUndefined();
});

test('a reply is taken apart into views', () => {
  const content = fromHex(REPLY);
  const reply = parseSealedTransferReply(content);
  expect(reply).toEqual({
    head: content.subarray(0, TRANSFER_REPLY_HEAD_BYTES),
    party: NOBODY,
    run: RUN,
    counter: 0x1_0000_0002,
    sealed: fromHex(SEALED),
  });
  expect(reply?.head.buffer).toBe(content.buffer);
  expect(parseSealedTransferRequest(content)).toBeUndefined();
});

test('any frame comes back, also from the middle of other bytes', () => {
  const anySealed = fc.uint8Array({ minLength: 16, maxLength: 60 });
  const anyParty = fc.oneof(exactBytes(8), fc.constant(NOBODY));
  fc.assert(
    fc.property(
      anyParty,
      exactBytes(8),
      fc.maxSafeNat(),
      anySealed,
      (party, run, counter, sealed) => {
        const isReply = party.length === 0;
        const headBytes = isReply ? TRANSFER_REPLY_HEAD_BYTES : TRANSFER_REQUEST_HEAD_BYTES;
        const buffer = new Uint8Array(3 + headBytes + sealed.length + 2).fill(0xcc);
        const content = buffer.subarray(3, -2);
        writeSealedTransferHead(content, { party, run, counter });
        content.set(sealed, headBytes);
        const frame = (isReply ? parseSealedTransferReply : parseSealedTransferRequest)(content);
        expect(frame).toMatchObject({ party, run, counter, sealed });
        expect(toHex(buffer)).toBe(`cccccc${toHex(content)}cccc`);
      },
    ),
    FIXED,
  );
});

test.each([0, 1, 0xffff_ffff, 0x1_0000_0000, MAX_COUNTER])('counter %d comes back', (counter) => {
  const content = fromHex(REQUEST);
  writeSealedTransferHead(content, { party: PARTY, run: RUN, counter });
  expect(parseSealedTransferRequest(content)?.counter).toBe(counter);
});

describe('is none', () => {
  test.each([
    ['no bytes', ''],
    ['a head alone', REQUEST.slice(0, -SEALED.length)],
    ['a tag of 15 bytes', REQUEST.slice(0, -4)],
    ['another mark', REQUEST.replace('a546', 'a550')],
    ['another version', REQUEST.replace('a5465401', 'a5465402')],
    ['an offer', REQUEST.replace('a546540103', 'a546540101')],
    ['a kind of later', REQUEST.replace('a546540103', 'a546540105')],
    ['a counter of 2^53', REQUEST.replace(COUNTER, '0020000000000000')],
    ['a counter of 2^64 - 1', REQUEST.replace(COUNTER, 'f'.repeat(16))],
  ])('%s', (_, hex) => {
    expect(parseSealedTransferRequest(fromHex(hex))).toBeUndefined();
    const asReply = hex.replace('a546540103a1a2a3a4a5a6a7a8', 'a546540104');
    expect(parseSealedTransferReply(fromHex(asReply))).toBeUndefined();
  });

  test('one cut anywhere before the end of its tag', () => {
    for (const [parse, hex] of [
      [parseSealedTransferRequest, REQUEST],
      [parseSealedTransferReply, REPLY],
    ] as const) {
      const content = fromHex(hex);
      for (let end = 0; end < content.length - 1; end++) {
        expect(parse(content.subarray(0, end))).toBeUndefined();
      }
      expect(parse(content.subarray(0, -1))?.sealed).toHaveLength(16);
    }
  });

  test('any bytes, unless nothing of them is lost', () => {
    fc.assert(
      fc.property(anyBytes(60), fc.constantFrom(undefined, 3, 4), (any, kind) => {
        const content = kind ? Uint8Array.of(0xa5, 0x46, 0x54, 1, kind, ...any) : any;
        const frame = parseSealedTransferRequest(content) ?? parseSealedTransferReply(content);
        if (frame === undefined) return;
        const again = new Uint8Array(content.length);
        writeSealedTransferHead(again, frame);
        expect(again.subarray(0, frame.head.length)).toEqual(frame.head);
        again.set(frame.sealed, frame.head.length);
        expect(again).toEqual(content);
      }),
      FIXED,
    );
  });
});

test.each([
  ['run', 'of 7 bytes', { run: RUN.subarray(1) }],
  ['run', 'of 9 bytes', { run: new Uint8Array(9) }],
  ['run', 'that is empty', { run: NOBODY }],
  ['party', 'of 7 bytes', { party: PARTY.subarray(1) }],
  ['party', 'of 9 bytes', { party: new Uint8Array(9) }],
  ['counter', 'below 0', { counter: -1 }],
  ['counter', 'of 2^53', { counter: 2 ** 53 }],
  ['counter', 'between two', { counter: 0.5 }],
  ['counter', 'that is no number', { counter: Number.NaN }],
])('no head is written with a %s %s', (argument, _, change) => {
  const target = new Uint8Array(TRANSFER_REQUEST_HEAD_BYTES);
  const fields = { party: PARTY, run: RUN, counter: 0, ...change };
  const error = codecErrorOf(() => writeSealedTransferHead(target, fields));
  expect(error).toMatchObject({ code: 'AMOP_CODEC_INVALID_ARGUMENT', details: { argument } });
  expect(target).toEqual(new Uint8Array(TRANSFER_REQUEST_HEAD_BYTES));
});

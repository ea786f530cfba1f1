import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeTransferRequest,
  parseTransferRequest,
  TransferEnd,
  type TransferRequest,
} from '../../../src/messages/file/transfer-request.ts';
import { anyBytes, anyHex, anyReason, anyU32, FIXED } from '../../arbitrary.ts';
import { codecErrorOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const RECEIVER = '11'.repeat(16);
const ASKING = { receiver: RECEIVER, attempt: 0x0102_0304 };
const JOIN: TransferRequest = { kind: 'join', ...ASKING, have: 0x0506 };
const PULL: TransferRequest = { kind: 'pull', ...ASKING, have: 7, index: 8, isCheck: true };
const REPORT: TransferRequest = {
  kind: 'report',
  ...ASKING,
  end: TransferEnd.failed,
  reason: 'full',
};

/** The same by hand: operation, receiver, attempt, and what the operation has. */
const GOLDEN = {
  join: `01${RECEIVER}0102030400000506`,
  pull: `02${RECEIVER}01020304000000070000000801`,
  report: `03${RECEIVER}010203040266756c6c`,
};

const asking = { receiver: anyHex(16), attempt: anyU32 };
const anyRequest: fc.Arbitrary<TransferRequest> = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), ...asking, have: anyU32 }),
  fc.record({
    kind: fc.constant('pull' as const),
    ...asking,
    have: anyU32,
    index: anyU32,
    isCheck: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('report' as const),
    ...asking,
    end: fc.constantFrom(...Object.values(TransferEnd)),
    reason: anyReason,
  }),
);

test.each([JOIN, PULL, REPORT])('to $kind is written and read field after field', (request) => {
  expect(toHex(encodeTransferRequest(request))).toBe(GOLDEN[request.kind]);
  expect(parseTransferRequest(fromHex(GOLDEN[request.kind]))).toEqual(request);
});

test('any request comes back, also from the middle of other bytes', () => {
  fc.assert(
    fc.property(anyRequest, anyBytes(5), (request, around) => {
      const text = encodeTransferRequest(request);
      const buffer = Uint8Array.of(...around, ...text, ...around);
      const place = buffer.subarray(around.length, around.length + text.length);
      expect(parseTransferRequest(place)).toEqual(request);
    }),
    FIXED,
  );
});

describe('is none', () => {
  test.each([
    ['no bytes', ''],
    ['operation 0', GOLDEN.join.replace('01', '00')],
    ['an operation of later', GOLDEN.join.replace('01', '04')],
    ['a join with a byte less', GOLDEN.join.slice(0, -2)],
    ['a join with a byte more', `${GOLDEN.join}00`],
    ['a pull with a byte less', GOLDEN.pull.slice(0, -2)],
    ['a pull with a byte more', `${GOLDEN.pull}00`],
    ['a pull with a check of 2', `${GOLDEN.pull.slice(0, -2)}02`],
    ['a join that is a pull', GOLDEN.pull.replace('02', '01')],
    ['a pull that is a join', GOLDEN.join.replace('01', '02')],
    ['a report without its end', GOLDEN.report.slice(0, -10)],
    ['a report with end 0', `${GOLDEN.report.slice(0, -10)}00`],
    ['a report with an end of later', `${GOLDEN.report.slice(0, -10)}04`],
    ['a report with a capital', GOLDEN.report.replace('66756c6c', '46756c6c')],
    ['a report with a reason too long', `${GOLDEN.report}${'61'.repeat(61)}`],
  ])('%s', (_, hex) => {
    expect(parseTransferRequest(fromHex(hex))).toBeUndefined();
  });

  test('a join or a pull cut anywhere, a report cut before its reason', () => {
    for (const hex of [GOLDEN.join, GOLDEN.pull, GOLDEN.report.slice(0, -8)]) {
      const text = fromHex(hex);
      for (let end = 0; end < text.length; end++) {
        expect(parseTransferRequest(text.subarray(0, end))).toBeUndefined();
      }
      expect(parseTransferRequest(text)).toBeDefined();
    }
  });

  test('any bytes, unless they are one', () => {
    fc.assert(
      fc.property(anyBytes(50), fc.integer({ min: 0, max: 4 }), (any, operation) => {
        for (const text of [any, Uint8Array.of(operation, ...any)]) {
          const request = parseTransferRequest(text);
          if (request !== undefined) expect(encodeTransferRequest(request)).toEqual(text);
        }
      }),
      { ...FIXED, numRuns: 2000 },
    );
  });
});

test.each<[string, string, TransferRequest]>([
  ['receiver', 'of capitals', { ...JOIN, receiver: 'AB'.repeat(16) }],
  ['receiver', 'too short', { ...PULL, receiver: '11'.repeat(15) }],
  ['receiver', 'that is empty', { ...REPORT, receiver: '' }],
  ['attempt', 'below 0', { ...JOIN, attempt: -1 }],
  ['attempt', 'of 2^32', { ...PULL, attempt: 2 ** 32 }],
  ['attempt', 'between two', { ...REPORT, attempt: 1.5 }],
  ['have', 'of 2^32', { ...JOIN, have: 2 ** 32 }],
  ['have', 'below 0', { ...PULL, have: -1 }],
  ['index', 'of 2^32', { ...PULL, index: 2 ** 32 }],
  ['index', 'that is no number', { ...PULL, index: Number.NaN }],
  ['reason', 'too long', { ...REPORT, reason: 'x'.repeat(65) }],
  ['reason', 'with a capital', { ...REPORT, reason: 'Full' }],
])('cannot be written with a %s %s', (argument, _, request) => {
  const error = codecErrorOf(() => encodeTransferRequest(request));
  expect(error).toMatchObject({ code: 'AMOP_CODEC_INVALID_ARGUMENT', details: { argument } });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeOfferAnswer,
  type OfferAnswer,
  OfferVerdict,
  parseOfferAnswer,
} from '../../../src/messages/file/offer-verdict.ts';
import { anyBytes, anyHex, anyReason, FIXED } from '../../arbitrary.ts';
import { codecErrorOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const ANSWER: OfferAnswer = {
  transfer: '11'.repeat(16),
  receiver: '22'.repeat(16),
  verdict: OfferVerdict.later,
  reason: 'busy',
};

/** The same by hand: head, transfer, receiver, verdict, reason. */
const GOLDEN = `a546540102${'11'.repeat(16)}${'22'.repeat(16)}0262757379`;
const FIXED_BYTES = 38;

const anyAnswer: fc.Arbitrary<OfferAnswer> = fc.record({
  transfer: anyHex(16),
  receiver: anyHex(16),
  verdict: fc.constantFrom(...Object.values(OfferVerdict)),
  reason: anyReason,
});

test('is head, transfer, receiver, verdict and reason', () => {
  expect(toHex(encodeOfferAnswer(ANSWER))).toBe(GOLDEN);
  expect(parseOfferAnswer(fromHex(GOLDEN))).toEqual(ANSWER);
});

test('any answer comes back, also from the middle of other bytes', () => {
  fc.assert(
    fc.property(anyAnswer, anyBytes(5), (answer, around) => {
      const content = encodeOfferAnswer(answer);
      const buffer = Uint8Array.of(...around, ...content, ...around);
      const place = buffer.subarray(around.length, around.length + content.length);
      expect(parseOfferAnswer(place)).toEqual(answer);
    }),
    FIXED,
  );
});

describe('is none', () => {
  test.each([
    ['no bytes', ''],
    ['a head alone', 'a546540102'],
    ['another mark', GOLDEN.replace('a546', 'a550')],
    ['another version', GOLDEN.replace('a5465401', 'a5465402')],
    ['an offer', GOLDEN.replace('a546540102', 'a546540101')],
    ['a request', GOLDEN.replace('a546540102', 'a546540103')],
    ['a verdict of later', GOLDEN.replace('0262757379', '0362757379')],
    ['verdict 255', GOLDEN.replace('0262757379', 'ff62757379')],
    ['a reason with a capital', GOLDEN.replace('62757379', '42757379')],
    ['a reason with a zero behind it', `${GOLDEN}00`],
    ['a reason of 65 characters', `${GOLDEN}${'61'.repeat(61)}`],
  ])('%s', (_, hex) => {
    expect(parseOfferAnswer(fromHex(hex))).toBeUndefined();
  });

  test('one cut anywhere before its reason', () => {
    const content = fromHex(GOLDEN);
    for (let end = 0; end < FIXED_BYTES; end++) {
      expect(parseOfferAnswer(content.subarray(0, end))).toBeUndefined();
    }
    expect(parseOfferAnswer(content.subarray(0, FIXED_BYTES))?.reason).toBe('');
  });

  test('any bytes, unless they are one', () => {
    fc.assert(
      fc.property(anyBytes(60), fc.boolean(), (any, isHeaded) => {
        const content = isHeaded ? Uint8Array.of(0xa5, 0x46, 0x54, 1, 2, ...any) : any;
        const answer = parseOfferAnswer(content);
        if (answer !== undefined) expect(encodeOfferAnswer(answer)).toEqual(content);
      }),
      FIXED,
    );
  });
});

test.each<[string, string, Partial<OfferAnswer>]>([
  ['transfer', 'of capitals', { transfer: 'AB'.repeat(16) }],
  ['transfer', 'too short', { transfer: '11'.repeat(15) }],
  ['receiver', 'too long', { receiver: '22'.repeat(17) }],
  ['receiver', 'of other letters', { receiver: 'zz'.repeat(16) }],
  ['reason', 'too long', { reason: 'x'.repeat(65) }],
  ['reason', 'of two words', { reason: 'not now' }],
  ['reason', 'that is half a character', { reason: '\ud800' }],
])('cannot be written with a %s %s', (argument, _, change) => {
  const error = codecErrorOf(() => encodeOfferAnswer({ ...ANSWER, ...change }));
  expect(error).toMatchObject({ code: 'AMOP_CODEC_INVALID_ARGUMENT', details: { argument } });
});

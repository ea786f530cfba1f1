import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BoundOfferFields,
  draftBoundOffer,
  parseBoundOffer,
} from '../../../src/messages/bound/bound-offer.ts';
import { isTopicName } from '../../../src/topic-name.ts';
import { FIXED } from '../../arbitrary.ts';
import { codeOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const FIELDS: BoundOfferFields = {
  suite: 1,
  publisherKey: new Uint8Array(64).fill(0x11),
  ephemeral: new Uint8Array(32).fill(0x22),
  nonce: new Uint8Array(32).fill(0x33),
  publisherNode: '44'.repeat(64),
  routeNode: '55'.repeat(64),
  issuedMs: 0x0102_0304_0506,
  expiresMs: 0x1f_ffff_ffff_ffff,
  routeId: '66'.repeat(16),
  name: 'é',
};

/** The same by hand, field after field as in docs/private-topics.md. */
const GOLDEN = [
  'a5505401',
  '01',
  '01',
  '11'.repeat(64),
  '22'.repeat(32),
  '33'.repeat(32),
  '44'.repeat(64),
  '55'.repeat(64),
  '0000010203040506',
  '001fffffffffffff',
  '66'.repeat(16),
  '02',
  'c3a9',
  '77'.repeat(65),
].join('');

const NAME_SIZE_AT = 294;

function hexDigits(bytes: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);
}

function bytes(count: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: count, maxLength: count });
}

const anyFields: fc.Arbitrary<BoundOfferFields> = fc.record({
  suite: fc.integer({ min: 0, max: 255 }),
  publisherKey: bytes(64),
  ephemeral: bytes(32),
  nonce: bytes(32),
  publisherNode: hexDigits(64),
  routeNode: hexDigits(64),
  issuedMs: fc.maxSafeNat(),
  expiresMs: fc.maxSafeNat(),
  routeId: hexDigits(16),
  name: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(isTopicName),
});

test('is written as the page says, with room for the signature', () => {
  const draft = draftBoundOffer(FIELDS);
  draft.signature.fill(0x77);
  expect(toHex(draft.content)).toBe(GOLDEN);
  expect(toHex(draft.signed)).toBe(GOLDEN.slice(0, -130));
});

test('is read as it was written, its bytes as views', () => {
  const content = fromHex(GOLDEN);
  const offer = parseBoundOffer(content);
  expect(offer).toMatchObject(FIELDS);
  expect(offer?.signature).toEqual(new Uint8Array(65).fill(0x77));
  for (const view of [offer?.publisherKey, offer?.signed, offer?.signature]) {
    expect(view?.buffer).toBe(content.buffer);
  }
});

test('any offer comes back', () => {
  fc.assert(
    fc.property(anyFields, (fields) => {
      expect(parseBoundOffer(draftBoundOffer(fields).content)).toMatchObject(fields);
    }),
    FIXED,
  );
});

test('an offer that lies in the middle of other bytes is read too', () => {
  const around = fromHex(`ffff${GOLDEN}ff`);
  expect(parseBoundOffer(around.subarray(2, -1))).toMatchObject(FIELDS);
});

describe('is none', () => {
  test.each([
    ['no bytes', ''],
    ['a head alone', 'a550540101'],
    ['another mark', GOLDEN.replace('a550', 'a551')],
    ['another version', GOLDEN.replace('a5505401', 'a5505402')],
    ['another kind', GOLDEN.replace('a550540101', 'a550540102')],
    ['a byte less', GOLDEN.slice(0, -2)],
    ['a byte more', `${GOLDEN}00`],
    ['an issue above 2^53 - 1', GOLDEN.replace('0000010203040506', '0020000000000000')],
    ['an end above 2^53 - 1', GOLDEN.replace('001fffff', 'ffffffff')],
    ['no name', GOLDEN.replace('02c3a9', '00c3a9')],
    ['a name longer than the rest', GOLDEN.replace('02c3a9', 'b9c3a9')],
    ['a name that is no UTF-8', GOLDEN.replace('02c3a9', '02c3c3')],
    ['a name with a control character', GOLDEN.replace('02c3a9', '020a41')],
  ])('%s', (_, hex) => {
    expect(parseBoundOffer(fromHex(hex))).toBeUndefined();
  });

  test('a name longer than a private topic may have', () => {
    const fits = draftBoundOffer({ ...FIELDS, name: 'n'.repeat(185) });
    expect(parseBoundOffer(fits.content)?.name).toHaveLength(185);
    const longer = Uint8Array.of(...fits.content, 0x6e);
    longer[NAME_SIZE_AT] = 186;
    expect(parseBoundOffer(longer)).toBeUndefined();
  });

  test('any bytes, unless they are one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (any, isHeaded) => {
        const content = isHeaded ? Uint8Array.of(0xa5, 0x50, 0x54, 1, 1, ...any) : any;
        const offer = parseBoundOffer(content);
        if (offer !== undefined) expect(draftBoundOffer(offer).signed).toEqual(offer.signed);
      }),
      FIXED,
    );
  });

  test('one cut anywhere', () => {
    const content = fromHex(GOLDEN);
    for (let end = 0; end < content.length; end++) {
      expect(parseBoundOffer(content.subarray(0, end))).toBeUndefined();
    }
  });
});

test.each<[string, Partial<BoundOfferFields>]>([
  ['suite', { suite: 256 }],
  ['publisherKey', { publisherKey: new Uint8Array(65) }],
  ['ephemeral', { ephemeral: new Uint8Array(31) }],
  ['nonce', { nonce: new Uint8Array(0) }],
  ['publisherNode', { publisherNode: 'AB'.repeat(64) }],
  ['routeNode', { routeNode: '44'.repeat(63) }],
  ['issuedMs', { issuedMs: 1.5 }],
  ['expiresMs', { expiresMs: -1 }],
  ['routeId', { routeId: 'zz'.repeat(16) }],
  ['name, too long', { name: 'n'.repeat(186) }],
  ['name, empty', { name: '' }],
  ['name, with a control character', { name: 'a\n' }],
])('cannot be written with a wrong %s', (_, change) => {
  expect(codeOf(() => draftBoundOffer({ ...FIELDS, ...change }))).toBe(
    'AMOP_CODEC_INVALID_ARGUMENT',
  );
});

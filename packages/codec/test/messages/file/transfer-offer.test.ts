import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_FILE_BYTES,
  MIN_CHUNK_BYTES,
} from '../../../src/messages/file/file-frame.ts';
import {
  encodeTransferOffer,
  isFileShape,
  MAX_OFFERED_NAME_BYTES,
  parseTransferOffer,
  type TransferOffer,
} from '../../../src/messages/file/transfer-offer.ts';
import { anyBytes, anyHex, exactBytes, FIXED } from '../../arbitrary.ts';
import { codecErrorOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const OFFER: TransferOffer = {
  transfer: '11'.repeat(16),
  toAll: false,
  receiver: '44'.repeat(16),
  secret: new Uint8Array(32).fill(0x22),
  root: new Uint8Array(32).fill(0x33),
  size: 0x0102_0304_0506,
  chunkBytes: MAX_CHUNK_BYTES,
  name: 'é',
};

/** The same by hand, field after field. */
const GOLDEN = [
  'a546540101',
  '02',
  '11'.repeat(16),
  '22'.repeat(32),
  '33'.repeat(32),
  '0000010203040506',
  '00800000',
  '44'.repeat(16),
  '0002',
  'c3a9',
].join('');

const SHAPE = '000001020304050600800000';

const anyShape = fc
  .record({
    chunkBytes: fc.integer({ min: MIN_CHUNK_BYTES, max: MAX_CHUNK_BYTES }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ chunkBytes, part }) => ({
    chunkBytes,
    size: Math.floor(part * chunkBytes * MAX_CHUNKS),
  }));

const anyOffer: fc.Arbitrary<TransferOffer> = fc
  .record({
    transfer: anyHex(16),
    toAll: fc.boolean(),
    receiver: fc.option(anyHex(16), { nil: undefined }),
    secret: exactBytes(32),
    root: exactBytes(32),
    shape: anyShape,
    name: fc.string({ unit: 'binary', maxLength: 40 }),
  })
  .map(({ shape, ...rest }) => ({ ...rest, ...shape }));

function changed(from: string, to: string): string {
  const hex = GOLDEN.replace(from, to);
  if (hex === GOLDEN) throw new Error(`${from} is not in it`);
  return hex;
}

test('is written field after field', () => {
  expect(toHex(encodeTransferOffer(OFFER))).toBe(GOLDEN);
});

test('is read as it was written, its bytes as views', () => {
  const content = fromHex(GOLDEN);
  const offer = parseTransferOffer(content);
  expect(offer).toEqual(OFFER);
  expect(offer?.secret.buffer).toBe(content.buffer);
  expect(offer?.root.buffer).toBe(content.buffer);
});

test.each([
  ['to the first', '00', false, undefined],
  ['to all', '01', true, undefined],
  ['bound', '02', false, '44'.repeat(16)],
  ['to all and bound', '03', true, '44'.repeat(16)],
])('%s has flags %s', (_, flags, toAll, receiver) => {
  const place = receiver ?? '00'.repeat(16);
  const hex = `a546540101${flags}${GOLDEN.slice(12)}`.replace('44'.repeat(16), place);
  const content = fromHex(hex);
  expect(parseTransferOffer(content)).toEqual({ ...OFFER, toAll, receiver });
  expect(encodeTransferOffer({ ...OFFER, toAll, receiver })).toEqual(content);
});

test('one bound to a receiver of zeroes is not one bound to nobody', () => {
  const receiver = '00'.repeat(16);
  const bound = encodeTransferOffer({ ...OFFER, receiver });
  expect(bound).not.toEqual(encodeTransferOffer({ ...OFFER, receiver: undefined }));
  expect(parseTransferOffer(bound)?.receiver).toBe(receiver);
});

test('any offer comes back, also from the middle of other bytes', () => {
  fc.assert(
    fc.property(anyOffer, anyBytes(5), (offer, around) => {
      const content = encodeTransferOffer(offer);
      const buffer = Uint8Array.of(...around, ...content, ...around);
      const place = buffer.subarray(around.length, around.length + content.length);
      expect(parseTransferOffer(place)).toEqual(offer);
    }),
    FIXED,
  );
});

test.each([
  ['empty', ''],
  ['of 4096 bytes', 'n'.repeat(MAX_OFFERED_NAME_BYTES)],
  ['of 4096 bytes in 2048 characters', 'é'.repeat(MAX_OFFERED_NAME_BYTES / 2)],
  ['with a way out of the folder', '../../etc/passwd\0'],
  ['with a byte order mark', '\ufeffa'],
  ['outside of the basic plane', '😀.png'],
])('a name %s comes back as it is', (_, name) => {
  expect(parseTransferOffer(encodeTransferOffer({ ...OFFER, name }))?.name).toBe(name);
});

describe('a file', () => {
  test.each([
    [0, MIN_CHUNK_BYTES],
    [0, MAX_CHUNK_BYTES],
    [1, MIN_CHUNK_BYTES],
    [MAX_CHUNKS * MIN_CHUNK_BYTES, MIN_CHUNK_BYTES],
    [MAX_CHUNKS * 1025, 1025],
    [MAX_FILE_BYTES, MAX_CHUNK_BYTES],
  ])('of %d bytes in chunks of %d can be sent', (size, chunkBytes) => {
    expect(isFileShape(size, chunkBytes)).toBe(true);
    const offer = { ...OFFER, size, chunkBytes };
    expect(parseTransferOffer(encodeTransferOffer(offer))).toEqual(offer);
  });

  test.each([
    [0, MIN_CHUNK_BYTES - 1],
    [0, MAX_CHUNK_BYTES + 1],
    [0, 0],
    [1, 0],
    [1, 0xffff_ffff],
    [1, 1024.5],
    [1, -1024],
    [1, Number.NaN],
    [-1, 1024],
    [0.5, 1024],
    [Number.NaN, 1024],
    [Number.POSITIVE_INFINITY, MAX_CHUNK_BYTES],
    [MAX_CHUNKS * MIN_CHUNK_BYTES + 1, MIN_CHUNK_BYTES],
    [MAX_CHUNKS * 1025 + 1, 1025],
    [MAX_FILE_BYTES + 1, MAX_CHUNK_BYTES],
    [Number.MAX_SAFE_INTEGER, MAX_CHUNK_BYTES],
    [2 ** 53, MAX_CHUNK_BYTES],
  ])('of %d bytes in chunks of %d cannot', (size, chunkBytes) => {
    expect(isFileShape(size, chunkBytes)).toBe(false);
    expect(codecErrorOf(() => encodeTransferOffer({ ...OFFER, size, chunkBytes }))).toMatchObject({
      code: 'AMOP_CODEC_INVALID_ARGUMENT',
      details: { argument: 'size' },
    });
  });
});

describe('is none', () => {
  test.each([
    ['no bytes', ''],
    ['a head alone', 'a546540101'],
    ['another mark', changed('a546', 'a550')],
    ['another version', changed('a5465401', 'a5465402')],
    ['an answer', changed('a546540101', 'a546540102')],
    ['a request', changed('a546540101', 'a546540103')],
    ['a reply', changed('a546540101', 'a546540104')],
    ['a flag of later', changed('a54654010102', 'a54654010106')],
    ['all flags', changed('a54654010102', 'a546540101ff')],
    ['a receiver without its flag', changed('a54654010102', 'a54654010100')],
    ['a byte less', GOLDEN.slice(0, -2)],
    ['a byte more', `${GOLDEN}00`],
    ['a size of 2^41 + 1', changed('0000010203040506', '0000020000000001')],
    ['a size of 2^53 - 1', changed('0000010203040506', '001fffffffffffff')],
    ['a size of 2^53', changed('0000010203040506', '0020000000000000')],
    ['a size of 2^64 - 1', changed('0000010203040506', 'ffffffffffffffff')],
    ['chunks of 0 bytes', changed(SHAPE, '0'.repeat(24))],
    ['chunks of 1023 bytes', changed(SHAPE, '0000000000000000000003ff')],
    ['chunks too large', changed(SHAPE, '000000000000000100800001')],
    ['chunks too many', changed(SHAPE, '000000001000000100000400')],
    ['a name longer than the rest', changed('0002c3a9', '0003c3a9')],
    ['a name shorter than the rest', changed('0002c3a9', '0001c3a9')],
    ['a name cut within a character', changed('0002c3a9', '0001c3')],
    ['a name that is no UTF-8', changed('0002c3a9', '0002c3c3')],
    ['a name with a surrogate', changed('0002c3a9', '0003eda080')],
    ['a name with an overlong slash', changed('0002c3a9', '0002c0af')],
    ['a name of 4097 bytes', `${changed('0002c3a9', '1001')}${'6e'.repeat(4097)}`],
    ['a name of 65535 bytes', `${changed('0002c3a9', 'ffff')}${'6e'.repeat(65_535)}`],
  ])('%s', (_, hex) => {
    expect(parseTransferOffer(fromHex(hex))).toBeUndefined();
  });

  test('one cut anywhere', () => {
    const content = fromHex(GOLDEN);
    for (let end = 0; end < content.length; end++) {
      expect(parseTransferOffer(content.subarray(0, end))).toBeUndefined();
    }
  });

  test('any bytes, unless they are one', () => {
    fc.assert(
      fc.property(anyBytes(160), fc.boolean(), (any, isHeaded) => {
        const content = isHeaded ? Uint8Array.of(0xa5, 0x46, 0x54, 1, 1, ...any) : any;
        const offer = parseTransferOffer(content);
        if (offer !== undefined) expect(encodeTransferOffer(offer)).toEqual(content);
      }),
      FIXED,
    );
  });

  test('one with any byte changed, unless it says something else', () => {
    const content = fromHex(GOLDEN);
    const anyPlace = fc.nat({ max: content.length - 1 });
    fc.assert(
      fc.property(anyPlace, fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const other = content.with(at, byte);
        const offer = parseTransferOffer(other);
        if (offer !== undefined) expect(encodeTransferOffer(offer)).toEqual(other);
      }),
      { ...FIXED, numRuns: 2000 },
    );
  });
});

test.each<[string, string, Partial<TransferOffer>]>([
  ['transfer', 'of capitals', { transfer: 'AB'.repeat(16) }],
  ['transfer', 'too short', { transfer: '1'.repeat(31) }],
  ['receiver', 'that is empty', { receiver: '' }],
  ['receiver', 'too long', { receiver: '44'.repeat(17) }],
  ['secret', 'of 31 bytes', { secret: new Uint8Array(31) }],
  ['secret', 'of 33 bytes', { secret: new Uint8Array(33) }],
  ['root', 'that is empty', { root: new Uint8Array(0) }],
  ['root', 'of 33 bytes', { root: new Uint8Array(33) }],
  ['name', 'of 4097 bytes', { name: 'n'.repeat(MAX_OFFERED_NAME_BYTES + 1) }],
  ['name', 'of 4098 bytes in 2049 characters', { name: 'é'.repeat(2049) }],
  ['name', 'that ends in half a character', { name: 'a\ud83d' }],
  ['name', 'that begins with half a character', { name: '\ude00a' }],
])('cannot be written with a %s %s', (argument, _, change) => {
  const error = codecErrorOf(() => encodeTransferOffer({ ...OFFER, ...change }));
  expect(error).toMatchObject({ code: 'AMOP_CODEC_INVALID_ARGUMENT', details: { argument } });
});

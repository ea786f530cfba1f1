import { expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import { compress, decompress } from '../src/compression.ts';

const LIMIT_BYTES = 100_000;

fuzz({
  name: 'codec/decompression',
  seeds: [
    new Uint8Array(),
    new Uint8Array(3_000),
    Uint8Array.from({ length: 500 }, (_, index) => index % 7),
    Uint8Array.from({ length: 200 }, (_, index) => (index * 131) ^ (index >> 3)),
  ].map(compress),
  // What a block may announce is allocated: the limit, and a little around it.
  maxAllocatedBytes: 1024 * 1024,
  run: (block) => {
    const content = onlyErrors('AMOP_CODEC_', () => decompress(block, LIMIT_BYTES));
    if (content !== undefined && content.length > LIMIT_BYTES) {
      throw new Error(`${content.length} bytes came out`);
    }
  },
});

fuzz({
  name: 'codec/compression',
  seeds: [new Uint8Array(3_000), Uint8Array.from({ length: 500 }, (_, index) => index % 7)],
  run: (payload) => {
    expectSame(decompress(compress(payload), payload.length), payload, 'packed and unpacked');
  },
});

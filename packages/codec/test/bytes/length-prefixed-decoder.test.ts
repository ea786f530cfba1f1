import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeChannelFrame } from '../../src/channel-frame.ts';
import { ChannelFrameDecoder } from '../../src/channel-frame-decoder.ts';

const MIB = 1_048_576;
const PlainUint8Array = Uint8Array;
let allocatedBytes = 0;
let copiedBytes = 0;

/** Counts what is allocated by `new Uint8Array(count)` and `slice`, and what `set` and they copy. */
beforeEach(() => {
  allocatedBytes = 0;
  copiedBytes = 0;
  const prototype = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array; // %TypedArray%
  const { set, slice } = prototype;
  vi.spyOn(prototype, 'set').mockImplementation(function (this: Uint8Array, source, offset) {
    copiedBytes += source.length;
    set.call(this, source, offset);
  });
  vi.spyOn(prototype, 'slice').mockImplementation(function (this: Uint8Array, start, end) {
    const part = slice.call(this, start, end);
    copiedBytes += part.length;
    allocatedBytes += part.length;
    return part;
  });
  const counting = new Proxy(PlainUint8Array, {
    construct(target, argumentsList: unknown[]): object {
      if (typeof argumentsList[0] === 'number') allocatedBytes += argumentsList[0];
      return Reflect.construct(target, argumentsList) as object;
    },
  });
  vi.stubGlobal('Uint8Array', counting);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Chunks with memory of their own, as sockets deliver them. */
function chunksOf(bytes: Uint8Array, chunkBytes: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    chunks.push(bytes.slice(offset, offset + chunkBytes));
  }
  return chunks;
}

function countWhileDecoding(totalBytes: number, chunkBytes: number): number {
  const seq = new Uint8Array(32);
  const frame = encodeChannelFrame({ type: 0x30, seq, data: new Uint8Array(totalBytes - 42) });
  const chunks = chunksOf(frame, chunkBytes);
  allocatedBytes = 0;
  copiedBytes = 0;
  const decoder = new ChannelFrameDecoder();
  let frames = 0;
  for (const chunk of chunks) {
    decoder.push(chunk, () => {
      frames += 1;
    });
  }
  return frames;
}

describe('a frame of 1 MiB', () => {
  test('D-22: in chunks of 64 bytes is copied at most twice, in memory of at most twice its size', () => {
    expect(countWhileDecoding(MIB, 64)).toBe(1);
    expect(copiedBytes).toBeLessThanOrEqual(2 * MIB);
    expect(allocatedBytes).toBeLessThanOrEqual(2 * MIB + 16_384);
  });

  test.each([2048, 16_384, 65_536])(
    'D-22: in chunks of %d bytes is copied exactly once',
    (chunkBytes) => {
      expect(countWhileDecoding(MIB, chunkBytes)).toBe(1);
      expect(copiedBytes).toBe(MIB - 4); // the length field is written, not copied
      expect(allocatedBytes).toBe(MIB);
    },
  );

  test('in one chunk is not copied at all', () => {
    expect(countWhileDecoding(MIB, MIB)).toBe(1);
    expect([copiedBytes, allocatedBytes]).toEqual([0, 0]);
  });
});

test('a frame of 64 KiB in chunks of one byte is copied at most twice', () => {
  expect(countWhileDecoding(65_536, 1)).toBe(1);
  expect(copiedBytes).toBeLessThanOrEqual(2 * 65_536);
  expect(allocatedBytes).toBeLessThanOrEqual(2 * 65_536 + 16_384);
});

test('D-22: many small frames in one chunk are not copied', () => {
  const frame = encodeChannelFrame({ type: 0x30, seq: new Uint8Array(32) });
  const chunk = PlainUint8Array.from({ length: 4200 }, (_, index) => frame[index % 42] ?? 0);
  allocatedBytes = 0;
  let frames = 0;
  new ChannelFrameDecoder().push(chunk, () => {
    frames += 1;
  });
  expect([frames, copiedBytes, allocatedBytes]).toEqual([100, 32, 0]); // 32: the seq of the encoder
});

test('D-22: a declared length of 100 MiB reserves no more than what has come deserves', () => {
  const decoder = new ChannelFrameDecoder();
  decoder.push(PlainUint8Array.of(0x06, 0x40, 0, 0, 1), () => {});
  expect(decoder.expectedBytes).toBe(104_857_600);
  expect(allocatedBytes).toBeLessThanOrEqual(1024);
  for (let count = 0; count < 20_000; count++) decoder.push(PlainUint8Array.of(7), () => {});
  expect(decoder.bufferedBytes).toBe(20_005);
  expect(allocatedBytes).toBeLessThanOrEqual(20_005 + 16_384);
});

import { describe, expect, test } from 'vitest';
import { PartialFrame } from '../../src/bytes/partial-frame.ts';

/** A frame of `total` bytes: its length field, then 0, 1, 2... */
function frameOf(total: number): Uint8Array {
  const bytes = Uint8Array.from({ length: total }, (_, index) => index - 4);
  new DataView(bytes.buffer).setUint32(0, total);
  return bytes;
}

/** A partial frame that holds the first `count` bytes, in chunks of `chunkBytes` with own memory. */
function hold(frame: Uint8Array, count: number, chunkBytes: number): PartialFrame {
  const partial = new PartialFrame();
  for (let offset = 0; offset < count; offset += chunkBytes) {
    const chunk = frame.slice(offset, Math.min(count, offset + chunkBytes));
    partial.append(chunk, partial.takeLength(chunk, 0));
  }
  return partial;
}

describe('joining', () => {
  test.each([1, 3, 64, 1000, 1024, 5000, 16_384, 18_000])('chunks of %d bytes', (chunkBytes) => {
    const frame = frameOf(20_000);
    const partial = hold(frame, 19_000, chunkBytes);
    expect([partial.bytes, partial.declaredBytes]).toEqual([19_000, 20_000]);
    expect(partial.join(frame, 19_000, 20_000)).toEqual(frame);
    expect([partial.bytes, partial.declaredBytes]).toEqual([0, 0]);
  });

  test('small and large chunks in turn stay in order', () => {
    const frame = frameOf(30_000);
    const partial = new PartialFrame();
    let offset = 0;
    for (const count of [10, 2000, 5, 1023, 1024, 1, 9000, 700, 700, 700]) {
      const chunk = frame.slice(offset, offset + count);
      partial.append(chunk, partial.takeLength(chunk, 0));
      offset += count;
    }
    expect(partial.join(frame, offset, 30_000)).toEqual(frame);
  });

  test('after one frame the next starts from nothing', () => {
    const partial = hold(frameOf(100), 50, 7);
    partial.join(frameOf(100), 50, 100);
    const next = frameOf(2000);
    partial.append(next.slice(0, 1500), partial.takeLength(next.slice(0, 1500), 0));
    expect(partial.join(next, 1500, 2000)).toEqual(next);
  });

  test('the largest length field is read as unsigned', () => {
    const partial = new PartialFrame();
    partial.takeLength(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0);
    expect(partial.declaredBytes).toBe(0xffff_ffff);
  });
});

describe('what is kept', () => {
  test('a large part of a chunk is a view', () => {
    const frame = frameOf(10_000);
    const chunk = frame.slice(0, 6000);
    const partial = new PartialFrame();
    partial.append(chunk, partial.takeLength(chunk, 0));
    chunk[100] = 0xaa;
    expect(partial.join(frame, 6000, 10_000)[100]).toBe(0xaa);
  });

  test.each([
    ['a small part', 500, 1000],
    ['a part of much larger memory', 2000, 65_536],
  ])('%s is copied: it does not pin its chunk', (_name, partBytes, chunkBytes) => {
    const frame = frameOf(10_000);
    const memory = new Uint8Array(chunkBytes);
    memory.set(frame.subarray(0, partBytes));
    const chunk = memory.subarray(0, partBytes);
    const partial = new PartialFrame();
    partial.append(chunk, partial.takeLength(chunk, 0));
    chunk[100] = 0xaa;
    expect(partial.join(frame, partBytes, 10_000)[100]).toBe(96);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chunkCount,
  chunkSize,
  FileFrameKind,
  fileFrameKind,
  fileInboxTopic,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_FILE_BYTES,
  MIN_CHUNK_BYTES,
  writeFileHead,
} from '../../../src/messages/file/file-frame.ts';
import { isReservedTopic } from '../../../src/private-topic.ts';
import { isTopicName } from '../../../src/topic-name.ts';
import { anyBytes, FIXED } from '../../arbitrary.ts';
import { fromHex, toHex } from '../../vector-file.ts';

test('a head is mark, version and kind', () => {
  for (const kind of Object.values(FileFrameKind)) {
    const target = new Uint8Array(6);
    writeFileHead(target, kind);
    expect(toHex(target)).toBe(`a54654010${kind}00`);
    expect(fileFrameKind(target)).toBe(kind);
    expect(fileFrameKind(target.subarray(0, 5))).toBe(kind);
  }
});

test.each([
  ['no bytes', ''],
  ['a mark alone', 'a5465401'],
  ['another first byte', '2546540101'],
  ['another second byte', 'a550540101'],
  ['another third byte', 'a546550101'],
  ['another version', 'a546540201'],
  ['kind 0', 'a546540100'],
  ['a kind of later', 'a546540105'],
  ['kind 255', 'a5465401ff'],
])('%s is of no kind', (_, hex) => {
  expect(fileFrameKind(fromHex(hex))).toBeUndefined();
});

test('any bytes are of a kind only with the mark', () => {
  fc.assert(
    fc.property(anyBytes(8), (content) => {
      const isMarked = toHex(content).startsWith('a5465401');
      if (!isMarked) expect(fileFrameKind(content)).toBeUndefined();
    }),
    FIXED,
  );
});

test('the topic of a sender is one that anybody may listen to', () => {
  const topic = fileInboxTopic('0123456789abcdef'.repeat(2));
  expect(topic).toBe('_amop_file_0123456789abcdef0123456789abcdef');
  expect(isTopicName(topic)).toBe(true);
  expect(isReservedTopic(topic)).toBe(false);
});

test.each([
  [0, 1024, 0],
  [1, 1024, 1],
  [1023, 1024, 1],
  [1024, 1024, 1],
  [1025, 1024, 2],
  [MAX_CHUNKS * MIN_CHUNK_BYTES, MIN_CHUNK_BYTES, MAX_CHUNKS],
  [MAX_CHUNKS * MIN_CHUNK_BYTES + 1, MIN_CHUNK_BYTES, MAX_CHUNKS + 1],
  [MAX_FILE_BYTES, MAX_CHUNK_BYTES, MAX_CHUNKS],
  [MAX_FILE_BYTES + 1, MAX_CHUNK_BYTES, MAX_CHUNKS + 1],
  [Number.MAX_SAFE_INTEGER, MAX_CHUNK_BYTES, 2 ** 30],
])('%d bytes in chunks of %d are %d', (size, chunkBytes, count) => {
  expect(chunkCount(size, chunkBytes)).toBe(count);
});

test('the chunks of any file are full but the last, and together the file', () => {
  const anyShape = fc
    .record({
      chunkBytes: fc.integer({ min: MIN_CHUNK_BYTES, max: MAX_CHUNK_BYTES }),
      chunks: fc.integer({ min: 1, max: MAX_CHUNKS }),
      over: fc.nat(),
    })
    .map(({ chunkBytes, chunks, over }) => ({
      chunkBytes,
      size: (chunks - 1) * chunkBytes + (over % chunkBytes) + 1,
    }));
  fc.assert(
    fc.property(anyShape, ({ size, chunkBytes }) => {
      const last = chunkCount(size, chunkBytes) - 1;
      const lastBytes = chunkSize(last, size, chunkBytes);
      expect(lastBytes).toBeGreaterThan(0);
      expect(lastBytes).toBeLessThanOrEqual(chunkBytes);
      if (last > 0) expect(chunkSize(last - 1, size, chunkBytes)).toBe(chunkBytes);
      expect(last * chunkBytes + lastBytes).toBe(size);
    }),
    FIXED,
  );
});

import { ChannelFrame, encodeChannelFrame } from '@amop/codec';
import { expect, test } from 'vitest';
import { bodyBytes, bodyText, ownBytes } from '../src/body.ts';
import { seqOf } from './support/scripted-session.ts';

function frameOf(bytes: number): ChannelFrame {
  const data = new Uint8Array(bytes).fill(3);
  return new ChannelFrame(encodeChannelFrame({ type: 0x35, seq: seqOf('a'), data }));
}

test('text goes as UTF-8 and comes back', () => {
  expect(bodyText(bodyBytes('grüezi €'))).toBe('grüezi €');
  const bytes = Uint8Array.of(1);
  expect(bodyBytes(bytes)).toBe(bytes);
  expect(bodyText(Uint8Array.of(0xff))).toBe('\ufffd');
});

test('a small content is copied, a large one that owns its buffer is not', () => {
  const small = frameOf(100);
  const copy = ownBytes(small, small.data);
  expect(copy).toEqual(small.data);
  expect(copy.buffer).not.toBe(small.bytes.buffer);
  expect(copy.buffer.byteLength).toBe(100);
  const large = frameOf(200_000);
  expect(ownBytes(large, large.data).buffer).toBe(large.bytes.buffer);
});

test('a large content in a buffer with other bytes is copied', () => {
  const buffer = new Uint8Array(200_100);
  buffer.set(frameOf(200_000).bytes, 50);
  const frame = new ChannelFrame(buffer.subarray(50, 50 + 200_042));
  expect(ownBytes(frame, frame.data).buffer.byteLength).toBe(200_000);
});

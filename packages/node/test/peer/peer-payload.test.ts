import { encodeChannelFrame, encodeP2pFrame, P2P_COMPRESSED, P2pFrameDecoder } from '@amop/codec';
import { compress } from '@amop/codec/compression';
import { expect, test } from 'vitest';
import { innerFrameOf, privateContentOf } from '../../src/peer/peer-payload.ts';

const inner = encodeChannelFrame({
  type: 0x31,
  seq: new Uint8Array(32).fill(0x61),
  data: new Uint8Array(5_000),
});

function p2p(payload: Uint8Array, version = 0): Uint8Array {
  return encodeP2pFrame({ version, protocolId: -3, packetType: 1, seq: 7, payload });
}

function decoded(...chunks: readonly Uint8Array[]) {
  const decoder = new P2pFrameDecoder();
  const frames: ReturnType<typeof innerFrameOf>[] = [];
  for (const chunk of chunks) decoder.push(chunk, (frame) => frames.push(innerFrameOf(frame)));
  return frames;
}

test('a frame that was joined from chunks is alone in its memory, inside its p2p frame', () => {
  const bytes = p2p(inner);
  const [frame] = decoded(bytes.slice(0, 2_000), bytes.slice(2_000));
  expect(frame?.isAlone).toBe(true);
  expect(frame?.bytes).toEqual(inner);
});

test('frames that came in one chunk are not', () => {
  const both = Buffer.concat([p2p(inner), p2p(inner)]);
  expect(decoded(both).map(({ isAlone }) => isAlone)).toEqual([false, false]);
  const before = Buffer.concat([p2p(inner), p2p(inner).subarray(0, 3_000)]);
  const [first, second] = decoded(before, p2p(inner).slice(3_000));
  expect([first?.isAlone, second?.isAlone]).toEqual([false, true]);
});

test('memory that snappy has made is not said to be ours', () => {
  const payload = Buffer.concat([Buffer.of(0, 0, 0, 9), inner]);
  const found: boolean[] = [];
  new P2pFrameDecoder().push(new Uint8Array(p2p(compress(payload), P2P_COMPRESSED)), (frame) =>
    found.push(privateContentOf(frame).inner.isAlone),
  );
  expect(found).toEqual([false]);
});

test('the same holds behind the number of a publisher', () => {
  const payload = Buffer.concat([Buffer.of(0, 0, 0, 9), inner]);
  const alone = new Uint8Array(p2p(payload));
  const decoder = new P2pFrameDecoder();
  const found: boolean[] = [];
  for (const chunk of [alone, Buffer.concat([alone, alone])]) {
    decoder.push(chunk, (frame) => found.push(privateContentOf(frame).inner.isAlone));
  }
  expect(found).toEqual([true, false, false]);
});

import { Choices, expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import {
  copyChannelFrame,
  encodeChannelFrame,
  encodeP2pFrame,
  readChannelFrame,
  readP2pFrame,
  seqFromKey,
  setChannelResult,
  setChannelSeq,
  setChannelType,
} from '../src/index.ts';
import { channelFrames, p2pFrames } from './seeds.ts';

fuzz({
  name: 'codec/channel-frame',
  seeds: channelFrames(),
  run: (input) => {
    const frame = onlyErrors('AMOP_CODEC_', () => readChannelFrame(input));
    if (frame === undefined) return;
    const { bytes, data, result, seq, seqKey, type } = frame;
    expectSame(bytes, input.subarray(0, bytes.length), 'the frame and its bytes');
    expectSame(encodeChannelFrame({ type, seq, result, data }), bytes, 'encoded and read');
    expectSame(seqFromKey(seqKey), seq, 'seq and key');
    const copy = new Uint8Array(bytes.length + 3);
    copyChannelFrame(frame, copy, 3);
    setChannelType(copy, 3, 0xffff - type);
    setChannelResult(copy, 3, -1 - result);
    setChannelSeq(copy, 3, seq.toReversed());
    const changed = readChannelFrame(copy.subarray(3));
    expectSame(
      { type: changed.type, result: changed.result, seq: changed.seq, data: changed.data },
      { type: 0xffff - type, result: -1 - result, seq: seq.toReversed(), data },
      'written over and read',
    );
  },
});

fuzz({
  name: 'codec/p2p-frame',
  seeds: p2pFrames(),
  run: (input) => {
    const frame = onlyErrors('AMOP_CODEC_', () => readP2pFrame(input));
    if (frame === undefined) return;
    const { bytes, packetType, payload, protocolId, seq, version } = frame;
    expectSame(bytes, input.subarray(0, bytes.length), 'the frame and its bytes');
    const again = encodeP2pFrame({ packetType, payload, protocolId, seq, version });
    expectSame(again, bytes, 'encoded and read');
  },
});

// What an encoder is given wrongly is told by a code, and nothing is written beyond the target.
fuzz({
  name: 'codec/frame-arguments',
  run: (input) => {
    const choices = new Choices(input);
    const number = (): number =>
      choices.of([0, 1, -1, 42, 0xffff, 0x1_0000, 2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN]);
    const target = new Uint8Array(choices.below(100));
    const seq = new Uint8Array(choices.of([0, 31, 32, 33]));
    const [offset, type, result] = [number(), number(), number()];
    onlyErrors('AMOP_CODEC_', () => setChannelType(target, offset, type));
    onlyErrors('AMOP_CODEC_', () => setChannelResult(target, offset, result));
    onlyErrors('AMOP_CODEC_', () => setChannelSeq(target, offset, seq));
    onlyErrors('AMOP_CODEC_', () => encodeChannelFrame({ type, seq, result, data: target }));
    onlyErrors('AMOP_CODEC_', () =>
      encodeP2pFrame({ protocolId: type, packetType: result, seq: offset, version: number() }),
    );
    const key = String.fromCharCode(...choices.take(33)) + (choices.bool() ? '\u0100' : '');
    const bytes = onlyErrors('AMOP_CODEC_', () => seqFromKey(key));
    if (bytes !== undefined) expectSame(String.fromCharCode(...bytes), key, 'key and seq');
  },
});

import { Choices, expectSame, fuzz, onlyErrors, toHex } from '@amop/fuzz';
import { ChannelFrameDecoder } from '../src/channel-frame-decoder.ts';
import { P2pFrameDecoder } from '../src/p2p-frame-decoder.ts';
import { channelFrames, p2pFrames } from './seeds.ts';

interface Decoder {
  push(chunk: Uint8Array, onFrame: (frame: { bytes: Uint8Array }) => void): void;
  stop(): void;
  readonly bufferedBytes: number;
}

const MAX_FRAME_BYTES = 5_000;
/** No cut: the first byte of an input says how many there are. */
const UNCUT = Uint8Array.of(0, 0);
const WORDS = ['0000002a', '00000010', '00001388', '0000138a', 'ffffffff', '06400000'].map((hex) =>
  Uint8Array.from(Buffer.from(hex, 'hex')),
);

fuzz({
  name: 'codec/channel-stream',
  seeds: channelFrames().map((frame) => Uint8Array.of(...UNCUT, ...frame)),
  words: WORDS,
  run: (input) =>
    checkSplits(() => new ChannelFrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES }), input),
});

fuzz({
  name: 'codec/p2p-stream',
  seeds: p2pFrames().map((frame) => Uint8Array.of(...UNCUT, ...frame)),
  words: WORDS,
  run: (input) => checkSplits(() => new P2pFrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES }), input),
});

/** Any split gives the same frames and the same end, and none after a stop. */
function checkSplits(create: () => Decoder, input: Uint8Array): void {
  const choices = new Choices(input);
  const places = Array.from({ length: choices.below(8) }, () => choices.below(2_048));
  const stopAfter = choices.below(16);
  const bytes = choices.rest();
  const whole = decode(create(), [bytes]);
  const ends = places.map((place) => place % (bytes.length + 1)).sort((one, other) => one - other);
  const chunks = [0, ...ends].map((start, index) => bytes.slice(start, ends[index]));
  expectSame(decode(create(), chunks), whole, 'frames');
  if (stopAfter === 0) return;
  const stopped = decode(create(), chunks, stopAfter).filter((line) => line.startsWith('frame'));
  expectSame(
    stopped,
    whole.filter((line) => line.startsWith('frame')).slice(0, stopAfter),
    'stopped',
  );
}

/** Frames and the code that ended it; anything but an error of the package passes through. */
function decode(decoder: Decoder, chunks: Uint8Array[], stopAfter = 0): string[] {
  const seen: string[] = [];
  const isSound = onlyErrors('AMOP_CODEC_', () => {
    for (const chunk of chunks) {
      decoder.push(chunk, ({ bytes }) => {
        seen.push(`frame ${toHex(bytes)}`);
        if (seen.length === stopAfter) decoder.stop();
      });
    }
    return true;
  });
  if (decoder.bufferedBytes > MAX_FRAME_BYTES) throw new Error(`it holds ${decoder.bufferedBytes}`);
  seen.push(isSound ? `holds ${decoder.bufferedBytes}` : 'failed');
  return seen;
}

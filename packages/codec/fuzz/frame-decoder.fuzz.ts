import fc from 'fast-check';
import { expect } from 'vitest';
import { ChannelFrameDecoder } from '../src/channel-frame-decoder.ts';
import { CodecError } from '../src/errors.ts';
import { P2pFrameDecoder } from '../src/p2p-frame-decoder.ts';
import { fuzz, mutated, vectorBytes } from './fuzz.ts';

interface Decoder {
  push(chunk: Uint8Array, onFrame: (frame: { bytes: Uint8Array }) => void): void;
  readonly bufferedBytes: number;
}

const places = fc.array(fc.nat(), { maxLength: 10 });

fuzz(
  'channel: any split gives the same frames and the same end',
  fc.tuple(
    fc.array(mutated(vectorBytes('channel-frames.json', 'malformed.json')), { maxLength: 4 }),
    places,
  ),
  ([runs, cuts]) => checkSplits(() => new ChannelFrameDecoder({ maxFrameBytes: 5000 }), runs, cuts),
);

fuzz(
  'p2p: any split gives the same frames and the same end',
  fc.tuple(
    fc.array(mutated(vectorBytes('p2p-frames.json', 'malformed.json')), { maxLength: 4 }),
    places,
  ),
  ([runs, cuts]) => checkSplits(() => new P2pFrameDecoder({ maxFrameBytes: 5000 }), runs, cuts),
);

function checkSplits(create: () => Decoder, runs: Uint8Array[], cuts: number[]): void {
  const bytes = Uint8Array.from(runs.flatMap((run) => [...run]));
  const whole = decode(create(), [bytes]);
  const ends = cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  const starts = [0, ...ends];
  const chunks = starts.map((start, index) => bytes.slice(start, ends[index] ?? bytes.length));
  expect(decode(create(), chunks)).toEqual(whole);
}

/** Frames and the code that ended it; anything but a CodecError passes through. */
function decode(decoder: Decoder, chunks: Uint8Array[]): string[] {
  const seen: string[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk, ({ bytes }) => seen.push(Array.from(bytes).join()));
    }
    seen.push(`holds ${decoder.bufferedBytes}`);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    seen.push(error.code);
  }
  return seen;
}

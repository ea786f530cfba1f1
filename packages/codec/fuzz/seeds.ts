import { fromHex } from '@amop/fuzz';
import { loadRecording, loadVectors } from '../test/vector-file.ts';

/** Longer recorded frames make fuzzing slow and say nothing new. */
const MAX_SEED_BYTES = 1_000;

/** The bytes of every vector in the files. */
export function vectorBytes(...files: string[]): Uint8Array[] {
  return files.flatMap((file) => loadVectors(file).map(({ hex }) => fromHex(hex)));
}

/** What was recorded of original nodes and SDKs, each text once. */
function recordedBytes(file: string): Uint8Array[] {
  const texts = new Set(loadRecording(file).map(({ hex }) => hex));
  return [...texts].map(fromHex).filter(({ length }) => length <= MAX_SEED_BYTES);
}

/** Frames of the channel port, each type there is. */
export function channelFrames(): Uint8Array[] {
  const files = ['channel-frames.json', 'malformed.json', 'sdk-startup.json'];
  return [...vectorBytes(...files), ...recordedBytes('ref-channel.jsonl')];
}

/** Frames of the p2p port. */
export function p2pFrames(): Uint8Array[] {
  return [...vectorBytes('p2p-frames.json', 'malformed.json'), ...recordedBytes('ref-p2p.jsonl')];
}

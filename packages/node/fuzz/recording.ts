import { readFileSync } from 'node:fs';
import { fromHex } from '@amop/fuzz';

/** Longer recorded frames make a scene slow and say nothing new. */
const MAX_FRAME_BYTES = 700;

/** Frames recorded of original nodes and SDKs, each once. */
export function recordedFrames(file: 'ref-channel.jsonl' | 'ref-p2p.jsonl'): Uint8Array[] {
  const url = new URL(`../../codec/test/vectors/${file}`, import.meta.url);
  const lines = readFileSync(url, 'utf8').trim().split('\n');
  const texts = lines.map((line) => (JSON.parse(line) as { hex: string }).hex); // of known shape
  return [...new Set(texts)].map(fromHex).filter(({ length }) => length <= MAX_FRAME_BYTES);
}

import { readFileSync } from 'node:fs';

const vectors = new URL('../../test/vectors/', import.meta.url);

/** One line of `ref-channel.jsonl`: a frame between an SDK and an original node. */
export interface ChannelLine {
  readonly group: string;
  readonly case: string;
  /** Name of the SDK connection. */
  readonly conn: string;
  readonly node: 'A' | 'B';
  readonly dir: 'sdk->node' | 'node->sdk';
  readonly what: string;
  readonly hex: string;
}

/** One line of `ref-p2p.jsonl`: a frame between an original node A and a peer. */
export interface P2pLine {
  readonly case: string;
  readonly dir: 'A->peer' | 'peer->A';
  readonly what: string;
  readonly hex: string;
}

/** The recording of the channel port. */
export function readChannelRecording(): readonly ChannelLine[] {
  return readLines('ref-channel.jsonl') as readonly ChannelLine[];
}

/** The recording of the p2p port. */
export function readP2pRecording(): readonly P2pLine[] {
  return readLines('ref-p2p.jsonl') as readonly P2pLine[];
}

/** The lines of each case, in the order of the recording. */
export function groupByCase<Line extends { readonly case: string }>(
  lines: readonly Line[],
): ReadonlyMap<string, readonly Line[]> {
  const cases = new Map<string, Line[]>();
  for (const line of lines) {
    const known = cases.get(line.case);
    if (known) known.push(line);
    else cases.set(line.case, [line]);
  }
  return cases;
}

/** A JSON file of vectors. */
export function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, vectors), 'utf8'));
}

function readLines(file: string): readonly unknown[] {
  const text = readFileSync(new URL(file, vectors), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

import { readFileSync } from 'node:fs';
import { encodeTopicList, parseTopicSequence } from '@amop/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyncAction, SyncEvent } from '../src/events.ts';
import { PeerSync } from '../src/peer-sync.ts';
import { TopicTable } from '../src/topic-table.ts';
import { names, text } from './topic-names.ts';

interface Line {
  readonly case: string;
  readonly dir: 'A->peer' | 'peer->A';
  readonly hex: string;
}

interface TopicFrame {
  readonly case: string;
  readonly dir: Line['dir'];
  readonly packetType: number;
  readonly p2pSeq: number;
  readonly payload: Uint8Array;
}

/** The topic protocol of the recording, read by the layout of spec 12.1. */
const frames: TopicFrame[] = readFileSync(
  new URL('./vectors/ref-p2p.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line): Line => JSON.parse(line))
  .flatMap((line) => {
    const bytes = Buffer.from(line.hex, 'hex');
    if (Math.abs(bytes.readInt32BE(6)) !== 2) return [];
    const packetType = bytes.readUInt16BE(10);
    const p2pSeq = bytes.readUInt32BE(12);
    const payload = new Uint8Array(bytes.subarray(16));
    return [{ case: line.case, dir: line.dir, packetType, p2pSeq, payload }];
  });

function eventOf({ packetType, p2pSeq, payload }: TopicFrame): SyncEvent | undefined {
  if (packetType === 1) {
    const sequence = parseTopicSequence(payload);
    return sequence === undefined ? undefined : { kind: 'sequence', sequence };
  }
  if (packetType === 2) return { kind: 'list-request', p2pSeq };
  return packetType === 3 ? { kind: 'list', p2pSeq, payload } : undefined;
}

/** What an action puts on the wire, as packet type and payload; undefined: nothing of protocol 2. */
function wireOf(action: SyncAction): [number, string] | undefined {
  if (action.kind === 'send-sequence') return [1, String(action.sequence)];
  if (action.kind === 'send-list-request') return [2, ''];
  if (action.kind === 'send-list') return [3, text(action.payload)];
  return undefined;
}

/** The table of the recorded node when the recording starts: sequence 36, one topic. */
function recordedTable(): TopicTable {
  const table = new TopicTable();
  for (let change = 1; change < 36; change += 1) table.replace(1, names(`topic-${change}`));
  table.replace(1, names('anews'));
  return table;
}

/** Runs the recording through a machine that stands where A stood. */
class Replay {
  readonly #table: TopicTable = recordedTable();
  readonly sync: PeerSync = new PeerSync({ table: this.#table });
  readonly sent: [number, string][] = [];
  #nowMs = 0;

  constructor() {
    this.#table.takeChanges();
    this.handle({ kind: 'open' });
  }

  handle(event: SyncEvent): void {
    for (const action of this.sync.handle(event, this.#nowMs)) {
      const wire = wireOf(action);
      if (wire !== undefined) this.sent.push(wire);
    }
  }

  /** One recorded line; lines of A tell which p2p seq it used, when it subscribed and when it beat. */
  take(frame: TopicFrame): void {
    if (frame.dir === 'peer->A') {
      const event = eventOf(frame);
      if (event !== undefined) this.handle(event);
    } else if (frame.packetType === 2) {
      this.handle({ kind: 'list-requested', p2pSeq: frame.p2pSeq });
    } else if (frame.case.startsWith('subscribe on A')) {
      this.subscribe();
    } else if (frame.packetType === 1 && !frame.case.startsWith('connect')) {
      this.advance(5000);
    }
  }

  subscribe(): void {
    this.#table.update(1, names('atopic'), []);
    this.handle({ kind: 'announce', changes: this.#table.takeChanges() });
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    this.handle({ kind: 'tick' });
  }
}

describe('the recorded session of an original node', () => {
  it('is answered byte for byte as the original answered', () => {
    const replay = new Replay();
    for (const frame of frames) replay.take(frame);
    const recorded = frames.filter(({ dir }) => dir === 'A->peer');
    expect(replay.sent).toEqual(
      recorded.map(({ packetType, payload }) => [packetType, text(payload)]),
    );
    expect(recorded.length).toBeGreaterThan(5);
  });

  it('ends with the last list, without the ghost that nobody asked for', () => {
    const replay = new Replay();
    for (const frame of frames) replay.take(frame);
    expect([...replay.sync.topics().keys()]).toEqual(['peertopic']);
    expect(replay.sync.peerSequence).toBe(2);
    expect(replay.sync.counters()).toMatchObject({ listNotAsked: 1, listMalformed: 0 });
  });

  it('ends so whatever happens between its lines', () => {
    const noise = fc.constantFrom<(replay: Replay) => void>(
      () => {},
      (replay) => replay.advance(1),
      (replay) => replay.advance(4000),
      (replay) => replay.handle({ kind: 'hello', have: ['deadline'] }),
      (replay) => replay.handle({ kind: 'announce', changes: new Map() }),
      (replay) => replay.handle({ kind: 'list', p2pSeq: 1, payload: encodeTopicList(9, ['x']) }),
      (replay) => replay.handle({ kind: 'list-request', p2pSeq: 5 }),
    );
    const noises = fc.array(noise, { minLength: frames.length, maxLength: frames.length });
    fc.assert(
      fc.property(noises, (between) => {
        const replay = new Replay();
        frames.forEach((frame, index) => {
          replay.take(frame);
          between[index]?.(replay);
        });
        expect([...replay.sync.topics().keys()]).toEqual(['peertopic']);
        expect(replay.sync.peerSequence).toBe(2);
      }),
      { numRuns: 500, seed: 20_260_101 },
    );
  });

  it('brings a machine on the other side to the view of its peer', () => {
    const table = new TopicTable();
    const sync = new PeerSync({ table });
    sync.handle({ kind: 'open' }, 0);
    const asked = frames.find(({ dir, packetType }) => dir === 'peer->A' && packetType === 2);
    for (const frame of frames.filter(({ dir }) => dir === 'A->peer')) {
      const event = eventOf(frame);
      if (event === undefined) continue;
      for (const action of sync.handle(event, 0)) {
        if (action.kind !== 'send-list-request') continue;
        sync.handle({ kind: 'list-requested', p2pSeq: asked?.p2pSeq ?? 0 }, 0);
      }
    }
    expect([...sync.topics().keys()]).toEqual(['anews', 'atopic']);
    expect(sync.peerSequence).toBe(37);
  });
});

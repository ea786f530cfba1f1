import { isPrivateTopic } from '@amop/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyncAction, SyncEvent } from '../src/events.ts';
import { PeerSync } from '../src/peer-sync.ts';
import { TopicTable } from '../src/topic-table.ts';
import { listPayload, name } from './topic-names.ts';
import vectors from './vectors/topic-lists.json' with { type: 'json' };

const ASK: SyncAction = { kind: 'send-list-request' };

function opened(options: { maxTopics?: number } = {}): PeerSync {
  const sync = new PeerSync({ table: new TopicTable(), ...options });
  sync.handle({ kind: 'open' }, 0);
  return sync;
}

/** Heartbeat, request and answer: the way of every list. */
function fetchList(sync: PeerSync, p2pSeq: number, payload: Uint8Array): SyncAction[] {
  expect(sync.handle({ kind: 'sequence', sequence: p2pSeq }, 0)).toEqual([ASK]);
  sync.handle({ kind: 'list-requested', p2pSeq }, 0);
  return sync.handle({ kind: 'list', p2pSeq, payload }, 0);
}

function view(sync: PeerSync): Record<string, number> {
  return Object.fromEntries([...sync.topics()].map(([topic, { sessions }]) => [topic, sessions]));
}

describe('PeerSync with lists', () => {
  it('asks for the list when a heartbeat differs, and not when it is equal', () => {
    const sync = opened();
    expect(sync.handle({ kind: 'sequence', sequence: 0 }, 0)).toEqual([]);
    expect(fetchList(sync, 3, listPayload(3, 'b', 'a'))).toEqual([
      {
        kind: 'routes',
        changed: [
          ['b', 1],
          ['a', 1],
        ],
      },
    ]);
    expect(sync.peerSequence).toBe(3);
    expect(sync.handle({ kind: 'sequence', sequence: 3 }, 1)).toEqual([]);
  });

  it('goes by the sequence in the list, not by that of the heartbeat', () => {
    const sync = opened();
    fetchList(sync, 3, listPayload(5, 'a'));
    expect(sync.handle({ kind: 'sequence', sequence: 5 }, 1)).toEqual([]);
    expect(sync.handle({ kind: 'sequence', sequence: 3 }, 1)).toEqual([ASK]);
  });

  it('has one list request in flight', () => {
    const sync = opened();
    expect(sync.handle({ kind: 'sequence', sequence: 1 }, 0)).toEqual([ASK]);
    expect(sync.handle({ kind: 'sequence', sequence: 2 }, 0)).toEqual([]);
    sync.handle({ kind: 'list-requested', p2pSeq: 9 }, 0);
    expect(sync.handle({ kind: 'sequence', sequence: 3 }, 4999)).toEqual([]);
  });

  it('asks again with the first heartbeat after a lost answer', () => {
    const sync = opened();
    sync.handle({ kind: 'sequence', sequence: 1 }, 100);
    sync.handle({ kind: 'list-requested', p2pSeq: 9 }, 100);
    expect(sync.nextTickMs).toBe(5000);
    expect(sync.handle({ kind: 'sequence', sequence: 1 }, 5100)).toEqual([
      expect.objectContaining({ kind: 'log', incident: 'listTimedOut', level: 'debug', total: 1 }),
      ASK,
    ]);
  });

  it('notes the lost answer with a tick but leaves asking to the heartbeat', () => {
    const sync = opened();
    sync.handle({ kind: 'tick' }, 5000);
    sync.handle({ kind: 'sequence', sequence: 1 }, 5001);
    sync.handle({ kind: 'list-requested', p2pSeq: 9 }, 5001);
    sync.handle({ kind: 'tick' }, 10_000);
    expect(sync.nextTickMs).toBe(10_001);
    expect(sync.handle({ kind: 'tick' }, 10_001)).toMatchObject([{ incident: 'listTimedOut' }]);
    expect(sync.handle({ kind: 'sequence', sequence: 1 }, 10_002)).toEqual([ASK]);
  });

  it('takes an answer that comes after its timeout', () => {
    const sync = opened();
    sync.handle({ kind: 'sequence', sequence: 1 }, 0);
    sync.handle({ kind: 'list-requested', p2pSeq: 9 }, 0);
    sync.handle({ kind: 'list', p2pSeq: 9, payload: listPayload(1, 'a') }, 7000);
    expect(view(sync)).toEqual({ a: 1 });
    expect(sync.handle({ kind: 'sequence', sequence: 1 }, 7001)).toEqual([]);
  });

  it('ignores a list that was not asked for', () => {
    const sync = opened();
    const ghost: SyncEvent = { kind: 'list', p2pSeq: 12_345, payload: listPayload(99, 'ghost') };
    expect(sync.handle(ghost, 0)).toMatchObject([{ kind: 'log', incident: 'listNotAsked' }]);
    expect(sync.topics().size).toBe(0);
    expect(sync.peerSequence).toBe(0);
  });

  it('ignores the second answer to one request', () => {
    const sync = opened();
    fetchList(sync, 3, listPayload(3, 'a'));
    sync.handle({ kind: 'list', p2pSeq: 3, payload: listPayload(4, 'ghost') }, 0);
    expect(view(sync)).toEqual({ a: 1 });
  });

  it('keeps the old list when a list has no sequence, and asks again', () => {
    const sync = opened();
    fetchList(sync, 3, listPayload(3, 'a'));
    expect(fetchList(sync, 4, listPayload('x', 'b'))).toMatchObject([
      { kind: 'log', incident: 'listMalformed' },
    ]);
    expect(view(sync)).toEqual({ a: 1 });
    expect(sync.handle({ kind: 'sequence', sequence: 4 }, 1)).toEqual([ASK]);
  });

  it('reports what a list takes away and adds, and nothing else', () => {
    const sync = opened();
    fetchList(sync, 3, listPayload(3, 'a', 'b'));
    expect(fetchList(sync, 4, listPayload(4, 'b', 'c'))).toEqual([
      {
        kind: 'routes',
        changed: [
          ['c', 1],
          ['a', 0],
        ],
      },
    ]);
    expect(fetchList(sync, 5, listPayload(5, 'c', 'b'))).toEqual([]);
  });

  it('cuts the list of a hostile peer at the limit and says how much it left out', () => {
    const sync = opened({ maxTopics: 1000 });
    const topics = Array.from({ length: 1_200_000 }, (_, index) => index.toString(36));
    const payload = new TextEncoder().encode(`3\t${topics.join('\t')}`);
    const actions = fetchList(sync, 3, payload);
    expect(actions).toMatchObject([
      { kind: 'log', incident: 'topicsOverLimit', level: 'warn', total: 1_199_000 },
      { kind: 'routes' },
    ]);
    expect(sync.topics().size).toBe(1000);
    expect(sync.counters().topicsOverLimit).toBe(1_199_000);
    expect(sync.handle({ kind: 'sequence', sequence: 3 }, 0)).toEqual([]);
  });

  it('D-27: leaves names out that no frame can carry, and keeps the rest', () => {
    const sync = opened();
    const payload = listPayload(3, 'good', '', 'x'.repeat(255), 'bad\u0001', 'fine');
    expect(fetchList(sync, 3, payload)).toMatchObject([
      { kind: 'log', incident: 'topicsRejected', total: 3 },
      { kind: 'routes' },
    ]);
    expect(view(sync)).toEqual({ good: 1, fine: 1 });
  });

  it('D-33: a peer that restarted with the same sequence is asked again', () => {
    const first = opened();
    fetchList(first, 1, listPayload(1, 'before'));
    const second = opened();
    expect(second.topics().size).toBe(0);
    fetchList(second, 1, listPayload(1, 'after'));
    expect(view(second)).toEqual({ after: 1 });
  });

  it('D-33: a sequence that went back is a change like any other', () => {
    const sync = opened();
    fetchList(sync, 37, listPayload(37, 'a'));
    expect(sync.handle({ kind: 'sequence', sequence: 2 }, 0)).toEqual([ASK]);
  });

  it.each(vectors.filter(({ fields }) => fields.parsed !== undefined))(
    'reads the vector $name as the original does, addressable topics only',
    ({ fields, hex }) => {
      const sync = opened();
      fetchList(sync, 77, Uint8Array.from(Buffer.from(hex, 'hex')));
      const expected = (fields.parsed ?? []).filter(({ topic }) => topic !== '');
      expect(sync.topics().size).toBe(expected.length);
      for (const { topic, status } of expected) {
        expect(sync.topics().has(name(topic))).toBe(true);
        expect(isPrivateTopic(topic)).toBe(status !== 1);
      }
    },
  );
});

describe('PeerSync with counts', () => {
  function openedToOurs(): PeerSync {
    const sync = opened();
    sync.handle({ kind: 'hello', have: ['counts'] }, 0);
    return sync;
  }

  it('takes all counts, then deltas on their sequence', () => {
    const sync = openedToOurs();
    const whole: SyncEvent = { kind: 'counts', base: null, sequence: 4, topics: [['a', 3]] };
    expect(sync.handle(whole, 0)).toEqual([{ kind: 'routes', changed: [['a', 3]] }]);
    const delta: SyncEvent = {
      kind: 'counts',
      base: 4,
      sequence: 5,
      topics: [
        ['a', 2],
        ['b', 1],
      ],
    };
    sync.handle(delta, 0);
    expect(view(sync)).toEqual({ a: 2, b: 1 });
    expect(sync.handle({ kind: 'sequence', sequence: 5 }, 0)).toEqual([]);
  });

  it('asks for the whole list when a delta has another base, and applies nothing of it', () => {
    const sync = openedToOurs();
    sync.handle({ kind: 'counts', base: null, sequence: 4, topics: [['a', 3]] }, 0);
    const delta: SyncEvent = { kind: 'counts', base: 6, sequence: 7, topics: [['b', 1]] };
    expect(sync.handle(delta, 0)).toMatchObject([{ incident: 'deltaOutOfStep' }, ASK]);
    expect(view(sync)).toEqual({ a: 3 });
  });

  it('asks again at the next heartbeat as long as a delta is missing, even if sequences agree', () => {
    const sync = openedToOurs();
    sync.handle({ kind: 'counts', base: null, sequence: 4, topics: [] }, 0);
    sync.handle({ kind: 'counts', base: 5, sequence: 4, topics: [['b', 1]] }, 0);
    expect(sync.handle({ kind: 'sequence', sequence: 4 }, 6000)).toMatchObject([
      { incident: 'listTimedOut' },
      ASK,
    ]);
    sync.handle({ kind: 'counts', base: null, sequence: 4, topics: [['b', 1]] }, 6000);
    expect(sync.handle({ kind: 'sequence', sequence: 4 }, 12_000)).toMatchObject([
      { incident: 'listTimedOut' },
    ]);
  });

  it('keeps counts through a list and corrects them with the counts that follow', () => {
    const sync = openedToOurs();
    sync.handle({ kind: 'counts', base: null, sequence: 4, topics: [['a', 3]] }, 0);
    expect(fetchList(sync, 5, listPayload(5, 'a', 'b'))).toEqual([
      { kind: 'routes', changed: [['b', 1]] },
    ]);
    const whole: SyncEvent = {
      kind: 'counts',
      base: null,
      sequence: 5,
      topics: [
        ['a', 3],
        ['b', 2],
      ],
    };
    expect(sync.handle(whole, 0)).toEqual([{ kind: 'routes', changed: [['b', 2]] }]);
  });

  it('ignores counts of a peer that never offered them', () => {
    const sync = opened();
    const whole: SyncEvent = { kind: 'counts', base: null, sequence: 4, topics: [['a', 3]] };
    expect(sync.handle(whole, 0)).toMatchObject([{ kind: 'log', incident: 'countsUnexpected' }]);
    expect(sync.topics().size).toBe(0);
    expect(sync.peerSequence).toBe(0);
  });

  it('D-27: leaves bad names and impossible counts out of counts, too', () => {
    const sync = openedToOurs();
    const whole: SyncEvent = {
      kind: 'counts',
      base: null,
      sequence: 4,
      topics: [
        ['a\tb', 1],
        ['good', 1],
        ['odd', -1],
      ],
    };
    expect(sync.handle(whole, 0)).toMatchObject([
      { incident: 'topicsRejected', total: 2 },
      { kind: 'routes', changed: [['good', 1]] },
    ]);
  });
});

describe('PeerSync against a hostile peer', () => {
  const u32 = fc.constantFrom(0, 1, 2, 3, 0xffff_ffff);
  const topic = fc.constantFrom(
    'a',
    'b',
    'c',
    'd',
    '',
    'x'.repeat(300),
    '#!$TopicNeedVerify_p',
    '\n',
  );
  const sessions = fc.constantFrom(0, 1, 2, 4_294_967_295, -1, 0.5);
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 40, size: 'max' }),
    fc
      .tuple(fc.oneof(u32, fc.constant('x')), fc.array(topic))
      .map(([sequence, topics]) => listPayload(sequence, ...topics)),
  );
  const event: fc.Arbitrary<SyncEvent> = fc.oneof(
    fc.record({ kind: fc.constant('tick') }),
    fc.record({ kind: fc.constant('sequence'), sequence: u32 }),
    fc.record({ kind: fc.constant('list-request'), p2pSeq: u32 }),
    fc.record({ kind: fc.constant('list'), p2pSeq: u32, payload }),
    fc.record({ kind: fc.constant('hello'), have: fc.array(fc.constantFrom('counts', 'x')) }),
    fc.record({
      kind: fc.constant('counts'),
      base: fc.option(u32),
      sequence: u32,
      topics: fc.array(fc.tuple(topic, sessions)),
    }),
  );

  it('survives any events, stays within its limits and reports every route it believes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.nat({ max: 3000 })), { maxLength: 60, size: 'max' }),
        (events) => {
          const sync = opened({ maxTopics: 3 });
          const routes = new Map<string, number>();
          let nowMs = 0;
          let p2pSeq = 0;
          let freeAtMs = 0;
          for (const [each, passedMs] of events) {
            nowMs += passedMs;
            for (const action of sync.handle(each, nowMs)) {
              if (action.kind === 'routes') {
                for (const [changed, weight] of action.changed) {
                  if (weight === 0) routes.delete(changed);
                  else routes.set(changed, weight);
                }
              } else if (action.kind === 'send-list-request') {
                expect(nowMs).toBeGreaterThanOrEqual(freeAtMs);
                freeAtMs = nowMs + 5000;
                p2pSeq = (p2pSeq % 3) + 1;
                sync.handle({ kind: 'list-requested', p2pSeq }, nowMs);
              }
            }
            if (each.kind === 'list') freeAtMs = nowMs;
            expect(sync.topics().size).toBeLessThanOrEqual(3);
          }
          const believed = [...sync.topics()].map(
            ([one, { sessions }]) => [one, sessions] as const,
          );
          expect(routes).toEqual(new Map(believed));
        },
      ),
      { numRuns: 1500, seed: 20_260_101 },
    );
  });
});

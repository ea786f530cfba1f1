import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyncAction, SyncEvent } from '../src/events.ts';
import { PeerSync } from '../src/peer-sync.ts';
import { TopicTable } from '../src/topic-table.ts';
import { calmScenario, Network, scenario } from './model/network.ts';
import { OriginalNode } from './model/original-node.ts';
import { OurNode } from './model/our-node.ts';
import type { Counts } from './model/participant.ts';
import { name } from './topic-names.ts';

const RUNS = { numRuns: 1500, seed: 20_260_101 };

/** Hands what one machine sends to the other, which gives back what it does. */
function tell(told: PeerSync, actions: readonly SyncAction[]): SyncAction[] {
  return actions.flatMap((action) => {
    if (action.kind === 'send-counts') return told.handle({ ...action, kind: 'counts' }, 0);
    return action.kind === 'send-list' ? told.handle({ ...action, kind: 'list' }, 0) : [];
  });
}

/** What an original tells, or is told, of these topics: each one once. */
function eachOnce(counts: Counts): Counts {
  return new Map([...counts.keys()].map((topic) => [topic, 1]));
}

describe('two nodes of ours', () => {
  it('see each other as they are once all frames came, without waiting for a heartbeat', () => {
    fc.assert(
      fc.property(scenario, (steps) => {
        const first = new OurNode();
        const second = new OurNode();
        const network = new Network(first, second);
        network.run(steps);
        network.settle();
        expect(first.peer()).toEqual(second.own());
        expect(second.peer()).toEqual(first.own());
        expect(first.routes()).toEqual(second.own());
        expect(second.routes()).toEqual(first.own());
      }),
      RUNS,
    );
  });

  it('do so, too, when a table gives up its deltas because too much changed', () => {
    fc.assert(
      fc.property(scenario, (steps) => {
        const first = new OurNode({ maxTopics: 2 });
        const second = new OurNode();
        const network = new Network(first, second);
        network.run(steps);
        network.settle();
        expect(second.peer()).toEqual(first.own());
        expect(second.routes()).toEqual(first.own());
      }),
      RUNS,
    );
  });

  it('tell each other more topics than one frame takes, and none is ever missing in between', () => {
    const many = Array.from({ length: 40_000 }, (_, index) => name(`topic-${index}`));
    const table = new TopicTable();
    table.replace(1, many);
    const telling = new PeerSync({ table });
    const told = new PeerSync({ table: new TopicTable() });
    const open = telling.handle({ kind: 'open' }, 0);
    told.handle({ kind: 'open' }, 0);
    expect(open.map(({ kind }) => kind)).toEqual(['send-sequence', 'send-hello']);
    const hello: SyncEvent = { kind: 'hello', have: ['counts'] };
    told.handle(hello, 0);
    tell(told, telling.handle(hello, 0));
    expect(told.topics().size).toBe(40_000);
    told.handle({ kind: 'sequence', sequence: 999 }, 0);
    told.handle({ kind: 'list-requested', p2pSeq: 7 }, 0);
    expect(tell(told, telling.handle({ kind: 'list-request', p2pSeq: 7 }, 0))).toEqual([]);
    expect(told.topics().size).toBe(40_000);
    expect(told.peerSequence).toBe(table.sequence);
  });

  it('never fall out of step and never send what was not asked for', () => {
    fc.assert(
      fc.property(scenario, (steps) => {
        const first = new OurNode();
        const network = new Network(first, new OurNode());
        network.run(steps);
        network.settle();
        expect(first.counters()).toMatchObject({
          deltaOutOfStep: 0,
          listNotAsked: 0,
          listMalformed: 0,
          countsUnexpected: 0,
          topicsOverLimit: 0,
          topicsRejected: 0,
        });
      }),
      RUNS,
    );
  });
});

describe('a node of ours and an original one', () => {
  it('see each other as they are after the heartbeats that follow the last change', () => {
    fc.assert(
      fc.property(scenario, (steps) => {
        const ours = new OurNode();
        const original = new OriginalNode();
        const network = new Network(ours, original);
        network.run(steps);
        network.settleWithHeartbeats();
        expect(ours.peer()).toEqual(original.own());
        expect(ours.routes()).toEqual(original.own());
        expect(original.peer()).toEqual(eachOnce(ours.own()));
      }),
      RUNS,
    );
  });

  it('D-16: the original one knows our last change at once, before any heartbeat is due', () => {
    fc.assert(
      fc.property(calmScenario, (steps) => {
        const ours = new OurNode();
        const original = new OriginalNode();
        const network = new Network(ours, original);
        network.run(steps);
        network.settle();
        expect(original.peer()).toEqual(eachOnce(ours.own()));
      }),
      RUNS,
    );
  });
});

it('gives the same actions for the same events', () => {
  fc.assert(
    fc.property(scenario, (steps) => {
      const twins = [0, 1].map(() => {
        const sent: unknown[] = [];
        const node = new OurNode();
        const connect = node.connect.bind(node);
        node.connect = (send, nowMs) =>
          connect((frame) => {
            sent.push(frame);
            send(frame);
          }, nowMs);
        new Network(node, new OurNode()).run(steps);
        return sent;
      });
      expect(twins[0]).toEqual(twins[1]);
    }),
    { ...RUNS, numRuns: 100 },
  );
});

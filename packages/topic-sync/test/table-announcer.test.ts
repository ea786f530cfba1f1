import { describe, expect, it } from 'vitest';
import type { SyncAction } from '../src/events.ts';
import { PeerSync } from '../src/peer-sync.ts';
import { TopicTable } from '../src/topic-table.ts';
import { name, names, text } from './topic-names.ts';

/** Towards an original peer unless `hello` was handled. */
function opened(table: TopicTable): PeerSync {
  const sync = new PeerSync({ table });
  sync.handle({ kind: 'open' }, 0);
  return sync;
}

function openedToOurs(table: TopicTable): PeerSync {
  const sync = opened(table);
  sync.handle({ kind: 'hello', have: ['counts'] }, 0);
  return sync;
}

function announce(sync: PeerSync, table: TopicTable, nowMs = 1): SyncAction[] {
  return sync.handle({ kind: 'announce', changes: table.takeChanges() }, nowMs);
}

describe('TableAnnouncer', () => {
  it('opens with heartbeat and hello, in this order', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    expect(new PeerSync({ table }).handle({ kind: 'open' }, 0)).toEqual([
      { kind: 'send-sequence', sequence: 1 },
      { kind: 'send-hello' },
    ]);
  });

  it('beats every 5 s and no more often', () => {
    const sync = opened(new TopicTable());
    expect(sync.nextTickMs).toBe(5000);
    expect(sync.handle({ kind: 'tick' }, 4999)).toEqual([]);
    expect(sync.handle({ kind: 'tick' }, 5000)).toEqual([{ kind: 'send-sequence', sequence: 0 }]);
    expect(sync.handle({ kind: 'tick' }, 5001)).toEqual([]);
    expect(sync.nextTickMs).toBe(10_000);
  });

  it('D-16: an original peer hears of a change at once, not with the next 5 s heartbeat', () => {
    const table = new TopicTable();
    const sync = opened(table);
    table.replace(1, names('a'));
    expect(announce(sync, table)).toEqual([{ kind: 'send-sequence', sequence: 1 }]);
  });

  it('D-16, D-26: a peer of ours gets the change itself at once', () => {
    const table = new TopicTable();
    table.replace(1, names('old'));
    const sync = openedToOurs(table);
    table.takeChanges();
    table.replace(1, names('new'));
    expect(announce(sync, table)).toEqual([
      {
        kind: 'send-counts',
        base: 1,
        sequence: 2,
        topics: [
          ['old', 0],
          ['new', 1],
        ],
      },
    ]);
  });

  it('D-26: an original peer is not told of a change of counts that leaves the list as it is', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    const sync = opened(table);
    table.takeChanges();
    table.replace(2, names('a'));
    expect(announce(sync, table)).toEqual([]);
  });

  it('tells a peer of ours a new count under the same sequence', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    const sync = openedToOurs(table);
    table.takeChanges();
    table.replace(2, names('a'));
    expect(announce(sync, table)).toEqual([
      { kind: 'send-counts', base: 1, sequence: 1, topics: [['a', 2]] },
    ]);
    expect(announce(sync, table)).toEqual([]);
  });

  it('makes a peer of ours fetch everything when the changes are not known', () => {
    const table = new TopicTable();
    const sync = openedToOurs(table);
    table.replace(1, names('a'));
    expect(sync.handle({ kind: 'announce', changes: new Map() }, 1)).toEqual([
      { kind: 'send-sequence', sequence: 1 },
    ]);
  });

  it('answers the first hello with all counts, later ones and those without counts not at all', () => {
    const table = new TopicTable();
    table.replace(1, names('a', 'b'));
    table.replace(2, names('a'));
    const sync = opened(table);
    expect(sync.handle({ kind: 'hello', have: ['deadline'] }, 0)).toEqual([]);
    expect(sync.sharesCounts).toBe(false);
    expect(sync.handle({ kind: 'hello', have: ['counts', 'future'] }, 0)).toEqual([
      {
        kind: 'send-counts',
        base: null,
        sequence: 1,
        topics: [
          ['a', 2],
          ['b', 1],
        ],
      },
    ]);
    expect(sync.sharesCounts).toBe(true);
    expect(sync.handle({ kind: 'hello', have: ['counts'] }, 0)).toEqual([]);
  });

  it('answers a list request of an original peer with the list alone', () => {
    const table = new TopicTable();
    table.replace(1, names('b', 'a'));
    const sync = opened(table);
    const [answer, ...rest] = sync.handle({ kind: 'list-request', p2pSeq: 77 }, 0);
    expect(answer).toEqual({ kind: 'send-list', p2pSeq: 77, payload: table.encodedList() });
    expect(text(table.encodedList())).toBe('1\ta\tb');
    expect(rest).toEqual([]);
  });

  it('answers a list request of ours with the list and all counts after it', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    const sync = openedToOurs(table);
    expect(sync.handle({ kind: 'list-request', p2pSeq: 7 }, 0)).toEqual([
      { kind: 'send-list', p2pSeq: 7, payload: table.encodedList() },
      { kind: 'send-counts', base: null, sequence: 1, topics: [['a', 1]] },
    ]);
  });

  it('bases the delta after an answer on what the answer told', () => {
    const table = new TopicTable();
    const sync = openedToOurs(table);
    table.replace(1, names('a'));
    sync.handle({ kind: 'list-request', p2pSeq: 7 }, 0);
    expect(announce(sync, table)).toEqual([
      { kind: 'send-counts', base: 1, sequence: 1, topics: [['a', 1]] },
    ]);
  });

  it('splits many counts over frames that together bring everything', () => {
    const table = new TopicTable();
    const many = Array.from({ length: 40_000 }, (_, index) => name(`topic-${index}`));
    table.replace(1, many);
    const sync = opened(table);
    const afterHello = sync.handle({ kind: 'hello', have: ['counts'] }, 0);
    expect(shapes(afterHello)).toEqual([
      [null, 1, 16_384],
      [1, 1, 16_384],
      [1, 1, 7232],
    ]);
    const afterList = sync.handle({ kind: 'list-request', p2pSeq: 7 }, 0);
    expect(shapes(afterList)).toEqual([
      [1, 1, 16_384],
      [1, 1, 16_384],
      [1, 1, 7232],
    ]);
    const told = afterList.flatMap((action) =>
      action.kind === 'send-counts' ? action.topics : [],
    );
    expect(new Set(told.map(([topic]) => topic)).size).toBe(40_000);
  });

  it('gives a list again a few times only, but a new one always', () => {
    const table = new TopicTable();
    const sync = opened(table);
    const ask = (): string[] =>
      sync.handle({ kind: 'list-request', p2pSeq: 7 }, 0).map((action) => action.kind);
    for (let time = 0; time < 9; time += 1) expect(ask()).toEqual(['send-list']);
    expect(ask()).toEqual(['log']);
    for (let topic = 0; topic < 20; topic += 1) {
      table.replace(1, names(`topic-${topic}`));
      expect(ask()).toEqual(['send-list']);
    }
    expect(sync.counters().listRequestsOverLimit).toBe(1);
  });

  it('gives a list again after the next heartbeat', () => {
    const sync = opened(new TopicTable());
    for (let time = 0; time < 10; time += 1) sync.handle({ kind: 'list-request', p2pSeq: 7 }, 0);
    sync.handle({ kind: 'tick' }, 5000);
    expect(sync.handle({ kind: 'list-request', p2pSeq: 8 }, 5000)).toMatchObject([
      { kind: 'send-list', p2pSeq: 8 },
    ]);
  });
});

function shapes(actions: readonly SyncAction[]): unknown[] {
  return actions.flatMap((action) =>
    action.kind === 'send-counts' ? [[action.base, action.sequence, action.topics.length]] : [],
  );
}

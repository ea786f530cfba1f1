import { isTopicName, type TopicName } from '@amop/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicTable } from '../src/topic-table.ts';
import { name, names, text } from './topic-names.ts';

describe('TopicTable', () => {
  it('starts at sequence 0 with the list "0"', () => {
    const table = new TopicTable();
    expect(table.sequence).toBe(0);
    expect(text(table.encodedList())).toBe('0');
    expect(table.hasChanges).toBe(false);
  });

  it('reports per call what the session gained and lost', () => {
    const table = new TopicTable();
    table.replace(1, names('a', 'b'));
    expect(table.replace(1, names('b', 'c', 'c'))).toEqual({
      added: ['c'],
      removed: ['a'],
      refused: [],
      unionChanged: true,
    });
    expect([...table.topicsOf(1)]).toEqual(['b', 'c']);
    expect([...table.topics()]).toEqual(['b', 'c']);
  });

  it('counts the sessions of a topic', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    table.replace(2, names('a', 'b'));
    expect([table.sessionCount(name('a')), table.sessionCount(name('b'))]).toEqual([2, 1]);
    expect(table.sessionCount(name('c'))).toBe(0);
    expect(table.removeSession(2)).toMatchObject({ removed: ['a', 'b'], unionChanged: true });
    expect([...table.counts()]).toEqual([['a', 1]]);
  });

  it('changes nothing when an unknown session leaves', () => {
    const table = new TopicTable();
    const change = table.removeSession(9);
    expect(change).toEqual({ added: [], removed: [], refused: [], unionChanged: false });
    expect(table.sequence).toBe(0);
  });

  it('raises the sequence once per call, however many topics changed', () => {
    const table = new TopicTable();
    table.replace(1, names('a', 'b', 'c'));
    table.replace(1, names('d', 'e'));
    expect(table.sequence).toBe(2);
  });

  it('D-26: keeps the sequence when the set of topics stays the same', () => {
    const table = new TopicTable();
    table.replace(1, names('a', 'b'));
    table.replace(1, names('b', 'a'));
    table.replace(2, names('a'));
    table.update(2, names('b'), names('a'));
    expect(table.removeSession(2).unionChanged).toBe(false);
    expect(table.sequence).toBe(1);
  });

  it('D-26: encodes the list once and hands out the same bytes until the set changes', () => {
    const table = new TopicTable();
    table.replace(1, names('b', 'a'));
    const list = table.encodedList();
    table.replace(2, names('a'));
    expect(table.encodedList()).toBe(list);
    table.replace(2, names('c'));
    expect(table.encodedList()).not.toBe(list);
    expect(text(table.encodedList())).toBe('2\ta\tb\tc');
  });

  it('D-34: a delta leaves what another writer of the session added', () => {
    const table = new TopicTable();
    table.update(1, names('mine'), []);
    table.update(1, names('theirs'), []);
    const change = table.update(1, names('new'), names('mine', 'never-there'));
    expect(change).toMatchObject({ added: ['new'], removed: ['mine'] });
    expect([...table.topicsOf(1)]).toEqual(['theirs', 'new']);
  });

  it('D-34: an array replaces the whole set of its session and of no other', () => {
    const table = new TopicTable();
    table.update(1, names('a', 'b'), []);
    table.update(2, names('a'), []);
    table.replace(1, names('c'));
    expect([...table.topicsOf(1)]).toEqual(['c']);
    expect([...table.topicsOf(2)]).toEqual(['a']);
  });

  it('D-34: a topic that a delta both adds and removes stays', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    const change = table.update(1, names('a', 'b'), names('a', 'b'));
    expect(change).toMatchObject({ added: ['b'], removed: [] });
  });

  it('lists topics in ascending bytes, also beyond the basic plane', () => {
    const table = new TopicTable();
    table.replace(1, names('\u{1f600}', '\u{ff5e}', 'z', 'a'));
    expect(text(table.encodedList())).toBe('1\ta\tz\t\u{ff5e}\t\u{1f600}');
  });

  it('refuses topics beyond the limit of a session and keeps the others', () => {
    const table = new TopicTable({ maxTopicsPerSession: 2 });
    const change = table.replace(1, names('a', 'b', 'c'));
    expect(change.refused).toEqual([{ topic: 'c', reason: 'too-many-topics' }]);
    expect([...table.topicsOf(1)]).toEqual(['a', 'b']);
    expect(table.replace(1, names('c', 'd'))).toMatchObject({ added: ['c', 'd'], refused: [] });
  });

  it('refuses new topics beyond the limit of the node, but joins those there are', () => {
    const table = new TopicTable({ maxTopics: 1 });
    table.replace(1, names('a'));
    expect(table.replace(2, names('b', 'a'))).toMatchObject({
      added: ['a'],
      refused: [{ topic: 'b', reason: 'too-many-topics' }],
      unionChanged: false,
    });
  });

  it('refuses subscriptions beyond their limit and frees the place of those that end', () => {
    const table = new TopicTable({ maxSubscriptions: 2 });
    table.replace(1, names('a', 'b'));
    expect(table.replace(2, names('a')).refused).toHaveLength(1);
    table.update(1, [], names('b'));
    expect(table.replace(2, names('a')).refused).toHaveLength(0);
  });

  it('refuses topics that would make the list longer than one frame', () => {
    const table = new TopicTable({ maxListBytes: 10 + 1 + 3 + 1 + 2 });
    expect(table.replace(1, names('€', 'ab', 'c')).refused).toEqual([
      { topic: 'c', reason: 'too-many-topics' },
    ]);
    expect(table.replace(1, names('ab', 'c', 'd')).refused).toEqual([]);
  });

  it('knows how many bytes a topic takes in the list', () => {
    const anyTopic = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter(isTopicName);
    fc.assert(
      fc.property(anyTopic, (topic) => {
        const bytes = Buffer.byteLength(topic);
        const enough = new TopicTable({ maxListBytes: 10 + 1 + bytes });
        const tooFew = new TopicTable({ maxListBytes: 10 + bytes });
        expect(enough.replace(1, [topic]).refused).toHaveLength(0);
        expect(tooFew.replace(1, [topic]).refused).toHaveLength(1);
      }),
    );
  });

  it('hands out changed counts once', () => {
    const table = new TopicTable();
    table.replace(1, names('a', 'b'));
    table.replace(2, names('b', 'c'));
    expect([...table.takeChanges()]).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ]);
    expect(table.hasChanges).toBe(false);
    table.removeSession(2);
    expect(table.hasChanges).toBe(true);
    expect([...table.takeChanges()]).toEqual([
      ['b', 1],
      ['c', 0],
    ]);
    expect(table.takeChanges().size).toBe(0);
  });

  it('hands out a topic that came and went, because a peer may have been told in between', () => {
    const table = new TopicTable();
    table.replace(1, names('a'));
    table.replace(1, []);
    expect([...table.takeChanges()]).toEqual([['a', 0]]);
  });

  it('gives up deltas, and moves the sequence, when too many changes are not taken', () => {
    const table = new TopicTable({ maxTopics: 3 });
    for (const topic of names('a', 'b', 'c', 'd', 'e')) table.replace(1, [topic]);
    expect(table.hasChanges).toBe(true);
    expect(table.takeChanges().size).toBe(0);
    expect(table.sequence).toBe(6);
    expect(text(table.encodedList())).toBe('6\te');
    expect(table.hasChanges).toBe(false);
    table.replace(1, names('f'));
    expect([...table.takeChanges()]).toEqual([
      ['e', 0],
      ['f', 1],
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])('does not take %s as a limit', (limit) => {
    expect(() => new TopicTable({ maxTopics: limit })).toThrow(
      expect.objectContaining({ code: 'AMOP_TOPIC_SYNC_OPTIONS' }),
    );
  });

  it('agrees with a plain model after any calls', () => {
    const topic = fc.constantFrom(...names('a', 'b', 'c', 'd', 'é', '\u{1f600}', '\u{ff5e}'));
    const topics = fc.array(topic, { maxLength: 5 });
    const session = fc.integer({ min: 1, max: 3 });
    const call = fc.oneof(
      fc.record({ kind: fc.constant('replace' as const), session, add: topics }),
      fc.record({ kind: fc.constant('update' as const), session, add: topics, remove: topics }),
      fc.record({ kind: fc.constant('leave' as const), session }),
      fc.record({ kind: fc.constant('take' as const) }),
    );
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40, size: 'max' }), (calls) => {
        const table = new TopicTable();
        const model = new Map<number, Set<TopicName>>();
        const mirror = new Map<TopicName, number>();
        let union = '';
        let sequence = 0;
        for (const each of calls) {
          if (each.kind === 'take') {
            for (const [changed, count] of table.takeChanges()) mirror.set(changed, count);
            continue;
          }
          const owned = model.get(each.session) ?? new Set<TopicName>();
          if (each.kind === 'replace') {
            table.replace(each.session, each.add);
            model.set(each.session, new Set(each.add));
          } else if (each.kind === 'update') {
            table.update(each.session, each.add, each.remove);
            const left = [...owned].filter((one) => !each.remove.includes(one));
            model.set(each.session, new Set([...left, ...each.add]));
          } else {
            table.removeSession(each.session);
            model.delete(each.session);
          }
          const now = unionOf(model);
          if (now !== union) sequence += 1;
          union = now;
          expect(table.sequence).toBe(sequence);
          expect(text(table.encodedList())).toBe(`${sequence}${union}`);
        }
        for (const [changed, count] of table.takeChanges()) mirror.set(changed, count);
        const present = [...mirror].filter(([, count]) => count > 0);
        expect(new Map(present)).toEqual(countsOf(model));
        expect(new Map(table.counts())).toEqual(countsOf(model));
      }),
      { numRuns: 200 },
    );
  });
});

function countsOf(model: Map<number, Set<TopicName>>): Map<TopicName, number> {
  const counts = new Map<TopicName, number>();
  for (const topics of model.values()) {
    for (const topic of topics) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  return counts;
}

/** Ascending by the bytes themselves, independent of the comparison under test. */
function unionOf(model: Map<number, Set<TopicName>>): string {
  const bytes = [...countsOf(model).keys()].map((topic) => Buffer.from(topic, 'utf8'));
  return bytes
    .sort(Buffer.compare)
    .map((each) => `\t${each.toString('utf8')}`)
    .join('');
}

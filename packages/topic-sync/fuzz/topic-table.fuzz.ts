import { parseTopicList, type TopicName } from '@amop/codec';
import { Choices, expectSame, fuzz } from '@amop/fuzz';
import { TopicTable, type TopicTableOptions } from '../src/topic-table.ts';
import { names } from '../test/topic-names.ts';

const TOPICS = names('a', 'b', 'c', 'é', '\ud83d\ude00', '#!$TopicNeedVerify_a', 'x'.repeat(30));

// The table against a plain map of sets: what it counts, refuses, lists and tells of changes.
fuzz({
  name: 'topic-sync/table',
  maxBytes: 300,
  run: (input) => {
    const choices = new Choices(input);
    const limits = limitsOf(choices);
    const table = new TopicTable(limits);
    const model = new Map<number, Set<TopicName>>();
    const told = new Map<TopicName, number>();
    while (choices.hasMore) {
      const before = unionOf(model);
      const { sequence } = table;
      step(choices, table, model);
      const union = unionOf(model);
      const hasMoved = !sameKeys(before, union);
      if (hasMoved && table.sequence === sequence) throw new Error('the sequence stands still');
      checkLimits(model, union, limits);
      expectSame(new Map(table.counts()), union, 'counts');
      if (choices.below(3) === 0) takeChanges(table, told, union);
      const list = parseTopicList(table.encodedList());
      expectSame(list.sequence, table.sequence, 'sequences');
      expectSame(list.topics.toSorted(), [...union.keys()].toSorted(), 'lists');
    }
  },
});

function limitsOf(choices: Choices): TopicTableOptions {
  if (choices.bool()) return {};
  return {
    maxTopicsPerSession: 1 + choices.below(5),
    maxTopics: 1 + choices.below(6),
    maxSubscriptions: 1 + choices.below(10),
    maxListBytes: 10 + choices.below(60),
  };
}

function step(choices: Choices, table: TopicTable, model: Map<number, Set<TopicName>>): void {
  const id = choices.below(4);
  const add = several(choices);
  const remove = several(choices);
  const kind = choices.below(3);
  const change =
    kind === 0
      ? table.replace(id, add)
      : kind === 1
        ? table.update(id, add, remove)
        : table.removeSession(id);
  const owned = new Set(model.get(id));
  for (const topic of change.removed) {
    if (!owned.delete(topic)) throw new Error(`${topic} was removed and not there`);
  }
  for (const topic of change.added) {
    if (owned.has(topic)) throw new Error(`${topic} was added and there`);
    owned.add(topic);
  }
  if (kind === 0) {
    const missing = [...new Set(add)].filter((topic) => !owned.has(topic));
    expectSame(
      missing,
      change.refused.map(({ topic }) => topic),
      'refused topics',
    );
  }
  model.set(id, owned);
  expectSame(new Set(table.topicsOf(id)), owned, 'topics of a session');
}

/** Whoever is told of every change knows every count, unless there were too many. */
function takeChanges(
  table: TopicTable,
  told: Map<TopicName, number>,
  union: ReadonlyMap<TopicName, number>,
): void {
  const { hasChanges } = table;
  const changes = table.takeChanges();
  if (hasChanges && changes.size === 0) {
    told.clear();
    for (const [topic, count] of union) told.set(topic, count);
    return;
  }
  for (const [topic, count] of changes) {
    if (count === 0) told.delete(topic);
    else told.set(topic, count);
  }
  expectSame(new Map([...told].toSorted()), new Map([...union].toSorted()), 'what was told');
}

function checkLimits(
  model: ReadonlyMap<number, ReadonlySet<TopicName>>,
  union: ReadonlyMap<TopicName, number>,
  { maxSubscriptions = 1e9, maxTopics = 1e9, maxTopicsPerSession = 1e9 }: TopicTableOptions,
): void {
  const sizes = [...model.values()].map(({ size }) => size);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const isWithin =
    all <= maxSubscriptions &&
    union.size <= maxTopics &&
    Math.max(0, ...sizes) <= maxTopicsPerSession;
  if (!isWithin) throw new Error('a limit does not hold');
}

function unionOf(model: ReadonlyMap<number, ReadonlySet<TopicName>>): Map<TopicName, number> {
  const union = new Map<TopicName, number>();
  for (const topics of model.values()) {
    for (const topic of topics) union.set(topic, (union.get(topic) ?? 0) + 1);
  }
  return union;
}

function sameKeys(
  one: ReadonlyMap<TopicName, number>,
  other: ReadonlyMap<TopicName, number>,
): boolean {
  return one.size === other.size && [...one.keys()].every((topic) => other.has(topic));
}

function several(choices: Choices): TopicName[] {
  return Array.from({ length: choices.below(4) }, () => choices.of(TOPICS));
}

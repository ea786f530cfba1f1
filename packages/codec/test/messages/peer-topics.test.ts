import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePeerTopics, parsePeerTopics } from '../../src/messages/peer-topics.ts';
import { parseTopicName } from '../../src/topic-name.ts';
import { anyTopic, anyU32, FIXED } from '../arbitrary.ts';
import { textOf, utf8 } from '../vector-file.ts';

test('any update comes back', () => {
  const anyCount = fc.tuple(anyTopic.map(parseTopicName), anyU32);
  fc.assert(
    fc.property(fc.option(anyU32), anyU32, fc.array(anyCount), (base, sequence, topics) => {
      const update = { base, sequence, topics };
      expect(parsePeerTopics(encodePeerTopics(update))).toEqual({ ...update, rejected: 0 });
    }),
    FIXED,
  );
});

test('is written with the short names of the wire', () => {
  const topics = [[parseTopicName('a'), 2]] as const;
  expect(textOf(encodePeerTopics({ base: null, sequence: 3, topics }))).toBe(
    '{"base":null,"seq":3,"topics":[["a",2]]}',
  );
});

test('entries that are no topic with a count are left out and counted', () => {
  const topics = [
    ['a', 1],
    ['\t', 1],
    ['', 1],
    ['b', -1],
    ['c', 1.5],
    ['d'],
    ['e', 1, 2],
    'f',
    null,
    [1, 1],
    ['g', 0],
  ];
  const text = JSON.stringify({ base: 1, seq: 2, topics });
  expect(parsePeerTopics(utf8(text))).toEqual({
    base: 1,
    sequence: 2,
    topics: [
      ['a', 1],
      ['g', 0],
    ],
    rejected: 9,
  });
});

test('those above the limit are counted, not kept', () => {
  const text = '{"base":null,"seq":2,"topics":[["a",1],["b",1],["c",1]]}';
  expect(parsePeerTopics(utf8(text), { maxTopics: 2 })).toMatchObject({
    rejected: 1,
    topics: [
      ['a', 1],
      ['b', 1],
    ],
  });
});

test.each([
  '',
  '{}',
  '[]',
  'null',
  '{"base":null,"seq":1}',
  '{"seq":1,"topics":[]}',
  '{"base":"1","seq":1,"topics":[]}',
  '{"base":null,"seq":-1,"topics":[]}',
  '{"base":null,"seq":1,"topics":{}}',
])('%j is none', (text) => {
  expect(parsePeerTopics(utf8(text))).toBeUndefined();
});

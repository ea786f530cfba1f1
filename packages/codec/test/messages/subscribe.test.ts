import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChannelFrame } from '../../src/channel-frame.ts';
import {
  encodeSubscribe,
  encodeSubscribeDelta,
  parseSubscribe,
} from '../../src/messages/subscribe.ts';
import { parseTopicName } from '../../src/topic-name.ts';
import { anyTopic, FIXED } from '../arbitrary.ts';
import { fromHex, loadRecording, loadVectors, textOf, utf8 } from '../vector-file.ts';

const SUBSCRIPTIONS = loadVectors('channel-frames.json').filter(({ name }) =>
  name.startsWith('0x32'),
);

/** The topics of a whole new set; undefined if the data is ignored. */
function topicsOf(text: string): string[] | undefined {
  const parsed = parseSubscribe(utf8(text));
  return parsed?.kind === 'replace' ? parsed.topics : undefined;
}

describe('vectors', () => {
  test.each(SUBSCRIPTIONS)('$name decodes and encodes', ({ hex }) => {
    const { data } = readChannelFrame(fromHex(hex));
    const parsed = parseSubscribe(data);
    expect(parsed).toEqual({ kind: 'replace', topics: JSON.parse(textOf(data)), refused: [] });
    expect(parsed?.kind === 'replace' && textOf(encodeSubscribe(parsed.topics))).toBe(textOf(data));
  });

  test.each([
    ['chan-0x32-not-array', undefined],
    ['chan-0x32-bad-json', undefined],
    ['chan-0x32-null', []],
    ['chan-0x32-numbers', ['1', 'a']],
  ])('%s', (name, expected) => {
    const hex = loadVectors('malformed.json').find((vector) => vector.name === name)?.hex ?? '';
    expect(topicsOf(textOf(readChannelFrame(fromHex(hex)).data))).toEqual(expected);
  });

  test('the recorded malformed ones are ignored as by the original', () => {
    const lines = loadRecording('ref-channel.jsonl').filter(({ what }) =>
      what.startsWith('malformed: subscribe'),
    );
    expect(lines).toHaveLength(4);
    for (const { hex } of lines)
      expect(parseSubscribe(readChannelFrame(fromHex(hex)).data)).toBeUndefined();
  });
});

describe('a whole new set', () => {
  test.each([
    ['[]', []],
    ['{}', []],
    ['null', []],
    ['0', []],
    ['true', []],
    ['"text"', []],
    ['["a","b","a"]', ['a', 'b']],
    ['[1,1.5,true,false]', ['1', '1.5', 'true', 'false']],
    [' ["a"]\n', ['a']],
  ])('%s', (text, topics) => {
    expect(topicsOf(text)).toEqual(topics);
  });

  test.each(['', '{nope', '["a"', '["a",["b"]]', '["a",{}]', '{"a":1}', '["a"] x'])(
    '%j is ignored',
    (text) => {
      expect(parseSubscribe(utf8(text))).toBeUndefined();
    },
  );

  test('D-27: names that no frame can address are refused, the others count', () => {
    const long = 'x'.repeat(300);
    const data = utf8(JSON.stringify(['good', '', null, 'a\tb', long, '\ud800', 'a\tb']));
    expect(parseSubscribe(data)).toEqual({
      kind: 'replace',
      topics: ['good'],
      refused: [
        { topic: '', reason: 'empty' },
        { topic: 'a\tb', reason: 'control-character' },
        { topic: long.slice(0, 254), reason: 'too-long' },
        { topic: '\ud800', reason: 'not-well-formed' },
      ],
    });
  });

  test('at most 1024 refused names are listed', () => {
    const bad = Array.from({ length: 3000 }, (_, index) => `\t${index}`);
    expect(parseSubscribe(utf8(JSON.stringify(bad)))?.refused).toHaveLength(1024);
  });

  test('any set comes back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyTopic, { maxLength: 10 }), (names) => {
        const topics = names.map(parseTopicName);
        expect(parseSubscribe(encodeSubscribe(topics))).toEqual({
          kind: 'replace',
          topics,
          refused: [],
        });
      }),
      FIXED,
    );
  });
});

describe('a delta', () => {
  test('comes back', () => {
    const [a, b] = ['a', 'b'].map(parseTopicName);
    if (a === undefined || b === undefined) throw new Error('unreachable');
    const data = encodeSubscribeDelta([a], new Set([b]));
    expect(textOf(data)).toBe('{"add":["a"],"remove":["b"]}');
    expect(parseSubscribe(data)).toEqual({ kind: 'delta', add: ['a'], remove: ['b'], refused: [] });
  });

  test('may leave out one side; bad names of both are refused', () => {
    expect(parseSubscribe(utf8('{"add":["a","\\t"]}'))).toEqual({
      kind: 'delta',
      add: ['a'],
      remove: [],
      refused: [{ topic: '\t', reason: 'control-character' }],
    });
    expect(parseSubscribe(utf8('{"remove":[""]}'))).toMatchObject({
      add: [],
      remove: [],
      refused: [{}],
    });
  });

  test.each(['{"add":"a"}', '{"add":["a"],"remove":{}}', '{"add":[["a"]]}', '{"remove":[{}]}'])(
    '%s is ignored',
    (text) => {
      expect(parseSubscribe(utf8(text))).toBeUndefined();
    },
  );
});

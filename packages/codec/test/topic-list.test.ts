import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeTopicList,
  encodeTopicSequence,
  parseTopicList,
  parseTopicSequence,
} from '../src/topic-list.ts';
import { anyBytes, anyTopic, anyU32, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import { fromHex, loadVectors, textOf, toHex, utf8 } from './vector-file.ts';

const VECTORS = loadVectors('topic-lists.json');

describe('golden vectors', () => {
  const writable = VECTORS.filter(({ fields }) => Array.isArray(fields.topics));

  test.each(writable)('$name decodes and encodes', ({ fields, hex }) => {
    const list = parseTopicList(fromHex(hex));
    expect(list).toEqual({ sequence: fields.seq, topics: fields.topics, rejected: 0 });
    expect(toHex(encodeTopicList(list.sequence, list.topics.toReversed()))).toBe(hex);
  });

  test('list-tab-in-topic-INVALID: peers see two topics; it is never written', () => {
    expect(parseTopicList(utf8('3\ta\tb')).topics).toEqual(['a', 'b']);
    expect(codeOf(() => encodeTopicList(3, ['a\tb']))).toBe('AMOP_CODEC_INVALID_TOPIC');
  });

  test('list-empty-topic: no frame of ours addresses it, so it is left out', () => {
    expect(parseTopicList(utf8('4\t'))).toEqual({ sequence: 4, topics: [], rejected: 1 });
  });

  test('list-bad-seq-INVALID: the whole list is refused', () => {
    const error = codecErrorOf(() => parseTopicList(utf8('x\tnews')));
    expect(error.code).toBe('AMOP_CODEC_MALFORMED_TOPIC_LIST');
    expect(error.details).toEqual({ payloadBytes: 6 });
  });

  test('nothing of the file was left out', () => {
    expect([VECTORS.length, writable.length]).toEqual([10, 7]);
  });
});

describe('sequence', () => {
  test.each([
    ['0', 0],
    ['37', 37],
    ['0000000000000000037', 37],
    ['+5', 5],
    ['4294967295', 4_294_967_295],
    ['-1', 4_294_967_295],
    ['-4294967295', 1],
    ['-0', 0],
  ])('%j reads as %d, as in the original', (text, sequence) => {
    expect(parseTopicSequence(utf8(text))).toBe(sequence);
    expect(parseTopicList(utf8(`${text}\ta`)).sequence).toBe(sequence);
  });

  test.each([
    '',
    '+',
    '-',
    ' 1',
    '1 ',
    '4294967296',
    '-4294967296',
    '1x',
    'abc',
    '--1',
    '1.0',
    '٣',
  ])('%j is none', (text) => {
    expect(parseTopicSequence(utf8(text))).toBeUndefined();
    expect(codeOf(() => parseTopicList(utf8(`${text}\ta`)))).toBe(
      'AMOP_CODEC_MALFORMED_TOPIC_LIST',
    );
  });

  test('a heartbeat has nothing behind the number', () => {
    expect(parseTopicSequence(utf8('1\ta'))).toBeUndefined();
  });

  test('any u32 comes back', () => {
    fc.assert(
      fc.property(anyU32, (sequence) => {
        expect(parseTopicSequence(encodeTopicSequence(sequence))).toBe(sequence);
      }),
      FIXED,
    );
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('%d cannot be written', (sequence) => {
    expect(codeOf(() => encodeTopicSequence(sequence))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
    expect(codeOf(() => encodeTopicList(sequence, []))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
  });
});

describe('topics', () => {
  test('what no frame can address is left out and counted, its neighbours stay', () => {
    const payload = [
      utf8('9\ta\t\t'),
      Uint8Array.of(0xff),
      utf8(`\t${'x'.repeat(255)}\tb\u0001\t${'y'.repeat(254)}\t`),
    ];
    const list = parseTopicList(Uint8Array.from(payload.flatMap((part) => [...part])));
    expect(list).toEqual({ sequence: 9, topics: ['a', 'y'.repeat(254)], rejected: 5 });
  });

  test('those above the limit are counted, not kept', () => {
    expect(parseTopicList(utf8('1\ta\tb\tc'), { maxTopics: 2 })).toEqual({
      sequence: 1,
      topics: ['a', 'b'],
      rejected: 1,
    });
  });

  test('are written in ascending byte order, which is not the order of UTF-16', () => {
    expect(textOf(encodeTopicList(1, ['😀', '\uffff', 'b', 'B', 'a']))).toBe(
      '1\tB\ta\tb\t\uffff\t😀',
    );
  });

  test('any set comes back', () => {
    fc.assert(
      fc.property(anyU32, fc.uniqueArray(anyTopic, { maxLength: 12 }), (sequence, topics) => {
        const list = parseTopicList(encodeTopicList(sequence, topics));
        expect(list.sequence).toBe(sequence);
        expect(new Set(list.topics)).toEqual(new Set(topics));
        expect(list.rejected).toBe(0);
      }),
      FIXED,
    );
  });
});

test('any payload is a list or refused by name', () => {
  const tabbed = fc.array(fc.oneof(anyBytes(4), fc.constantFrom(utf8('\t'), utf8('1'))), {
    maxLength: 9,
  });
  fc.assert(
    fc.property(tabbed, (parts) => {
      const payload = Uint8Array.from(parts.flatMap((part) => [...part]));
      const tabs = payload.filter((byte) => byte === 9).length;
      const code = codeOf(() => {
        const { topics, rejected } = parseTopicList(payload);
        expect(topics.length + rejected).toBe(tabs);
      });
      expect(['AMOP_CODEC_MALFORMED_TOPIC_LIST', undefined]).toContain(code);
    }),
    { ...FIXED, numRuns: 2000 },
  );
});

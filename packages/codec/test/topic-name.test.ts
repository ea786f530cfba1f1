import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  decodeTopicBytes,
  isBlockNotifyTopic,
  isPrivateTopic,
  isTopicName,
  parseTopicName,
  type TopicName,
  topicNameBytes,
} from '../src/topic-name.ts';
import { anyTopic, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import { utf8 } from './vector-file.ts';

const GOOD = [
  'a',
  'news',
  'orders/eu',
  ' ',
  '话题一',
  't-😀',
  'a'.repeat(254),
  `${'题'.repeat(84)}ab`,
  '\u0080',
  '\ufeff',
];

describe('a topic', () => {
  test.each(GOOD)('%j', (text) => {
    expect(isTopicName(text)).toBe(true);
    expect(parseTopicName(text)).toBe(text);
  });

  test.each([
    ['empty', '', 0],
    ['too-long', 'a'.repeat(255), 255],
    ['too-long', `${'题'.repeat(84)}abc`, 255],
    ['too-long', `${'😀'.repeat(63)}abc`, 255],
    ['too-long', '题'.repeat(100_000), 300_000],
    ['control-character', 'a\tb', 3],
    ['control-character', '\u0000', 1],
    ['control-character', 'a\u001f', 2],
    ['control-character', '\u007f', 1],
    ['not-well-formed', 'a\ud800', 4],
    ['not-well-formed', '\udc00a', 4],
    ['not-well-formed', '\ud800\ud800', 6],
  ])('D-27: is not %s', (reason, text, bytes) => {
    expect(isTopicName(text)).toBe(false);
    const error = codecErrorOf(() => parseTopicName(text));
    expect(error.code).toBe('AMOP_CODEC_INVALID_TOPIC');
    expect(error.details).toEqual({ reason, bytes });
  });

  test('is what the encoder says it is', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'é', '题', '😀', '\ud800', '\udc00'),
          maxLength: 130,
        }),
        (text) => {
          const bytes = utf8(text);
          const isWellFormed = new TextDecoder().decode(bytes) === text;
          expect(isTopicName(text)).toBe(text !== '' && isWellFormed && bytes.length <= 254);
        },
      ),
      { ...FIXED, numRuns: 2000 },
    );
  });

  test('is a type of its own', () => {
    expectTypeOf(parseTopicName('a')).toEqualTypeOf<TopicName>();
    expectTypeOf<string>().not.toExtend<TopicName>();
    expectTypeOf<TopicName>().toExtend<string>();
  });
});

describe('bytes', () => {
  test('any topic comes back', () => {
    fc.assert(
      fc.property(anyTopic, (text) => {
        const bytes = topicNameBytes(parseTopicName(text));
        expect(decodeTopicBytes(bytes, 0, bytes.length)).toBe(text);
      }),
      FIXED,
    );
  });

  test('that are not UTF-8 are no text; an empty range is an empty text', () => {
    expect(decodeTopicBytes(Uint8Array.of(0x61, 0xff), 0, 2)).toBeUndefined();
    expect(decodeTopicBytes(Uint8Array.of(0x61, 0xff), 0, 1)).toBe('a');
    expect(decodeTopicBytes(Uint8Array.of(0x61), 1, 1)).toBe('');
  });
});

test('reserved prefixes are told apart', () => {
  const names = [
    '_block_notify_1',
    '#!$TopicNeedVerify_x',
    '#!$VerifyChannel_#!$TopicNeedVerify_x_0',
    'news',
  ];
  expect(names.map(isBlockNotifyTopic)).toEqual([true, false, false, false]);
  expect(names.map(isPrivateTopic)).toEqual([false, true, false, false]);
});

test('the error says how long the topic is', () => {
  expect(codecErrorOf(() => parseTopicName('a'.repeat(300))).message).toBe(
    'topic has 300 bytes, at most 254 are allowed',
  );
  expect(codeOf(() => parseTopicName('fine'))).toBeUndefined();
});

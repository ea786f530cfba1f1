import { expect, test } from 'vitest';
import { parseTopic, TopicMemory } from '../src/topic.ts';

test('a topic comes with its bytes', () => {
  expect(parseTopic('prüfung')).toEqual({
    name: 'prüfung',
    bytes: new TextEncoder().encode('prüfung'),
  });
  expect(parseTopic('x'.repeat(254)).bytes).toHaveLength(254);
});

test('something that is no string is refused like a bad name', () => {
  for (const text of [undefined, null, 5, {}]) {
    expect(() => parseTopic(text as never)).toThrow(
      expect.objectContaining({
        code: 'AMOP_CLIENT_TOPIC',
        details: expect.objectContaining({ reason: 'not-a-string' }),
      }),
    );
  }
});

test('a known topic is not parsed again, and the memory is bounded', () => {
  const memory = new TopicMemory();
  const first = memory.parse('t');
  expect(memory.parse('t')).toBe(first);
  for (let index = 0; index < 5_000; index++) memory.parse(`t${index}`);
  expect(memory.parse('t')).not.toBe(first);
  expect(memory.parse('t')).toEqual(first);
  expect(() => memory.parse('')).toThrow(expect.objectContaining({ code: 'AMOP_CLIENT_TOPIC' }));
});

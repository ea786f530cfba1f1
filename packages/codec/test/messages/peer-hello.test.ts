import { expect, test } from 'vitest';
import { encodePeerHello, parsePeerHello } from '../../src/messages/peer-hello.ts';
import { textOf, utf8 } from '../vector-file.ts';

test('comes back', () => {
  const hello = { software: 'amop-ts', have: ['counts', 'deadline', 'errors'] };
  const payload = encodePeerHello(hello);
  expect(textOf(payload)).toBe(
    '{"v":1,"software":"amop-ts","have":["counts","deadline","errors"]}',
  );
  expect(parsePeerHello(payload)).toStrictEqual(hello);
});

test('of a later version with more members is understood', () => {
  const text = '{"v":9,"software":"other","have":["relay"],"zone":"eu"}';
  expect(parsePeerHello(utf8(text))).toStrictEqual({ software: 'other', have: ['relay'] });
});

test.each([
  '',
  '{}',
  '[]',
  'null',
  '{"v":0,"software":"x","have":[]}',
  '{"v":1,"software":1,"have":[]}',
  '{"v":1,"software":"x","have":[1]}',
  '{"v":1,"software":"x"}',
])('%j is none', (text) => {
  expect(parsePeerHello(utf8(text))).toBeUndefined();
});

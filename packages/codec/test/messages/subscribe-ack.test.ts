import { expect, test } from 'vitest';
import { encodeSubscribeAck, parseSubscribeAck } from '../../src/messages/subscribe-ack.ts';
import { textOf, utf8 } from '../vector-file.ts';

test('comes back, written as a node writes', () => {
  const ack = { sequence: 7, refused: [{ topic: 'x', reason: 'too-many-topics' }] };
  const data = encodeSubscribeAck(ack);
  expect(textOf(data)).toBe(
    '{"refused":[{"reason":"too-many-topics","topic":"x"}],"sequence":7}\n',
  );
  expect(parseSubscribeAck(data)).toEqual(ack);
});

test('nothing refused may be left out', () => {
  expect(parseSubscribeAck(utf8('{"sequence":4294967295}'))).toEqual({
    sequence: 4_294_967_295,
    refused: [],
  });
});

test.each([
  '',
  '{}',
  '[]',
  'null',
  '{"sequence":-1}',
  '{"sequence":1.5}',
  '{"sequence":4294967296}',
  '{"sequence":1,"refused":{}}',
  '{"sequence":1,"refused":["x"]}',
  '{"sequence":1,"refused":[{"topic":"x"}]}',
])('%j is none', (text) => {
  expect(parseSubscribeAck(utf8(text))).toBeUndefined();
});

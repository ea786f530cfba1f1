import { expect, test } from 'vitest';
import {
  encodeHeartbeat,
  isHeartbeatRequest,
  parseHeartbeat,
} from '../../src/messages/heartbeat.ts';
import { textOf, utf8 } from '../vector-file.ts';

test.each([
  [1, 0, '0'],
  [1, 1, '1'],
  [2, 0, '{"heartBeat":0}'],
  [2, 1, '{"heartBeat":1}\n'],
  [3, 0, '{"heartBeat":0}'],
  [3, 1, '{"heartBeat":1}\n'],
] as const)('protocol %d writes %d as %j', (protocol, value, text) => {
  const data = encodeHeartbeat(protocol, value);
  expect(textOf(data)).toBe(text);
  expect(parseHeartbeat(data)).toEqual({ form: protocol === 1 ? 1 : 2, value });
});

test.each([
  '',
  '00',
  '2',
  ':',
  '/',
  'x',
  '[]',
  'null',
  '{}',
  '{"heartBeat":"0"}',
  '{"heartbeat":0}',
])('%j is no heartbeat', (text) => {
  expect(parseHeartbeat(utf8(text))).toBeUndefined();
});

test('protocol 1 answers a single 0 and nothing else', () => {
  const answered = ['0', '1', '', '00', '{"heartBeat":0}'].map((text) =>
    isHeartbeatRequest(utf8(text)),
  );
  expect(answered).toEqual([true, false, false, false, false]);
});

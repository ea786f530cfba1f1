import { expect, test } from 'vitest';
import { parseNodeInfo, parsePeers } from '../../src/messages/node-info.ts';

const INFO = {
  Agency: 'agency',
  IPAndPort: '127.0.0.1:30301',
  Node: 'node1',
  NodeID: 'ab'.repeat(64),
  Topic: ['topicA'],
};

test('the shape of spec 19 is taken, further members are left out', () => {
  expect(parseNodeInfo({ ...INFO, More: 1 })).toEqual(INFO);
  expect(parsePeers([INFO, { ...INFO, Topic: [] }])).toEqual([INFO, { ...INFO, Topic: [] }]);
  expect(parsePeers([])).toEqual([]);
});

test.each([
  undefined,
  null,
  'x',
  [],
  {},
  { ...INFO, Topic: 'topicA' },
  { ...INFO, Topic: [1] },
  { ...INFO, NodeID: 1 },
])('%j is no node', (value) => {
  expect(parseNodeInfo(value)).toBeUndefined();
  expect(parsePeers([INFO, value])).toBeUndefined();
});

test.each([undefined, null, {}, INFO])('%j are no peers', (value) => {
  expect(parsePeers(value)).toBeUndefined();
});

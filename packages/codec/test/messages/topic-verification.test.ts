import { describe, expect, test } from 'vitest';
import { readAmopBody } from '../../src/amop-body.ts';
import { encodeChannelFrame, readChannelFrame } from '../../src/channel-frame.ts';
import { ChannelType, P2pProtocol } from '../../src/constants.ts';
import {
  encodeTopicStatus,
  encodeVerifyTopic,
  parseTopicStatus,
  parseVerifyTopic,
} from '../../src/messages/topic-verification.ts';
import { encodeP2pFrame, readP2pFrame } from '../../src/p2p-frame.ts';
import {
  fromHex,
  loadRecording,
  loadVectors,
  textOf,
  toHex,
  utf8,
  type Vector,
} from '../vector-file.ts';

const FLOW = loadVectors('private-topic.json').filter(({ name }) => name.startsWith('flow'));

function flow(step: number): Vector {
  const vector = FLOW.find(({ name }) => name.startsWith(`flow ${step} `));
  if (vector === undefined) throw new Error(`no step ${step}`);
  return vector;
}

describe('the nine frames of one verification', () => {
  test.each(FLOW.filter(({ name }) => !name.includes('p2p')))(
    '$name decodes and encodes',
    ({ hex }) => {
      const { type, seq, result, data } = readChannelFrame(fromHex(hex));
      expect(toHex(encodeChannelFrame({ type, seq, result, data }))).toBe(hex);
    },
  );

  test.each([4, 7])('step %d is the channel frame in a p2p frame', (step) => {
    const frame = readP2pFrame(fromHex(flow(step).hex));
    const { packetType, payload, protocolId, seq } = frame;
    expect(toHex(encodeP2pFrame({ packetType, payload, protocolId, seq }))).toBe(flow(step).hex);
    expect(protocolId).toBe(step === 4 ? P2pProtocol.amop : -P2pProtocol.amop);
    expect(toHex(payload)).toBe(flow(step === 4 ? 3 : 8).hex);
  });

  test('0x37 asks for the route of the topic', () => {
    const frame = readChannelFrame(fromHex(flow(1).hex));
    const request = parseVerifyTopic(frame.data);
    expect(frame.type).toBe(ChannelType.verifyTopic);
    expect(request).toEqual({
      nodeId: flow(1).fields.subscriber_node_id,
      topic: flow(1).fields.topic,
      topicForCert: flow(1).fields.topicForCert,
    });
    expect(request && textOf(encodeVerifyTopic(request))).toBe(textOf(frame.data));
  });

  test('the random value and the signature travel under the route', () => {
    const challenge = readAmopBody(readChannelFrame(fromHex(flow(3).hex)).data);
    const answer = readAmopBody(readChannelFrame(fromHex(flow(6).hex)).data);
    expect([challenge.topic, answer.topic]).toEqual([
      flow(3).fields.topicForCert,
      flow(3).fields.topicForCert,
    ]);
    expect(toHex(challenge.content)).toBe(flow(3).fields.random_hex);
    expect(answer.content).toHaveLength(65);
  });

  test('0x38 reports the outcome', () => {
    const frame = readChannelFrame(fromHex(flow(9).hex));
    const status = parseTopicStatus(frame.data);
    expect(frame.type).toBe(ChannelType.topicStatus);
    expect(status).toMatchObject({ checkResult: 0, topic: flow(9).fields.topic });
    expect(status && textOf(encodeTopicStatus(status))).toBe(textOf(frame.data));
  });

  test('all nine were there', () => {
    expect(FLOW).toHaveLength(9);
  });
});

test.each([
  '',
  '{}',
  '[]',
  'null',
  '{"nodeId":"a","topic":"b"}',
  '{"nodeId":"a","topic":"b","topicForCert":1}',
])('%j is no 0x37', (text) => {
  expect(parseVerifyTopic(utf8(text))).toBeUndefined();
});

test.each([0, 1, -1, 2_147_483_647])('checkResult %d is taken', (checkResult) => {
  const status = { checkResult, nodeId: 'a', topic: 'b' };
  expect(parseTopicStatus(encodeTopicStatus(status))).toEqual(status);
});

test.each(['false', 'null', '"0"', '0.5', '2147483648'])(
  'checkResult %s is ignored, as by the original',
  (value) => {
    expect(
      parseTopicStatus(utf8(`{"checkResult":${value},"nodeId":"a","topic":"b"}`)),
    ).toBeUndefined();
  },
);

test('the recorded malformed 0x38 are ignored but the one that only names no node', () => {
  const lines = loadRecording('ref-channel.jsonl').filter(({ what }) =>
    what.startsWith('malformed: 0x38'),
  );
  const taken = lines.filter(
    ({ hex }) => parseTopicStatus(readChannelFrame(fromHex(hex)).data) !== undefined,
  );
  expect(lines).toHaveLength(4);
  expect(taken.map(({ case: name }) => name)).toEqual(['0x38 bad nodeId']);
});

test('a route travels along where both agreed on it; an odd one is as none', () => {
  const status = { checkResult: 0, nodeId: 'a', topic: 'b', topicForCert: 'c' };
  expect(parseTopicStatus(encodeTopicStatus(status))).toEqual(status);
  const odd = utf8('{"checkResult":0,"nodeId":"a","topic":"b","topicForCert":7}');
  expect(parseTopicStatus(odd)).toEqual({ checkResult: 0, nodeId: 'a', topic: 'b' });
});

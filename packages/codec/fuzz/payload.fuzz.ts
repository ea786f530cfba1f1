import { Choices, fuzz, nearJson } from '@amop/fuzz';
import { encodeSubscribe, encodeSubscribeDelta, type TopicName } from '../src/index.ts';
import { checkPayload, checkRpcResult } from './payload-properties.ts';
import { channelFrames, p2pFrames, vectorBytes } from './seeds.ts';

const MEMBERS = [
  'add amop Agency base checkResult clientType code error have heartBeat hop id IPAndPort',
  'maximumSupport maybeDelivered message method minimumSupport Node nodeId NodeID nodeVersion',
  'params protocol reason refused remove result retryable seq sequence software topic Topic',
  'topicForCert topics v want __proto__ constructor toString length jsonrpc node',
].flatMap((line) => line.split(' '));
const VALUES = ['node', 'peer-node', 'subscriber', 'client', 'too-many-topics', 'x'.repeat(255)];
const CHANNEL_HEADER_BYTES = 42;
const P2P_HEADER_BYTES = 16;

const encoder = new TextEncoder();
const seeds = [
  ...channelFrames().map((frame) => frame.subarray(CHANNEL_HEADER_BYTES)),
  ...p2pFrames().map((frame) => frame.subarray(P2P_HEADER_BYTES)),
  ...vectorBytes('amop-bodies.json', 'topic-lists.json', 'private-topic.json'),
  encodeSubscribe(['a', 'b'] as TopicName[]), // two plain names
  encodeSubscribeDelta(['a'] as TopicName[], []),
];

fuzz({
  name: 'codec/payload',
  seeds,
  words: [...MEMBERS.map((name) => `"${name}":`), ...'{}[],"\\\t', 'null', 'true', '1e99', '-0'],
  run: checkPayload,
});

// JSON that is close to what the parsers look for gets further than changed bytes do.
fuzz({
  name: 'codec/json',
  run: (input) => {
    const value = nearJson(new Choices(input), MEMBERS, VALUES);
    checkRpcResult(value);
    checkPayload(encoder.encode(JSON.stringify(value)));
  },
});

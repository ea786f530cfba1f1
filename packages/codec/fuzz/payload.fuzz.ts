import fc from 'fast-check';
import { expect } from 'vitest';
import {
  CodecError,
  decodeMulticastAck,
  encodeAmopBody,
  encodeErrorDetail,
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  encodePeerHello,
  encodePeerTopics,
  encodeRpcRequest,
  encodeSubscribe,
  encodeSubscribeAck,
  encodeSubscribeDelta,
  encodeTopicList,
  encodeTopicStatus,
  encodeVerifyTopic,
  parseErrorDetail,
  parseHandshakeRequest,
  parseHandshakeResponse,
  parseHeartbeat,
  parseNodeInfo,
  parsePeerHello,
  parsePeers,
  parsePeerTopics,
  parseRpcRequest,
  parseRpcResponse,
  parseSubscribe,
  parseSubscribeAck,
  parseTopicList,
  parseTopicSequence,
  parseTopicStatus,
  parseVerifyTopic,
  readAmopBody,
  readChannelFrame,
} from '../src/index.ts';
import { fuzz, mutated, vectorBytes } from './fuzz.ts';

const MEMBERS = [
  'add amop Agency base checkResult clientType code error have heartBeat hop id IPAndPort',
  'maximumSupport maybeDelivered message method minimumSupport Node nodeId NodeID nodeVersion',
  'params protocol reason refused remove result retryable seq sequence software topic Topic',
  'topicForCert topics v want __proto__ constructor toString length',
].flatMap((line) => line.split(' '));

const WORDS = ['node', 'peer-node', 'subscriber', 'yes', 'no', 'unknown', 'a', '', '\t', '\ud800'];

/** JSON that is close to what the parsers look for. */
const { value: nearJson } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, 1, -1, 3, 1.5, 2 ** 32, 1e300, ...WORDS),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('value'), { maxKeys: 8 }),
  ),
}));

const encoder = new TextEncoder();
const vectorData = vectorBytes('channel-frames.json', 'sdk-startup.json', 'malformed.json')
  .map((bytes) => bytes.subarray(42))
  .concat(vectorBytes('amop-bodies.json', 'topic-lists.json'));
const anyData = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  mutated(vectorData),
  nearJson.map((value) => encoder.encode(JSON.stringify(value))),
);

fuzz('no data makes a parser throw anything but a CodecError', anyData, (data) => {
  const parsers = [parseHeartbeat, parseRpcResponse, decodeMulticastAck, parseTopicSequence];
  for (const parse of parsers) parse(data);
  for (const parse of [readAmopBody, readChannelFrame, parseTopicList])
    onlyCodecError(() => parse(data));
});

fuzz('parsed results of JSON-RPC are judged without throwing', nearJson, (value) => {
  expect(parseNodeInfo(value) === undefined).toBe(parsePeers([value]) === undefined);
});

fuzz('what was parsed is written and parsed to the same', anyData, (data) => {
  comesBack(data, parseErrorDetail, encodeErrorDetail);
  comesBack(data, parseHandshakeRequest, encodeHandshakeRequest);
  comesBack(data, parseHandshakeResponse, encodeHandshakeResponse);
  comesBack(data, parsePeerHello, encodePeerHello);
  comesBack(data, parseRpcRequest, encodeRpcRequest);
  comesBack(data, parseSubscribeAck, encodeSubscribeAck);
  comesBack(data, parseTopicStatus, encodeTopicStatus);
  comesBack(data, parseVerifyTopic, encodeVerifyTopic);
  const counts = parsePeerTopics(data);
  if (counts) expect(parsePeerTopics(encodePeerTopics(counts))).toEqual({ ...counts, rejected: 0 });
  const change = parseSubscribe(data);
  if (change?.kind === 'replace') {
    expect(parseSubscribe(encodeSubscribe(change.topics))).toEqual({ ...change, refused: [] });
  } else if (change) {
    const again = encodeSubscribeDelta(change.add, change.remove);
    expect(parseSubscribe(again)).toEqual({ ...change, refused: [] });
  }
});

fuzz('bodies and lists that are taken encode to what was read', anyData, (data) => {
  onlyCodecError(() => {
    const { topic, content } = readAmopBody(data);
    expect(encodeAmopBody(topic, content)).toEqual(data);
  });
  onlyCodecError(() => {
    const list = parseTopicList(data);
    const again = parseTopicList(encodeTopicList(list.sequence, list.topics));
    expect(again.sequence).toBe(list.sequence);
    expect(again.topics.toSorted()).toEqual(list.topics.toSorted());
  });
});

function comesBack<Value>(
  data: Uint8Array,
  parse: (data: Uint8Array) => Value | undefined,
  encode: (value: Value) => Uint8Array,
): void {
  const value = parse(data);
  if (value === undefined) return;
  const written = encode(value);
  const again = parse(written);
  // Compared as bytes: JSON writes -0, which the text may have held, as 0.
  expect(again && encode(again)).toEqual(written);
}

function onlyCodecError(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
}

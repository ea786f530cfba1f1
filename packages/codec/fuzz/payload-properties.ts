import { expectSame, onlyErrors } from '@amop/fuzz';
import {
  decodeMulticastAck,
  encodeAmopBody,
  encodeErrorDetail,
  encodeFileMessage,
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  encodeHeartbeat,
  encodeMulticastAck,
  encodePeerHello,
  encodePeerTopics,
  encodeRpcError,
  encodeRpcRequest,
  encodeRpcResult,
  encodeSubscribe,
  encodeSubscribeAck,
  encodeSubscribeDelta,
  encodeTopicList,
  encodeTopicSequence,
  encodeTopicStatus,
  encodeVerifyTopic,
  parseErrorDetail,
  parseFileMessage,
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
  readAmopTopic,
} from '../src/index.ts';

/** Every parser takes these bytes or says that it does not, and what it took comes back when it is written. */
export function checkPayload(data: Uint8Array): void {
  comesBack(data, parseErrorDetail, encodeErrorDetail);
  comesBack(data, parseHandshakeRequest, encodeHandshakeRequest);
  comesBack(data, parseHandshakeResponse, encodeHandshakeResponse);
  comesBack(data, parsePeerHello, encodePeerHello);
  comesBack(data, parseRpcRequest, encodeRpcRequest);
  comesBack(data, parseSubscribeAck, encodeSubscribeAck);
  comesBack(data, parseTopicStatus, encodeTopicStatus);
  comesBack(data, parseVerifyTopic, encodeVerifyTopic);
  comesBack(data, decodeMulticastAck, encodeMulticastAck);
  comesBack(data, parseTopicSequence, encodeTopicSequence);
  comesBack(data, parseRpcResponse, (response) =>
    response.kind === 'result'
      ? encodeRpcResult(response.id, response.result)
      : encodeRpcError(response.id, response.code, response.message),
  );
  const heartbeat = parseHeartbeat(data);
  if (heartbeat?.value === 0 || heartbeat?.value === 1) {
    const { form, value } = heartbeat;
    expectSame(parseHeartbeat(encodeHeartbeat(form, value)), heartbeat, 'heartbeats');
  }
  const counts = parsePeerTopics(data);
  if (counts !== undefined) {
    expectSame(parsePeerTopics(encodePeerTopics(counts)), { ...counts, rejected: 0 }, 'counts');
  }
  checkSubscription(data);
  checkBody(data);
  checkTopicList(data);
  checkFileMessage(data);
}

/** Values that a node gives as results are judged without throwing. */
export function checkRpcResult(value: unknown): void {
  const isInfo = parseNodeInfo(value) !== undefined;
  expectSame(parsePeers([value]) !== undefined, isInfo, 'node and peer');
  parsePeers(value);
}

function checkSubscription(data: Uint8Array): void {
  const change = parseSubscribe(data);
  if (change === undefined) return;
  const again =
    change.kind === 'replace'
      ? encodeSubscribe(change.topics)
      : encodeSubscribeDelta(change.add, change.remove);
  expectSame(parseSubscribe(again), { ...change, refused: [] }, 'subscriptions');
}

function checkBody(data: Uint8Array): void {
  const body = onlyErrors('AMOP_CODEC_', () => readAmopBody(data));
  expectSame(readAmopTopic(data), body?.topic, 'topic alone and with its content');
  if (body === undefined) return;
  expectSame(encodeAmopBody(body.topic, body.content), data, 'bodies');
}

function checkTopicList(data: Uint8Array): void {
  const list = onlyErrors('AMOP_CODEC_', () => parseTopicList(data));
  if (list === undefined) return;
  const again = parseTopicList(encodeTopicList(list.sequence, list.topics));
  expectSame(again.topics.toSorted(), list.topics.toSorted(), 'topics');
  expectSame(again.sequence, list.sequence, 'sequences');
  const few = parseTopicList(data, { maxTopics: 2 });
  expectSame(few.topics, list.topics.slice(0, 2), 'first topics');
}

function checkFileMessage(data: Uint8Array): void {
  const message = parseFileMessage(data);
  if (message === undefined) return;
  const again = onlyErrors('AMOP_CODEC_', () => encodeFileMessage(message));
  if (again !== undefined) expectSame(parseFileMessage(again), message, 'file messages');
}

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
  expectSame(again === undefined ? undefined : encode(again), written, `what ${parse.name} took`);
}

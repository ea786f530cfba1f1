import {
  type ChannelFrame,
  ChannelType,
  decodeMulticastAck,
  type P2pFrame,
  P2pPacket,
  P2pProtocol,
  parseErrorDetail,
  parsePeerTopics,
  parseTopicList,
  parseTopicSequence,
  readAmopBody,
  readChannelFrame,
} from '@amop/codec';
import { decompress } from '@amop/codec/compression';
import { readAnswerText, readMessageText } from '../history/message-text.ts';

const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;
const MAX_TEXT = 160;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ChannelType).map(([name, type]) => [type, name]),
);

const decoder = new TextDecoder();
const CONTROL = /\p{Cc}/gu;

/** A channel frame in a few words: `0x30 request 3fa2..000017 "prices" c0-4`. */
export function describeChannelFrame(frame: ChannelFrame): string {
  const { bytes, result, seqKey, type } = frame;
  const name = TYPE_NAMES.get(type) ?? 'unknown';
  const seq = `${seqKey.slice(0, 4)}..${seqKey.slice(-6)}`;
  const head = `0x${type.toString(16).padStart(2, '0')} ${name} ${seq}`;
  return `${head}${resultOf(type, result)} ${contentOf(frame)} (${bytes.length} B)`;
}

/** The `result` field: time that is left in a request, the mark of an application between nodes, else a code. */
function resultOf(type: number, result: number): string {
  if (result === 0) return '';
  if (type !== ChannelType.request) return ` status=${result}`;
  return result > 0 ? ` left=${result}ms` : ' of-an-original-sdk';
}

/** A p2p frame in a few words. */
export function describeP2pFrame(frame: P2pFrame): string {
  const { packetType, protocolId, seq } = frame;
  try {
    const payload = frame.compressed ? decompress(frame.payload, MAX_PAYLOAD_BYTES) : frame.payload;
    return `p2p #${seq} ${p2pContent(protocolId, packetType, payload)}`;
  } catch (error) {
    return `p2p #${seq} protocol ${protocolId} packet ${packetType}: ${error instanceof Error ? error.message : ''}`;
  }
}

function p2pContent(protocolId: number, packetType: number, payload: Uint8Array): string {
  if (protocolId === P2pProtocol.amop) {
    const form = packetType === P2pPacket.multicast ? 'multicast' : 'unicast';
    return `${form} [${describeChannelFrame(readChannelFrame(payload))}]`;
  }
  if (protocolId === -P2pProtocol.amop) {
    const by = packetType === P2pPacket.failure ? 'answer of the node' : 'answer';
    return `${by} [${describeChannelFrame(readChannelFrame(payload))}]`;
  }
  if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicSequence) {
    return `my topics are at ${parseTopicSequence(payload)}`;
  }
  if (protocolId === P2pProtocol.topics) return 'asks for the topic list';
  if (protocolId === -P2pProtocol.topics) {
    const { sequence, topics } = parseTopicList(payload);
    return `topic list ${sequence}: ${topics.join(' ')}`;
  }
  if (protocolId === P2pProtocol.extension && packetType === P2pPacket.topicCounts) {
    const counts = parsePeerTopics(payload);
    if (counts === undefined) return 'topic counts that cannot be read';
    return `topic counts ${JSON.stringify(counts)}`.slice(0, MAX_TEXT);
  }
  if (protocolId === P2pProtocol.extension) return `hello ${textOf(payload)}`;
  return `protocol ${protocolId} packet ${packetType}`;
}

function contentOf({ data, result, type }: ChannelFrame): string {
  if (type === ChannelType.multicastAck) return `${decodeMulticastAck(data)} taken`;
  const isAmop =
    type === ChannelType.request || type === ChannelType.response || type === ChannelType.multicast;
  if (!isAmop) return textOf(data);
  const detail = result === 0 ? undefined : parseErrorDetail(data);
  if (detail !== undefined) return `${detail.reason}, maybe delivered: ${detail.maybeDelivered}`;
  if (data.length === 0) return '';
  try {
    const { content, topic } = readAmopBody(data);
    return `"${topic}" ${readMessageText(content) ?? readAnswerText(content) ?? `${content.length} bytes`}`;
  } catch {
    // A hostile frame: the sizes say enough.
    return 'no AMOP body';
  }
}

function textOf(data: Uint8Array): string {
  return decoder.decode(data.subarray(0, MAX_TEXT)).trim().replace(CONTROL, '.');
}

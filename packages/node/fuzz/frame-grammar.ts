import {
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  encodeErrorDetail,
  encodeP2pFrame,
  encodePeerTopics,
  P2P_COMPRESSED,
  P2pPacket,
  P2pProtocol,
  seqFromKey,
  type TopicName,
} from '@amop/codec';
import { compress } from '@amop/codec/compression';
import { type Choices, nearJson } from '@amop/fuzz';
import { recordedFrames } from './recording.ts';

const CHANNEL_RECORDING = recordedFrames('ref-channel.jsonl');
const P2P_RECORDING = recordedFrames('ref-p2p.jsonl');

/** Topics that everybody in a scene shares. */
export const SHARED_TOPICS = ['a', 'b', '#!$TopicNeedVerify_a', '_block_notify_1', 'é'] as const;

/** The one of them that no witness listens to. */
export const ONLY_ATTACKERS = 'b';

const TYPES = [...Object.values(ChannelType), 0, 0xffff, 0x17];
const RESULTS = [0, 0, 0, 100, 103, 104, 105, 120, 1, 40, 3_000, 2 ** 31 - 1, -1, -(2 ** 31)];
const MEMBERS = [
  ...['add', 'remove', 'minimumSupport', 'maximumSupport', 'clientType', 'amop', 'v', 'want'],
  ...[
    'heartBeat',
    'method',
    'id',
    'params',
    'jsonrpc',
    'have',
    'software',
    'base',
    'seq',
    'topics',
  ],
];
const WORDS = [
  ...[...SHARED_TOPICS, 'batch', 'deadline', 'ack', 'errors', 'counts', 'getPeers', 'getNodeInfo'],
  ...['getClientVersion', 'getGroupList', 'getGroupPeers', 'getBlockNumber', 'x'.repeat(300)],
];
const HANDSHAKES = [
  { minimumSupport: 1, maximumSupport: 3, clientType: 'fuzz' },
  { minimumSupport: 1, maximumSupport: 1, clientType: 'fuzz', amop: { v: 1, want: ['deadline'] } },
  {
    minimumSupport: 1,
    maximumSupport: 9,
    clientType: 'fuzz',
    amop: { v: 1, want: ['batch', 'deadline', 'ack', 'errors'] },
  },
  { minimumSupport: 4, maximumSupport: 9 },
];
const encoder = new TextEncoder();

/** Bytes for a session: a frame of the channel port, or something near one. */
export function channelBytes(choices: Choices, pushed: readonly Uint8Array[]): Uint8Array {
  switch (choices.below(9)) {
    case 8:
      return longFrame(choices);
    case 0:
      return damaged(choices, choices.of(CHANNEL_RECORDING));
    case 1:
      return choices.take(choices.below(40));
    case 2:
      return damaged(choices, channelFrame(choices));
    case 3:
    case 4:
      return pushed.length === 0 ? channelFrame(choices) : answerTo(choices, choices.of(pushed));
    default:
      return channelFrame(choices);
  }
}

/** Bytes for a peer: a frame of the p2p port, or something near one. */
export function p2pBytes(choices: Choices, asked: readonly number[]): Uint8Array {
  switch (choices.below(7)) {
    case 0:
      return damaged(choices, choices.of(P2P_RECORDING));
    case 1:
      return choices.take(choices.below(30));
    case 2:
      return damaged(choices, p2pFrame(choices, asked));
    default:
      return p2pFrame(choices, asked);
  }
}

function channelFrame(choices: Choices): Uint8Array {
  // Few seqs, so that they are used again.
  const seq = seqFromKey(String(choices.below(4)).padStart(32, '0'));
  const kind = choices.below(9);
  const frame = (type: number, data: Uint8Array, result = choices.of(RESULTS)): Uint8Array =>
    encodeChannelFrame({ type, seq, result, data });
  if (kind === 0) return frame(choices.of(TYPES), choices.take(choices.below(30)));
  if (kind === 1) return frame(choices.of(TYPES), jsonOf(choices));
  if (kind === 2) return frame(ChannelType.handshake, json(choices.of(HANDSHAKES)), 0);
  if (kind === 3) return frame(ChannelType.subscribe, json(someTopics(choices)), 0);
  if (kind === 4) {
    const delta = { add: someTopics(choices), remove: someTopics(choices) };
    return frame(ChannelType.subscribe, json(delta), 0);
  }
  const types = [ChannelType.request, ChannelType.request, ChannelType.multicast];
  return frame(choices.of([...types, ChannelType.response]), bodyOf(choices));
}

/** What was pushed, answered: rightly, or with any type, result and content. */
function answerTo(choices: Choices, frame: Uint8Array): Uint8Array {
  const seq = frame.subarray(6, 38);
  const type = choices.below(6) === 0 ? choices.of(TYPES) : ChannelType.response;
  const data = choices.bool() ? bodyOf(choices) : detailOf(choices);
  return encodeChannelFrame({ type, seq, result: choices.of(RESULTS), data });
}

function p2pFrame(choices: Choices, asked: readonly number[]): Uint8Array {
  const seq = asked.length > 0 && choices.bool() ? choices.of(asked) : choices.below(6);
  const { amop, extension, topics } = P2pProtocol;
  const frame = (protocolId: number, packetType: number, payload: Uint8Array): Uint8Array => {
    const version = choices.below(8) === 0 ? P2P_COMPRESSED : 0;
    const isPacked = version > 0 && choices.bool();
    return encodeP2pFrame({
      protocolId,
      packetType,
      seq,
      version,
      payload: isPacked ? compress(payload) : payload,
    });
  };
  switch (choices.below(10)) {
    case 0: {
      const ids = [amop, -amop, topics, -topics, extension, -extension, 9, 0];
      return frame(choices.of(ids), choices.below(4), choices.take(choices.below(60)));
    }
    case 1:
      return frame(topics, P2pPacket.topicSequence, encoder.encode(String(choices.below(5))));
    case 2:
      return frame(topics, P2pPacket.topicListRequest, new Uint8Array());
    case 3: {
      const list = [choices.below(5), ...someTopics(choices)].join('\t');
      return frame(-topics, P2pPacket.topicList, encoder.encode(list));
    }
    case 4: {
      const have = choices.of([['counts', 'deadline', 'errors'], ['counts'], []]);
      return frame(extension, P2pPacket.hello, json({ v: 1, software: 'fuzz', have }));
    }
    case 5: {
      const counts = someTopics(choices).map((topic) => [topic, choices.below(4)] as const);
      const base = choices.bool() ? null : choices.below(5);
      // Names are the node's to check, hence the types.
      const update = { base, sequence: choices.below(5), topics: counts as [TopicName, number][] };
      return frame(extension, P2pPacket.topicCounts, encodePeerTopics(update));
    }
    case 6:
      return frame(extension, choices.below(4), jsonOf(choices));
    case 7:
      return frame(amop, choices.below(3), channelFrame(choices));
    default:
      return frame(-amop, choices.below(3), answerTo(choices, channelFrame(choices)));
  }
}

/** More than a read buffer holds, whole or only begun: what the node counts against its budget. */
function longFrame(choices: Choices): Uint8Array {
  const seq = seqFromKey('9'.repeat(32));
  const data = encodeAmopBody(choices.of(SHARED_TOPICS), new Uint8Array(70_000));
  const frame = encodeChannelFrame({ type: ChannelType.multicast, seq, data });
  return choices.bool() ? frame : frame.slice(0, 66_000 + choices.below(4_000));
}

/** A frame with a few bytes changed, cut off or doubled; its length field mostly right again. */
function damaged(choices: Choices, frame: Uint8Array): Uint8Array {
  const bytes = frame.slice(
    0,
    choices.below(4) === 0 ? choices.below(frame.length + 1) : undefined,
  );
  for (let count = choices.below(4); count > 0 && bytes.length > 0; count--) {
    bytes[choices.below(bytes.length)] = choices.byte();
  }
  if (choices.below(4) > 0 && bytes.length >= 4) {
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, bytes.length);
  }
  return bytes;
}

function bodyOf(choices: Choices): Uint8Array {
  const topic = choices.of(SHARED_TOPICS);
  const content = new Uint8Array(choices.of([0, 1, 30, 2_000])).fill(choices.byte());
  const body = encodeAmopBody(topic, content);
  if (choices.below(8) === 0) body[0] = choices.byte();
  return body;
}

function detailOf(choices: Choices): Uint8Array {
  return encodeErrorDetail({
    hop: choices.of(['node', 'peer-node', 'subscriber'] as const),
    reason: choices.of(['no-subscriber', 'receiver-lost', 'overloaded', 'other']),
    maybeDelivered: choices.of(['no', 'yes', 'unknown'] as const),
    retryable: choices.bool(),
  });
}

function someTopics(choices: Choices): string[] {
  return Array.from({ length: choices.below(4) }, () => choices.of(SHARED_TOPICS));
}

function jsonOf(choices: Choices): Uint8Array {
  return json(nearJson(choices, MEMBERS, WORDS));
}

function json(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

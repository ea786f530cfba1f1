/** Bytes of the channel header: u32be length, u16be type, 32-byte seq, i32be result. Spec 2.1. */
export const CHANNEL_HEADER_BYTES = 42;

/** Bytes of the p2p header of nodes from 2.0.0-rc2 on. Spec 12.1. */
export const P2P_HEADER_BYTES = 16;

/** Largest frame the original node takes on either port: 100 MiB, inclusive. Spec 2.2, 12.1. */
export const MAX_FRAME_BYTES = 104_857_600;

/** Bytes of a channel sequence: opaque, echoed and compared bytewise. Spec 2.1. */
export const SEQ_BYTES = 32;

/** Longest topic a frame can address: its length byte holds the topic's bytes plus one. Spec 4. */
export const MAX_TOPIC_BYTES = 254;

/** Version of the extensions in the `amop` member of 0x14, in hellos and in error details. */
export const EXTENSION_VERSION = 1;

/** Sequence of pushes that want no answer: 32 ASCII zeroes. Spec 2.1. Never write into it. */
export const NO_REPLY_SEQ: Uint8Array = new Uint8Array(SEQ_BYTES).fill(0x30);

/** Bit of the p2p `version` field that marks a snappy payload. Spec 12.1. */
export const P2P_COMPRESSED = 0x8000;

/** Original nodes compress p2p payloads above this many bytes, this size itself not. Spec 12.3. */
export const COMPRESSION_THRESHOLD_BYTES = 1024;

/** Lowest and highest channel protocol there is; a session starts at the lowest. Spec 5.1. */
export const MIN_CHANNEL_PROTOCOL = 1;

/** Highest channel protocol; 2 and 3 are the same for AMOP. Spec 5.1. */
export const MAX_CHANNEL_PROTOCOL = 3;

/** Types of channel frames. Spec 3; `multicastAck` is an extension of ours. */
export const ChannelType = {
  rpc: 0x12,
  heartbeat: 0x13,
  handshake: 0x14,
  registerEvent: 0x15,
  unregisterEvent: 0x16,
  request: 0x30,
  response: 0x31,
  subscribe: 0x32,
  multicast: 0x35,
  verifyTopic: 0x37,
  topicStatus: 0x38,
  transactionReceipt: 0x1000,
  blockNotification: 0x1001,
  eventLog: 0x1002,
  multicastAck: 0x4141,
} as const;

/** One of the known channel types; a frame on the wire may carry any u16. */
export type ChannelType = (typeof ChannelType)[keyof typeof ChannelType];

/** Values of the `result` field of AMOP answers. Spec 21; `handlerFailed` and `notPermitted` are ours. */
export const ResultCode = {
  ok: 0,
  nodesUnreachable: 99,
  noSubscriber: 100,
  nodeFailed: 101,
  localTimeout: 102,
  bandwidthLimit: 103,
  noAnswer: 104,
  malformed: 105,
  handlerFailed: 120,
  notPermitted: 121,
} as const;

/** One of the known result codes; a subscriber may answer with any i32. */
export type ResultCode = (typeof ResultCode)[keyof typeof ResultCode];

/** protocolID of p2p requests; a response carries the negative. Spec 12.1; `extension` is ours. */
export const P2pProtocol = {
  amop: 1,
  topics: 2,
  extension: 0x5453,
} as const;

/** One of the protocolIDs we handle; all others are skipped without closing. */
export type P2pProtocol = (typeof P2pProtocol)[keyof typeof P2pProtocol];

/**
 * packetType of p2p frames. `unicast`, `multicast` belong to `P2pProtocol.amop`, `failure` to its
 * response between nodes of ours: the node speaks, not a subscriber; `topicSequence`,
 * `topicListRequest`, `topicList` to `topics`; the rest to `extension`. Spec 12.1.
 */
export const P2pPacket = {
  unicast: 0,
  multicast: 1,
  failure: 1,
  topicSequence: 1,
  topicListRequest: 2,
  topicList: 3,
  hello: 1,
  topicCounts: 2,
  grants: 3,
  privateUnicast: 4,
  privateMulticast: 5,
} as const;

/** Prefix of the topics that original SDKs use for block notifications. Spec 7. */
export const BLOCK_NOTIFY_PREFIX = '_block_notify_';

/** Prefix of the payload topic of a private topic. Spec 10.1. */
export const PRIVATE_TOPIC_PREFIX = '#!$TopicNeedVerify_';

/** Longest name of a private topic: its challenge route has 69 bytes more. Spec 10.1. */
export const MAX_PRIVATE_TOPIC_BYTES = 185;

/** Longest name of a private topic that publishers with the Go SDK can verify. Spec 10.1. */
export const MAX_GO_PRIVATE_TOPIC_BYTES = 168;

/** Prefix of a subscriber's challenge route. Spec 10.1. */
export const CHALLENGE_ROUTE_PREFIX = '#!$VerifyChannel_';

/** Prefix of a publisher's marker topic. Spec 10.1. */
export const PUBLISHER_MARKER_PREFIX = '#!$PushChannel_';

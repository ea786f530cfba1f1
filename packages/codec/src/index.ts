export {
  type AmopBody,
  amopBodyBytes,
  encodeAmopBody,
  readAmopBody,
  readAmopTopic,
  writeAmopBody,
} from './amop-body.ts';
export type { FrameDecoderOptions } from './bytes/length-prefixed-decoder.ts';
export {
  ChannelFrame,
  type ChannelFrameFields,
  copyChannelFrame,
  encodeChannelFrame,
  readChannelFrame,
  seqFromKey,
  setChannelResult,
  setChannelSeq,
  setChannelType,
  writeChannelHeader,
} from './channel-frame.ts';
export { ChannelFrameDecoder } from './channel-frame-decoder.ts';
export {
  BLOCK_NOTIFY_PREFIX,
  CHALLENGE_ROUTE_PREFIX,
  CHANNEL_HEADER_BYTES,
  ChannelType,
  COMPRESSION_THRESHOLD_BYTES,
  EXTENSION_VERSION,
  MAX_CHANNEL_PROTOCOL,
  MAX_FRAME_BYTES,
  MAX_GO_PRIVATE_TOPIC_BYTES,
  MAX_PRIVATE_TOPIC_BYTES,
  MAX_TOPIC_BYTES,
  MIN_CHANNEL_PROTOCOL,
  NO_REPLY_SEQ,
  P2P_COMPRESSED,
  P2P_HEADER_BYTES,
  P2pPacket,
  P2pProtocol,
  PRIVATE_TOPIC_PREFIX,
  PUBLISHER_MARKER_PREFIX,
  ResultCode,
  SEQ_BYTES,
} from './constants.ts';
export { DuplicateWindow, type DuplicateWindowOptions } from './duplicate-window.ts';
export {
  type BodyFault,
  CodecError,
  type CodecErrorCode,
  type CodecErrorDetails,
  type FrameLayer,
  type TopicFault,
} from './errors.ts';
export { BOUND_HEAD_BYTES, BoundKind, boundKind } from './messages/bound/bound-frame.ts';
export {
  type BoundOffer,
  type BoundOfferFields,
  draftBoundOffer,
  parseBoundOffer,
} from './messages/bound/bound-offer.ts';
export {
  type BoundProof,
  type BoundProofFields,
  draftBoundProof,
  parseBoundProof,
} from './messages/bound/bound-proof.ts';
export {
  BoundRefusal,
  encodeBoundRefusal,
  parseBoundRefusal,
} from './messages/bound/bound-refusal.ts';
export { type EpochKey, encodeEpochKey, parseEpochKey } from './messages/bound/epoch-key.ts';
export {
  parseEpochMessage,
  parseSealedMessage,
  SEALED_HEAD_BYTES,
  SEALED_OVERHEAD_BYTES,
  type SealedMessage,
  SealedStatus,
  SealedType,
  sealedKeyId,
  writeSealedCounter,
  writeSealedHead,
} from './messages/bound/sealed-message.ts';
export { type ErrorDetail, encodeErrorDetail, parseErrorDetail } from './messages/error-detail.ts';
export {
  chunkCount,
  chunkSize,
  FILE_HASH_BYTES,
  FileFrameKind,
  fileFrameKind,
  fileInboxTopic,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_FILE_BYTES,
  MIN_CHUNK_BYTES,
  TRANSFER_ID_BYTES,
  TRANSFER_SECRET_BYTES,
} from './messages/file/file-frame.ts';
export {
  encodeOfferAnswer,
  type OfferAnswer,
  OfferVerdict,
  parseOfferAnswer,
} from './messages/file/offer-verdict.ts';
export {
  PARTY_ID_BYTES,
  parseSealedTransferReply,
  parseSealedTransferRequest,
  RUN_ID_BYTES,
  type SealedTransferFrame,
  TRANSFER_REPLY_HEAD_BYTES,
  TRANSFER_REQUEST_HEAD_BYTES,
  writeSealedTransferHead,
} from './messages/file/sealed-transfer.ts';
export {
  encodeTransferOffer,
  isFileShape,
  MAX_OFFERED_NAME_BYTES,
  parseTransferOffer,
  type TransferOffer,
} from './messages/file/transfer-offer.ts';
export { isTransferReason } from './messages/file/transfer-reason.ts';
export {
  encodeChunkHead,
  encodeTransferReply,
  parseTransferReply,
  type TransferReply,
} from './messages/file/transfer-reply.ts';
export {
  encodeTransferRequest,
  parseTransferRequest,
  TransferEnd,
  type TransferRequest,
} from './messages/file/transfer-request.ts';
export { encodeFileMessage, type FileMessage, parseFileMessage } from './messages/file-message.ts';
export {
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  type GrantedExtensions,
  type HandshakeRequest,
  type HandshakeResponse,
  parseHandshakeRequest,
  parseHandshakeResponse,
  type WantedExtensions,
} from './messages/handshake.ts';
export {
  encodeHeartbeat,
  type Heartbeat,
  type HeartbeatValue,
  isHeartbeatRequest,
  parseHeartbeat,
} from './messages/heartbeat.ts';
export { decodeMulticastAck, encodeMulticastAck } from './messages/multicast-ack.ts';
export { type NodeInfo, type PeerInfo, parseNodeInfo, parsePeers } from './messages/node-info.ts';
export {
  encodePeerGrants,
  MAX_GRANTS_PER_FRAME,
  NO_GRANTS,
  type ParsedPeerGrants,
  type PeerGrant,
  type PeerGrants,
  parsePeerGrants,
} from './messages/peer-grants.ts';
export { encodePeerHello, type PeerHello, parsePeerHello } from './messages/peer-hello.ts';
export {
  encodePeerTopics,
  type ParsedPeerTopics,
  type PeerTopics,
  type PeerTopicsOptions,
  parsePeerTopics,
  type TopicCount,
} from './messages/peer-topics.ts';
export {
  encodeRpcError,
  encodeRpcRequest,
  encodeRpcResult,
  parseRpcRequest,
  parseRpcResponse,
  type RpcId,
  type RpcRequest,
  type RpcResponse,
} from './messages/rpc.ts';
export {
  encodeSubscribe,
  encodeSubscribeDelta,
  parseSubscribe,
  type RefusedTopic,
  type SubscribeDelta,
  type SubscribeReplace,
} from './messages/subscribe.ts';
export {
  encodeSubscribeAck,
  parseSubscribeAck,
  type SubscribeAck,
} from './messages/subscribe-ack.ts';
export {
  encodeTopicStatus,
  encodeVerifyTopic,
  parseTopicStatus,
  parseVerifyTopic,
  type TopicStatus,
  type VerifyTopic,
} from './messages/topic-verification.ts';
export {
  encodeP2pFrame,
  P2pFrame,
  type P2pFrameFields,
  readP2pFrame,
  writeP2pHeader,
} from './p2p-frame.ts';
export { P2pFrameDecoder } from './p2p-frame-decoder.ts';
export {
  BOUND_ROUTE_VERSION,
  boundRouteVersion,
  type ChallengeRoute,
  challengeRoute,
  createBoundRouteId,
  isReservedTopic,
  parseChallengeRoute,
  payloadOfMarker,
  payloadTopic,
  privateTopicName,
  publisherMarker,
  ROUTE_ID_DIGITS,
} from './private-topic.ts';
export {
  encodeTopicList,
  encodeTopicSequence,
  parseTopicList,
  parseTopicSequence,
  type TopicList,
  type TopicListOptions,
} from './topic-list.ts';
export {
  decodeTopicBytes,
  isBlockNotifyTopic,
  isPrivateTopic,
  isTopicName,
  parseTopicName,
  type TopicName,
  topicNameBytes,
} from './topic-name.ts';

export type { NodeInfo, PeerInfo } from '@amop/codec';
export type { TopicSigner } from './bound/topic-signer.ts';
export type { Reply } from './call/reply.ts';
export type { AmopClient, QueryOptions } from './client.ts';
export { connect } from './connect.ts';
export type { CounterSnapshot } from './counters.ts';
export {
  AnswerError,
  CLIENT_ERROR_SUMMARIES,
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  type Hop,
  type MaybeDelivered,
} from './errors.ts';
export type { ClientEventListener, ClientEventName, ClientEvents } from './events.ts';
export type {
  AcceptFile,
  FileAudience,
  FileEvent,
  FileOffer,
  FileOutcome,
  FileSource,
  ReceiveFilesOptions,
  SendFileOptions,
  SendProgress,
  SentFile,
} from './file/file-types.ts';
export type { FileReceiver } from './file/receive/file-receiver.ts';
export type { Message, MessageKind } from './inbound/message.ts';
export type { Answer, MessageHandler } from './inbound/subscriber.ts';
export type { Subscription } from './inbound/subscription.ts';
export type { LinkState } from './link/node-link.ts';
export type { NodeStatus } from './link/node-status.ts';
export type { CallOptions } from './options/call-options.ts';
export type { ClientLimits, ClientPorts, ConnectOptions, TlsOptions } from './options/options.ts';
export type {
  PrivateSubscriber,
  PrivateTopic,
  SubscriberWaitOptions,
} from './private/publisher/private-topic.ts';
export type { PrivateTopicOptions, ProofMode } from './private/publisher/topic-options.ts';
export type { PrivateSubscribeOptions } from './private/subscriber/private-keys.ts';
export type { PrivateSubscription } from './private/subscriber/private-subscription.ts';

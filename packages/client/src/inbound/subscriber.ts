import type { TopicName } from '@amop/codec';
import type { Message } from './message.ts';
import type { MessageQueue } from './message-queue.ts';

/** What a handler may answer a request with; nothing at all is an empty answer. */
export type Answer = Uint8Array | string;

/**
 * Takes the messages of a subscription. Several may run at once; their answers may come in any order.
 *
 * What it gives back, or its promise, answers a request and is ignored for a multicast. What it
 * throws reaches the requester as `AMOP_CLIENT_HANDLER_FAILED`; the text only of an `AnswerError`.
 */
export type MessageHandler = (
  message: Message,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is fine
) => Answer | undefined | void | Promise<Answer | undefined | void>;

/** One subscription as the inbound side sees it: a handler or a queue. */
export type Subscriber =
  | { readonly kind: 'handler'; readonly topic: TopicName; readonly handler: MessageHandler }
  | { readonly kind: 'iterator'; readonly topic: TopicName; readonly queue: MessageQueue };

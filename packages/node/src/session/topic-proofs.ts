import {
  type ChannelFrame,
  ChannelType,
  encodeTopicStatus,
  encodeVerifyTopic,
  NO_REPLY_SEQ,
  parseTopicStatus,
  ResultCode,
  seqFromKey,
  type TopicStatus,
  type VerifyTopic,
} from '@amop/codec';
import type { SessionEndpoint } from '@amop/router';
import type { NodeContext } from '../node-context.ts';
import type { ChannelWriter } from './channel-writer.ts';

const IGNORED =
  '0x38 ignored: this application was not asked for that, or too long ago (docs/private-topics.md)';

/** One application as a publisher of private topics: 0x37 to it, 0x38 from it (spec 10.3). */
export class TopicProofs {
  readonly #endpoint: SessionEndpoint;
  readonly #writer: ChannelWriter;
  readonly #context: NodeContext;

  constructor(endpoint: SessionEndpoint, writer: ChannelWriter, context: NodeContext) {
    this.#endpoint = endpoint;
    this.#writer = writer;
    this.#context = context;
  }

  /** Sends a 0x37; false when the connection takes nothing any more. */
  ask(seqKey: string, request: VerifyTopic): boolean {
    const data = encodeVerifyTopic(request);
    return this.#writer.send(ChannelType.verifyTopic, seqFromKey(seqKey), ResultCode.ok, data);
  }

  /** Sends a 0x38: the route that it names is gone. */
  routeGone(status: TopicStatus): void {
    const data = encodeTopicStatus(status);
    this.#writer.send(ChannelType.topicStatus, NO_REPLY_SEQ, ResultCode.ok, data);
  }

  /**
   * Takes what may be the acknowledgement of a 0x37: the Java SDK sends a 0x37, the Go SDK a 0x31.
   *
   * @returns false when it is none
   */
  acknowledged({ seqKey }: ChannelFrame): boolean {
    const { clock, router } = this.#context;
    return router.verificationAcknowledged(this.#endpoint, seqKey, clock.nowMs());
  }

  /** Takes a 0x38. */
  told(frame: ChannelFrame): void {
    const { clock, counters, limited, router } = this.#context;
    const status = parseTopicStatus(frame.data);
    if (status === undefined) {
      counters.framesMalformed++;
      return;
    }
    if (router.topicStatus(this.#endpoint, status, clock.nowMs())) return;
    limited.warn({ session: this.#endpoint.id, topic: status.topic.slice(0, 254) }, IGNORED);
  }
}

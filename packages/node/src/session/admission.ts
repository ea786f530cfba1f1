import {
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  ChannelType,
  ResultCode,
  readAmopTopic,
} from '@amop/codec';
import type { Origin } from '@amop/router';
import type { MessageRefusal } from '../counters.ts';
import { BandwidthAccount } from '../flow/bandwidth-limit.ts';
import type { CutReason } from '../flow/sink.ts';
import type { NodeContext } from '../node-context.ts';
import type { TopicSet } from '../permission/topic-set.ts';
import { isAllowedContent } from './route-content.ts';

const OVER_BANDWIDTH =
  'messages refused with 103: the outgoing bandwidth is used up (flow_control.outgoing_bandwidth_limit)';

const NOT_PERMITTED = 'message refused with 121: the application may not publish on the topic';

const NO_CHALLENGE =
  'message refused with 121: a challenge route takes challenges only, for who owns it signs what arrives there';

/** What the admission of messages needs of its session. */
export interface AdmittedSession extends Pick<Origin, 'id' | 'fail'> {
  readonly link: { cut(reason: CutReason): void };
}

/** Looks at each message of one application before it is routed, and answers those that may not go on. */
export class Admission {
  readonly #session: AdmittedSession;
  #allowed: TopicSet;
  readonly #context: NodeContext;
  /** Who pays for what its messages send to other nodes. */
  readonly account: BandwidthAccount = new BandwidthAccount();
  #malformed = 0;

  /** @param allowed topics that the application may send on */
  constructor(session: AdmittedSession, allowed: TopicSet, context: NodeContext) {
    this.#session = session;
    this.#allowed = allowed;
    this.#context = context;
  }

  /** From now on the application may send on these. */
  allow(topics: TopicSet): void {
    this.#allowed = topics;
  }

  /** The topic of an 0x30 or 0x35 that may go on; undefined when it was answered with a code. */
  topicOf(frame: ChannelFrame, nowMs: number): string | undefined {
    if (frame.bytes.length > this.#context.limits.maxMessageBytes) {
      this.#refuseMalformed(frame, 'too-large');
      return undefined;
    }
    const topic = readAmopTopic(frame.bytes, CHANNEL_HEADER_BYTES);
    if (topic === undefined) {
      // D-01, D-08: the original aborts, reads beyond the buffer, or says nothing.
      this.#refuseMalformed(frame, 'malformed-body');
      return undefined;
    }
    if (!this.#allowed.has(topic)) {
      this.#refuseForbidden(frame, topic, NOT_PERMITTED);
      return undefined;
    }
    if (!isAllowedContent(topic, frame)) {
      this.#refuseForbidden(frame, topic, NO_CHALLENGE, 'not-a-challenge');
      return undefined;
    }
    if (this.#context.stopping) {
      this.#refuse(frame, ResultCode.bandwidthLimit, 'stopping', topic);
      return undefined;
    }
    if (!this.#isOverBandwidth(topic, nowMs)) return topic;
    this.#refuse(frame, ResultCode.bandwidthLimit, 'over-bandwidth', topic);
    this.#context.counters.overBandwidth++;
    this.#context.limited.warn({ session: this.#session.id }, OVER_BANDWIDTH);
    return undefined;
  }

  /** Counts a frame that cannot be read; a session with too many of them is closed. */
  malformed(frame: ChannelFrame, reason: string): void {
    const { counters, limits, logger } = this.#context;
    counters.framesMalformed++;
    logger.debug({ session: this.#session.id, type: frame.type, reason }, 'malformed frame');
    if (++this.#malformed > limits.maxMalformedFrames) this.#session.link.cut('too-many-malformed');
  }

  /** Topics that only this node's own applications listen to cost no bandwidth (D-25). */
  #isOverBandwidth(topic: string, nowMs: number): boolean {
    const { bandwidth, router } = this.#context;
    return (
      bandwidth?.isUsedUp(this.account, nowMs) === true && router.hasPeers(topic, this.#session.id)
    );
  }

  #refuseForbidden(frame: ChannelFrame, topic: string, text: string, reason?: string): void {
    this.#refuse(frame, ResultCode.notPermitted, 'not-permitted', topic, reason);
    this.#context.counters.notPermitted++;
    this.#context.limited.warn({ session: this.#session.id, topic }, text);
  }

  #refuseMalformed(frame: ChannelFrame, reason: string): void {
    this.#refuse(frame, ResultCode.malformed, 'malformed', '', reason);
    this.malformed(frame, reason);
  }

  #refuse(
    frame: ChannelFrame,
    code: number,
    refusal: MessageRefusal,
    topic: string,
    reason: string = refusal,
  ): void {
    const { counters, nodeId, observer } = this.#context;
    counters.messageRefusals[refusal]++;
    const type = frame.type === ChannelType.multicast ? 'multicast' : 'request';
    observer?.refused(this.#session.id, type, frame, topic, code, reason);
    const retryable = code === ResultCode.bandwidthLimit;
    const detail = { hop: 'node', node: nodeId, reason, maybeDelivered: 'no', retryable } as const;
    this.#session.fail(frame, 0, { code, detail });
  }
}

import {
  type AmopBody,
  type ChannelFrame,
  CodecError,
  type DuplicateWindow,
  readAmopBody,
} from '@amop/codec';
import type { Clock } from '@amop/ports';
import { bodyBytes, ownBytes } from '../body.ts';
import type { ClientCounters } from '../counters.ts';
import type { AnswerPath } from './answer-path.ts';
import { handOver } from './hand-over.ts';
import type { HandlerRunner } from './handler-runner.ts';
import { Message } from './message.ts';
import type { SubscriptionTable } from './subscription-table.ts';

/** Takes what comes by one connection for topics that the client has no plain subscription to. */
export interface ConnectionInbox {
  /** False when it is not for it either. */
  request(frame: ChannelFrame, body: AmopBody, path: AnswerPath): boolean;
  /** As `request`. */
  multicast(frame: ChannelFrame, body: AmopBody): boolean;
}

/** Collaborators of {@link Delivery}. */
export interface DeliveryDependencies {
  readonly table: SubscriptionTable;
  readonly runner: HandlerRunner;
  readonly counters: ClientCounters;
  readonly clock: Clock;
  /** Undefined with a single link: nothing can come in twice. */
  readonly window: DuplicateWindow | undefined;
}

/** Brings messages from a node to subscriptions. */
export class Delivery {
  readonly #deps: DeliveryDependencies;

  constructor(dependencies: DeliveryDependencies) {
    this.#deps = dependencies;
  }

  /**
   * A frame of type 0x30: always a request, whatever its seq. An original SDK takes one with a seq
   * of its own for the answer (D-14). It is answered in any case, never left to a timeout.
   */
  request(frame: ChannelFrame, path: AnswerPath, connection: ConnectionInbox): void {
    const { table, counters, runner } = this.#deps;
    const body = this.#read(frame);
    if (body === undefined) {
      path.malformed(frame);
      return;
    }
    const entry = table.get(body.topic);
    const receiver = entry?.nextReceiver();
    if (entry === undefined || receiver === undefined) {
      if (connection.request(frame, body, path)) return;
      counters.unclaimed++;
      path.declined(frame.seq, bodyBytes(body.topic), body.content);
      return;
    }
    counters.requestsReceived++;
    const back = { path, topicBytes: entry.topicBytes };
    const content = ownBytes(frame, body.content);
    handOver(receiver, new Message(entry.topic, frame.seqKey, content, back), runner);
  }

  /**
   * A frame of type 0x35.
   *
   * @param sourceId the connection it came by; a copy of one that came by another is dropped
   */
  multicast(frame: ChannelFrame, sourceId: number, connection: ConnectionInbox): void {
    const { table, counters, window, clock, runner } = this.#deps;
    const body = this.#read(frame);
    if (body === undefined) return;
    const entry = table.get(body.topic);
    if (entry === undefined) {
      if (!connection.multicast(frame, body)) counters.unclaimed++;
      return;
    }
    if (window?.isDuplicate(frame, sourceId, clock.nowMs())) {
      counters.duplicates++;
      return;
    }
    counters.multicastsReceived++;
    const { subscribers } = entry;
    const receivers = subscribers.length === 1 ? subscribers : [...subscribers];
    for (const receiver of receivers) {
      const content = receivers.length === 1 ? ownBytes(frame, body.content) : body.content.slice();
      handOver(receiver, new Message(entry.topic, frame.seqKey, content, undefined), runner);
    }
  }

  #read(frame: ChannelFrame): AmopBody | undefined {
    try {
      return readAmopBody(frame.data);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#deps.counters.malformedFrames++;
      return undefined;
    }
  }
}

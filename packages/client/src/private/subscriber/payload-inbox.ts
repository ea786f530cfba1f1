import {
  type AmopBody,
  BoundKind,
  boundKind,
  type ChannelFrame,
  type DuplicateWindow,
  topicNameBytes,
} from '@amop/codec';
import type { Clock } from '@amop/ports';
import { ownBytes } from '../../body.ts';
import type { ClientCounters } from '../../counters.ts';
import type { AnswerPath } from '../../inbound/answer-path.ts';
import type { PrivateDelivery } from './private-delivery.ts';
import type { PrivateTopic } from './private-topic.ts';

/** Stands for the key of a sender that cannot show who it is. */
const UNVERIFIED = 'unverified';

/** Collaborators of {@link PayloadInbox}. */
export interface PayloadInboxDependencies {
  readonly delivery: PrivateDelivery;
  readonly counters: ClientCounters;
  readonly clock: Clock;
  /** Undefined with a single link: nothing can come in twice. */
  readonly window: DuplicateWindow | undefined;
}

/**
 * Takes what comes on payload topics: messages of original publishers, in the clear, and the sealed
 * multicasts of epochs.
 */
export class PayloadInbox {
  readonly #deps: PayloadInboxDependencies;

  constructor(dependencies: PayloadInboxDependencies) {
    this.#deps = dependencies;
  }

  /** A request; one that must not be believed is declined at once. */
  request(topic: PrivateTopic, frame: ChannelFrame, body: AmopBody, path: AnswerPath): void {
    const topicBytes = topicNameBytes(topic.payload);
    if (this.#mayBelieve(topic, body)) {
      const content = ownBytes(frame, body.content);
      const back = { path, topicBytes };
      if (this.#deps.delivery.request(topic, frame.seqKey, content, back, UNVERIFIED)) return;
    }
    path.declined(frame.seq, topicBytes, body.content);
  }

  /** A multicast; `sourceId` is the connection that it came by. */
  multicast(topic: PrivateTopic, frame: ChannelFrame, body: AmopBody, sourceId: number): void {
    const { counters, delivery } = this.#deps;
    const isEpoch = boundKind(body.content) === BoundKind.epoch;
    if (!isEpoch && !this.#mayBelieve(topic, body)) return;
    if (this.#isCopy(frame, sourceId)) {
      counters.duplicates++;
    } else if (isEpoch) {
      const opened = topic.epochs.open(body.content);
      if (opened === undefined) counters.sealedRejected++;
      else delivery.sealedMulticast(topic, opened.body, opened.publisher);
    } else {
      delivery.multicast(topic, frame.seqKey, ownBytes(frame, body.content), UNVERIFIED);
    }
  }

  /** Anybody whom the nodes let may write in the clear: never what only looks sealed. */
  #mayBelieve(topic: PrivateTopic, { content }: AmopBody): boolean {
    const { counters } = this.#deps;
    if (boundKind(content) !== undefined) counters.sealedRejected++;
    else if (topic.keys.publishers !== undefined) counters.unsealedRejected++;
    else return true;
    return false;
  }

  #isCopy(frame: ChannelFrame, sourceId: number): boolean {
    const { window, clock } = this.#deps;
    return window?.isDuplicate(frame, sourceId, clock.nowMs()) ?? false;
  }
}

import { type AmopBody, type ChannelFrame, SealedType, sealedKeyId } from '@amop/codec';
import type { Clock } from '@amop/ports';
import type { OpenedMessage } from '../../bound/seal/subscriber-seal.ts';
import type { ClientCounters } from '../../counters.ts';
import type { AnswerPath } from '../../inbound/answer-path.ts';
import { KeyedRate } from './keyed-rate.ts';
import type { PrivateDelivery } from './private-delivery.ts';
import type { PrivateTopic } from './private-topic.ts';
import { type ProvenSeal, SealTable } from './seal-table.ts';
import { SealedReturn } from './sealed-return.ts';

/** Epoch keys that a publisher may hand over on one route in any second. */
const EPOCH_KEYS = { count: 10, windowMs: 1_000, maxKeys: 1024 } as const;
const NO_BYTES = new Uint8Array(0);

/** Collaborators of {@link SealedInbox}. */
export interface SealedInboxDependencies {
  readonly delivery: PrivateDelivery;
  readonly counters: ClientCounters;
  readonly clock: Clock;
}

/** Takes what proven publishers seal for one route. */
export class SealedInbox {
  readonly seals: SealTable = new SealTable();
  readonly #topic: PrivateTopic;
  readonly #routeBytes: Uint8Array;
  readonly #deps: SealedInboxDependencies;
  readonly #epochKeys = new KeyedRate(EPOCH_KEYS);

  constructor(
    options: { readonly topic: PrivateTopic; readonly routeBytes: Uint8Array },
    dependencies: SealedInboxDependencies,
  ) {
    this.#topic = options.topic;
    this.#routeBytes = options.routeBytes;
    this.#deps = dependencies;
  }

  /** A sealed frame; one that does not open is declined at once, so that nobody waits. */
  request(frame: ChannelFrame, { content }: AmopBody, path: AnswerPath): void {
    const { clock, counters } = this.#deps;
    const keyId = sealedKeyId(content);
    const proven = keyId === undefined ? undefined : this.seals.get(keyId, clock.nowMs());
    const opened = proven?.seal.open(content);
    if (proven === undefined || opened === undefined || typeof opened === 'string') {
      counters.sealedRejected++;
      path.declined(frame.seq, this.#routeBytes, content);
      return;
    }
    this.#opened(frame, proven, opened, path);
  }

  /** Every key dies. */
  close(): void {
    this.seals.close();
    this.retire();
  }

  /** Nothing is delivered any more; answers under way are still sealed. */
  retire(): void {
    this.#topic.epochs.release(this);
  }

  #opened(frame: ChannelFrame, proven: ProvenSeal, opened: OpenedMessage, path: AnswerPath): void {
    const { publisher, seal } = proven;
    const back = new SealedReturn(path, this.#routeBytes, seal, opened.counter);
    switch (opened.type) {
      case SealedType.request:
        this.#request(frame, publisher, opened.body, back);
        break;
      case SealedType.multicast:
        path.answer(frame.seqKey, this.#routeBytes, NO_BYTES);
        this.#deps.delivery.sealedMulticast(this.#topic, opened.body, publisher);
        break;
      case SealedType.epochKey:
        if (this.#takeEpoch(opened.body, publisher)) {
          back.answer(frame.seqKey, this.#routeBytes, NO_BYTES);
        } else {
          this.#deps.counters.sealedRejected++;
          back.declined(frame.seq, this.#routeBytes);
        }
        break;
      case SealedType.withdraw:
        back.answer(frame.seqKey, this.#routeBytes, NO_BYTES);
        this.#withdraw(proven);
    }
  }

  #takeEpoch(handOver: Uint8Array, publisher: string): boolean {
    if (!this.#epochKeys.take(publisher, this.#deps.clock.nowMs())) {
      handOver.fill(0);
      return false;
    }
    return this.#topic.epochs.take(handOver, publisher, this);
  }

  #request(frame: ChannelFrame, publisher: string, body: Uint8Array, back: SealedReturn): void {
    const { delivery } = this.#deps;
    if (delivery.request(this.#topic, frame.seqKey, body, back, publisher)) return;
    back.declined(frame.seq, this.#routeBytes);
  }

  /** The publisher trusts this subscriber no longer: nothing that it sealed before counts. */
  #withdraw({ seal, publisher }: ProvenSeal): void {
    this.seals.remove(seal.keyId);
    this.#topic.epochs.withdraw(publisher);
  }
}

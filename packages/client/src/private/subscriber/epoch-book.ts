import { sealedKeyId, type TopicName } from '@amop/codec';
import type { Clock } from '@amop/ports';
import { EpochOpener } from '../../bound/seal/epoch.ts';

/** Epochs of one topic; the oldest goes first. */
const MAX_EPOCHS = 1024;
/** An epoch that another one of its publisher replaces opens what is on its way, in ms. */
const REPLACED_MS = 5_000;

interface Epoch {
  readonly opener: EpochOpener;
  readonly publisher: string;
  /** Connections by which the key came: it dies with the last of them. */
  readonly holders: Set<object>;
  /** Monotonic ms; infinite until another epoch replaces it. Its key has an end of its own. */
  endMs: number;
}

/** What came out of an epoch multicast. */
export interface OpenedEpoch {
  /** Public key of the publisher whose epoch it is, 128 hex digits. */
  readonly publisher: string;
  readonly body: Uint8Array;
}

/**
 * The epoch keys that proven publishers of one topic have handed over, shared by the connections of
 * the client: one replay window for each epoch, by whatever way its multicasts come.
 */
export class EpochBook {
  readonly #topic: TopicName;
  readonly #clock: Clock;
  readonly #epochs = new Map<string, Epoch>();

  /** `topic`: the payload topic. */
  constructor(topic: TopicName, dependencies: { readonly clock: Clock }) {
    this.#topic = topic;
    this.#clock = dependencies.clock;
  }

  /** Epochs that there are. */
  get size(): number {
    return this.#epochs.size;
  }

  /**
   * Takes a key that `publisher` handed over on the connection `holder`; false if it is none.
   *
   * An older epoch of the publisher ends soon after: it made the new one because somebody is not to
   * be trusted any more, or because the old one is used up.
   */
  take(handOver: Uint8Array, publisher: string, holder: object): boolean {
    const clock = this.#clock;
    const opener = EpochOpener.fromHandOver(handOver, { topic: this.#topic }, { clock });
    if (opener === undefined) return false;
    const known = this.#epochs.get(opener.id);
    if (known !== undefined || opener.isExpired) {
      opener.close();
      // An ID belongs to who used it first: another publisher cannot take its epoch away.
      if (known?.publisher !== publisher) return false;
      known.holders.add(holder);
      return true;
    }
    this.#endOthers(publisher);
    this.#makeRoom();
    const endMs = Number.POSITIVE_INFINITY;
    this.#epochs.set(opener.id, { opener, publisher, holders: new Set([holder]), endMs });
    return true;
  }

  /** Opens an epoch multicast; undefined when it is repeated, late, or of no epoch here. */
  open(content: Uint8Array): OpenedEpoch | undefined {
    const id = sealedKeyId(content);
    const epoch = id === undefined ? undefined : this.#epochs.get(id);
    if (id === undefined || epoch === undefined) return undefined;
    if (this.#isOver(epoch)) {
      this.#end(id, epoch);
      return undefined;
    }
    const opened = epoch.opener.open(content);
    return typeof opened === 'string'
      ? undefined
      : { publisher: epoch.publisher, body: opened.body };
  }

  /** `holder` has its keys no longer: all of them, or those of one publisher. */
  release(holder: object, publisher?: string): void {
    for (const [id, epoch] of this.#epochs) {
      if (publisher !== undefined && epoch.publisher !== publisher) continue;
      if (epoch.holders.delete(holder) && epoch.holders.size === 0) this.#end(id, epoch);
    }
  }

  #endOthers(publisher: string): void {
    const endMs = this.#clock.nowMs() + REPLACED_MS;
    for (const [id, epoch] of this.#epochs) {
      if (this.#isOver(epoch)) this.#end(id, epoch);
      else if (epoch.publisher === publisher) epoch.endMs = Math.min(epoch.endMs, endMs);
    }
  }

  #isOver(epoch: Epoch): boolean {
    return epoch.opener.isExpired || this.#clock.nowMs() >= epoch.endMs;
  }

  #makeRoom(): void {
    const [oldest] = this.#epochs;
    if (oldest !== undefined && this.#epochs.size >= MAX_EPOCHS) this.#end(...oldest);
  }

  #end(id: string, epoch: Epoch): void {
    this.#epochs.delete(id);
    epoch.opener.close();
  }
}

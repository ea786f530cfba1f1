import { sealedKeyId, type TopicName } from '@amop/codec';
import type { Clock } from '@amop/ports';
import { EpochOpener } from '../../bound/seal/epoch.ts';

/** Epochs of one topic: no more are taken, so that nobody takes away those of somebody else. */
const MAX_EPOCHS = 1024;
/** Epochs of one publisher; its own oldest goes first. */
const MAX_EPOCHS_OF_ONE = 8;
/** An epoch that another one of its publisher replaces opens what is on its way, in ms. */
const REPLACED_MS = 5_000;

interface Epoch {
  /** Closed, but with its replay window, while nobody holds the key. */
  opener: EpochOpener;
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
 *
 * An epoch is remembered until its time is over, also when its key is gone: the publisher hands the
 * same key to the next route, and what was opened before must not be opened again there.
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

  /** Epochs that are remembered, with and without a key. */
  get size(): number {
    return this.#epochs.size;
  }

  /**
   * Takes a key that `publisher` handed over on the connection `holder`; false if it is none, that of
   * an epoch which the publisher withdrew or replaced, or one for which there is no room.
   *
   * An older epoch of the publisher ends soon after: it made the new one because somebody is not to
   * be trusted any more, or because the old one is used up.
   */
  take(handOver: Uint8Array, publisher: string, holder: object): boolean {
    const clock = this.#clock;
    const opener = EpochOpener.fromHandOver(handOver, { topic: this.#topic }, { clock });
    if (opener === undefined) return false;
    this.dropExpired();
    const known = this.#epochs.get(opener.id);
    if (known === undefined && !opener.isExpired) {
      return this.#add({
        opener,
        publisher,
        holders: new Set([holder]),
        endMs: Number.POSITIVE_INFINITY,
      });
    }
    // An ID belongs to who used it first: another publisher cannot take its epoch away.
    if (known?.publisher !== publisher || this.#isOver(known)) {
      opener.close();
      return false;
    }
    if (known.holders.size === 0) {
      opener.continue(known.opener);
      known.opener = opener;
    } else {
      opener.close();
    }
    known.holders.add(holder);
    return true;
  }

  /** Forgets epochs whose time is over. */
  dropExpired(): void {
    for (const [id, epoch] of this.#epochs) if (epoch.opener.isExpired) this.#drop(id, epoch);
  }

  /** Opens an epoch multicast; undefined when it is repeated, late, or of no epoch here. */
  open(content: Uint8Array): OpenedEpoch | undefined {
    const id = sealedKeyId(content);
    const epoch = id === undefined ? undefined : this.#epochs.get(id);
    if (epoch === undefined) return undefined;
    if (this.#isOver(epoch)) epoch.opener.close();
    const opened = epoch.opener.open(content);
    return typeof opened === 'string'
      ? undefined
      : { publisher: epoch.publisher, body: opened.body };
  }

  /** `holder` has its keys no longer: those that nobody else holds are overwritten. */
  release(holder: object): void {
    for (const { holders, opener } of this.#epochs.values()) {
      if (holders.delete(holder) && holders.size === 0) opener.close();
    }
  }

  /** Ends the epochs of a publisher for good: their keys are not taken again. */
  withdraw(publisher: string): void {
    const endMs = this.#clock.nowMs();
    for (const epoch of this.#epochs.values()) {
      if (epoch.publisher !== publisher) continue;
      epoch.endMs = Math.min(epoch.endMs, endMs);
      epoch.holders.clear();
      epoch.opener.close();
    }
  }

  #add(epoch: Epoch): boolean {
    const { opener, publisher } = epoch;
    const own = [...this.#epochs].filter(([, each]) => each.publisher === publisher);
    const [oldest] = own;
    if (oldest !== undefined && own.length >= MAX_EPOCHS_OF_ONE) {
      this.#drop(...oldest);
    } else if (this.#epochs.size >= MAX_EPOCHS) {
      opener.close();
      return false;
    }
    this.#endOthers(publisher);
    this.#epochs.set(opener.id, epoch);
    return true;
  }

  #endOthers(publisher: string): void {
    const endMs = this.#clock.nowMs() + REPLACED_MS;
    for (const epoch of this.#epochs.values()) {
      if (this.#isOver(epoch)) epoch.opener.close();
      else if (epoch.publisher === publisher) epoch.endMs = Math.min(epoch.endMs, endMs);
    }
  }

  #isOver(epoch: Epoch): boolean {
    return epoch.opener.isExpired || this.#clock.nowMs() >= epoch.endMs;
  }

  #drop(id: string, epoch: Epoch): void {
    this.#epochs.delete(id);
    epoch.opener.close();
  }
}

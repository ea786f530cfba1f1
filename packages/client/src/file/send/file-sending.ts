import { encodeTransferOffer, fileInboxTopic } from '@amop/codec';
import { MerkleTree } from '@amop/crypto';
import { bytesOfHex } from '../../hex.ts';
import {
  abortedTransfer,
  failedAtReceiver,
  nobodyTookIt,
  refusedByAll,
  stalledReceiver,
} from '../file-error.ts';
import type { FileOutcome, SendProgress, SentFile } from '../file-types.ts';
import type { TransferDependencies } from '../transfer-ports.ts';
import { Wake } from '../wake.ts';
import { ChunkServer } from './chunk-server.ts';
import { OfferResults } from './offer-results.ts';
import { KeyOffers, type Offers, type PrivateGate, TopicOffers } from './offers.ts';
import { PartyTable } from './party-table.ts';
import { ReceiverBook } from './receiver-book.ts';
import type { SendSettings } from './send-options.ts';
import type { ProgressTeller } from './send-progress.ts';
import type { SendRecord } from './send-record.ts';
import type { SendStore } from './send-store.ts';
import type { ServeQueue } from './serve-queue.ts';
import type { Source } from './source.ts';

/** Time for the nodes to take the inbox. */
const INBOX_TIMEOUT_MS = 30_000;
/** How often it is looked at who was not heard of any more. */
const LOOK_MS = 1_000;
/** Nobody has asked for so long: the phase is `waiting`. */
const QUIET_MS = 2_000;
/** Nobody has asked for so long: whoever has lost the thread is offered the file again. */
const REMIND_MS = 10_000;

/** One file on its way. */
export interface Transfer {
  readonly source: Source;
  /** As it would be on disk, receivers of an earlier attempt included. */
  readonly record: SendRecord;
  /** Hashes of the chunks. */
  readonly leaves: Uint8Array;
  /** Undefined where nothing outlives this process. */
  readonly store: SendStore | undefined;
}

/** Collaborators of {@link FileSending}. */
export interface FileSendingDependencies extends TransferDependencies {
  readonly queue: ServeQueue;
  readonly progress: ProgressTeller;
  /** On a private topic. */
  readonly gate: PrivateGate | undefined;
}

/** Offers one file and answers those who pull it, until it has ended for all of them. */
export class FileSending {
  readonly #transfer: Transfer;
  readonly #settings: SendSettings;
  readonly #deps: FileSendingDependencies;
  readonly #book: ReceiverBook;
  readonly #parties: PartyTable;
  readonly #results: OfferResults;
  readonly #offers: Offers;
  readonly #server: ChunkServer;
  readonly #wake: Wake;
  #sourceError: unknown;
  #offerError: unknown;
  #isOffering = false;
  #nextOfferMs = 0;
  #remindedMs = 0;

  constructor(transfer: Transfer, settings: SendSettings, dependencies: FileSendingDependencies) {
    const { calls, clock, counters, gate, queue, random } = dependencies;
    const { leaves, record, source } = transfer;
    const { signal } = settings;
    const { chunkBytes, size, to, topic } = record;
    this.#transfer = transfer;
    this.#settings = settings;
    this.#deps = dependencies;
    this.#wake = new Wake({ clock });
    const nowMs = clock.nowMs();
    // The wall clock may have been put back since the record was written.
    const joinLeftMs = Math.min(record.joinUntilMs - clock.wallMs(), settings.joinMs);
    const joinUntilMs = nowMs + Math.max(joinLeftMs, 0);
    this.#book = new ReceiverBook(
      { to, size, chunkBytes, joinUntilMs: to === 'one' ? Number.POSITIVE_INFINITY : joinUntilMs },
      record.receivers,
      nowMs,
    );
    this.#parties = new PartyTable(
      { secret: bytesOfHex(record.secret), transfer: bytesOfHex(record.transfer) },
      { random, allowed: gate },
    );
    this.#results = new OfferResults({ transfer: record.transfer });
    const context = { results: this.#results, contentFor: this.#contentFor, signal };
    this.#offers =
      gate === undefined
        ? new TopicOffers({ topic, to }, { ...context, calls })
        : new KeyOffers({ to }, { ...context, gate, random });
    const tree = new MerkleTree(leaves);
    this.#server = new ChunkServer(
      { chunkBytes },
      {
        source,
        tree,
        parties: this.#parties,
        book: this.#book,
        queue,
        clock,
        counters,
        onChange: (isLasting) => this.#changed(isLasting),
        onSourceFailed: (error) => {
          this.#sourceError = error;
          this.#wake.call();
        },
      },
    );
  }

  /**
   * Resolves when every receiver has an outcome.
   *
   * @throws ClientError
   */
  async run(): Promise<SentFile> {
    const { calls } = this.#deps;
    const { record } = this.#transfer;
    const { signal } = this.#settings;
    const inbox = fileInboxTopic(record.transfer);
    const options = { timeoutMs: INBOX_TIMEOUT_MS, signal };
    const end = await calls.subscribe(inbox, this.#server.handle, options);
    const forget = calls.onConnected(this.#wake.call);
    signal?.addEventListener('abort', this.#wake.call);
    try {
      return await this.#untilSettled();
    } finally {
      forget();
      signal?.removeEventListener('abort', this.#wake.call);
      await end();
      await this.#save();
    }
  }

  async #untilSettled(): Promise<SentFile> {
    const { calls, clock, gate } = this.#deps;
    const { name, to } = this.#transfer.record;
    const { joinMs, signal, stallMs } = this.#settings;
    const startMs = clock.nowMs();
    for (;;) {
      const nowMs = clock.nowMs();
      const closed = calls.closedBy() ?? gate?.closedBy();
      if (closed !== undefined) throw closed;
      if (signal?.aborted) throw abortedTransfer(name, signal.reason);
      if (this.#sourceError !== undefined) throw this.#sourceError;
      this.#book.giveUp(nowMs - stallMs, this.#parties.isAllowed);
      const isJoinOver = to === 'one' ? nowMs >= startMs + joinMs : nowMs >= this.#book.joinUntilMs;
      const sent = this.#conclusion(isJoinOver);
      if (sent !== undefined) return sent;
      if (this.#offerError !== undefined) throw this.#offerError;
      this.#offerIfDue(nowMs, isJoinOver);
      this.#tell(nowMs);
      await this.#wake.wait(this.#nextLookMs(nowMs));
    }
  }

  #nextLookMs(nowMs: number): number {
    const offerMs = this.#isOffering ? LOOK_MS : this.#nextOfferMs - nowMs;
    return Math.max(1, Math.min(LOOK_MS, offerMs > 0 ? offerMs : LOOK_MS));
  }

  /** What it has come to; undefined while it goes on. */
  #conclusion(isJoinOver: boolean): SentFile | undefined {
    const { record } = this.#transfer;
    return record.to === 'one'
      ? this.#conclusionOfOne(isJoinOver)
      : this.#conclusionOfAll(isJoinOver);
  }

  #conclusionOfOne(isJoinOver: boolean): SentFile | undefined {
    const { joinMs, stallMs } = this.#settings;
    const { name, topic } = this.#transfer.record;
    const { bound } = this.#book;
    if (bound === undefined) {
      if (!isJoinOver && !this.#offers.isHopeless) return undefined;
      const { foreign, lastError, laterReason, reason } = this.#results;
      if (reason !== undefined) throw refusedByAll({ name, topic, reason });
      throw nobodyTookIt({ name, topic, reason: laterReason }, joinMs, foreign, lastError);
    }
    const failure = { name, topic, reason: bound.reason ?? '' };
    switch (bound.outcome) {
      case undefined:
        return undefined;
      case 'done':
        return this.#sent();
      case 'refused':
        throw refusedByAll(failure);
      case 'failed':
        throw failedAtReceiver(failure);
      case 'stalled':
        throw stalledReceiver({ ...failure, reason: 'stalled' }, stallMs);
      case 'revoked':
        throw failedAtReceiver({ ...failure, reason: 'key-revoked' });
    }
  }

  #conclusionOfAll(isJoinOver: boolean): SentFile | undefined {
    if (!isJoinOver || !this.#book.isSettled) return undefined;
    if (this.#book.size > 0 || this.#results.refused.size > 0) return this.#sent();
    const { name, topic } = this.#transfer.record;
    const { foreign, laterReason, lastError } = this.#results;
    const { joinMs } = this.#settings;
    throw nobodyTookIt({ name, topic, reason: laterReason }, joinMs, foreign, lastError);
  }

  #sent(): SentFile {
    const { name, root, size, to, transfer } = this.#transfer.record;
    const receivers = this.#book.outcomes();
    if (to === 'all') {
      const known = new Set(receivers.map(({ receiver }) => receiver));
      for (const [receiver, reason] of this.#results.refused) {
        const outcome: FileOutcome = { receiver, outcome: 'refused', reason, bytes: 0 };
        if (!known.has(receiver)) receivers.push(outcome);
      }
    }
    this.#tell(this.#deps.clock.nowMs(), true);
    return { transfer, name, size, hash: root, receivers };
  }

  #offerIfDue(nowMs: number, isJoinOver: boolean): void {
    if (this.#isOffering || nowMs < this.#nextOfferMs) return;
    const { bound } = this.#book;
    const isOpen = this.#transfer.record.to === 'one' ? bound === undefined : !isJoinOver;
    const heardMs = this.#book.heardMs ?? 0;
    const isQuiet = nowMs - Math.max(heardMs, this.#remindedMs) >= REMIND_MS;
    // What is left of an earlier process: its receivers may wait with growing patience.
    const isFirst = this.#remindedMs === 0;
    if (!isOpen && !isQuiet && !isFirst) return;
    this.#remindedMs = nowMs;
    this.#isOffering = true;
    this.#offers.offer().then(
      (delayMs) => {
        this.#isOffering = false;
        this.#nextOfferMs = this.#deps.clock.nowMs() + delayMs;
        this.#wake.call();
      },
      (error: unknown) => {
        this.#isOffering = false;
        this.#offerError = error;
        this.#wake.call();
      },
    );
  }

  readonly #contentFor = (key: string | undefined): Uint8Array => {
    const { chunkBytes, name, root, size, to, transfer } = this.#transfer.record;
    return encodeTransferOffer({
      transfer,
      toAll: to === 'all',
      receiver: this.#book.bound?.receiver,
      secret: this.#parties.of(key).secret,
      root: bytesOfHex(root),
      size,
      chunkBytes,
      name,
    });
  };

  #changed(isLasting: boolean): Promise<void> | undefined {
    this.#tell(this.#deps.clock.nowMs());
    if (!isLasting) return undefined;
    this.#wake.call();
    return this.#save();
  }

  async #save(): Promise<void> {
    const { record, store } = this.#transfer;
    await store?.save(() => ({ ...record, receivers: this.#book.snapshot() }));
  }

  #tell(nowMs: number, isLast = false): void {
    const { heardMs } = this.#book;
    const isHeard = heardMs !== undefined && nowMs - heardMs < QUIET_MS;
    const phase = this.#book.size === 0 ? 'offering' : isHeard || isLast ? 'sending' : 'waiting';
    this.#deps.progress.tell(phase, () => this.#progress(phase), isLast);
  }

  #progress(phase: SendProgress['phase']): SendProgress {
    const { name, size } = this.#transfer.record;
    const receivers = [...this.#book.all()].map((each) => ({
      receiver: each.receiver,
      bytes: this.#book.bytesOf(each),
      ...(each.key !== undefined && { key: each.key }),
      ...(each.outcome !== undefined && { outcome: each.outcome }),
    }));
    const bytes = receivers.reduce((sum, each) => sum + each.bytes, 0);
    const takers = receivers.filter(({ outcome }) => outcome !== 'refused').length;
    return { phase, name, size, bytes, totalBytes: size * takers, receivers };
  }
}

import { encodeTransferOffer, type TransferOffer } from '@amop/codec';
import {
  type CollectingLogger,
  collectingLogger,
  type MemoryFileSystemOptions,
  SeededRandom,
  VirtualClock,
} from '@amop/testkit';
import { ClientCounters } from '../../src/counters.ts';
import { FileTransfers } from '../../src/file/file-transfers.ts';
import type { FileReceiver } from '../../src/file/receive/file-receiver.ts';
import { parseReceiveOptions } from '../../src/file/receive/receive-options.ts';
import type { TransferCalls } from '../../src/file/transfer-ports.ts';
import { hexOf } from '../../src/hex.ts';
import type {
  FileEvent,
  FileSource,
  ReceiveFilesOptions,
  SendFileOptions,
  SentFile,
} from '../../src/index.ts';
import { CountedFiles } from './counted-files.ts';
import { TransferPost } from './transfer-post.ts';

const CHUNK_BYTES = 1_024;
const SETTLE_TURNS = 30;

/** One client, as far as files know it. */
export interface TransferParty {
  readonly calls: TransferCalls & { close(): void };
  readonly transfers: FileTransfers;
  readonly counters: ClientCounters;
}

/** A receiver and what it has told. */
export interface ReceivingParty {
  readonly receiver: FileReceiver;
  readonly events: FileEvent[];
  readonly party: TransferParty;
}

/** Senders and receivers of files on one topic: time, disk and network are the test's. */
export class TransferScene {
  readonly clock = new VirtualClock();
  readonly files: CountedFiles;
  readonly post: TransferPost;
  readonly logger: CollectingLogger = collectingLogger();
  readonly random = new SeededRandom(7);

  constructor(options: Omit<MemoryFileSystemOptions, 'wallMs'> = {}) {
    this.files = new CountedFiles({ ...options, wallMs: () => this.clock.wallMs() });
    this.post = new TransferPost({ clock: this.clock });
  }

  party(): TransferParty {
    const calls = this.post.calls();
    const counters = new ClientCounters();
    const { clock, files, logger, random } = this;
    const transfers = new FileTransfers({ calls, files, clock, random, logger, counters });
    return { calls, transfers, counters };
  }

  /** Writes a file of so many chunks and one byte. @returns its bytes */
  file(path: string, chunks = 4): Uint8Array {
    const bytes = this.random.bytes(chunks * CHUNK_BYTES + 1);
    this.files.writeFile(path, bytes);
    return bytes;
  }

  send(
    source: FileSource,
    options: SendFileOptions = {},
    party: TransferParty = this.party(),
  ): Promise<SentFile> {
    const settings = { stateDirectory: '/state', chunkBytes: CHUNK_BYTES, ...options };
    const sending = party.transfers.sendOnTopic('t', source, settings);
    // Whoever asks later sees it; nobody is alarmed meanwhile.
    sending.catch(() => undefined);
    return sending;
  }

  async receive(
    options: Partial<ReceiveFilesOptions> = {},
    party: TransferParty = this.party(),
  ): Promise<ReceivingParty> {
    const events: FileEvent[] = [];
    const settings = parseReceiveOptions({
      directory: '/in',
      ...options,
      onEvent: (event) => {
        events.push(event);
        options.onEvent?.(event);
      },
    });
    const place = {
      topic: 't',
      isPrivate: false,
      subscribe: async (handler: Parameters<TransferPost['subscribe']>[1]) =>
        this.post.subscribe('t', handler),
    };
    const receiver = await this.run(party.transfers.receive(place, settings));
    return { receiver, events, party };
  }

  /** An offer of a sender that there is not. */
  async offer(change: Partial<TransferOffer> = {}, calls = this.post.calls()): Promise<Uint8Array> {
    const reply = await calls.request('t', encodeTransferOffer(this.offerOf(change)), 5_000);
    return reply.body;
  }

  offerOf(change: Partial<TransferOffer> = {}): TransferOffer {
    return {
      transfer: hexOf(this.random.bytes(16)),
      toAll: false,
      receiver: undefined,
      secret: this.random.bytes(32),
      root: this.random.bytes(32),
      size: 3_000,
      chunkBytes: CHUNK_BYTES,
      name: 'offered',
      ...change,
    };
  }

  /** Lets everything happen that can without time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLE_TURNS; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Lets time pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const endMs = this.clock.nowMs() + ms;
    for (;;) {
      await this.settle();
      const next = this.clock.nextTimerMs;
      if (next === undefined || next > endMs) break;
      this.clock.advanceTo(next);
    }
    this.clock.advanceTo(endMs);
    await this.settle();
  }

  /** What becomes of a promise within a time; it must have ended by then. */
  async run<T>(promise: Promise<T>, ms = 0): Promise<T> {
    let isOpen = true;
    const ended = (): void => {
      isOpen = false;
    };
    promise.then(ended, ended);
    const endMs = this.clock.nowMs() + ms;
    for (;;) {
      await this.settle();
      const next = this.clock.nextTimerMs;
      if (!isOpen || next === undefined || next > endMs) break;
      this.clock.advanceTo(next);
    }
    if (isOpen) throw new Error(`still open after ${ms} ms`);
    return promise;
  }
}

/** What a receiver has told, in short. */
export function kindsOf(events: readonly FileEvent[]): string[] {
  return events
    .filter(({ kind }) => kind !== 'progress')
    .map((event) => ('reason' in event ? `${event.kind} ${event.reason}` : event.kind));
}

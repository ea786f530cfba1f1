import { TransferEnd } from '@amop/codec';
import { bytesOfHex } from '../../hex.ts';
import { Backoff } from '../../link/backoff.ts';
import type { FileEvent } from '../file-types.ts';
import { diskReason } from '../reasons.ts';
import { TransferKeys } from '../seal/transfer-keys.ts';
import type { TransferDependencies } from '../transfer-ports.ts';
import { Wake } from '../wake.ts';
import { FilePull, type PullEnd } from './file-pull.ts';
import { InboxCall } from './inbox-call.ts';
import { PartFile } from './part-file.ts';
import { placeFile } from './place-file.ts';
import type { ReceiveFolder } from './receive-folder.ts';
import { offerOfRecord, type ReceiveRecord, secretOf } from './receive-record.ts';

const REPORT_TIMEOUT_MS = 5_000;
/** A sender that has gone hears how it ended when it comes back and offers the file again. */
const MAX_REPORTS = 20;
const REPORT_RETRY = { minDelayMs: 100, maxDelayMs: 4_000 } as const;
/** Between two events about the progress of one file, in ms. */
const PROGRESS_MS = 100;
/** How often it is written down that something came. */
const NEWS_MS = 60_000;

/** Collaborators of {@link FileReceiving}. */
export interface FileReceivingDependencies extends TransferDependencies {
  readonly folder: ReceiveFolder;
  readonly onEvent: (event: FileEvent) => void;
}

/** One file that is received: from its record on disk to its place, or to the end without it. */
export class FileReceiving {
  readonly #keepMs: number;
  readonly #deps: FileReceivingDependencies;
  readonly #inbox: InboxCall;
  readonly #wake: Wake;
  #record: ReceiveRecord;
  #pull: FilePull | undefined;
  #part: PartFile | undefined;
  readonly #stop = new AbortController();
  #isForgotten = false;
  #hasJoined = false;
  #isUntouched = false;
  /** How it ends is known; what is left is to tell the sender. */
  #isOver = false;
  #nextTellMs = 0;
  #nextNewsMs = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    record: ReceiveRecord,
    options: { readonly keepMs: number },
    dependencies: FileReceivingDependencies,
  ) {
    this.#record = record;
    this.#keepMs = options.keepMs;
    this.#deps = dependencies;
    this.#wake = new Wake(dependencies);
    const { transfer } = record;
    const keys = new TransferKeys(secretOf(record), bytesOfHex(transfer));
    this.#inbox = new InboxCall({ transfer, keys }, dependencies);
  }

  get record(): ReceiveRecord {
    return this.#record;
  }

  /** Bytes that are still to come. */
  get missingBytes(): number {
    return this.#isOver ? 0 : this.#record.size - (this.#part?.bytes ?? 0);
  }

  /** Whether somebody stands behind its offer: a sender has answered, or verified chunks are there. */
  get isProven(): boolean {
    return this.#hasJoined || this.#record.phase !== 'pulling' || (this.#part?.have ?? 0) > 0;
  }

  /** Whether nothing is left of it on disk. */
  get isForgotten(): boolean {
    return this.#isForgotten;
  }

  /** Whether nothing would be lost if all of it was: its sender has never been heard of. */
  get isUntouched(): boolean {
    return this.#isUntouched;
  }

  /** Whether its sender has not been reached for a while, or need only be told how it ended. */
  get isWaiting(): boolean {
    return this.#isOver || this.#pull?.isWaiting === true;
  }

  /** Begins or goes on; resolves when it has ended, closed ones included. Never rejects. */
  async run(): Promise<void> {
    const { folder, onEvent } = this.#deps;
    const partPath = folder.pathOf(this.#record.part);
    try {
      await this.#save({ attempt: this.#record.attempt + 1 });
      if (this.#record.phase !== 'placing') {
        const end = await this.#pullAll(partPath);
        if (this.#stop.signal.aborted || end.kind === 'closed') return;
        if (end.kind === 'failed') {
          await this.#failed(end.reason, end.isFinal);
          return;
        }
      }
      const { identity = '', name } = this.#record;
      const part = { path: partPath, identity };
      const path = await placeFile(folder, part, name, this.#deps.files);
      await this.#placed();
      this.#deps.counters.filesReceived++;
      onEvent({ kind: 'done', offer: offerOfRecord(this.#record), path });
      await this.#report(TransferEnd.done, '');
    } catch (error) {
      this.#deps.logger.warn({ file: partPath, error }, 'disk failed while a file was received');
      await this.#failed(diskReason(error), false);
    }
  }

  /** Tells the sender once more how it ended. */
  async reportDone(): Promise<void> {
    this.#isOver = true;
    await this.#save({ attempt: this.#record.attempt + 1 }).catch(() => undefined);
    await this.#report(TransferEnd.done, '');
  }

  /** It need not wait any more: the sender was heard of, or a node is there again. */
  hurry(): void {
    this.#pull?.hurry();
    this.#wake.call();
  }

  /** Stops; what is there stays. */
  close(): void {
    this.#stop.abort();
    this.#pull?.close();
    this.#wake.call();
  }

  async #pullAll(partPath: string): Promise<PullEnd> {
    const { clock, counters, files, folder, onEvent, random } = this.#deps;
    const { attempt, chunkBytes, newsMs, receiver, root, size, transfer } = this.#record;
    const leavesPath = folder.leavesPath(transfer);
    const part = await PartFile.open({ path: partPath, leavesPath, size, chunkBytes }, files);
    this.#part = part;
    try {
      await part.check(() => !this.#stop.signal.aborted);
      if (this.#stop.signal.aborted) return { kind: 'closed' };
      const { name } = this.#record;
      const offer = offerOfRecord(this.#record);
      onEvent({ kind: 'started', offer, path: folder.pathOf(name), bytes: part.bytes });
      this.#pull = new FilePull(
        {
          receiver,
          attempt,
          size,
          chunkBytes,
          root: bytesOfHex(root),
          keepMs: this.#keepMs,
          quietMs: Math.max(clock.wallMs() - newsMs, 0),
        },
        {
          inbox: this.#inbox,
          part,
          clock,
          random,
          counters,
          onJoined: () => {
            this.#hasJoined = true;
          },
          onProgress: () => this.#tellProgress(part.bytes),
          onWaiting: (reason) => onEvent({ kind: 'waiting', offer, reason }),
        },
      );
      const end = await this.#pull.run();
      this.#isUntouched = part.have === 0 && part.count > 0 && !this.#hasJoined;
      if (end.kind === 'whole') {
        this.#tellProgress(size, true);
        const identity = await part.sync();
        await this.#save({ phase: 'placing', identity, newsMs: clock.wallMs() });
      }
      return end;
    } finally {
      this.#pull = undefined;
      this.#part = undefined;
      // Who comes next, perhaps in another process, writes under the same names.
      await this.#saving.catch(() => undefined);
      await part.close();
    }
  }

  #tellProgress(bytes: number, isLast = false): void {
    const { clock, onEvent } = this.#deps;
    const nowMs = clock.nowMs();
    if (nowMs >= this.#nextNewsMs) {
      this.#nextNewsMs = nowMs + NEWS_MS;
      // A disk that does not take it says so again with the next chunk.
      this.#save({ newsMs: clock.wallMs() }).catch(() => undefined);
    }
    if (nowMs < this.#nextTellMs && !isLast) return;
    this.#nextTellMs = nowMs + PROGRESS_MS;
    onEvent({ kind: 'progress', offer: offerOfRecord(this.#record), bytes });
  }

  /** The file is there, whatever becomes of what is written about it: a later process finds it. */
  async #placed(): Promise<void> {
    const { clock, files, folder, logger } = this.#deps;
    const { transfer } = this.#record;
    this.#isOver = true;
    try {
      await this.#save({ phase: 'done', newsMs: clock.wallMs() });
      await files.remove(folder.leavesPath(transfer));
    } catch (error) {
      logger.warn({ transfer, error }, 'that a file is in its place was not written down');
    }
  }

  async #failed(reason: string, isFinal: boolean): Promise<void> {
    const { clock, files, folder, onEvent } = this.#deps;
    const { part, transfer } = this.#record;
    this.#isOver = true;
    // A whole file needs its name alone, and has it perhaps.
    const phase = this.#record.phase === 'placing' ? 'placing' : 'failed';
    try {
      if (isFinal) {
        await files.remove(folder.pathOf(part));
        await folder.forget(transfer);
        this.#isForgotten = true;
      } else {
        await this.#save({ phase, reason, newsMs: clock.wallMs() });
      }
    } catch (error) {
      this.#deps.logger.warn({ transfer, error }, 'end of a transfer was not written down');
    }
    onEvent({ kind: 'failed', offer: offerOfRecord(this.#record), reason });
    await this.#report(TransferEnd.failed, reason);
  }

  /** Until the sender knows, or has long been gone. */
  async #report(end: TransferEnd, reason: string): Promise<void> {
    const backoff = new Backoff(REPORT_RETRY, this.#deps);
    const { attempt, receiver } = this.#record;
    const request = { kind: 'report', receiver, attempt, end, reason } as const;
    const { signal } = this.#stop;
    for (let tries = 0; tries < MAX_REPORTS && !signal.aborted; tries++) {
      const outcome = await this.#inbox.ask(request, REPORT_TIMEOUT_MS, signal);
      if (outcome.kind !== 'unreachable' && outcome.kind !== 'later') return;
      if (!signal.aborted) await this.#wake.wait(backoff.next());
    }
  }

  /** Writes the record down; one after the other, as a record has one draft. */
  #save(change: Partial<ReceiveRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    const save = (): Promise<void> => this.#deps.folder.save(this.#record);
    this.#saving = this.#saving.then(save, save);
    return this.#saving;
  }
}

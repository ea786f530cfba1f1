import { FileReceiving, type FileReceivingDependencies } from './file-receiving.ts';
import { MAX_DONE } from './receive-folder.ts';
import type { ReceiveRecord } from './receive-record.ts';

/** Transfers that are not whole, those at rest included; more are asked to come back later. */
const MAX_OPEN = 1_000;

/** A place among the transfers that run, taken before it is known for which one. */
export interface Place {
  /** Who has begun by then keeps it. */
  release(): void;
}

/** Every transfer of one folder: those that run, those that wait for a place, those that have ended. */
export class TransferTable {
  readonly #maxRunning: number;
  readonly #keepMs: number;
  readonly #deps: FileReceivingDependencies;
  readonly #running = new Map<string, FileReceiving>();
  readonly #runs = new Set<Promise<void>>();
  /** Not running: failed ones may be gone on with, done ones are remembered. */
  readonly #resting = new Map<string, ReceiveRecord>();
  /** Left by an earlier process, or gave their place to others, until there is one. */
  readonly #waiting = new Set<string>();
  /** Places that are taken, but for whom is not known yet. */
  #promised = 0;
  #isClosed = false;

  constructor(
    options: { readonly maxTransfers: number; readonly keepMs: number },
    dependencies: FileReceivingDependencies,
  ) {
    this.#maxRunning = options.maxTransfers;
    this.#keepMs = options.keepMs;
    this.#deps = dependencies;
  }

  /** Whether so many are unfinished that no new one is taken. */
  get isFull(): boolean {
    let open = this.#running.size;
    for (const { phase } of this.#resting.values()) if (phase !== 'done') open++;
    return open >= MAX_OPEN;
  }

  /** Whether a transfer that runs has never been answered for: its offer may have been made up. */
  isUnproven(transfer: string): boolean {
    return this.#running.get(transfer)?.isProven === false;
  }

  /** Names of unfinished files, and their bytes when they are whole. */
  unfinishedParts(): ReadonlyMap<string, number> {
    const parts = new Map<string, number>();
    const note = ({ part, phase, size }: ReceiveRecord): void => {
      if (phase !== 'done') parts.set(part, size);
    };
    for (const { record } of this.#running.values()) note(record);
    for (const record of this.#resting.values()) note(record);
    return parts;
  }

  /** Bytes that those that run will still need. */
  get missingBytes(): number {
    let bytes = 0;
    for (const { missingBytes } of this.#running.values()) bytes += missingBytes;
    return bytes;
  }

  /** The record of a transfer, whatever it does. */
  record(transfer: string): ReceiveRecord | undefined {
    return this.#running.get(transfer)?.record ?? this.#resting.get(transfer);
  }

  /** Whether a name of an unfinished file belongs to one of them. */
  readonly hasPart = (part: string): boolean => {
    for (const { record } of this.#running.values()) if (record.part === part) return true;
    for (const record of this.#resting.values()) {
      if (record.part === part && record.phase !== 'done') return true;
    }
    return false;
  };

  /** One of the same content that does not get on: what is there of it can serve another offer. */
  idleTwin(
    wanted: Pick<ReceiveRecord, 'root' | 'size' | 'chunkBytes' | 'sender'>,
  ): ReceiveRecord | undefined {
    const isTwin = ({ chunkBytes, phase, root, sender, size }: ReceiveRecord): boolean =>
      phase !== 'done' &&
      phase !== 'placing' &&
      root === wanted.root &&
      size === wanted.size &&
      chunkBytes === wanted.chunkBytes &&
      sender === wanted.sender;
    for (const each of this.#running.values()) {
      if (each.isWaiting && isTwin(each.record)) return each.record;
    }
    for (const record of this.#resting.values()) if (isTwin(record)) return record;
    return undefined;
  }

  /** Takes in what an earlier process has left, the newest first. */
  restore(records: readonly ReceiveRecord[]): void {
    const parts = new Set<string>();
    const restored: ReceiveRecord[] = [];
    for (const record of records) {
      const isOpen = record.phase !== 'done';
      // The newest comes first: an older one of the same part was given up for it.
      if (isOpen && parts.has(record.part)) continue;
      restored.push(record);
      if (!isOpen) continue;
      parts.add(record.part);
      this.#waiting.add(record.transfer);
    }
    // Those at rest are in the order in which they came to it.
    for (const record of restored.reverse()) this.#resting.set(record.transfer, record);
  }

  /** Goes on with what was taken in. */
  begin(): void {
    this.#startWaiting();
  }

  /**
   * A place for one more; undefined when all are at work. One whose sender is not there gives its
   * place away, and goes on when its sender has come back, or when there is a place again.
   */
  async takePlace(): Promise<Place | undefined> {
    if (this.#isClosed) return undefined;
    if (!this.#hasRoom) {
      const idle = [...this.#running.values()].find(({ isWaiting }) => isWaiting);
      if (idle === undefined) return undefined;
      this.#promised++;
      await this.#park(idle);
    } else this.#promised++;
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#promised--;
        isHeld = false;
        this.#startWaiting();
      },
    };
  }

  /** Begins a transfer that was taken. */
  start(record: ReceiveRecord): void {
    this.#run(record, (receiving) => receiving.run());
  }

  /** The sender was heard of: whatever a transfer waits for is over. False when there is no place. */
  async wake(transfer: string): Promise<boolean> {
    const running = this.#running.get(transfer);
    if (running !== undefined) {
      running.hurry();
      return true;
    }
    if (!this.#resting.has(transfer)) return true;
    const place = await this.takePlace();
    if (place === undefined) return false;
    const record = this.#resting.get(transfer);
    if (record?.phase === 'done') this.#run(record, (receiving) => receiving.reportDone());
    else if (record !== undefined) this.start(record);
    place.release();
    return true;
  }

  /** Nobody waits any more: a node is there again. */
  readonly hurryAll = (): void => {
    for (const receiving of this.#running.values()) receiving.hurry();
  };

  /** A transfer is no more: stops it and forgets it; what is on disk of it is the caller's. */
  async drop(transfer: string): Promise<void> {
    const running = this.#running.get(transfer);
    if (running !== undefined) await this.#stop(running);
    this.#resting.delete(transfer);
  }

  /** Stops all; resolves when nothing of them is open any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const receiving of this.#running.values()) receiving.close();
    while (this.#runs.size > 0) await Promise.all(this.#runs);
  }

  get #hasRoom(): boolean {
    return this.#running.size + this.#promised < this.#maxRunning;
  }

  async #park(idle: FileReceiving): Promise<void> {
    await this.#stop(idle);
    const { transfer, phase } = idle.record;
    if (!this.#resting.has(transfer)) return;
    if (idle.isUntouched) await this.#forget(idle.record);
    else if (phase === 'pulling') this.#waiting.add(transfer);
  }

  async #stop(receiving: FileReceiving): Promise<void> {
    receiving.close();
    while (this.#running.get(receiving.record.transfer) === receiving) {
      await Promise.race(this.#runs);
    }
  }

  #run(record: ReceiveRecord, work: (receiving: FileReceiving) => Promise<void>): void {
    if (this.#isClosed) return;
    const { transfer } = record;
    const { logger } = this.#deps;
    const receiving = new FileReceiving(record, { keepMs: this.#keepMs }, this.#deps);
    this.#resting.delete(transfer);
    this.#waiting.delete(transfer);
    this.#running.set(transfer, receiving);
    this.#track(
      work(receiving)
        .catch((error: unknown) => logger.error({ transfer, error }, 'receiving a file failed'))
        .finally(() => {
          this.#running.delete(transfer);
          if (!receiving.isForgotten) this.#rest(receiving.record);
          this.#startWaiting();
        }),
    );
  }

  #rest(record: ReceiveRecord): void {
    this.#resting.set(record.transfer, record);
    if (record.phase !== 'done') return;
    const done = [...this.#resting.values()].filter(({ phase }) => phase === 'done');
    for (const old of done.slice(0, -MAX_DONE)) this.#track(this.#forget(old));
  }

  /** Nothing is left of it, neither here nor on disk. */
  async #forget(record: ReceiveRecord): Promise<void> {
    const { files, folder, logger } = this.#deps;
    const { part, phase, transfer } = record;
    this.#resting.delete(transfer);
    this.#waiting.delete(transfer);
    try {
      if (phase !== 'done') await files.remove(folder.pathOf(part));
      await folder.forget(transfer);
    } catch (error) {
      logger.warn({ transfer, error }, 'what is left of a transfer was not removed');
    }
  }

  #track(work: Promise<void>): void {
    const run = work.finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  #startWaiting(): void {
    for (const transfer of this.#waiting) {
      if (this.#isClosed || !this.#hasRoom) return;
      this.#waiting.delete(transfer);
      const record = this.#resting.get(transfer);
      if (record !== undefined) this.start(record);
    }
  }
}

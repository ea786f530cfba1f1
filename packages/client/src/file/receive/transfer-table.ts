import { FileReceiving, type FileReceivingDependencies } from './file-receiving.ts';
import { MAX_DONE } from './receive-folder.ts';
import type { ReceiveRecord } from './receive-record.ts';

/** Every transfer of one folder: those that run, those that wait for a place, those that have ended. */
export class TransferTable {
  readonly #maxRunning: number;
  readonly #keepMs: number;
  readonly #deps: FileReceivingDependencies;
  readonly #running = new Map<string, FileReceiving>();
  readonly #runs = new Set<Promise<void>>();
  /** Not running: failed ones may be gone on with, done ones are remembered. */
  readonly #resting = new Map<string, ReceiveRecord>();
  /** Left by an earlier process, until there is a place. */
  readonly #waiting: string[] = [];
  #isClosed = false;

  constructor(
    options: { readonly maxTransfers: number; readonly keepMs: number },
    dependencies: FileReceivingDependencies,
  ) {
    this.#maxRunning = options.maxTransfers;
    this.#keepMs = options.keepMs;
    this.#deps = dependencies;
  }

  /** Whether one more may run. */
  get hasRoom(): boolean {
    let running = 0;
    // One that is done only tells its sender so, who may be gone.
    for (const { record } of this.#running.values()) if (record.phase !== 'done') running++;
    return running < this.#maxRunning;
  }

  /** Bytes that those that run will still need. */
  get reservedBytes(): number {
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

  /** Takes in what an earlier process has left, and goes on with it. */
  restore(records: readonly ReceiveRecord[]): void {
    const parts = new Set<string>();
    for (const record of records) {
      const isOpen = record.phase !== 'done';
      // The newest comes first: an older one of the same part was given up for it.
      if (isOpen && parts.has(record.part)) continue;
      this.#resting.set(record.transfer, record);
      if (!isOpen) continue;
      parts.add(record.part);
      this.#waiting.push(record.transfer);
    }
    this.#startWaiting();
  }

  /** Begins a transfer that was taken. */
  start(record: ReceiveRecord): void {
    this.#run(record, (receiving) => receiving.run());
  }

  /** The sender was heard of: whatever a transfer waits for is over. False when there is no place. */
  wake(transfer: string): boolean {
    if (this.#isClosed) return false;
    const running = this.#running.get(transfer);
    if (running !== undefined) {
      running.hurry();
      return true;
    }
    const record = this.#resting.get(transfer);
    if (record === undefined) return true;
    if (!this.hasRoom) return false;
    if (record.phase === 'done') this.#run(record, (receiving) => receiving.reportDone());
    else this.start(record);
    return true;
  }

  /** Nobody waits any more: a node is there again. */
  readonly hurryAll = (): void => {
    for (const receiving of this.#running.values()) receiving.hurry();
  };

  /** A transfer is no more: stops it and forgets it; what is on disk of it is the caller's. */
  async drop(transfer: string): Promise<void> {
    const running = this.#running.get(transfer);
    running?.close();
    while (this.#running.has(transfer)) await Promise.race(this.#runs);
    this.#resting.delete(transfer);
  }

  /** Stops all; resolves when nothing of them is open any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const receiving of this.#running.values()) receiving.close();
    await Promise.all(this.#runs);
  }

  #run(record: ReceiveRecord, work: (receiving: FileReceiving) => Promise<void>): void {
    const { transfer } = record;
    const receiving = new FileReceiving(record, { keepMs: this.#keepMs }, this.#deps);
    this.#resting.delete(transfer);
    this.#running.set(transfer, receiving);
    const run = work(receiving).finally(() => {
      this.#running.delete(transfer);
      this.#runs.delete(run);
      if (!receiving.isForgotten) this.#resting.set(transfer, receiving.record);
      this.#forgetOldest();
      this.#startWaiting();
    });
    this.#runs.add(run);
  }

  /** Of those that are done only so many are remembered, here and on disk. */
  #forgetOldest(): void {
    const done = [...this.#resting.values()].filter(({ phase }) => phase === 'done');
    if (done.length <= MAX_DONE) return;
    done.sort((one, other) => one.newsMs - other.newsMs);
    for (const { transfer } of done.slice(0, done.length - MAX_DONE)) {
      this.#resting.delete(transfer);
      this.#deps.folder.forget(transfer).catch((error: unknown) => {
        this.#deps.logger.warn({ transfer, error }, 'end of a transfer was not forgotten');
      });
    }
  }

  #startWaiting(): void {
    while (!this.#isClosed && this.hasRoom) {
      const transfer = this.#waiting.shift();
      if (transfer === undefined) return;
      const record = this.#resting.get(transfer);
      if (record !== undefined) this.start(record);
    }
  }
}

import { chunkCount, chunkSize, type TransferReply } from '@amop/codec';
import { isInMerkleTree, merkleLeafHash, releaseMemory } from '@amop/crypto';
import type { Clock, Random } from '@amop/ports';
import type { ClientCounters } from '../../counters.ts';
import { Backoff } from '../../link/backoff.ts';
import { diskReason, isFinalReason, TransferReason } from '../reasons.ts';
import { manyWaiting } from '../stop-signal.ts';
import { Wake } from '../wake.ts';
import type { InboxCall, InboxOutcome } from './inbox-call.ts';
import type { PartFile } from './part-file.ts';
import { PullWindow } from './pull-window.ts';

/** Time for one chunk to come; twice as much after each that did not, up to four times. */
const PULL_TIMEOUT_MS = 15_000;
const JOIN_TIMEOUT_MS = 5_000;
/** Waits before a sender that cannot be reached is asked again: doubling from the first to the last. */
const RETRY = { minDelayMs: 100, maxDelayMs: 4_000 } as const;
/** Silence of the sender that is told of. */
const WAITING_MS = 1_000;
/** A chunk that does not fit its hash is asked for so often. */
const MAX_MISFITS = 4;
/** How often it is looked at whether anything came at all. */
const LOOK_MS = 30_000;

/** How pulling has ended. `isFinal`: going on later makes no sense. */
export type PullEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly reason: string; readonly isFinal: boolean };

/** What is pulled, as whom. */
export interface PullOptions {
  readonly receiver: string;
  readonly attempt: number;
  readonly size: number;
  readonly chunkBytes: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Without news for so long it is given up. */
  readonly keepMs: number;
  /** So long there were none before this process. */
  readonly quietMs: number;
}

/** Collaborators of {@link FilePull}. */
export interface FilePullDependencies {
  readonly inbox: InboxCall;
  readonly part: PartFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: ClientCounters;
  /** The sender has taken it for one of its receivers: it has the secret of the offer. */
  readonly onJoined: () => void;
  readonly onProgress: () => void;
  readonly onWaiting: (reason: string) => void;
}

/** Pulls what is missing of one file, chunk by chunk, until it is whole or cannot go on. */
export class FilePull {
  readonly #options: PullOptions;
  readonly #deps: FilePullDependencies;
  readonly #window: PullWindow;
  readonly #wake: Wake;
  readonly #backoff: Backoff;
  readonly #count: number;
  /** Chunks that were asked for in vain, to be asked for again first. */
  readonly #again: number[] = [];
  readonly #misfits = new Map<number, number>();
  /** Ends what is on the way. */
  readonly #stop = manyWaiting();
  #next = 0;
  #inFlight = 0;
  #isJoined = false;
  #retryAtMs = 0;
  /** When the sender last said anything. */
  #newsMs: number;
  /** When it last gave what was asked for. */
  #gotMs: number;
  #hasToldWaiting = false;
  #end: PullEnd | undefined;

  constructor(options: PullOptions, dependencies: FilePullDependencies) {
    const { clock, random } = dependencies;
    this.#options = options;
    this.#deps = dependencies;
    this.#window = new PullWindow(options);
    this.#wake = new Wake({ clock });
    this.#backoff = new Backoff(RETRY, { random });
    this.#count = chunkCount(options.size, options.chunkBytes);
    this.#newsMs = clock.nowMs() - options.quietMs;
    this.#gotMs = this.#newsMs;
  }

  /** Whether nothing has come for a while. */
  get isWaiting(): boolean {
    // A sender that only puts off is there, and gets nobody on.
    const quietMs = this.#deps.clock.nowMs() - this.#gotMs;
    return this.#backoff.attempt > 0 && quietMs >= WAITING_MS;
  }

  /** Resolves when it has ended; never rejects for what sender, way or disk do. */
  async run(): Promise<PullEnd> {
    const { clock, part } = this.#deps;
    const { keepMs } = this.#options;
    while (this.#end === undefined) {
      const nowMs = clock.nowMs();
      if (nowMs - this.#newsMs > keepMs) this.#fail(TransferReason.expired);
      else if (!this.#isJoined) await this.#join(nowMs);
      else if (part.isWhole && this.#inFlight === 0) this.#end = { kind: 'whole' };
      else await this.#fill(nowMs);
    }
    this.#stop.abort();
    while (this.#inFlight > 0) await this.#wake.wait(LOOK_MS);
    return this.#end;
  }

  /** The sender may be there again, or somebody knows more: no more waiting. */
  readonly hurry = (): void => {
    this.#retryAtMs = 0;
    this.#wake.call();
  };

  /** Ends it: what is on the way is not waited for. */
  close(): void {
    this.#end ??= { kind: 'closed' };
    this.#stop.abort();
    this.#wake.call();
  }

  async #join(nowMs: number): Promise<void> {
    if (nowMs < this.#retryAtMs) {
      await this.#wake.wait(this.#retryAtMs - nowMs);
      return;
    }
    const { inbox, part } = this.#deps;
    const { attempt, receiver } = this.#options;
    const request = { kind: 'join', receiver, attempt, have: part.have } as const;
    const outcome = await inbox.ask(request, JOIN_TIMEOUT_MS, this.#stop.signal);
    if (this.#end !== undefined) return;
    if (outcome.kind === 'ok') {
      this.#heard();
      this.#isJoined = true;
      this.#deps.onJoined();
    } else this.#noChunk(outcome);
  }

  async #fill(nowMs: number): Promise<void> {
    if (nowMs >= this.#retryAtMs) {
      // After a failure one chunk shows whether the sender is there again.
      const most = this.#backoff.attempt === 0 ? this.#window.size : 1;
      while (this.#inFlight < most) {
        const index = this.#nextMissing();
        if (index === undefined) break;
        this.#inFlight++;
        void this.#pull(index, nowMs);
      }
    }
    const waitMs = this.#retryAtMs > nowMs ? this.#retryAtMs - nowMs : LOOK_MS;
    await this.#wake.wait(waitMs);
  }

  #nextMissing(): number | undefined {
    const { part } = this.#deps;
    const again = this.#again.pop();
    if (again !== undefined) return again;
    while (this.#next < this.#count) {
      const index = this.#next++;
      if (!part.has(index)) return index;
    }
    return undefined;
  }

  async #pull(index: number, askedMs: number): Promise<void> {
    const { clock, inbox, part } = this.#deps;
    const { attempt, receiver } = this.#options;
    const { have } = part;
    const isCheck = this.#misfits.has(index);
    const timeoutMs = PULL_TIMEOUT_MS * Math.min(2 ** this.#backoff.attempt, 4);
    const request = { kind: 'pull', receiver, attempt, have, index, isCheck } as const;
    const outcome = await inbox.ask(request, timeoutMs, this.#stop.signal);
    if (outcome.kind === 'chunk') {
      const nowMs = clock.nowMs();
      this.#window.replied(nowMs - askedMs, nowMs);
      await this.#take(index, outcome);
      releaseMemory(outcome.bytes);
    } else {
      this.#again.push(index);
      if (this.#end === undefined) this.#noChunk(outcome);
    }
    this.#inFlight--;
    this.#wake.call();
  }

  async #take(index: number, chunk: TransferReply & { kind: 'chunk' }): Promise<void> {
    const { counters, onProgress, part } = this.#deps;
    const { chunkBytes, root, size } = this.#options;
    const leaf = merkleLeafHash(chunk.bytes);
    const proof = { leaf, index, count: this.#count, path: chunk.path };
    const isRight =
      chunk.bytes.length === chunkSize(index, size, chunkBytes) && isInMerkleTree(root, proof);
    if (!isRight) {
      this.#misfit(index);
      return;
    }
    try {
      await part.write(index, chunk.bytes, leaf);
    } catch (error) {
      this.#fail(diskReason(error));
      return;
    }
    counters.fileChunksReceived++;
    this.#heard();
    onProgress();
  }

  /** The sender looks at the chunk again when it is asked for once more: a source may have changed. */
  #misfit(index: number): void {
    const misfits = (this.#misfits.get(index) ?? 0) + 1;
    this.#misfits.set(index, misfits);
    this.#deps.counters.fileFramesRejected++;
    if (misfits >= MAX_MISFITS) this.#fail(TransferReason.wrongHash);
    else this.#again.push(index);
  }

  /** Anything but what was asked for. */
  #noChunk(outcome: InboxOutcome): void {
    switch (outcome.kind) {
      case 'closed':
        this.close();
        return;
      case 'refused':
        if (outcome.reason !== TransferReason.notJoined) this.#fail(outcome.reason);
        else if (this.#isJoined) this.#isJoined = false;
        else this.#wait(outcome.reason);
        return;
      case 'later':
        this.#newsMs = this.#deps.clock.nowMs();
        this.#wait(outcome.reason);
        return;
      case 'unreachable':
        this.#window.lost();
        this.#wait(outcome.reason);
        return;
      default:
        this.#fail(TransferReason.malformed);
    }
  }

  /** Several that were lost at the same time count once. */
  #wait(reason: string): void {
    const { clock, onWaiting } = this.#deps;
    const nowMs = clock.nowMs();
    if (nowMs < this.#retryAtMs) return;
    this.#retryAtMs = nowMs + this.#backoff.next();
    if (this.#hasToldWaiting || nowMs - this.#gotMs < WAITING_MS) return;
    this.#hasToldWaiting = true;
    onWaiting(reason);
  }

  #heard(): void {
    this.#newsMs = this.#deps.clock.nowMs();
    this.#gotMs = this.#newsMs;
    this.#backoff.reset();
    this.#retryAtMs = 0;
    this.#hasToldWaiting = false;
  }

  #fail(reason: string): void {
    this.#end ??= { kind: 'failed', reason, isFinal: isFinalReason(reason) };
  }
}

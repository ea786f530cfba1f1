import type { Scheduler } from '@amop/ports';

/** How bytes travel through a {@link MemoryPipe}. */
export interface MemoryPipeOptions {
  /** Bytes that may be on their way and not delivered: the buffers of a kernel. */
  readonly windowBytes: number;
  /** Size of the next piece to deliver, of so many bytes there are; `undefined` keeps each write whole. */
  readonly chunkBytes: ((available: number) => number) | undefined;
}

/** The two ends of a {@link MemoryPipe}. */
export interface MemoryPipeEnds {
  /** All that was written is on its way. */
  onFlushed(): void;
  /** Whether the reader takes bytes now. */
  isReading(): boolean;
  onChunk(chunk: Uint8Array): void;
  /** The writer has ended and everything was delivered. */
  onEnd(): void;
}

/**
 * One direction of a memory link: a bounded window behind an unbounded backlog.
 *
 * Bytes are copied when they enter the window, so a writer that changes its memory too early is
 * found out as with TLS. Everything happens at the end of a turn, never inside a call.
 */
export class MemoryPipe {
  readonly #options: MemoryPipeOptions;
  readonly #scheduler: Scheduler;
  readonly #ends: MemoryPipeEnds;
  readonly #run: () => void;
  #waiting: Uint8Array[] = [];
  #window: Uint8Array[] = [];
  #waitingBytes = 0;
  #windowBytes = 0;
  #flushDue = false;
  #ended = false;
  #endDelivered = false;
  #broken = false;
  #stalled = false;
  #scheduled = false;

  constructor(options: MemoryPipeOptions, scheduler: Scheduler, ends: MemoryPipeEnds) {
    this.#options = options;
    this.#scheduler = scheduler;
    this.#ends = ends;
    this.#run = () => {
      this.#scheduled = false;
      if (!this.#broken && !this.#stalled) this.#turn();
    };
  }

  /** Bytes that have not entered the window. */
  get backlogBytes(): number {
    return this.#waitingBytes;
  }

  /** The writer has ended and all its bytes are on their way. */
  get isEndFlushed(): boolean {
    return this.#ended && this.#waitingBytes === 0;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended || this.#broken) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#flushDue = true;
    this.wake();
  }

  /** No more bytes will be written. */
  end(): void {
    this.#ended = true;
    this.wake();
  }

  /** Drops everything; nothing is delivered any more. */
  break(): void {
    this.#broken = true;
    this.#waiting = [];
    this.#window = [];
    this.#waitingBytes = 0;
    this.#windowBytes = 0;
  }

  /** Holds everything back, or lets it go on. */
  stall(isStalled: boolean): void {
    this.#stalled = isStalled;
    if (!isStalled) this.wake();
  }

  /** Looks again at the end of the turn: the reader may have begun to read. */
  wake(): void {
    if (this.#scheduled || this.#broken) return;
    this.#scheduled = true;
    this.#scheduler.endOfTurn(this.#run);
  }

  #turn(): void {
    this.#fillWindow();
    while (this.#windowBytes > 0 && !this.#broken && this.#ends.isReading()) {
      const chunk = this.#takeChunk();
      this.#ends.onChunk(chunk);
    }
    if (this.#broken) return;
    if (this.#waitingBytes > 0) {
      if (this.#windowBytes < this.#options.windowBytes) this.wake();
      return;
    }
    if (this.#flushDue) {
      this.#flushDue = false;
      this.#ends.onFlushed();
    }
    const isDone = this.#ended && this.#windowBytes === 0 && this.#waitingBytes === 0;
    if (isDone && !this.#endDelivered && this.#ends.isReading()) {
      this.#endDelivered = true;
      this.#ends.onEnd();
    }
  }

  #fillWindow(): void {
    for (;;) {
      const [next] = this.#waiting;
      const room = this.#options.windowBytes - this.#windowBytes;
      if (next === undefined || room <= 0) return;
      const taken = next.subarray(0, room);
      this.#window.push(taken.slice());
      this.#windowBytes += taken.length;
      this.#waitingBytes -= taken.length;
      if (taken.length === next.length) this.#waiting.shift();
      else this.#waiting[0] = next.subarray(taken.length);
    }
  }

  #takeChunk(): Uint8Array {
    const [first = new Uint8Array()] = this.#window;
    const wanted = this.#options.chunkBytes?.(this.#windowBytes) ?? first.length;
    const bytes = Math.max(1, Math.min(wanted, this.#windowBytes));
    this.#windowBytes -= bytes;
    if (bytes <= first.length) {
      if (bytes === first.length) this.#window.shift();
      else this.#window[0] = first.subarray(bytes);
      return first.subarray(0, bytes);
    }
    const chunk = new Uint8Array(bytes);
    let filled = 0;
    while (filled < bytes) {
      const [part = new Uint8Array()] = this.#window;
      const taken = part.subarray(0, bytes - filled);
      chunk.set(taken, filled);
      filled += taken.length;
      if (taken.length === part.length) this.#window.shift();
      else this.#window[0] = part.subarray(taken.length);
    }
    return chunk;
  }
}

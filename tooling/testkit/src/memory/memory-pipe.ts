import type { MemoryPost } from './memory-post.ts';

/** How bytes travel through a {@link MemoryPipe}. */
export interface MemoryPipeOptions {
  /** Bytes that may be on their way and not delivered: the buffers of a kernel. */
  readonly windowBytes: number;
  /** Size of the next piece to deliver, of so many bytes there are; `undefined` keeps each write whole. */
  readonly chunkBytes: ((available: number) => number) | undefined;
  /** Time that a write takes to the other side, in ms. Never overtakes. `undefined`: none. */
  readonly delayMs: (() => number) | undefined;
  /** Time until the kernel of the writer takes what was written and says so, in ms. `undefined`: none. */
  readonly drainDelayMs: (() => number) | undefined;
}

/** The two ends of a {@link MemoryPipe}. */
export interface MemoryPipeEnds {
  /** Where the writer's events go. */
  readonly toWriter: MemoryPost;
  /** Where the reader's events go. The same function as `toWriter`: both share one turn. */
  readonly toReader: MemoryPost;
  /** All that was written is on its way. */
  onFlushed(): void;
  /** Whether the reader takes bytes now. */
  isReading(): boolean;
  onChunk(chunk: Uint8Array): void;
  /** The writer has ended and everything was delivered. */
  onEnd(): void;
  /** Told of each write, for who looks on. */
  onWrite?(bytes: Uint8Array): void;
}

/** Bytes on their way, and when they are there. */
interface Packet {
  bytes: Uint8Array;
  readonly dueMs: number;
}

/**
 * One direction of a memory link: a bounded window behind an unbounded backlog.
 *
 * Bytes are copied when they enter the window, so a writer that changes its memory too early is
 * found out as with TLS. Everything happens at the end of a turn, never inside a call.
 */
export class MemoryPipe {
  readonly #options: MemoryPipeOptions;
  readonly #nowMs: () => number;
  readonly #ends: MemoryPipeEnds;
  readonly #runWriter: () => void;
  readonly #runReader: () => void;
  #waiting: Uint8Array[] = [];
  #window: Packet[] = [];
  #waitingBytes = 0;
  #windowBytes = 0;
  #lastDueMs = 0;
  #flushDue = false;
  #ended = false;
  #endDelivered = false;
  #broken = false;
  #isCut = false;
  #stalled = false;
  #writerDue = false;
  #readerDue = false;

  constructor(options: MemoryPipeOptions, nowMs: () => number, ends: MemoryPipeEnds) {
    this.#options = options;
    this.#nowMs = nowMs;
    this.#ends = ends;
    this.#runWriter = () => {
      this.#writerDue = false;
      if (this.#broken || this.#stalled) return;
      this.#write();
      if (ends.toWriter === ends.toReader) this.#read();
      else this.#wakeReader();
      this.#tellWriter();
    };
    this.#runReader = () => {
      this.#readerDue = false;
      if (this.#broken || this.#stalled) return;
      const bytes = this.#windowBytes;
      this.#read();
      if (this.#waitingBytes > 0 && this.#windowBytes < bytes) this.#wakeWriter();
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
    if (this.#ended || this.#broken || this.#isCut) return;
    this.#ends.onWrite?.(bytes);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#flushDue = true;
    this.#wakeWriter();
  }

  /** No more bytes will be written. */
  end(): void {
    this.#ended = true;
    this.#wakeWriter();
  }

  /** Drops everything; nothing is delivered any more. */
  break(): void {
    this.#broken = true;
    this.#waiting = [];
    this.#window = [];
    this.#waitingBytes = 0;
    this.#windowBytes = 0;
  }

  /** The writer is gone: of what is under way only the first `bytes` arrive, of what is written later nothing. */
  cut(bytes: number): void {
    this.#isCut = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    let left = bytes;
    for (const packet of this.#window) {
      packet.bytes = packet.bytes.subarray(0, left);
      left -= packet.bytes.length;
    }
    this.#windowBytes = Math.min(this.#windowBytes, bytes);
    this.#window = this.#window.filter((packet) => packet.bytes.length > 0);
  }

  /** Bytes that are on their way. */
  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** Holds everything back, or lets it go on. */
  stall(isStalled: boolean): void {
    this.#stalled = isStalled;
    if (!isStalled) this.wake();
  }

  /** Looks again at the end of the turn: the reader may have begun to read. */
  wake(): void {
    this.#wakeWriter();
    if (this.#ends.toWriter !== this.#ends.toReader) this.#wakeReader();
  }

  #wakeWriter(): void {
    if (this.#writerDue || this.#broken) return;
    this.#writerDue = true;
    this.#ends.toWriter(this.#runWriter, this.#options.drainDelayMs?.() ?? 0);
  }

  #wakeReader(): void {
    if (this.#readerDue || this.#broken) return;
    const [next] = this.#window;
    if (next === undefined && !this.isEndFlushed) return;
    this.#readerDue = true;
    const dueMs = next?.dueMs ?? this.#lastDueMs;
    this.#ends.toReader(this.#runReader, Math.max(0, dueMs - this.#nowMs()));
  }

  #write(): void {
    const dueMs = Math.max(this.#nowMs() + (this.#options.delayMs?.() ?? 0), this.#lastDueMs);
    this.#lastDueMs = dueMs;
    for (;;) {
      const [next] = this.#waiting;
      const room = this.#options.windowBytes - this.#windowBytes;
      if (next === undefined || room <= 0) return;
      const taken = next.subarray(0, room);
      this.#window.push({ bytes: taken.slice(), dueMs });
      this.#windowBytes += taken.length;
      this.#waitingBytes -= taken.length;
      if (taken.length === next.length) this.#waiting.shift();
      else this.#waiting[0] = next.subarray(taken.length);
    }
  }

  #tellWriter(): void {
    if (this.#broken) return;
    if (this.#waitingBytes > 0) {
      if (this.#windowBytes < this.#options.windowBytes) this.#wakeWriter();
    } else if (this.#flushDue) {
      this.#flushDue = false;
      this.#ends.onFlushed();
    }
  }

  #read(): void {
    while (this.#arrivedBytes() > 0 && !this.#broken && this.#ends.isReading()) {
      this.#ends.onChunk(this.#takeChunk());
    }
    if (this.#broken || this.#endDelivered) return;
    if (this.#windowBytes > 0) {
      if (this.#ends.isReading()) this.#wakeReader();
    } else if (this.isEndFlushed && this.#ends.isReading()) {
      this.#endDelivered = true;
      this.#ends.onEnd();
    }
  }

  #arrivedBytes(): number {
    const nowMs = this.#nowMs();
    // Due times only rise: as a rule all of it is there.
    if (this.#lastDueMs <= nowMs) return this.#windowBytes;
    let bytes = 0;
    for (const packet of this.#window) {
      if (packet.dueMs > nowMs) break;
      bytes += packet.bytes.length;
    }
    return bytes;
  }

  #takeChunk(): Uint8Array {
    const arrivedBytes = this.#arrivedBytes();
    const first = this.#window[0]?.bytes ?? new Uint8Array();
    const wanted = this.#options.chunkBytes?.(arrivedBytes) ?? first.length;
    const bytes = Math.max(1, Math.min(wanted, arrivedBytes));
    this.#windowBytes -= bytes;
    if (bytes <= first.length) return this.#takeFirst(bytes);
    const chunk = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes; ) {
      const part = this.#takeFirst(bytes - filled);
      chunk.set(part, filled);
      filled += part.length;
    }
    return chunk;
  }

  /** Takes at most `bytes` from the oldest packet. */
  #takeFirst(bytes: number): Uint8Array {
    const [packet] = this.#window;
    if (packet === undefined) return new Uint8Array();
    const taken = packet.bytes.subarray(0, bytes);
    if (taken.length === packet.bytes.length) this.#window.shift();
    else packet.bytes = packet.bytes.subarray(taken.length);
    return taken;
  }
}

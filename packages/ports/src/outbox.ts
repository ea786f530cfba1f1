import { ChunkQueue } from './chunk-queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { Connection } from './transport.ts';

/** First slab of an idle outbox, in bytes: what a session that says little keeps in memory. */
const MIN_SLAB_BYTES = 4096;
/** A body below this is copied in batch mode too: a write of its own would cost more. */
const COPY_BELOW_BYTES = 2048;
/** A body is written in pieces of this size, so that the pace of a slow connection shows. */
const MAX_WRITE_BYTES = 262_144;
/** In record mode, what of a large body is copied behind its header, so that both start in one write. */
const FIRST_WRITE_BYTES = 65_536;
/** Bodies that `onSpent` waits for; more go without. */
const MAX_SPENT = 64;
const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * How frames become writes.
 *
 * `batch`: the frames of a turn share writes. `record`: no two frames share a write and the next one
 * starts only when the last is flushed, so that each arrives in TLS records of its own.
 */
export type OutboxMode = 'batch' | 'record';

/** Limits of an {@link Outbox}. */
export interface OutboxOptions {
  readonly mode: OutboxMode;
  /** `saturated` begins at this many queued bytes. Default 1 048 576. */
  readonly highWaterBytes?: number;
  /** `saturated` ends at this many queued bytes. Default 262 144. */
  readonly lowWaterBytes?: number;
  /** Largest buffer that frames are gathered in. Default 65 536. */
  readonly slabBytes?: number;
  /** In batch mode nothing is given to a connection that holds this many unflushed. Default 131 072. */
  readonly inFlightBytes?: number;
}

/** What an {@link Outbox} works with. */
export interface OutboxDependencies {
  readonly connection: Connection;
  readonly scheduler: Scheduler;
  /** Called when `saturated` ends. */
  readonly onLow?: () => void;
  /** Told of a body that nobody else needs, see {@link Outbox.attach}, once it is flushed. */
  readonly onSpent?: (view: Uint8Array) => void;
}

/** Room for one frame: fill `bytes` from `offset` on, before the next call to the outbox. */
export interface Slot {
  bytes: Uint8Array;
  offset: number;
}

/**
 * The way out of one connection: gathers the frames of a turn and writes them in order.
 *
 * Frames are encoded straight into slabs. A slab only grows; a range that was handed to the
 * connection is never touched again, so nothing is copied and nothing is allocated per frame but, in
 * record mode, one view when it is written.
 *
 * The owner passes `ConnectionHandler.onDrain` on to {@link Outbox.handleDrain}, stops its sources
 * while {@link Outbox.saturated} and goes on at `onLow`. The outbox itself refuses nothing.
 */
export class Outbox {
  readonly #connection: Connection;
  readonly #scheduler: Scheduler;
  readonly #onLow: (() => void) | undefined;
  readonly #onSpent: ((view: Uint8Array) => void) | undefined;
  readonly #highWaterBytes: number;
  readonly #lowWaterBytes: number;
  readonly #maxSlabBytes: number;
  readonly #inFlightBytes: number;
  readonly #slot: Slot = { bytes: NOTHING, offset: 0 };
  readonly #sealed: ChunkQueue = new ChunkQueue();
  readonly #endOfTurn: () => void;

  #mode: OutboxMode;
  #slab: Uint8Array = NOTHING;
  /** The slab holds frames not yet in `#sealed` from `#start` to `#end`. */
  #start = 0;
  #end = 0;
  /** Record mode: where in the slab frames begin, but for the one at `#start`. */
  #frameStarts: number[] = [];
  #scheduled = false;
  /** A frame of record mode is on its way: the next waits for the drain. */
  #recordInFlight = false;
  #saturated = false;
  #closing = false;
  #acceptedBytes = 0;
  /** Bodies that nobody else needs, and how much had been accepted with each. */
  #spent: { readonly view: Uint8Array; readonly endBytes: number }[] = [];

  constructor(options: OutboxOptions, dependencies: OutboxDependencies) {
    this.#mode = options.mode;
    this.#highWaterBytes = options.highWaterBytes ?? 1_048_576;
    this.#lowWaterBytes = options.lowWaterBytes ?? 262_144;
    this.#maxSlabBytes = Math.max(options.slabBytes ?? 65_536, 64);
    this.#inFlightBytes = options.inFlightBytes ?? 131_072;
    this.#connection = dependencies.connection;
    this.#scheduler = dependencies.scheduler;
    this.#onLow = dependencies.onLow;
    this.#onSpent = dependencies.onSpent;
    this.#endOfTurn = () => {
      this.#scheduled = false;
      this.#pump();
    };
  }

  /** Bytes that the kernel has not taken: queued here and in the connection. */
  get queuedBytes(): number {
    return this.#sealed.bytes + (this.#end - this.#start) + this.#connection.backlogBytes;
  }

  /** Bytes of all frames so far, those queued included. */
  get acceptedBytes(): number {
    return this.#acceptedBytes;
  }

  /** From `highWaterBytes` queued until no more than `lowWaterBytes` are. */
  get saturated(): boolean {
    return this.#saturated;
  }

  /**
   * Begins a frame.
   *
   * @param bytes exact size of the frame without what {@link Outbox.attach} will add
   * @returns the same object each time, with room for exactly that many bytes, to be filled before
   * the next call. After {@link Outbox.close} the room is there and the frame is dropped.
   */
  open(bytes: number): Slot {
    const slot = this.#slot;
    if (this.#closing) {
      slot.bytes = new Uint8Array(bytes);
      slot.offset = 0;
      return slot;
    }
    if (this.#mode === 'record') this.#beginFrame();
    if (bytes > this.#slab.length - this.#end) {
      this.#seal();
      this.#makeRoom(bytes);
    }
    slot.bytes = this.#slab;
    slot.offset = this.#end;
    this.#end += bytes;
    this.#acceptedBytes += bytes;
    this.#noteQueued();
    return slot;
  }

  /**
   * Appends a body to the frame opened last, which must be filled by now.
   *
   * A large view is kept, not copied, so its memory must not change until it is flushed. Record mode
   * copies its first 64 KiB: header and body must start in one write.
   *
   * @param isSpent nobody else needs the memory under it: `onSpent` hears of it once it is flushed
   */
  attach(view: Uint8Array, isSpent = false): void {
    if (this.#closing || view.length === 0) return;
    this.#acceptedBytes += view.length;
    if (isSpent) this.#spent.push({ view, endBytes: this.#acceptedBytes });
    if (this.#spent.length > MAX_SPENT) this.#spent.shift();
    const copyBelow = this.#mode === 'batch' ? COPY_BELOW_BYTES : FIRST_WRITE_BYTES;
    if (view.length < copyBelow) {
      this.#copy(view);
    } else if (this.#mode === 'batch') {
      this.#seal();
      this.#sealed.push(view);
    } else {
      this.#copy(view.subarray(0, FIRST_WRITE_BYTES));
      this.#seal();
      if (view.length > FIRST_WRITE_BYTES) this.#sealed.push(view.subarray(FIRST_WRITE_BYTES));
    }
    this.#noteQueued();
  }

  #beginFrame(): void {
    const at = this.#end;
    if (at > this.#start && this.#frameStarts.at(-1) !== at) this.#frameStarts.push(at);
  }

  #copy(view: Uint8Array): void {
    if (view.length > this.#slab.length - this.#end) {
      this.#sealUpTo(this.#mode === 'batch' ? this.#end : (this.#frameStarts.pop() ?? this.#start));
      this.#makeRoom(view.length);
    }
    this.#slab.set(view, this.#end);
    this.#end += view.length;
  }

  /** Frames opened from now on go out in this mode. */
  setMode(mode: OutboxMode): void {
    this.#seal();
    this.#mode = mode;
    if (mode === 'batch') this.#recordInFlight = false;
  }

  /** Goes on writing. To be called from {@link ConnectionHandler.onDrain}. */
  handleDrain(): void {
    this.#recordInFlight = false;
    this.#tellSpent();
    this.#pump();
    if (this.queuedBytes === 0 && this.#slab.length > MIN_SLAB_BYTES) this.#dropSlab();
    if (this.#saturated && this.queuedBytes <= this.#lowWaterBytes) {
      this.#saturated = false;
      this.#onLow?.();
    }
  }

  /** Writes what may be written, without waiting for the end of the turn. */
  flush(): void {
    this.#pump();
  }

  /**
   * Takes no more frames; once those queued are written, in order, closes the connection.
   *
   * As long as the other side takes nothing this waits: who cannot wait closes or destroys the
   * connection himself.
   */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#pump();
  }

  #tellSpent(): void {
    const flushedBytes = this.#acceptedBytes - this.queuedBytes;
    for (let next = this.#spent[0]; next !== undefined; next = this.#spent[0]) {
      if (next.endBytes > flushedBytes) return;
      this.#spent.shift();
      this.#onSpent?.(next.view);
    }
  }

  /** Moves what the slab holds into the queue; the rest of the slab stays for frames to come. */
  #seal(): void {
    this.#sealUpTo(this.#end);
  }

  /** `#seal` for what lies before `end`, where a frame ends. */
  #sealUpTo(end: number): void {
    const start = this.#start;
    if (end === start) return;
    const chunk = this.#slab.subarray(start, end);
    this.#start = end;
    // A frame that found no room in the slab has been announced at its end.
    if (this.#frameStarts.at(-1) === end) this.#frameStarts.pop();
    if (this.#frameStarts.length === 0) {
      this.#sealed.push(chunk);
    } else {
      this.#sealed.push(
        chunk,
        this.#frameStarts.map((at) => at - start),
      );
      this.#frameStarts = [];
    }
  }

  #noteQueued(): void {
    if (!this.#saturated && this.queuedBytes >= this.#highWaterBytes) this.#saturated = true;
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.endOfTurn(this.#endOfTurn);
  }

  /**
   * Starts a new slab with the unsealed frame and at least `moreBytes` of room: as large as the
   * queue suggests, so that an idle session keeps little and a busy one allocates seldom.
   */
  #makeRoom(moreBytes: number): void {
    const unsealed = this.#slab.subarray(this.#start, this.#end);
    let slabBytes = MIN_SLAB_BYTES;
    while (slabBytes < this.#maxSlabBytes && slabBytes < 2 * this.#sealed.bytes) slabBytes *= 2;
    const limited = Math.min(slabBytes, this.#maxSlabBytes);
    this.#slab = new Uint8Array(Math.max(limited, unsealed.length + moreBytes));
    this.#slab.set(unsealed);
    this.#start = 0;
    this.#end = unsealed.length;
  }

  /** Nothing is queued: a session that falls silent after a burst keeps no large slab. */
  #dropSlab(): void {
    this.#slab = NOTHING;
    this.#start = 0;
    this.#end = 0;
  }

  #pump(): void {
    if (this.#mode === 'batch') this.#pumpBatch();
    else this.#pumpRecord();
    if (this.#closing && this.#sealed.length === 0 && this.#end === this.#start) {
      this.#connection.close();
    }
  }

  #pumpBatch(): void {
    while (this.#connection.backlogBytes < this.#inFlightBytes) {
      if (this.#sealed.length === 0) this.#seal();
      const chunk = this.#sealed.shift(MAX_WRITE_BYTES);
      if (chunk === undefined) return;
      this.#connection.write(chunk);
    }
  }

  #pumpRecord(): void {
    if (this.#recordInFlight || this.#connection.backlogBytes > 0) return;
    this.#seal();
    const chunk = this.#sealed.shift(MAX_WRITE_BYTES);
    if (chunk === undefined) return;
    this.#recordInFlight = true;
    this.#connection.write(chunk);
  }
}

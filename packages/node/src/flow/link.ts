import { releaseMemory } from '@amop/crypto';
import { type Connection, type ConnectionHandler, Outbox, type PortsError } from '@amop/ports';
import type { NodeContext } from '../node-context.ts';
import { ReadGate } from './read-gate.ts';
import { type CutReason, Sink } from './sink.ts';
import { TurnShare } from './turn-share.ts';

/** Time that a closed link has to flush, in ms. */
const CLOSE_TIMEOUT_MS = 5_000;

/** An incremental decoder, as a link uses it. */
export interface LinkDecoder<Frame> {
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void;
  stop(): void;
  /** Bytes of the frame in the middle of which the stream is; 0 between frames. */
  readonly bufferedBytes: number;
}

/** What the owner of a link hears. */
export interface LinkOwner<Frame> {
  onFrame(frame: Frame): void;
  /** Once, last. `reason` is set when this side cut the connection. */
  onEnd(reason: CutReason | undefined, error: PortsError | undefined): void;
  /** The stream cannot be decoded any more; the link is cut with the returned reason. */
  onUndecodable(error: unknown): CutReason;
}

/** Frames and bytes of one link. */
export interface LinkTraffic {
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
}

/**
 * One connection of the node, whatever is spoken on it: bytes in through a decoder, frames out
 * through an outbox, with backpressure, the reassembly budget and the clocks of silence.
 */
export class Link<Frame> implements ConnectionHandler {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly sink: Sink;
  readonly #context: NodeContext;
  readonly #decoder: LinkDecoder<Frame>;
  readonly #owner: LinkOwner<Frame>;
  readonly #gate: ReadGate;
  readonly #turnShare: TurnShare;
  readonly #onFrame: (frame: Frame) => void;
  #closed = false;
  #closedMs = 0;
  #closedHere = false;
  #cutReason: CutReason | undefined;
  /** What went over it. */
  readonly traffic: LinkTraffic = { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0 };
  /** Milliseconds since 1970. */
  readonly connectedAtMs: number;
  /** Monotonic ms of the last inbound byte. */
  lastReadMs: number;
  /** Monotonic ms of the last completed write. */
  lastWriteMs: number;
  #frameSinceMs: number | undefined;

  constructor(
    connection: Connection,
    context: NodeContext,
    decoder: LinkDecoder<Frame>,
    owner: LinkOwner<Frame>,
    mode: 'batch' | 'record',
  ) {
    this.connection = connection;
    this.#context = context;
    this.#decoder = decoder;
    this.#owner = owner;
    const { highWaterBytes, lowWaterBytes } = context.limits;
    this.outbox = new Outbox(
      { mode, highWaterBytes, lowWaterBytes },
      {
        connection,
        scheduler: context.scheduler,
        onLow: () => context.flow.caughtUp(this.sink),
        onSpent: releaseMemory,
      },
    );
    this.#gate = new ReadGate(connection);
    this.#turnShare = new TurnShare(this.#gate, context);
    this.sink = new Sink(this.outbox, (reason) => this.cut(reason));
    this.connectedAtMs = context.clock.wallMs();
    this.lastReadMs = context.clock.nowMs();
    this.lastWriteMs = this.lastReadMs;
    this.#onFrame = (frame) => {
      context.counters.framesIn++;
      this.traffic.framesIn++;
      this.#frameSinceMs = undefined;
      owner.onFrame(frame);
    };
  }

  /** Whether this node ended it in order. */
  get isClosedHere(): boolean {
    return this.#closedHere;
  }

  /** Begins to read. */
  open(): void {
    this.connection.attach(this);
  }

  /** False when the link takes no further frame: it is closed, or was cut just now. */
  admit(): boolean {
    return !this.#closed && this.#context.flow.admit(this.sink, this.#context.clock);
  }

  /** Call after each frame put into the outbox. */
  queued(bytes: number): void {
    const { clock, counters, flow, wakeSweeper } = this.#context;
    counters.framesOut++;
    counters.bytesOut += bytes;
    this.traffic.framesOut++;
    this.traffic.bytesOut += bytes;
    if (!this.outbox.saturated) return;
    flow.queued(this.sink, clock.nowMs());
    wakeSweeper();
  }

  onData(chunk: Uint8Array): void {
    if (this.#closed) return;
    const { budget, clock, counters, flow } = this.#context;
    this.lastReadMs = clock.nowMs();
    counters.bytesIn += chunk.length;
    this.traffic.bytesIn += chunk.length;
    flow.enter(this.#gate);
    try {
      this.#decoder.push(chunk, this.#onFrame);
    } catch (error) {
      this.cut(this.#owner.onUndecodable(error));
    } finally {
      flow.leave();
    }
    if (this.#closed) return;
    if (this.#decoder.bufferedBytes === 0) this.#frameSinceMs = undefined;
    else this.#frameSinceMs ??= this.lastReadMs;
    budget.update(this.#gate, this.#decoder.bufferedBytes);
    this.#turnShare.used(this.lastReadMs, clock.nowMs());
  }

  onDrain(): void {
    this.lastWriteMs = this.#context.clock.nowMs();
    this.sink.drainedMs = this.lastWriteMs;
    this.outbox.handleDrain();
  }

  onClose(error: PortsError | undefined): void {
    this.#end();
    this.#owner.onEnd(this.#cutReason, error);
  }

  /** True when nothing is read at the moment: silence says nothing about the other side. */
  get isReadingPaused(): boolean {
    return this.#gate.isBlocked;
  }

  /** True when it was closed a while ago and the other side still does not take what is queued. */
  isCloseOverdue(nowMs: number): boolean {
    return this.#closed && nowMs - this.#closedMs > CLOSE_TIMEOUT_MS;
  }

  /** True when a frame has been arriving for longer than it may. */
  isFrameOverdue(nowMs: number): boolean {
    if (this.#frameSinceMs === undefined || this.#gate.isBlocked) return false;
    return nowMs - this.#frameSinceMs > this.#context.limits.frameTimeoutMs;
  }

  /** Takes nothing more, and closes once what is queued is flushed. */
  close(): void {
    this.#closedHere = true;
    this.#end();
  }

  /** Ends the connection at once, not counted: the node stops. */
  abort(): void {
    this.#closedHere = true;
    this.#end();
    this.connection.destroy();
  }

  /** Ends the connection at once; counted by reason. */
  cut(reason: CutReason): void {
    if (this.#closed) return;
    this.#cutReason = reason;
    this.#context.counters.cuts[reason]++;
    this.#end();
    this.connection.destroy();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closedMs = this.#context.clock.nowMs();
    this.#decoder.stop();
    this.#turnShare.stop();
    this.outbox.close();
    this.#context.flow.caughtUp(this.sink);
    this.#context.flow.forget(this.#gate);
    this.#context.budget.release(this.#gate);
  }
}

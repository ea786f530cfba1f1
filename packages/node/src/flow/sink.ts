import type { Outbox } from '@amop/ports';
import type { ReadGate } from './read-gate.ts';

/** Why this node cut a connection; the names in `counters().cuts`. */
export type CutReason =
  | 'slow-consumer'
  | 'malformed'
  | 'idle'
  | 'frame-timeout'
  | 'twelve-byte-header'
  | 'handshake-range'
  | 'too-many-malformed';

/** A connection as a receiver: its outbox, and who waits for it. */
export class Sink {
  readonly outbox: Outbox;
  /** Ends the connection. */
  readonly cut: (reason: CutReason) => void;
  /** Gates that are blocked until this receiver has caught up. */
  readonly waiting: Set<ReadGate> = new Set();
  /** Monotonic ms at which the outbox rose above its high-water mark; undefined while it is below. */
  saturatedSinceMs: number | undefined = undefined;
  /** Monotonic ms at which its connection last took everything that it had been given. */
  drainedMs = 0;
  /** It has held up its senders for as long as it may: they go on without it. */
  lapsed = false;

  constructor(outbox: Outbox, cut: (reason: CutReason) => void) {
    this.outbox = outbox;
    this.cut = cut;
  }
}

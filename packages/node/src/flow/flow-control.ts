import type { Clock } from '@amop/ports';
import type { ReadGate } from './read-gate.ts';
import type { Sink } from './sink.ts';

/** Marks of {@link FlowControl}; see the limits of the same names. */
export interface FlowMarks {
  readonly cutBytes: number;
  readonly maxQueueBytes: number;
  readonly maxSilentQueueBytes: number;
  readonly pauseMs: number;
  readonly unresponsiveMs: number;
  readonly stalledMs: number;
}

/**
 * Backpressure between connections.
 *
 * While a chunk of a connection is processed, that connection is the source; a receiver that rises
 * above its high-water mark blocks the source from reading until it has caught up. It may do so for
 * `pauseMs`: then its senders go on and its queue grows. Above the cut mark it is cut if it has taken
 * nothing for `unresponsiveMs`, above `maxQueueBytes` in any case. So a fast sender is slowed down to
 * a steady receiver, a large message passes however long it takes, and a receiver that has stopped
 * costs its neighbours `pauseMs`.
 *
 * Cost: one comparison per frame while nobody is saturated.
 */
export class FlowControl {
  readonly #marks: FlowMarks;
  readonly #saturated: Set<Sink> = new Set();
  #source: ReadGate | undefined;

  /** @param marks read at each use: they may change */
  constructor(marks: FlowMarks) {
    this.#marks = marks;
  }

  /** Receivers above their high-water mark. */
  get saturated(): number {
    return this.#saturated.size;
  }

  /** Everything written until {@link FlowControl.leave} is caused by this connection. */
  enter(source: ReadGate): void {
    this.#source = source;
  }

  leave(): void {
    this.#source = undefined;
  }

  /** Call before a frame is queued. False: the receiver was cut and takes nothing more. */
  admit(sink: Sink, clock: Pick<Clock, 'nowMs'>): boolean {
    if (sink.outbox.queuedBytes <= this.#marks.cutBytes) return true;
    if (!this.#isTooSlow(sink, clock.nowMs())) return true;
    sink.cut('slow-consumer');
    return false;
  }

  /** Call after a frame was queued. */
  queued(sink: Sink, nowMs: number): void {
    if (!sink.outbox.saturated) return;
    if (sink.saturatedSinceMs === undefined) {
      sink.saturatedSinceMs = nowMs;
      this.#saturated.add(sink);
    }
    const source = this.#source;
    if (sink.lapsed || source === undefined || sink.waiting.has(source)) return;
    sink.waiting.add(source);
    source.block();
  }

  /** The outbox is back at its low-water mark, or the receiver is gone. */
  caughtUp(sink: Sink): void {
    sink.saturatedSinceMs = undefined;
    sink.lapsed = false;
    this.#saturated.delete(sink);
    release(sink);
  }

  /** A source is gone: nobody unblocks it any more. */
  forget(source: ReadGate): void {
    for (const sink of this.#saturated) sink.waiting.delete(source);
  }

  /** Call every few tens of ms while anybody is saturated. */
  sweep(nowMs: number): void {
    for (const sink of [...this.#saturated]) {
      if (this.#isTooSlow(sink, nowMs)) {
        sink.cut('slow-consumer');
      } else if (!sink.lapsed && nowMs - (sink.saturatedSinceMs ?? nowMs) >= this.#marks.pauseMs) {
        sink.lapsed = true;
        release(sink);
      }
    }
    this.#cutLargestOfSilent(nowMs);
  }

  /** Many receivers, each below its mark, that take nothing: together they have a limit too. */
  #cutLargestOfSilent(nowMs: number): void {
    const { maxSilentQueueBytes, unresponsiveMs } = this.#marks;
    const silent = [...this.#saturated].filter((sink) => idleMs(sink, nowMs) >= unresponsiveMs);
    let bytes = silent.reduce((sum, { outbox }) => sum + outbox.queuedBytes, 0);
    if (bytes <= maxSilentQueueBytes) return;
    silent.sort((one, other) => other.outbox.queuedBytes - one.outbox.queuedBytes);
    for (const sink of silent) {
      if (bytes <= maxSilentQueueBytes) return;
      bytes -= sink.outbox.queuedBytes;
      sink.cut('slow-consumer');
    }
  }

  #isTooSlow(sink: Sink, nowMs: number): boolean {
    const { cutBytes, maxQueueBytes, stalledMs, unresponsiveMs } = this.#marks;
    const { queuedBytes } = sink.outbox;
    if (queuedBytes > maxQueueBytes) return true;
    return idleMs(sink, nowMs) >= (queuedBytes > cutBytes ? unresponsiveMs : stalledMs);
  }
}

/** Time in which a saturated receiver has taken nothing. */
function idleMs(sink: Sink, nowMs: number): number {
  return nowMs - Math.max(sink.drainedMs, sink.saturatedSinceMs ?? nowMs);
}

function release(sink: Sink): void {
  for (const gate of sink.waiting) gate.unblock();
  sink.waiting.clear();
}

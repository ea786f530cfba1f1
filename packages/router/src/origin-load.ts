import type { PendingRequest } from './pending.ts';

/** The requests of one sender that have no outcome yet, and the memory that they hold. */
export class OriginLoad {
  readonly requests: Set<PendingRequest> = new Set();
  /** Bytes kept for them, see {@link OriginLoad.charge}. */
  bytes = 0;
  #lastBuffer: ArrayBufferLike | undefined;

  /**
   * Bytes that keeping a frame costs: the frame is a view and keeps the whole buffer that it came in,
   * which is charged to the first frame of each buffer.
   */
  charge(frame: Uint8Array): number {
    if (frame.buffer === this.#lastBuffer) return frame.length;
    this.#lastBuffer = frame.buffer;
    return frame.buffer.byteLength;
  }
}

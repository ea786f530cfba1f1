import type { ReadGate } from './read-gate.ts';

/** Frames up to this size are not counted: a connection's read buffer holds as much. */
const FREE_BYTES = 64 * 1024;

/**
 * One budget for the bytes of frames that are not complete, over all connections of a node.
 *
 * A connection in the middle of a large frame holds the frame's whole length; one for which there is
 * no room waits, not reading, in the order of arrival. Since a holder can always finish its frame,
 * and a frame has a time limit, everybody gets his turn.
 */
export class ReassemblyBudget {
  readonly #limitBytes: number;
  readonly #held: Map<ReadGate, number> = new Map();
  readonly #waiting: Map<ReadGate, number> = new Map();
  #heldBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes held by connections in the middle of a large frame. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Connections that wait for room. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Tells what a connection needs now.
   *
   * @param frameBytes length of the frame that it has begun; 0 when it is between frames
   */
  update(gate: ReadGate, frameBytes: number): void {
    const needed = frameBytes > FREE_BYTES ? frameBytes : 0;
    const held = this.#held.get(gate) ?? 0;
    if (needed === held || this.#waiting.get(gate) === needed) return;
    this.release(gate);
    if (needed === 0) return;
    if (this.#fits(needed)) {
      this.#hold(gate, needed);
    } else {
      this.#waiting.set(gate, needed);
      gate.block();
    }
  }

  /** The connection is gone, or its frame is complete. */
  release(gate: ReadGate): void {
    if (this.#waiting.delete(gate)) gate.unblock();
    const held = this.#held.get(gate);
    if (held === undefined) return;
    this.#held.delete(gate);
    this.#heldBytes -= held;
    this.#admitWaiting();
  }

  #admitWaiting(): void {
    for (const [gate, needed] of this.#waiting) {
      if (!this.#fits(needed)) return;
      this.#waiting.delete(gate);
      this.#hold(gate, needed);
      gate.unblock();
    }
  }

  #fits(bytes: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + bytes <= this.#limitBytes;
  }

  #hold(gate: ReadGate, bytes: number): void {
    this.#held.set(gate, bytes);
    this.#heldBytes += bytes;
  }
}

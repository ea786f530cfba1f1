import type { NodeLimits } from '../limits.ts';
import type { ReadGate } from './read-gate.ts';

/** Parts of frames up to this size are not counted: a connection's read buffer holds as much. */
const FREE_BYTES = 64 * 1024;
/** Who has the turn must bring at least this much a second, or the next one gets it. */
const MIN_TURN_BYTES = 1024 * 1024;
const TURN_MS = 1_000;

/**
 * One budget for the bytes of frames that are not complete, over all connections of a node.
 *
 * While it is used up, connections in the middle of a large frame are not read, but for one at a
 * time, which may finish its frame; one that brings nothing loses its turn. So the memory stays
 * within the budget and one frame, and however many connections announce frames that never come,
 * the others get through.
 */
export class ReassemblyBudget {
  readonly #limits: Pick<NodeLimits, 'reassemblyBytes'>;
  readonly #held: Map<ReadGate, number> = new Map();
  readonly #waiting: Set<ReadGate> = new Set();
  #heldBytes = 0;
  #turn: { readonly gate: ReadGate; bytes: number; sinceMs: number | undefined } | undefined;

  /** @param limits read at each use: they may change */
  constructor(limits: Pick<NodeLimits, 'reassemblyBytes'>) {
    this.#limits = limits;
  }

  /** Bytes of unfinished large frames. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Connections that are not read until there is room or it is their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Tells what a connection holds now; call after each of its chunks.
   *
   * @param bytes bytes of the frame in the middle of which it is; 0 between frames
   */
  update(gate: ReadGate, bytes: number): void {
    if (bytes <= FREE_BYTES) {
      this.release(gate);
      return;
    }
    this.#heldBytes += bytes - (this.#held.get(gate) ?? 0);
    this.#held.set(gate, bytes);
    if (this.#heldBytes <= this.#limits.reassemblyBytes || this.#turn?.gate === gate) return;
    if (this.#turn === undefined) this.#giveTurn(gate);
    else this.#block(gate);
  }

  /** The connection is gone, or its frame is complete. */
  release(gate: ReadGate): void {
    if (this.#waiting.delete(gate)) gate.unblock();
    if (this.#turn?.gate === gate) this.#turn = undefined;
    else if (!this.#held.has(gate)) return;
    this.#heldBytes -= this.#held.get(gate) ?? 0;
    this.#held.delete(gate);
    this.#goOn();
  }

  /** Passes the turn on from a connection that brings nothing; call a few times a second. */
  tick(nowMs: number): void {
    const turn = this.#turn;
    if (turn === undefined) return;
    const bytes = this.#held.get(turn.gate) ?? 0;
    turn.sinceMs ??= nowMs;
    if (nowMs - turn.sinceMs < TURN_MS) return;
    if (this.#waiting.size > 0 && bytes - turn.bytes < MIN_TURN_BYTES) {
      this.#turn = undefined;
      this.#goOn();
      this.#block(turn.gate);
    } else {
      turn.bytes = bytes;
      turn.sinceMs = nowMs;
    }
  }

  #goOn(): void {
    if (this.#heldBytes <= this.#limits.reassemblyBytes) {
      for (const gate of this.#waiting) gate.unblock();
      this.#waiting.clear();
    } else if (this.#turn === undefined) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      this.#giveTurn(next);
      next.unblock();
    }
  }

  #giveTurn(gate: ReadGate): void {
    this.#turn = { gate, bytes: this.#held.get(gate) ?? 0, sinceMs: undefined };
  }

  #block(gate: ReadGate): void {
    if (this.#waiting.has(gate)) return;
    this.#waiting.add(gate);
    gate.block();
  }
}

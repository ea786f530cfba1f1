import { getHeapStatistics } from 'node:v8';
import type { FuzzTarget } from './target.ts';
import type { Watchdog } from './watchdog.ts';

const MIB = 1024 * 1024;

/** Runs a target on single inputs, and looks at the time and the memory that each takes. */
export class Execution {
  readonly #target: FuzzTarget;
  readonly #watchdog: Watchdog | undefined;
  readonly #maxMs: number;
  readonly #maxAllocatedBytes: number;
  /** How often the target ran. */
  count = 0;

  /** @param watchdog without one neither time nor memory counts: a busy machine must not fail a test */
  constructor(target: FuzzTarget, watchdog?: Watchdog) {
    this.#target = target;
    this.#watchdog = watchdog;
    this.#maxMs = target.maxMs ?? 1_000;
    this.#maxAllocatedBytes = target.maxAllocatedBytes ?? 16 * MIB;
  }

  /** Resolves, or returns at once for a target that does, when the property holds; throws otherwise. */
  run(bytes: Uint8Array): void | Promise<void> {
    this.count++;
    this.#watchdog?.begin(bytes);
    const startUs = cpuUs();
    const heldBytes = memoryBytes();
    const result = this.#target.run(bytes);
    if (result instanceof Promise) return result.then(() => this.#check(startUs, heldBytes));
    this.#check(startUs, heldBytes);
  }

  /** What is wrong with an input; undefined when nothing is. */
  async failureOf(bytes: Uint8Array): Promise<unknown> {
    try {
      await this.run(bytes);
      return undefined;
    } catch (error) {
      return error ?? new Error('undefined was thrown');
    }
  }

  #check(startUs: number, heldBytes: number): void {
    if (this.#watchdog === undefined) return;
    const tookMs = (cpuUs() - startUs) / 1_000;
    if (tookMs > this.#maxMs) throw new Error(`it took ${Math.round(tookMs)} ms`);
    const allocatedBytes = memoryBytes() - heldBytes;
    if (allocatedBytes > this.#maxAllocatedBytes) {
      throw new Error(`it took ${Math.round(allocatedBytes / MIB)} MiB of memory`);
    }
  }
}

/** Time that this process has computed, in microseconds: a busy machine makes nothing hang. */
function cpuUs(): number {
  const { system, user } = process.cpuUsage();
  return system + user;
}

/** Memory of the heap and behind it; goes down only when rubbish is collected. */
function memoryBytes(): number {
  const { external_memory: external, used_heap_size: heap } = getHeapStatistics();
  return external + heap;
}

import { Worker } from 'node:worker_threads';

/** Longest input that is told when it hangs; a longer one is told in part. */
const MAX_BYTES = 8_192;

/** Looks from another thread whether one execution never ends: then it prints the input and ends the process. */
export class Watchdog {
  readonly #worker: Worker;
  readonly #state: Int32Array;
  readonly #input: Uint8Array;

  /** @param maxMs time that no execution may take */
  constructor(name: string, maxMs: number) {
    const state = new SharedArrayBuffer(8);
    const input = new SharedArrayBuffer(MAX_BYTES);
    this.#state = new Int32Array(state);
    this.#input = new Uint8Array(input);
    this.#worker = new Worker(new URL('./watchdog-thread.mjs', import.meta.url), {
      workerData: { input, maxMs, name, state },
    });
    this.#worker.unref();
  }

  /** The next execution begins. */
  begin(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#input.set(length > MAX_BYTES ? bytes.subarray(0, MAX_BYTES) : bytes);
    Atomics.store(this.#state, 1, Math.min(length, MAX_BYTES));
    Atomics.add(this.#state, 0, 1);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

import { type CorpusEntry, readCorpus } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import type { Execution } from './execution.ts';
import { Mutator } from './mutator.ts';
import { Prng } from './prng.ts';
import type { FuzzSettings } from './settings.ts';
import type { FuzzTarget } from './target.ts';

/** Executions between two looks at the coverage, and the time after which one is due, in ms. */
const BATCH = 1_000;
const BATCH_MS = 50;

/** An input for which the property does not hold. */
export interface Finding {
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

/**
 * Runs inputs until the budget is used up or one fails.
 *
 * With coverage, inputs that reach code which none before did are kept and changed further. It is looked at for a
 * whole batch, and only a batch that reached something new is run again, half by half, to find the input.
 */
export class Campaign {
  readonly #execution: Execution;
  readonly #coverage: Coverage | undefined;
  readonly #mutator: Mutator;
  readonly #settings: FuzzSettings;
  readonly #first: readonly Uint8Array[];
  readonly #pool: Uint8Array[];
  /** Inputs that reached something new, in the order they were found. */
  kept: CorpusEntry[] = [];

  constructor(
    target: FuzzTarget,
    settings: FuzzSettings,
    execution: Execution,
    coverage: Coverage | undefined,
  ) {
    const { maxBytes = 2_048, name, seeds = [], words = [] } = target;
    this.#settings = settings;
    this.#execution = execution;
    this.#coverage = coverage;
    this.#mutator = new Mutator(new Prng(settings.seed), words, maxBytes);
    this.#first = [...seeds, ...readCorpus(name).map(({ bytes }) => bytes)];
    this.#pool = [...this.#first];
  }

  /** Undefined when every property held. */
  async run(): Promise<Finding | undefined> {
    const endMs = performance.now() + this.#settings.ms;
    this.#coverage?.reset();
    // Refused inputs are most of them, and a stack costs more than the rest of the refusal.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return await this.#runUntil(endMs);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  async #runUntil(endMs: number): Promise<Finding | undefined> {
    const { executions } = this.#settings;
    for (const bytes of [new Uint8Array(), ...this.#first]) {
      const finding = await this.#runAll([bytes]);
      if (finding !== undefined) return finding;
      await this.#keepNew([bytes]);
    }
    while (performance.now() < endMs && this.#execution.count < executions) {
      const batch: Uint8Array[] = [];
      const batchEndMs = performance.now() + BATCH_MS;
      while (batch.length < BATCH && this.#execution.count < executions) {
        const bytes = this.#mutator.next(this.#pool);
        batch.push(bytes);
        const finding = await this.#runAll([bytes]);
        if (finding !== undefined) return finding;
        if (performance.now() > batchEndMs) break;
      }
      await this.#keepNew(batch);
    }
    return undefined;
  }

  /** The fewest inputs that reach all that the kept ones do, the shortest first. */
  async smallest(): Promise<CorpusEntry[]> {
    const byLength = this.kept.toSorted((one, other) => one.bytes.length - other.bytes.length);
    this.kept = [];
    this.#coverage?.reset();
    for (const { bytes } of byLength) {
      await this.#runAll([bytes]);
      await this.#keepNew([bytes]);
    }
    return this.kept;
  }

  async #runAll(batch: readonly Uint8Array[]): Promise<Finding | undefined> {
    for (const bytes of batch) {
      try {
        // Most targets do not wait: a promise for each execution would cost more than they do.
        const running = this.#execution.run(bytes);
        if (running !== undefined) await running;
      } catch (error) {
        return { bytes, error };
      }
    }
    return undefined;
  }

  /** Looks at what has run since the last look, which is the batch. */
  async #keepNew(batch: readonly Uint8Array[]): Promise<void> {
    const coverage = this.#coverage;
    const taken = coverage?.take();
    const reaches = taken && coverage?.firstNew(taken);
    if (coverage === undefined || taken === undefined || reaches === undefined) return;
    const [bytes] = batch;
    if (batch.length > 1) {
      const half = batch.length >> 1;
      for (const part of [batch.slice(0, half), batch.slice(half)]) {
        await this.#runAll(part);
        await this.#keepNew(part);
      }
    } else if (bytes !== undefined) {
      this.#pool.push(bytes);
      this.kept.push({ bytes, reaches });
    }
    // What only the batch as a whole reached, by what it left behind, must not be looked for again.
    coverage.add(taken);
  }
}

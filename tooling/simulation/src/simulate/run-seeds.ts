import { fork } from 'node:child_process';
import type { Batch, BatchResult, SeedFailure } from './batch.ts';

/** Seeds that a worker gets at once: a few seconds of work. */
const BATCH = 20;
/** Time after which a worker with a batch has come to a standstill, in ms. */
const BATCH_MS = 300_000;

/** What {@link runSeeds} is to run. */
export interface SeedsOptions {
  readonly from: number;
  /** Infinity: until the time is up. */
  readonly count: number;
  /** Ends after the batches that run then, in ms. */
  readonly maxMs: number;
  readonly jobs: number;
  /** Ends at the first failure. */
  readonly untilFailure: boolean;
  /** Path of the built worker. */
  readonly worker: string;
  readonly onProgress: (total: SeedsResult) => void;
}

/** What came of many seeds. */
export interface SeedsResult {
  readonly seeds: number;
  readonly events: number;
  readonly virtualMs: number;
  /** Real time, in ms. */
  readonly ms: number;
  /** In the order of seeds. */
  readonly failures: readonly SeedFailure[];
}

/** Runs seeds in as many processes as asked for. */
export async function runSeeds(options: SeedsOptions): Promise<SeedsResult> {
  const { count, from, jobs, maxMs, onProgress, untilFailure, worker } = options;
  const startMs = performance.now();
  const failures: SeedFailure[] = [];
  const total = { seeds: 0, events: 0, virtualMs: 0 };
  let next = from;
  const result = (): SeedsResult => ({
    ...total,
    ms: performance.now() - startMs,
    failures: [...failures].sort((one, other) => one.seed - other.seed),
  });
  const nextBatch = (): Batch | undefined => {
    const left = from + count - next;
    const isOver = performance.now() - startMs >= maxMs || (untilFailure && failures.length > 0);
    if (left <= 0 || isOver) return undefined;
    const batch = { from: next, count: Math.min(BATCH, left) };
    next += batch.count;
    return batch;
  };
  const take = (batch: BatchResult): void => {
    total.seeds += batch.count;
    total.events += batch.events;
    total.virtualMs += batch.virtualMs;
    failures.push(...batch.failures);
    onProgress(result());
  };
  await Promise.all(Array.from({ length: jobs }, () => work(worker, nextBatch, take)));
  return result();
}

function work(
  path: string,
  nextBatch: () => Batch | undefined,
  take: (result: BatchResult) => void,
): Promise<void> {
  const child = fork(path, [], {
    execArgv: ['--enable-source-maps'],
    // Its own: who waits for the end of this process' output would wait for a worker left over, too.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (text: Buffer) => process.stderr.write(text));
  return new Promise<void>((resolve, reject) => {
    let deadline: NodeJS.Timeout | undefined;
    const feed = (): void => {
      clearTimeout(deadline);
      const batch = nextBatch();
      if (batch === undefined) {
        resolve();
        return;
      }
      child.send(batch);
      const { count, from } = batch;
      deadline = setTimeout(() => {
        reject(new Error(`seeds ${from} to ${from + count - 1} have not ended in ${BATCH_MS} ms`));
      }, BATCH_MS);
    };
    child.on('message', (result) => {
      // Only batch results are sent by the worker.
      take(result as BatchResult);
      feed();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(deadline);
      reject(new Error(`a worker ended with ${signal ?? code}`));
    });
    feed();
  }).finally(() => child.kill('SIGKILL'));
}

import type { FileSystem, OpenFile } from '@amop/ports';
import { posixError } from './posix-error.ts';

/** What can be made to fail: an operation of the file system or of an open file. */
export type MemoryOperation = keyof FileSystem | keyof OpenFile;

interface PlannedFailure {
  readonly operation: MemoryOperation;
  readonly code: string;
  timesLeft: number;
}

/** Failures that a test has asked for, first planned, first met. */
export class PlannedFailures {
  readonly #planned: PlannedFailure[] = [];

  plan(operation: MemoryOperation, code: string, times: number): void {
    this.#planned.push({ operation, code, timesLeft: times });
  }

  /** Throws when this call of the operation is one that was to fail. */
  check(operation: MemoryOperation, path: string): void {
    const failure = this.#planned.find((planned) => planned.operation === operation);
    if (failure === undefined) return;
    failure.timesLeft -= 1;
    if (failure.timesLeft <= 0) this.#planned.splice(this.#planned.indexOf(failure), 1);
    throw posixError(failure.code, path);
  }
}

/** Something to be fuzzed: a property that must hold for every input. */
export interface FuzzTarget {
  /** `package/what`; also the name of its corpus, `packages/<package>/fuzz/corpus/<what>.txt`. */
  readonly name: string;
  /** Inputs to begin with, besides those of the corpus. */
  readonly seeds?: readonly Uint8Array[];
  /** Pieces that mean something to the target: put into inputs as they are. */
  readonly words?: readonly (string | Uint8Array)[];
  /** Longest input that is made. Default 2048. */
  readonly maxBytes?: number;
  /** Time that one execution may compute, in ms; ten times as long and it hangs. Default 1 000. */
  readonly maxMs?: number;
  /** Growth of memory in one execution that is still allowed, in bytes. Default 16 MiB. */
  readonly maxAllocatedBytes?: number;
  /** Executions in `npm test`. Default 200. */
  readonly testRuns?: number;
  /** Its inputs hold keys or certificates: none is written to the corpus. */
  readonly isSecret?: boolean;
  /** Throws, or rejects, when the property does not hold for these bytes. */
  readonly run: (bytes: Uint8Array) => unknown;
}

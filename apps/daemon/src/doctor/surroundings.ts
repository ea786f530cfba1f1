/** What the checks see of the machine and the time; tests give their own. */
export interface Surroundings {
  /** Ms since 1970. */
  readonly nowMs: number;
  /** Ends all waits. */
  readonly stop: AbortSignal;
  /** Files that a process may have open at most; undefined: not known. */
  readonly openFiles: number | undefined;
  /** Tells a person what is waited for. */
  readonly progress: (what: string) => void;
}

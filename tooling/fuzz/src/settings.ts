/** What a run of the fuzzer is told by its environment; `pnpm fuzz` sets it. */
export interface FuzzSettings {
  /** A campaign is guided by coverage and reported; without one a few inputs of a fixed seed are tried. */
  readonly isCampaign: boolean;
  readonly seed: number;
  /** Time for each target, in ms. */
  readonly ms: number;
  /** Executions of each target. */
  readonly executions: number;
  /** This input and no other, as hex digits. */
  readonly input: string | undefined;
  /** Whether the corpus is written. */
  readonly save: boolean;
}

const {
  AMOP_FUZZ_EXECUTIONS: executions,
  AMOP_FUZZ_INPUT: input,
  AMOP_FUZZ_MS: ms,
  AMOP_FUZZ_SAVE: save,
  AMOP_FUZZ_SEED: seed,
} = process.env;

/** Settings of this process. */
export const SETTINGS: FuzzSettings = {
  isCampaign: ms !== undefined || executions !== undefined,
  seed: Number(seed ?? 1),
  ms: Number(ms ?? Number.POSITIVE_INFINITY),
  executions: Number(executions ?? Number.POSITIVE_INFINITY),
  input,
  save: save !== undefined,
};

/** What a connection got in one case: frames as text, in order, and whether it was closed. */
export interface Outcome {
  readonly frames: readonly string[];
  readonly closed: boolean;
}

/** Outcomes by connection name. */
export type Outcomes = Readonly<Record<string, Outcome>>;

/** A case in which our node does something else than the original, and why that is better. */
export interface Difference<Line> {
  readonly case: string;
  /** Entry of the list of defects that the original's behaviour belongs to. */
  readonly defect: `D-${number}`;
  readonly why: string;
  /**
   * What our node does, for the connections that see a difference; more than one where the order of
   * two events decides and both results are right.
   */
  readonly ours: (lines: readonly Line[]) => readonly Outcomes[];
}

/** No frame, connection closed by the node. */
export const CLOSED: Outcome = { frames: [], closed: true };

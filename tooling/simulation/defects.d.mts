/** A patch file of `defects/`. */
export interface Defect {
  readonly name: string;
  /** What goes wrong with it, one sentence. */
  readonly what: string;
  readonly text: string;
}
export function defects(): Defect[];
/** What the files of the repository become by a patch. Throws when it does not apply. */
export function patched(defect: Defect): { path: string; content: string }[];

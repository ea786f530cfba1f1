import { keepParts, partsOf } from '../plan/keep-parts.ts';
import type { Plan } from '../plan/plan.ts';

/** What is left of a plan. */
export interface Shrunk {
  readonly plan: Plan;
  /** Parts that are left, see `partsOf`. */
  readonly kept: readonly string[];
  /** Plans that were tried. */
  readonly tried: number;
}

/** What {@link shrink} may be told. */
export interface ShrinkOptions {
  /** Plans that are tried at most. Default 600. */
  readonly maxTried?: number;
  readonly onProgress?: (kept: number, tried: number) => void;
}

/**
 * Leaves out of a plan what is not needed for it to fail: halves of its parts first, then smaller pieces, down to
 * single ones, as long as something can go (delta debugging, Zeller and Hildebrandt 2002).
 *
 * @param fails whether a plan still fails in the same way
 */
export async function shrink(
  plan: Plan,
  fails: (plan: Plan) => Promise<boolean>,
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const { maxTried = 600, onProgress } = options;
  let kept = partsOf(plan);
  let tried = 0;
  let pieces = 2;
  while (pieces <= kept.length && tried < maxTried) {
    const size = Math.ceil(kept.length / pieces);
    let isSmaller = false;
    for (let start = 0; start < kept.length && tried < maxTried; ) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
      const smaller = keepParts(plan, new Set(rest));
      tried += 1;
      if (smaller !== undefined && (await fails(smaller))) {
        kept = rest;
        isSmaller = true;
        onProgress?.(kept.length, tried);
      } else start += size;
    }
    if (size === 1 && !isSmaller) break;
    pieces = isSmaller ? Math.max(2, Math.min(pieces, kept.length)) : pieces * 2;
    if (pieces > kept.length && size > 1) pieces = kept.length;
  }
  const smallest = keepParts(plan, new Set(kept));
  if (smallest === undefined) return { plan, kept: partsOf(plan), tried };
  // Parts that nothing left refers to are no parts any more.
  const left = new Set(partsOf(smallest));
  return { plan: smallest, kept: kept.filter((part) => left.has(part)), tried };
}

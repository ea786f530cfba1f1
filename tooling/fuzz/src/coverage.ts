import { type Profiler, Session } from 'node:inspector';

/** Code of the packages themselves; everything else does not guide. */
const OWN_CODE = /\/packages\/([a-z-]+\/src\/.*)$/;

/** The name of a function behind that of its file; a module as a whole and most callbacks have none. */
const NAMED = / ./;

/** What of a function has never run, by `file:start`: disjoint ranges in ascending order. */
type Missing = Map<string, Range[]>;
type Range = readonly [start: number, end: number];

/**
 * Which blocks of the packages' code have run, as V8 counts them: tells whether an input reached something new.
 *
 * Has to be made before the code to be looked at is loaded: V8 counts blocks of functions compiled since.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #ownCode: RegExp;
  #missing: Missing = new Map();

  /** @param ownCode files that guide, by their address; the first group is their name */
  constructor(ownCode: RegExp = OWN_CODE) {
    this.#ownCode = ownCode;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Begins anew: nothing has been seen. */
  reset(): void {
    this.take();
    this.#missing = new Map();
  }

  /** What has run since the last take. */
  take(): Profiler.FunctionCoverage[] {
    const own: Profiler.FunctionCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      for (const { functions, url } of taken.result) {
        const file = this.#ownCode.exec(url)?.[1];
        if (file === undefined) continue;
        for (const each of functions) {
          if ((each.ranges[0]?.count ?? 0) > 0)
            own.push({ ...each, functionName: `${file} ${each.functionName}` });
        }
      }
    });
    return own;
  }

  /**
   * Name of a function in which something ran that never ran before, one with a name of its own if there is one;
   * undefined when there is none.
   */
  firstNew(taken: readonly Profiler.FunctionCoverage[]): string | undefined {
    const found = taken.filter((each) => this.#isNew(each)).map((each) => each.functionName);
    return found.find((name) => NAMED.test(name)) ?? found[0];
  }

  #isNew(each: Profiler.FunctionCoverage): boolean {
    const known = this.#missing.get(keyOf(each));
    return known === undefined || lengthOf(common(known, missingIn(each))) < lengthOf(known);
  }

  /** From now on this has been seen. */
  add(taken: readonly Profiler.FunctionCoverage[]): void {
    for (const each of taken) {
      const key = keyOf(each);
      const missing = missingIn(each);
      const known = this.#missing.get(key);
      this.#missing.set(key, known === undefined ? missing : common(known, missing));
    }
  }
}

function keyOf({ functionName, ranges }: Profiler.FunctionCoverage): string {
  return `${functionName}:${ranges[0]?.startOffset}`;
}

/** Ranges inside a range that did not run did not run either and say nothing more. */
function missingIn({ ranges }: Profiler.FunctionCoverage): Range[] {
  const missing: Range[] = [];
  let end = -1;
  for (const { count, endOffset, startOffset } of ranges) {
    if (count > 0 || startOffset < end) continue;
    missing.push([startOffset, endOffset]);
    end = endOffset;
  }
  return missing;
}

/** Where both lists of ranges overlap. */
function common(one: readonly Range[], other: readonly Range[]): Range[] {
  const both: Range[] = [];
  for (const [start, end] of one) {
    for (const [from, to] of other) {
      if (from < end && to > start) both.push([Math.max(start, from), Math.min(end, to)]);
    }
  }
  return both;
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}

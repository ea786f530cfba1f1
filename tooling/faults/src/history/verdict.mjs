import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Judge } from '@amop/simulation/judge';

/** Kinds of lines that are for people, or found by others than the judge. */
const NOT_JUDGED = new Set(['run', 'fault', 'link', 'found']);

/** Feeds the judge, and takes down what the harness found itself. */
export class Verdict {
  #judge;
  /** @type {import('@amop/simulation/judge').Violation[]} */
  #found = [];

  /** @param {{ slackMs: number }} options see the judge */
  constructor(options) {
    this.#judge = new Judge(options);
  }

  /** Every violation so far, in the order of its time. */
  get violations() {
    return [...this.#judge.violations, ...this.#found].sort((a, b) => a.atMs - b.atMs);
  }

  take(event) {
    if (event.kind === 'found') this.#found.push(event);
    if (!NOT_JUDGED.has(event.kind)) this.#judge.take(event);
  }

  end() {
    this.#judge.end();
  }
}

/** The events of a stored history, one after the other. */
export async function* readHistory(path) {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line !== '') yield JSON.parse(line);
  }
}

/** Judges a stored history again. */
export async function judgeFile(path) {
  let verdict;
  for await (const event of readHistory(path)) {
    verdict ??= new Verdict({ slackMs: event.slackMs });
    verdict.take(event);
  }
  verdict?.end();
  return verdict?.violations ?? [];
}

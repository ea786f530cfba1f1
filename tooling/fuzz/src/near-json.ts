import type { Choices } from './choices.ts';

const SCALARS: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 3, 1.5, 2 ** 32, 1e300, 2 ** 53],
  ...['', 'a', '\t', '\ud800', 'yes', 'no', 'unknown', '0x10', 'é'],
];
const MAX_DEPTH = 5;

/**
 * A JSON value that is close to what a parser looks for.
 *
 * @param names members that objects get
 * @param words texts that values get, besides a few that fit everywhere
 */
export function nearJson(
  choices: Choices,
  names: readonly string[],
  words: readonly string[],
  depth = 0,
): unknown {
  const kind = choices.below(depth < MAX_DEPTH ? 6 : 3);
  if (kind === 0) return choices.of(SCALARS);
  if (kind === 1) return words.length === 0 ? '' : choices.of(words);
  if (kind === 2) return choices.below(70_000);
  const size = choices.below(5);
  const values = Array.from({ length: size }, () => nearJson(choices, names, words, depth + 1));
  if (kind === 3) return values;
  return Object.fromEntries(values.map((value) => [choices.of(names), value]));
}

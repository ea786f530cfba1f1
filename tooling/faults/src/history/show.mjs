import { readHistory } from './verdict.mjs';

const LINES = 40;
const MOST_SHOWN = 10;

/**
 * Text about violations, each with the events that concern its message or, where it has none, those just before it.
 *
 * @param {string} path of the merged history
 * @param {readonly import('@amop/simulation/judge').Violation[]} violations
 */
export async function showViolations(path, violations) {
  const shown = violations.slice(0, MOST_SHOWN).map((violation) => {
    return { violation, isNear: concerns(violation), lines: [] };
  });
  for await (const event of readHistory(path)) {
    for (const { violation, isNear, lines } of shown) {
      if (!isNear(event)) continue;
      lines.push(`    ${JSON.stringify(event)}`);
      if (violation.message === undefined && lines.length > LINES) lines.shift();
    }
  }
  const parts = shown.map(({ violation: { atMs, rule, text }, lines }) =>
    [`${rule} at ${(atMs / 1_000).toFixed(3)} s: ${text}`, ...lines.slice(0, LINES)].join('\n'),
  );
  const rest = violations.length - shown.length;
  if (rest > 0) parts.push(`and ${rest} more`);
  return parts.join('\n\n');
}

/** How long before a violation a fault still counts as its surroundings. */
const AROUND_MS = 45_000;
const NOTEWORTHY_STAND_MS = 1_000;

function concerns({ atMs, message, text }) {
  // Of a view that is wrong, the changes of the first topic that is.
  const topic = /\bt\.\d/.exec(text)?.[0];
  if (message === undefined) {
    return (event) =>
      event.atMs <= atMs && (isRare(event) || (isChange(event) && event.topic === topic));
  }
  const runs = new Set();
  return (event) => {
    if (event.message === message) {
      if (event.run !== undefined) runs.add(event.run);
      return true;
    }
    if (event.kind === 'answered') return runs.has(event.run);
    return isRare(event) && Math.abs(event.atMs - atMs) < AROUND_MS && event.kind === 'fault';
  };
}

function isRare({ kind, ms }) {
  if (kind === 'stood-still') return ms > NOTEWORTHY_STAND_MS;
  return ['fault', 'killed', 'found', 'strange', 'fair', 'settled'].includes(kind);
}

function isChange({ kind }) {
  return ['subscribe', 'subscribed', 'unsubscribe'].includes(kind);
}

// How much each figure may grow in a minute; why these numbers: docs/soak.md.

const MIB = 1_048_576;

/** Something of the system that is left behind. */
const COUNT = { perMinute: 0.5, unit: 1 };

/**
 * Budget of each figure that is judged, in its own unit; `unit` is what the report divides by.
 *
 * What is under way (sessions, pending requests, topics, queued bytes) has none: there is more of it on a busy
 * machine, and at the end all of it must be zero, which tells more.
 */
export const BUDGETS = {
  heapBytes: { perMinute: MIB, unit: MIB },
  externalBytes: { perMinute: MIB, unit: MIB },
  rssBytes: { perMinute: 4 * MIB, unit: MIB },
  files: COUNT,
  timers: COUNT,
  handles: COUNT,
};

/** Of a process that lives for minutes only: its resident memory settles in steps that take longer. */
export const BUDGETS_OF_A_LIFE = Object.fromEntries(
  Object.entries(BUDGETS).filter(([figure]) => figure !== 'rssBytes'),
);

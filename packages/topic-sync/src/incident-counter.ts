import type { SyncAction, SyncIncident } from './events.ts';

const MESSAGES: Readonly<Record<SyncIncident, string>> = {
  listTimedOut: 'The peer did not answer a topic list request in time',
  listNotAsked: 'The peer sent a topic list that was not asked for; ignored',
  listMalformed: 'The peer sent a topic list without a readable sequence; the old list stays',
  topicsOverLimit: 'The peer has more topics than allowed; the rest cannot be reached',
  topicsRejected: 'The peer listed topics that cannot be addressed; left out',
  deltaOutOfStep: 'A topic delta of the peer does not fit what is known; asking for the whole list',
  countsUnexpected: 'The peer sent session counts without offering them first; ignored',
  listRequestsOverLimit: 'The peer keeps asking for a topic list it was given; not answered',
};

/** Expected on slow links or harmless; everything else is a peer that misbehaves. */
const DEBUG_INCIDENTS: ReadonlySet<SyncIncident> = new Set(['listTimedOut', 'deltaOutOfStep']);

/**
 * Counts incidents of one session and makes few log lines of them.
 *
 * A line is made when the total reaches or passes a power of two, so that a peer that misbehaves
 * a million times fills 20 lines.
 */
export class IncidentCounter {
  readonly #totals: Record<SyncIncident, number> = {
    listTimedOut: 0,
    listNotAsked: 0,
    listMalformed: 0,
    topicsOverLimit: 0,
    topicsRejected: 0,
    deltaOutOfStep: 0,
    countsUnexpected: 0,
    listRequestsOverLimit: 0,
  };

  /** Totals by incident, as a copy. */
  totals(): Readonly<Record<SyncIncident, number>> {
    return { ...this.#totals };
  }

  /** Counts `times` incidents (0 = none) and appends a log action where one is due. */
  count(actions: SyncAction[], incident: SyncIncident, times = 1): void {
    const before = this.#totals[incident];
    const total = before + times;
    this.#totals[incident] = total;
    if (Math.clz32(total) === Math.clz32(before)) return;
    const level = DEBUG_INCIDENTS.has(incident) ? 'debug' : 'warn';
    actions.push({ kind: 'log', level, incident, total, message: MESSAGES[incident] });
  }
}

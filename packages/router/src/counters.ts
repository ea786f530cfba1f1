/** What the router counted since it was made; plain numbers, read at any time. */
export interface RouterCounters {
  requests: number;
  answers: number;
  /** Requests that ended with each code. */
  failed100: number;
  failed103: number;
  failed104: number;
  /** Attempts after the first one. */
  retries: number;
  /** 0x31 frames and p2p responses that no pending request waited for (D-30). */
  unexpectedAnswers: number;
  /** Pushes under a seq of our own, as the sender's was already pending there (D-30). */
  renamedSeqs: number;
  multicasts: number;
  multicastDeliveries: number;
  /** Multicasts that were copies of one that had come in through another session. */
  multicastDuplicates: number;
}

/** Counters at zero. */
export function createRouterCounters(): RouterCounters {
  return {
    requests: 0,
    answers: 0,
    failed100: 0,
    failed103: 0,
    failed104: 0,
    retries: 0,
    unexpectedAnswers: 0,
    renamedSeqs: 0,
    multicasts: 0,
    multicastDeliveries: 0,
    multicastDuplicates: 0,
  };
}

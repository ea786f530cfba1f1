/** Time for a publisher to acknowledge a 0x37, in ms, as in the original (spec 10.3). */
export const ACK_TIMEOUT_MS = 5_000;
/**
 * Time from that acknowledgement to the 0x38, in ms: original SDKs give the challenge itself 5 s, the
 * rest is for signing and a slow way.
 */
export const STATUS_TIMEOUT_MS = 10_000;
/**
 * Time after an unanswered 0x37 in which the same publisher is not asked about another route of the
 * topic at that node, in ms: its 0x38 may still come, and does not say which route it speaks of.
 */
export const QUARANTINE_MS = 10_000;
/** Wait before a route is asked about again, in ms: doubles from the first to the last. */
export const FIRST_RETRY_MS = 5_000;
export const LAST_RETRY_MS = 300_000;
/** Time for which a proof counts, in ms, and from when on it is asked for anew. */
export const GRANT_LIFETIME_MS = 600_000;
export const GRANT_RENEWAL_MS = 300_000;
/** Time for which a subscriber that changes its route goes on receiving while it proves anew, in ms. */
export const LAPSE_MS = 10_000;
/**
 * Questions to one publisher about routes of one node without an outcome; more wait. Counted for each node, so that
 * one that lists what nobody answers for holds up none but its own.
 */
export const MAX_OUTSTANDING = 64;
/** Routes of one topic at one node that are looked at; more are counted and left alone. */
export const MAX_ROUTES_PER_PLACE = 1_024;
/** Pairs of publisher and route of one router; more are counted and left alone. */
export const MAX_VERIFICATIONS = 1_000_000;
/** Grants of one peer that are kept; more are counted and refused. */
export const MAX_GRANTS_PER_PEER = 100_000;

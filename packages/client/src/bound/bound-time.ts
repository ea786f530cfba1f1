/** How far the clocks of publisher and subscriber may be apart. */
export const MAX_SKEW_MS: number = 5 * 60_000;

/** Longest time for which an offer may ask. */
export const MAX_LIFETIME_MS: number = 15 * 60_000;

/** How long a subscriber still opens what was sealed just before the end of its key. */
export const IN_FLIGHT_MS = 30_000;

/** Longest time that one epoch key is used. */
export const MAX_EPOCH_MS: number = 10 * 60_000;

/** Messages under one key at most. */
export const MAX_MESSAGES_PER_KEY: number = 2 ** 32;

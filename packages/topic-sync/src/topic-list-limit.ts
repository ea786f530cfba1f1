const TAB = 0x09;

/** A list payload that is not longer than wanted. */
export interface LimitedTopicList {
  /** View on the payload given: its sequence and at most so many topics. */
  readonly payload: Uint8Array;
  /** Topics behind the cut. */
  readonly overLimit: number;
}

/**
 * Cuts a topic list (spec 13) after `maxTopics` topics, without making anything of what follows.
 *
 * A frame of 100 MiB can name 50 million topics; texts for all of them would exhaust the memory
 * before a limit on the parsed list could act.
 */
export function limitTopicList(payload: Uint8Array, maxTopics: number): LimitedTopicList {
  if (payload.length <= maxTopics) return { payload, overLimit: 0 };
  let topics = 0;
  let end = payload.length;
  for (let at = 0; at < payload.length; at += 1) {
    if (payload[at] !== TAB) continue;
    if (topics === maxTopics) end = at;
    topics += 1;
  }
  return { payload: payload.subarray(0, end), overLimit: Math.max(0, topics - maxTopics) };
}

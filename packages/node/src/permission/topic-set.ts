const ANY = '*';

/** The topics that a list of patterns names. */
export interface TopicSet {
  has(topic: string): boolean;
}

/** Every topic. */
export const ALL_TOPICS: TopicSet = { has: () => true };

/**
 * The topics that match one of the patterns: a name, or the beginning of names followed by `*`.
 *
 * Costs one lookup for the names and one comparison for each pattern that ends with `*`.
 */
export function topicSet(patterns: readonly string[]): TopicSet {
  if (patterns.includes(ANY)) return ALL_TOPICS;
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith(ANY)));
  const prefixes = patterns
    .filter((pattern) => pattern.endsWith(ANY))
    .map((pattern) => pattern.slice(0, -ANY.length));
  return {
    has: (topic) => names.has(topic) || prefixes.some((prefix) => topic.startsWith(prefix)),
  };
}

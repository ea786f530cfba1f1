import { withPrivateTopics } from './private-rights.ts';
import { ALL_TOPICS, type TopicSet, topicSet } from './topic-set.ts';

/** Patterns of topics, each a name or the beginning of names followed by `*`; left out: all topics. */
export interface TopicRules {
  /** Topics to send unicasts and multicasts on. */
  readonly publish?: readonly string[];
  /** Topics to subscribe. */
  readonly subscribe?: readonly string[];
}

/**
 * Which applications may use which topics. For each of the two uses the rule of the certificate counts, else that
 * of its agency, else the default, else all topics are allowed, as in the original.
 */
export interface PermissionRules {
  readonly default?: TopicRules;
  /** By the common name of the certificate's issuer. */
  readonly agencies?: ReadonlyMap<string, TopicRules>;
  /** By SHA-256 fingerprint, 64 lower-case hex digits. */
  readonly certificates?: ReadonlyMap<string, TopicRules>;
}

/** What one application may do. */
export interface Rights {
  readonly publish: TopicSet;
  readonly subscribe: TopicSet;
}

/** Rights of an application for which there is no rule. */
const ALL_RIGHTS: Rights = { publish: ALL_TOPICS, subscribe: ALL_TOPICS };

/** The rights that the rules give to the holder of a certificate. */
export function rightsOf(
  rules: PermissionRules | undefined,
  holder: { readonly issuerCommonName: string; readonly fingerprint256: string },
): Rights {
  if (rules === undefined) return ALL_RIGHTS;
  const chosen = [
    rules.certificates?.get(holder.fingerprint256),
    rules.agencies?.get(holder.issuerCommonName),
    rules.default,
  ];
  const topics = (use: keyof TopicRules): TopicSet => {
    const patterns = chosen.find((rule) => rule?.[use] !== undefined)?.[use];
    return patterns === undefined ? ALL_TOPICS : topicSet(patterns);
  };
  return withPrivateTopics({ publish: topics('publish'), subscribe: topics('subscribe') });
}

import { isTopicName, type TopicName } from '@amop/codec';
import type { TopicSessions } from './events.ts';

/**
 * Largest number of sessions a peer is believed to have for one topic; larger ones count as this
 * many. It keeps the sum over all peers within the 32 bits from which a receiver is drawn.
 */
export const MAX_SESSIONS_PER_TOPIC = 10_000;

/**
 * One topic of a peer. An original peer, which does not tell, counts 1 session per topic.
 *
 * Reserved topics are entries like all others: who may receive on a private topic is not a matter of
 * what a peer says.
 */
export interface PeerTopic {
  readonly sessions: number;
}

/** What one list or one set of counts changed. */
export interface ViewChange {
  /** Topics whose weight changed, with the weight now; 0 = gone. */
  readonly routes: TopicSessions[];
  /** Topics left out because the view was full. */
  readonly overLimit: number;
  /** Entries left out because of a name that no frame can carry or an impossible count. */
  readonly rejected: number;
}

interface Entry extends PeerTopic {
  sessions: number;
  /** The last whole list that named the topic. */
  generation: number;
}

/**
 * What one peer listens to, as far as it told.
 *
 * A whole list costs O(its size + the topics held); a delta costs O(its size). Names that come with
 * counts are checked here, as those in lists are by the codec, so that nothing unaddressable becomes
 * a route (defect D-27).
 */
export class PeerView {
  readonly #maxTopics: number;
  readonly #topics: Map<TopicName, Entry> = new Map();
  #generation = 0;

  constructor(maxTopics: number) {
    this.#maxTopics = maxTopics;
  }

  get topics(): ReadonlyMap<TopicName, PeerTopic> {
    return this.#topics;
  }

  /** Replaces all topics by a list without counts; a topic that stays keeps its count. */
  replaceList(topics: Iterable<TopicName>): ViewChange {
    const change = new Change();
    this.#generation += 1;
    let present = 0;
    for (const topic of topics) present += this.#place(change, present, topic, undefined);
    this.#dropAbsent(change, present);
    return change;
  }

  /** Replaces all topics and their counts. */
  replaceCounts(counts: readonly TopicSessions<string>[]): ViewChange {
    const change = new Change();
    this.#generation += 1;
    let present = 0;
    for (const [name, sessions] of counts) {
      if (sessions !== 0) present += this.#placeCount(change, present, name, sessions);
    }
    this.#dropAbsent(change, present);
    return change;
  }

  /** Sets the counts of some topics, 0 removes; removals come first and make room. */
  update(counts: readonly TopicSessions<string>[]): ViewChange {
    const change = new Change();
    for (const [name, sessions] of counts) {
      if (sessions === 0 && isTopicName(name)) this.#remove(change, name);
    }
    for (const [name, sessions] of counts) {
      if (sessions !== 0) this.#placeCount(change, this.#topics.size, name, sessions);
    }
    return change;
  }

  /** `#place` for a name and a count that nobody has checked yet. */
  #placeCount(change: Change, present: number, name: string, sessions: number): 0 | 1 {
    if (isTopicName(name) && Number.isSafeInteger(sessions) && sessions > 0) {
      return this.#place(change, present, name, Math.min(sessions, MAX_SESSIONS_PER_TOPIC));
    }
    change.rejected += 1;
    return 0;
  }

  /**
   * Puts one topic of the current generation in place. Between two calls from outside, all topics
   * are of the current generation.
   *
   * @param present topics that hold a place already
   * @param sessions undefined = not told: what is known, else 1
   * @returns 1 when the topic took a place that was not counted before, else 0
   */
  #place(change: Change, present: number, name: TopicName, sessions: number | undefined): 0 | 1 {
    const known = this.#topics.get(name);
    const isNamed = known?.generation === this.#generation;
    if (!isNamed && present >= this.#maxTopics) {
      change.overLimit += 1;
      return 0;
    }
    const weight = sessions ?? known?.sessions ?? 1;
    if (known === undefined) {
      this.#topics.set(name, { sessions: weight, generation: this.#generation });
      change.routes.push([name, weight]);
      return 1;
    }
    known.generation = this.#generation;
    if (known.sessions !== weight) {
      known.sessions = weight;
      change.routes.push([name, weight]);
    }
    return isNamed ? 0 : 1;
  }

  #dropAbsent(change: Change, present: number): void {
    if (this.#topics.size === present) return;
    for (const [name, entry] of this.#topics) {
      if (entry.generation !== this.#generation) this.#remove(change, name);
    }
  }

  #remove(change: Change, name: TopicName): void {
    if (this.#topics.delete(name)) change.routes.push([name, 0]);
  }
}

class Change implements ViewChange {
  readonly routes: TopicSessions[] = [];
  overLimit = 0;
  rejected = 0;
}

import { encodeTopicList, MAX_FRAME_BYTES, P2P_HEADER_BYTES, type TopicName } from '@amop/codec';
import { positiveInteger } from './errors.ts';
import { nextSequence } from './sequence.ts';

/** Digits of the largest sequence number at the head of a list. */
const LIST_HEAD_BYTES = 10;

const NO_TOPICS: ReadonlySet<TopicName> = new Set();

/** Limits of a `TopicTable`. Topics beyond them are refused, those there already stay. */
export interface TopicTableOptions {
  /** Topics of one session; default 100 000. */
  readonly maxTopicsPerSession?: number;
  /** Different topics of all sessions together; default 1 000 000. */
  readonly maxTopics?: number;
  /** Pairs of session and topic, which is what memory is spent on; default 4 000 000. */
  readonly maxSubscriptions?: number;
  /**
   * Bytes of the list for peers; default what one p2p frame holds (104 857 584). A longer list
   * would make every original peer close the connection (spec 12.1).
   */
  readonly maxListBytes?: number;
}

/** A topic that a limit of the table kept out. */
export interface RefusedTopic {
  readonly topic: TopicName;
  readonly reason: 'too-many-topics';
}

/** What one call changed for its session. */
export interface SessionChange {
  readonly added: TopicName[];
  readonly removed: TopicName[];
  readonly refused: RefusedTopic[];
  /** Whether the set of topics of the whole node changed, and with it `sequence`. */
  readonly unionChanged: boolean;
}

/**
 * The subscriptions of the node's own sessions, and the topic list its peers get.
 *
 * The sequence rises when the set of topics changes and never otherwise; the encoded list is kept
 * until then (the original counts every 0x32 and every disconnect, defect D-26). Private and
 * reserved topics are ordinary entries here.
 *
 * Source: spec 7 (0x32), 13 (list and sequence).
 */
export class TopicTable {
  #limits: Required<TopicTableOptions>;
  readonly #sessions: Map<number, Set<TopicName>> = new Map();
  readonly #counts: Map<TopicName, number> = new Map();
  /** Topics that gained or lost a session since the last take. */
  readonly #touched: Set<TopicName> = new Set();
  #touchedTooMany = false;
  #subscriptions = 0;
  #listBytes: number = LIST_HEAD_BYTES;
  #sequence = 0;
  #encodedList: Uint8Array | undefined;

  /** @throws TopicSyncError `AMOP_TOPIC_SYNC_OPTIONS` when a limit is not a whole number >= 1 */
  constructor(options: TopicTableOptions = {}) {
    this.#limits = limitsOf(options);
  }

  /**
   * Limits for what is subscribed from now on; those left out get their default.
   *
   * @throws TopicSyncError `AMOP_TOPIC_SYNC_OPTIONS` when a limit is not a whole number >= 1
   */
  changeLimits(options: TopicTableOptions): void {
    this.#limits = limitsOf(options);
  }

  /**
   * Number of the current set of topics: u32, 0 for a table that never had any, one more for each
   * call that changed the set (4294967295 is followed by 1).
   */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether there is something to announce since the last `takeChanges`. */
  get hasChanges(): boolean {
    return this.#touched.size > 0 || this.#touchedTooMany;
  }

  /** Makes `topics` the whole set of the session (0x32 with an array); repeated names count once. */
  replace(sessionId: number, topics: readonly TopicName[]): SessionChange {
    const wanted = new Set(topics);
    const owned = this.topicsOf(sessionId);
    const remove = [...owned].filter((topic) => !wanted.has(topic));
    const add = [...wanted].filter((topic) => !owned.has(topic));
    return this.#apply(sessionId, add, remove);
  }

  /** Adds and removes single topics (0x32 as a delta); a topic named in both stays or is added. */
  update(
    sessionId: number,
    add: readonly TopicName[],
    remove: readonly TopicName[],
  ): SessionChange {
    const wanted = new Set(add);
    const owned = this.topicsOf(sessionId);
    const leaving = new Set(remove.filter((topic) => owned.has(topic) && !wanted.has(topic)));
    return this.#apply(
      sessionId,
      [...wanted].filter((topic) => !owned.has(topic)),
      [...leaving],
    );
  }

  /** Forgets a session and all it subscribed; an unknown one changes nothing. */
  removeSession(sessionId: number): SessionChange {
    return this.#apply(sessionId, [], [...this.topicsOf(sessionId)]);
  }

  /** Sessions that subscribe `topic` at this moment. */
  sessionCount(topic: TopicName): number {
    return this.#counts.get(topic) ?? 0;
  }

  /** All topics of the node in no particular order. */
  topics(): Iterable<TopicName> {
    return this.#counts.keys();
  }

  /** All topics of the node with their number of sessions: a live view, do not keep it. */
  counts(): ReadonlyMap<TopicName, number> {
    return this.#counts;
  }

  /** Topics of one session: a live view, empty for an unknown session. */
  topicsOf(sessionId: number): ReadonlySet<TopicName> {
    return this.#sessions.get(sessionId) ?? NO_TOPICS;
  }

  /**
   * The list for peers: sequence, then the topics in ascending bytes, tabs between (spec 13).
   *
   * The same array until the set of topics changes: do not write to it.
   */
  encodedList(): Uint8Array {
    this.#encodedList ??= encodeTopicList(this.#sequence, this.#counts.keys());
    return this.#encodedList;
  }

  /**
   * Topics that gained or lost a session since the last call, with their number of sessions now
   * (0 = nobody left). One that is back where it was is among them: a peer may have been told what
   * was in between.
   *
   * Call it soon after each change, also while there are no peers. When more than `maxTopics` topics
   * were touched in between, the result is empty and `sequence` moves: peers fetch the whole list.
   */
  takeChanges(): Map<TopicName, number> {
    const changes = new Map<TopicName, number>();
    for (const topic of this.#touched) changes.set(topic, this.sessionCount(topic));
    if (this.#touchedTooMany) this.#moveOn();
    this.#touched.clear();
    this.#touchedTooMany = false;
    return changes;
  }

  /** `add` and `remove` have no topic in common and fit what the session owns. */
  #apply(sessionId: number, add: readonly TopicName[], remove: TopicName[]): SessionChange {
    const owned = this.#sessions.get(sessionId) ?? new Set<TopicName>();
    const added: TopicName[] = [];
    const refused: RefusedTopic[] = [];
    let unionChanged = false;
    for (const topic of remove) {
      owned.delete(topic);
      unionChanged = this.#leave(topic) || unionChanged;
    }
    for (const topic of add) {
      if (!this.#hasRoom(topic, owned.size)) {
        refused.push({ topic, reason: 'too-many-topics' });
        continue;
      }
      owned.add(topic);
      added.push(topic);
      unionChanged = this.#join(topic) || unionChanged;
    }
    if (owned.size === 0) this.#sessions.delete(sessionId);
    else this.#sessions.set(sessionId, owned);
    if (unionChanged) this.#moveOn();
    return { added, removed: remove, refused, unionChanged };
  }

  #hasRoom(topic: TopicName, ownedTopics: number): boolean {
    const { maxListBytes, maxSubscriptions, maxTopics, maxTopicsPerSession } = this.#limits;
    if (ownedTopics >= maxTopicsPerSession) return false;
    if (this.#subscriptions >= maxSubscriptions) return false;
    if (this.#counts.has(topic)) return true;
    if (this.#counts.size >= maxTopics) return false;
    return this.#listBytes + entryBytes(topic) <= maxListBytes;
  }

  /** One session more; true when the topic is new to the node. */
  #join(topic: TopicName): boolean {
    const sessions = this.sessionCount(topic);
    this.#subscriptions += 1;
    this.#counts.set(topic, sessions + 1);
    this.#touch(topic);
    if (sessions > 0) return false;
    this.#listBytes += entryBytes(topic);
    return true;
  }

  /** One session less; true when it was the last one. */
  #leave(topic: TopicName): boolean {
    const sessions = this.sessionCount(topic);
    this.#subscriptions -= 1;
    this.#touch(topic);
    if (sessions > 1) {
      this.#counts.set(topic, sessions - 1);
      return false;
    }
    this.#counts.delete(topic);
    this.#listBytes -= entryBytes(topic);
    return true;
  }

  /** Keeps the set within a limit when nobody takes it while clients come and go. */
  #touch(topic: TopicName): void {
    if (this.#touchedTooMany) return;
    this.#touched.add(topic);
    if (this.#touched.size <= this.#limits.maxTopics) return;
    this.#touched.clear();
    this.#touchedTooMany = true;
  }

  #moveOn(): void {
    this.#sequence = nextSequence(this.#sequence);
    this.#encodedList = undefined;
  }
}

function limitsOf(options: TopicTableOptions): Required<TopicTableOptions> {
  const limit = (option: keyof TopicTableOptions, fallback: number): number =>
    positiveInteger(option, options[option] ?? fallback);
  return {
    maxTopicsPerSession: limit('maxTopicsPerSession', 100_000),
    maxTopics: limit('maxTopics', 1_000_000),
    maxSubscriptions: limit('maxSubscriptions', 4_000_000),
    maxListBytes: limit('maxListBytes', MAX_FRAME_BYTES - P2P_HEADER_BYTES),
  };
}

/**
 * Bytes of one topic in a list, its tab included, without encoding it: a UTF-16 unit takes one byte
 * below 0x80, two below 0x800 and in surrogate pairs, three elsewhere.
 */
function entryBytes(topic: TopicName): number {
  let bytes = 1 + topic.length;
  for (let index = 0; index < topic.length; index += 1) {
    const unit = topic.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

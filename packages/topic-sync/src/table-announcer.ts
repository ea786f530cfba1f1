import type { TopicName } from '@amop/codec';
import type { SyncAction, TopicSessions } from './events.ts';
import type { IncidentCounter } from './incident-counter.ts';
import type { TopicTable } from './topic-table.ts';

/** Ability in a hello that stands for session counts and deltas. */
const COUNTS_ABILITY = 'counts';

/** Topics of one `send-counts`: below 10 MB as JSON whatever the names. */
const TOPICS_PER_COUNTS_FRAME = 16_384;

/** Answers a peer may get for a list it was already given; one more with each heartbeat. */
const MAX_REPEATED_ANSWERS = 8;

/**
 * The telling half of a `PeerSync`: what one peer hears about the own table, and in which form.
 *
 * Every method appends to `actions` what is to be sent, in order.
 */
export class TableAnnouncer {
  readonly #table: TopicTable;
  readonly #heartbeatMs: number;
  readonly #incidents: IncidentCounter;
  #peerHasCounts = false;
  /** Own sequence that the peer was last told by heartbeat, and by counts. */
  #heartbeatSequence = 0;
  #countsSequence = 0;
  #lastHeartbeatMs: number | undefined;
  #answeredSequence: number | undefined;
  #repeatedAnswers = MAX_REPEATED_ANSWERS;

  constructor(table: TopicTable, heartbeatMs: number, incidents: IncidentCounter) {
    this.#table = table;
    this.#heartbeatMs = heartbeatMs;
    this.#incidents = incidents;
  }

  /** Whether the peer offered session counts; this side always does. */
  get peerHasCounts(): boolean {
    return this.#peerHasCounts;
  }

  /** When the next heartbeat is due; undefined before the first one. */
  get heartbeatAtMs(): number | undefined {
    return this.#lastHeartbeatMs === undefined
      ? undefined
      : this.#lastHeartbeatMs + this.#heartbeatMs;
  }

  /** First words on a session: heartbeat, then hello (an original drops the hello). */
  open(actions: SyncAction[], nowMs: number): void {
    this.#heartbeat(actions, nowMs);
    actions.push({ kind: 'send-hello' });
  }

  /** The periodic heartbeat, if it is due. It repairs whatever the peer missed. */
  tick(actions: SyncAction[], nowMs: number): void {
    if (nowMs < (this.heartbeatAtMs ?? 0)) return;
    this.#repeatedAnswers = Math.min(this.#repeatedAnswers + 1, MAX_REPEATED_ANSWERS);
    this.#heartbeat(actions, nowMs);
  }

  /**
   * A change of the table, at once (defect D-16). A peer of ours gets the delta; when there is none,
   * the heartbeat makes it fetch everything. An original peer only hears of changes of the set of
   * topics: at any other heartbeat there is nothing to fetch (D-26).
   */
  announce(actions: SyncAction[], changes: ReadonlyMap<TopicName, number>, nowMs: number): void {
    if (this.#peerHasCounts && changes.size > 0) {
      this.#sendCounts(actions, this.#countsSequence, changes);
      return;
    }
    const told = this.#peerHasCounts ? this.#countsSequence : this.#heartbeatSequence;
    if (told !== this.#table.sequence) this.#heartbeat(actions, nowMs);
  }

  /** The peer's hello; only the first one that offers counts is answered, with all of them. */
  greet(actions: SyncAction[], have: readonly string[]): void {
    if (this.#peerHasCounts || !have.includes(COUNTS_ABILITY)) return;
    this.#peerHasCounts = true;
    this.#sendCounts(actions, null, this.#table.counts());
  }

  /**
   * A list request. A list that changed since the last answer is always given, one that the peer
   * got already only a few times: 16 bytes must not draw megabytes without end.
   */
  answer(actions: SyncAction[], p2pSeq: number): void {
    const { sequence } = this.#table;
    if (sequence === this.#answeredSequence) {
      if (this.#repeatedAnswers === 0) {
        this.#incidents.count(actions, 'listRequestsOverLimit');
        return;
      }
      this.#repeatedAnswers -= 1;
    }
    this.#answeredSequence = sequence;
    actions.push({ kind: 'send-list', p2pSeq, payload: this.#table.encodedList() });
    if (!this.#peerHasCounts) return;
    const counts = this.#table.counts();
    const base = counts.size > TOPICS_PER_COUNTS_FRAME ? sequence : null;
    this.#sendCounts(actions, base, counts);
  }

  #heartbeat(actions: SyncAction[], nowMs: number): void {
    this.#lastHeartbeatMs = nowMs;
    this.#heartbeatSequence = this.#table.sequence;
    actions.push({ kind: 'send-sequence', sequence: this.#heartbeatSequence });
  }

  /**
   * One or more frames: the first on `base`, the rest as deltas on the sequence it brought. After a
   * list a long set goes out as deltas only, so that no topic is missing between two frames.
   */
  #sendCounts(
    actions: SyncAction[],
    base: number | null,
    counts: ReadonlyMap<TopicName, number>,
  ): void {
    const { sequence } = this.#table;
    const all: TopicSessions[] = [...counts];
    let from = base;
    let start = 0;
    do {
      const topics = all.slice(start, start + TOPICS_PER_COUNTS_FRAME);
      actions.push({ kind: 'send-counts', base: from, sequence, topics });
      from = sequence;
      start += TOPICS_PER_COUNTS_FRAME;
    } while (start < all.length);
    this.#countsSequence = sequence;
  }
}

import { parseTopicList, type TopicList, type TopicName } from '@amop/codec';
import { positiveInteger, TopicSyncError } from './errors.ts';
import type { SyncAction, SyncEvent, SyncIncident } from './events.ts';
import { IncidentCounter } from './incident-counter.ts';
import { ListRequests } from './list-requests.ts';
import { type PeerTopic, PeerView, type ViewChange } from './peer-view.ts';
import { TableAnnouncer } from './table-announcer.ts';
import { limitTopicList } from './topic-list-limit.ts';
import type { TopicTable } from './topic-table.ts';

/** What a `PeerSync` works with. */
export interface PeerSyncOptions {
  /** Own subscriptions; read only. */
  readonly table: TopicTable;
  /** How long a list request blocks the next one; default 5000 ms (spec 20). */
  readonly listTimeoutMs?: number;
  /** Time between two heartbeats; default 5000 ms (spec 20). */
  readonly heartbeatMs?: number;
  /** Topics of the peer that are kept; default 1 000 000. */
  readonly maxTopics?: number;
}

/**
 * Topic synchronisation with one peer over one p2p session.
 *
 * It lives and dies with the session: a new session takes a new `PeerSync`, so that the sequence
 * of a restarted peer is never taken for "unchanged" (defect D-33). When it ends, everything in
 * `topics()` is no route any more.
 *
 * An original peer gets heartbeats (at once on a change, defect D-16, and every `heartbeatMs`) and
 * whole lists. A peer of ours, known by its hello, gets session counts and deltas besides.
 *
 * Source: spec 13; extension `counts`.
 *
 * @example
 * ```ts
 * const sync = new PeerSync({ table });
 * perform(sync.handle({ kind: 'open' }, clock.nowMs()));
 * ```
 */
export class PeerSync {
  readonly #maxTopics: number;
  readonly #view: PeerView;
  readonly #requests: ListRequests;
  readonly #announcer: TableAnnouncer;
  readonly #incidents: IncidentCounter = new IncidentCounter();
  /** Sequence of the peer that the view stands for. */
  #peerSequence = 0;
  /** The view misses something, whatever the sequences say. */
  #outOfStep = false;

  /** @throws TopicSyncError `AMOP_TOPIC_SYNC_OPTIONS` when a number is not whole and >= 1 */
  constructor(options: PeerSyncOptions) {
    const heartbeatMs = positiveInteger('heartbeatMs', options.heartbeatMs ?? 5000);
    this.#announcer = new TableAnnouncer(options.table, heartbeatMs, this.#incidents);
    this.#maxTopics = positiveInteger('maxTopics', options.maxTopics ?? 1_000_000);
    this.#view = new PeerView(this.#maxTopics);
    this.#requests = new ListRequests(
      positiveInteger('listTimeoutMs', options.listTimeoutMs ?? 5000),
    );
  }

  /** Sequence of the peer that `topics()` stands for; 0 at first. */
  get peerSequence(): number {
    return this.#peerSequence;
  }

  /** Whether both sides exchange session counts. */
  get sharesCounts(): boolean {
    return this.#announcer.peerHasCounts;
  }

  /** When the next `tick` has something to do, on the clock of `nowMs`; 0 before `open`. */
  get nextTickMs(): number {
    const { heartbeatAtMs } = this.#announcer;
    if (heartbeatAtMs === undefined) return 0;
    return Math.min(heartbeatAtMs, this.#requests.timeoutAtMs ?? heartbeatAtMs);
  }

  /** Topics of the peer: a live view. */
  topics(): ReadonlyMap<TopicName, PeerTopic> {
    return this.#view.topics;
  }

  /** How often each incident happened on this session. */
  counters(): Readonly<Record<SyncIncident, number>> {
    return this.#incidents.totals();
  }

  /**
   * Takes one event and gives back what to do now, in order. Same events, same actions.
   *
   * @param nowMs monotonic milliseconds, never smaller than before
   * @throws TopicSyncError `AMOP_TOPIC_SYNC_EVENT_ORDER` when `open` is not the first and only one
   */
  handle(event: SyncEvent, nowMs: number): SyncAction[] {
    this.#checkOrder(event);
    const actions: SyncAction[] = [];
    if (this.#requests.expire(nowMs)) this.#incidents.count(actions, 'listTimedOut');
    switch (event.kind) {
      case 'open':
        this.#announcer.open(actions, nowMs);
        break;
      case 'tick':
        this.#announcer.tick(actions, nowMs);
        break;
      case 'announce':
        this.#announcer.announce(actions, event.changes, nowMs);
        break;
      case 'list-request':
        this.#announcer.answer(actions, event.p2pSeq);
        break;
      case 'sequence':
        if (event.sequence !== this.#peerSequence || this.#outOfStep) this.#ask(actions, nowMs);
        break;
      case 'list-requested':
        this.#requests.sent(event.p2pSeq);
        break;
      case 'list':
        this.#takeList(actions, event.p2pSeq, event.payload);
        break;
      case 'hello':
        this.#announcer.greet(actions, event.have);
        break;
      case 'counts':
        this.#takeCounts(actions, event, nowMs);
        break;
      default:
        event satisfies never;
    }
    return actions;
  }

  #checkOrder(event: SyncEvent): void {
    const isOpen = this.#announcer.heartbeatAtMs !== undefined;
    if (isOpen !== (event.kind === 'open')) return;
    throw new TopicSyncError(
      'AMOP_TOPIC_SYNC_EVENT_ORDER',
      isOpen ? 'Event open came a second time' : `Event ${event.kind} came before open`,
      { kind: event.kind },
    );
  }

  #ask(actions: SyncAction[], nowMs: number): void {
    if (this.#requests.inFlight) return;
    this.#requests.begin(nowMs);
    actions.push({ kind: 'send-list-request' });
  }

  #takeList(actions: SyncAction[], p2pSeq: number, payload: Uint8Array): void {
    if (!this.#requests.settle(p2pSeq)) {
      this.#incidents.count(actions, 'listNotAsked');
      return;
    }
    const limited = limitTopicList(payload, this.#maxTopics);
    const list = readList(limited.payload, this.#maxTopics);
    if (list === undefined) {
      this.#incidents.count(actions, 'listMalformed');
      return;
    }
    this.#outOfStep = false;
    this.#peerSequence = list.sequence;
    this.#incidents.count(actions, 'topicsOverLimit', limited.overLimit);
    this.#incidents.count(actions, 'topicsRejected', list.rejected);
    this.#report(actions, this.#view.replaceList(list.topics));
  }

  #takeCounts(
    actions: SyncAction[],
    counts: Extract<SyncEvent, { kind: 'counts' }>,
    nowMs: number,
  ): void {
    if (!this.#announcer.peerHasCounts) {
      this.#incidents.count(actions, 'countsUnexpected');
      return;
    }
    const { base, sequence, topics } = counts;
    if (base !== null && base !== this.#peerSequence) {
      this.#incidents.count(actions, 'deltaOutOfStep');
      this.#outOfStep = true;
      this.#ask(actions, nowMs);
      return;
    }
    this.#peerSequence = sequence;
    if (base === null) {
      this.#outOfStep = false;
      this.#report(actions, this.#view.replaceCounts(topics));
    } else {
      this.#report(actions, this.#view.update(topics));
    }
  }

  #report(actions: SyncAction[], change: ViewChange): void {
    this.#incidents.count(actions, 'topicsOverLimit', change.overLimit);
    this.#incidents.count(actions, 'topicsRejected', change.rejected);
    if (change.routes.length > 0) actions.push({ kind: 'routes', changed: change.routes });
  }
}

/** Undefined for a list that the original drops as a whole (spec 13). */
function readList(payload: Uint8Array, maxTopics: number): TopicList | undefined {
  try {
    return parseTopicList(payload, { maxTopics });
  } catch (error) {
    if (isMalformedList(error)) return undefined;
    throw error;
  }
}

function isMalformedList(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && error.code === 'AMOP_CODEC_MALFORMED_TOPIC_LIST'
  );
}

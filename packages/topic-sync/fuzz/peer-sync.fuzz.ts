import type { TopicName } from '@amop/codec';
import { Choices, expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import type { SyncAction, SyncEvent } from '../src/events.ts';
import { PeerSync } from '../src/peer-sync.ts';
import { TopicTable } from '../src/topic-table.ts';
import { listPayload, names } from '../test/topic-names.ts';

const OWN = names('a', 'b', 'c');
const THEIRS: readonly string[] = ['a', 'b', 'd', '#!$TopicNeedVerify_a', 'e', '', '\t', '\ud800'];
const LIMITS = { listTimeoutMs: 500, heartbeatMs: 700, maxTopics: 4 };

// Any events of a peer in any order, with time passing and the own table changing in between.
fuzz({
  name: 'topic-sync/peer-sync',
  maxBytes: 400,
  run: (input) => {
    const choices = new Choices(input);
    const table = new TopicTable();
    const sync = new PeerSync({ ...LIMITS, table });
    const twin = new PeerSync({ ...LIMITS, table });
    const watch = new Watch(sync);
    let nowMs = 0;
    let isOpen = choices.below(8) > 0;
    if (isOpen) watch.took({ kind: 'open' }, sync.handle({ kind: 'open' }, 0), 0);
    if (isOpen) twin.handle({ kind: 'open' }, 0);
    while (choices.hasMore) {
      nowMs += choices.below(3) === 0 ? choices.below(900) : 0;
      const event = eventOf(choices, table, watch.nextSeq);
      const actions = onlyErrors('AMOP_TOPIC_SYNC_EVENT_ORDER', () => sync.handle(event, nowMs));
      const others = onlyErrors('AMOP_TOPIC_SYNC_EVENT_ORDER', () => twin.handle(event, nowMs));
      expectSame(others, actions, 'actions of the same events');
      if (actions === undefined) {
        if (isOpen !== (event.kind === 'open')) throw new Error(`${event.kind} was refused`);
        continue;
      }
      isOpen = true;
      watch.took(event, actions, nowMs);
    }
  },
});

/** What must hold of a machine and of what it does. */
class Watch {
  /** A p2p seq that a list may have been asked for under. */
  nextSeq = 10;
  readonly #sync: PeerSync;
  readonly #routes: Map<TopicName, number> = new Map();
  #askedMs: number | undefined;

  constructor(sync: PeerSync) {
    this.#sync = sync;
  }

  took(event: SyncEvent, actions: readonly SyncAction[], nowMs: number): void {
    // A list or the whole counts end the wait; when which of them was awaited is the machine's to know.
    if (event.kind === 'list') this.#askedMs = undefined;
    for (const action of actions) this.#did(event, action, nowMs);
    const topics = this.#sync.topics();
    if (topics.size > LIMITS.maxTopics) throw new Error(`${topics.size} topics are kept`);
    const expected = [...topics].map(([topic, { sessions }]) => [topic, sessions]).toSorted();
    expectSame([...this.#routes].toSorted(), expected, 'routes told and topics kept');
    if (!(this.#sync.nextTickMs >= 0)) throw new Error('no next tick');
  }

  #did(event: SyncEvent, action: SyncAction, nowMs: number): void {
    switch (action.kind) {
      case 'routes':
        for (const [topic, sessions] of action.changed) {
          if (sessions === 0) this.#routes.delete(topic);
          else this.#routes.set(topic, sessions);
        }
        break;
      case 'send-list':
        if (event.kind !== 'list-request') throw new Error('a list that nobody asked for');
        break;
      case 'send-list-request': {
        const sinceMs = nowMs - (this.#askedMs ?? -LIMITS.listTimeoutMs);
        if (sinceMs < LIMITS.listTimeoutMs) throw new Error(`asked again after ${sinceMs} ms`);
        this.#askedMs = nowMs;
        this.nextSeq++;
      }
    }
  }
}

function eventOf(choices: Choices, table: TopicTable, nextSeq: number): SyncEvent {
  const p2pSeq = nextSeq - choices.below(4);
  switch (choices.below(16)) {
    case 0:
      return { kind: 'open' };
    case 1:
    case 2:
      return { kind: 'tick' };
    case 3:
    case 4:
      return { kind: 'sequence', sequence: choices.below(6) };
    case 5:
      return { kind: 'list-request', p2pSeq };
    case 6:
    case 7:
      return { kind: 'list-requested', p2pSeq: nextSeq };
    case 8:
    case 9:
      return { kind: 'list', p2pSeq, payload: payloadOf(choices) };
    case 10:
      return { kind: 'hello', have: choices.bool() ? ['counts'] : ['other'] };
    case 11:
    case 12:
    case 13: {
      const topics = Array.from(
        { length: choices.below(6) },
        () => [choices.of(THEIRS), choices.of([0, 1, 2, 20_000, -1, 1.5])] as const,
      );
      const base = choices.bool() ? null : choices.below(6);
      return { kind: 'counts', base, sequence: choices.below(6), topics };
    }
    default:
      table.replace(choices.below(3), OWN.slice(choices.below(4)));
      return { kind: 'announce', changes: table.takeChanges() };
  }
}

function payloadOf(choices: Choices): Uint8Array {
  if (choices.below(8) === 0) return choices.take(choices.below(20));
  const topics = Array.from({ length: choices.below(6) }, () => choices.of(THEIRS));
  return listPayload(choices.below(6), ...topics);
}

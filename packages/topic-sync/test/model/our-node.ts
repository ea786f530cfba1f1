import type { TopicName } from '@amop/codec';
import type { SyncAction, SyncEvent } from '../../src/events.ts';
import { PeerSync } from '../../src/peer-sync.ts';
import { TopicTable, type TopicTableOptions } from '../../src/topic-table.ts';
import type { Counts, Frame, Participant } from './participant.ts';

/** The shipped machines, performed as a node performs them. */
export class OurNode implements Participant {
  readonly #limits: TopicTableOptions;
  #table: TopicTable;
  #sync: PeerSync;
  #send: (frame: Frame) => void = () => {};
  #p2pSeq = 2;
  /** What a router would have made of the `routes` actions. */
  readonly #routes: Map<string, number> = new Map();

  constructor(limits: TopicTableOptions = {}) {
    this.#limits = limits;
    this.#table = new TopicTable(limits);
    this.#sync = new PeerSync({ table: this.#table });
  }

  replace(sessionId: number, topics: readonly TopicName[]): void {
    this.#table.replace(sessionId, topics);
  }

  update(sessionId: number, add: readonly TopicName[], remove: readonly TopicName[]): void {
    this.#table.update(sessionId, add, remove);
  }

  announce(nowMs: number): void {
    if (!this.#table.hasChanges) return;
    this.#handle({ kind: 'announce', changes: this.#table.takeChanges() }, nowMs);
  }

  connect(send: (frame: Frame) => void, nowMs: number): void {
    this.#send = send;
    this.#routes.clear();
    this.#sync = new PeerSync({ table: this.#table });
    this.#handle({ kind: 'open' }, nowMs);
  }

  receive(frame: Frame, nowMs: number): void {
    this.#handle(frame, nowMs);
  }

  tick(nowMs: number): void {
    this.#handle({ kind: 'tick' }, nowMs);
  }

  restart(): void {
    this.#table = new TopicTable(this.#limits);
  }

  own(): Counts {
    return new Map(this.#table.counts());
  }

  peer(): Counts {
    return new Map([...this.#sync.topics()].map(([topic, { sessions }]) => [topic, sessions]));
  }

  /** Routes as reported, action by action. */
  routes(): Counts {
    return new Map(this.#routes);
  }

  counters(): Readonly<Record<string, number>> {
    return this.#sync.counters();
  }

  #handle(event: SyncEvent, nowMs: number): void {
    for (const action of this.#sync.handle(event, nowMs)) this.#perform(action, nowMs);
  }

  #perform(action: SyncAction, nowMs: number): void {
    switch (action.kind) {
      case 'send-sequence':
        this.#send({ kind: 'sequence', sequence: action.sequence });
        break;
      case 'send-hello':
        this.#send({ kind: 'hello', have: ['counts', 'deadline'] });
        break;
      case 'send-list':
        this.#send({ kind: 'list', p2pSeq: action.p2pSeq, payload: action.payload });
        break;
      case 'send-counts':
        this.#send({ ...action, kind: 'counts' });
        break;
      case 'send-list-request':
        this.#p2pSeq += 1;
        this.#send({ kind: 'list-request', p2pSeq: this.#p2pSeq });
        this.#handle({ kind: 'list-requested', p2pSeq: this.#p2pSeq }, nowMs);
        break;
      case 'routes':
        for (const [topic, sessions] of action.changed) {
          if (sessions === 0) this.#routes.delete(topic);
          else this.#routes.set(topic, sessions);
        }
        break;
      case 'log':
        break;
    }
  }
}

import type { TopicName } from '@amop/codec';
import type { Counts, Frame, Participant } from './participant.ts';

const HEARTBEAT_MS = 5000;
const LIST_TIMEOUT_MS = 5000;

/**
 * An original node as spec 7 and 13 describe it: heartbeats every 5 s only, whole lists only, a
 * sequence that rises with every 0x32, a request for every heartbeat that differs, answers dropped
 * after 5 s, no hello and no counts.
 */
export class OriginalNode implements Participant {
  #sessions: Map<number, Set<string>> = new Map();
  #sequence = 0;
  #peerSequence = 0;
  #peerTopics: string[] = [];
  #requests: Map<number, number> = new Map();
  #heartbeatAtMs = 0;
  #p2pSeq = 2;
  #send: (frame: Frame) => void = () => {};

  replace(sessionId: number, topics: readonly TopicName[]): void {
    this.#sessions.set(sessionId, new Set(topics));
    this.#sequence += 1;
  }

  update(sessionId: number, add: readonly TopicName[], remove: readonly TopicName[]): void {
    const left = [...(this.#sessions.get(sessionId) ?? [])];
    const topics = new Set([...left.filter((each) => !remove.some((one) => one === each)), ...add]);
    this.#sessions.set(sessionId, topics);
    this.#sequence += 1;
  }

  announce(): void {}

  connect(send: (frame: Frame) => void, nowMs: number): void {
    this.#send = send;
    this.#peerSequence = 0;
    this.#peerTopics = [];
    this.#requests = new Map();
    this.#beat(nowMs);
  }

  receive(frame: Frame, nowMs: number): void {
    if (frame.kind === 'sequence' && frame.sequence !== this.#peerSequence) {
      this.#p2pSeq += 1;
      this.#requests.set(this.#p2pSeq, nowMs + LIST_TIMEOUT_MS);
      this.#send({ kind: 'list-request', p2pSeq: this.#p2pSeq });
    } else if (frame.kind === 'list-request') {
      const list = [this.#sequence, ...[...this.own().keys()].sort()].join('\t');
      const payload = new TextEncoder().encode(list);
      this.#send({ kind: 'list', p2pSeq: frame.p2pSeq, payload });
    } else if (frame.kind === 'list') {
      const timeoutAtMs = this.#requests.get(frame.p2pSeq);
      this.#requests.delete(frame.p2pSeq);
      if (timeoutAtMs === undefined || nowMs >= timeoutAtMs) return;
      const [head, ...topics] = new TextDecoder().decode(frame.payload).split('\t');
      this.#peerSequence = Number(head);
      this.#peerTopics = topics;
    }
  }

  tick(nowMs: number): void {
    if (nowMs >= this.#heartbeatAtMs) this.#beat(nowMs);
  }

  restart(): void {
    this.#sessions = new Map();
    this.#sequence = 0;
  }

  own(): Counts {
    const topics = [...this.#sessions.values()].flatMap((session) => [...session]);
    return new Map(topics.map((topic) => [topic, 1]));
  }

  peer(): Counts {
    return new Map(this.#peerTopics.map((topic) => [topic, 1]));
  }

  #beat(nowMs: number): void {
    this.#heartbeatAtMs = nowMs + HEARTBEAT_MS;
    this.#send({ kind: 'sequence', sequence: this.#sequence });
  }
}

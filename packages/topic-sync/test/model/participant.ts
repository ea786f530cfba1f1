import type { TopicName } from '@amop/codec';
import type { SyncEvent } from '../../src/events.ts';

/** What travels over the p2p session of the model: the events that a frame turns into. */
export type Frame = Extract<
  SyncEvent,
  { kind: 'sequence' | 'list-request' | 'list' | 'hello' | 'counts' }
>;

/** Sessions by topic. */
export type Counts = ReadonlyMap<string, number>;

/** One node with one peer. */
export interface Participant {
  /** A client's 0x32. */
  replace(sessionId: number, topics: readonly TopicName[]): void;
  /** A client's 0x32 as a delta, or what an original makes of it. */
  update(sessionId: number, add: readonly TopicName[], remove: readonly TopicName[]): void;
  /** End of the time in which changes are collected. */
  announce(nowMs: number): void;
  /** A new p2p session; the one before is dead. */
  connect(send: (frame: Frame) => void, nowMs: number): void;
  receive(frame: Frame, nowMs: number): void;
  tick(nowMs: number): void;
  /** The process starts anew: its clients are gone, its sequence is back at 0. */
  restart(): void;
  /** What this node has, as it may be told. */
  own(): Counts;
  /** What this node believes of its peer. */
  peer(): Counts;
}

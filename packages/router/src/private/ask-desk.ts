import type { TopicName } from '@amop/codec';
import type { PrivateTopicCounters } from '../counters.ts';
import { ACK_TIMEOUT_MS, MAX_OUTSTANDING, QUARANTINE_MS, STATUS_TIMEOUT_MS } from './limits.ts';
import type { PrivateWheel } from './private-wheel.ts';
import {
  Lane,
  type OfferedRoute,
  type PlaceQueue,
  type Publisher,
  type Verification,
} from './verification.ts';

/** Collaborators of {@link AskDesk}. */
export interface AskDeskDependencies {
  readonly wheel: PrivateWheel;
  readonly counters: PrivateTopicCounters;
  /** A seq for a 0x37. */
  readonly nextSeqKey: () => string;
  /** Called before each question: whoever owns the route now is who can be proved. */
  readonly onAsk: (verification: Verification) => void;
  /** A verification that had to wait may try again. */
  readonly onTurn: (verification: Verification, nowMs: number) => void;
}

/**
 * Sends questions (0x37) to publishers and keeps those that have to wait.
 *
 * A publisher that names routes in its 0x38 may be asked about many; another one about one route of
 * a topic and node at a time, since its answer does not say which it speaks of.
 */
export class AskDesk {
  readonly #deps: AskDeskDependencies;

  constructor(dependencies: AskDeskDependencies) {
    this.#deps = dependencies;
  }

  /** Asks, or lets it wait for its turn. */
  ask(verification: Verification, nowMs: number): void {
    const { offer, publisher } = verification;
    const lane = publisher.namesRoutes ? undefined : laneOf(verification);
    if (lane !== undefined && (lane.current !== undefined || lane.freeAtMs > nowMs)) {
      lane.waiting.add(verification);
      return;
    }
    if (publisher.askedRoutes.has(offer.route)) {
      const blocked = publisher.blocked.get(offer.route);
      if (blocked === undefined) publisher.blocked.set(offer.route, new Set([verification]));
      else blocked.add(verification);
      return;
    }
    const queue = queueOf(verification);
    if (queue.asked >= MAX_OUTSTANDING) queue.waiting.add(verification);
    else this.#send(verification, lane, queue, nowMs);
  }

  /** The publisher has acknowledged the question: it has some time for the answer. */
  acknowledged(verification: Verification, nowMs: number): void {
    if (verification.acknowledged) return;
    verification.acknowledged = true;
    verification.askEndsMs = nowMs + STATUS_TIMEOUT_MS;
    this.#deps.wheel.add(verification, verification.askEndsMs);
  }

  /**
   * The question is over, and others get their turn.
   *
   * @param mayBeAnswered whether its 0x38 may still come: then its lane rests
   */
  end(verification: Verification, nowMs: number, mayBeAnswered: boolean): void {
    const { offer, publisher } = verification;
    if (verification.askKey === undefined) return;
    publisher.asks.delete(verification.askKey);
    publisher.askedRoutes.delete(offer.route);
    verification.askKey = undefined;
    const lane = publisher.lanes.get(laneKey(offer.place, offer.payload));
    if (lane !== undefined && lane.current === verification) {
      lane.current = undefined;
      if (mayBeAnswered && !verification.challengeFailed) {
        lane.open = nowMs < verification.askEndsMs ? verification : undefined;
        lane.freeAtMs = nowMs + QUARANTINE_MS;
        this.#deps.wheel.add(lane, lane.freeAtMs);
      } else {
        this.laneFree(lane, nowMs);
      }
    }
    const blocked = publisher.blocked.get(offer.route);
    publisher.blocked.delete(offer.route);
    for (const waiting of blocked ?? []) this.#deps.onTurn(waiting, nowMs);
    this.#leaveQueue(verification, nowMs);
  }

  /**
   * What the publisher sent to a challenge route has reached nobody. It says nothing about that route
   * then: the next one need not wait for it.
   */
  challengeFailed(publisher: Publisher, route: TopicName, nowMs: number): void {
    const asked = publisher.askedRoutes.get(route);
    if (asked !== undefined) asked.challengeFailed = true;
    for (const lane of publisher.lanes.values()) {
      if (lane.open?.offer.route === route) this.#endRest(lane, nowMs);
    }
  }

  /** The 0x38 about a route that has gone meanwhile: no other one can come any more. */
  answeredLate(publisher: Publisher, place: string, payload: string, nowMs: number): void {
    const lane = publisher.lanes.get(laneKey(place, payload));
    if (lane?.open !== undefined) this.#endRest(lane, nowMs);
  }

  /**
   * A lane has had its rest: the next one is that with the fewest failures, so that routes nobody
   * answers for do not hold up one that is new.
   */
  laneFree(lane: Lane, nowMs: number): void {
    lane.open = undefined;
    for (let rest = lane.waiting.size; rest > 0 && lane.current === undefined; rest--) {
      let next: Verification | undefined;
      for (const waiting of lane.waiting) {
        if (next === undefined || waiting.failures < next.failures) next = waiting;
      }
      if (next === undefined) return;
      lane.waiting.delete(next);
      this.#deps.onTurn(next, nowMs);
    }
  }

  /** Forgets what waits for the verification's turn. */
  forget(verification: Verification): void {
    const { offer, publisher } = verification;
    publisher.blocked.get(offer.route)?.delete(verification);
    publisher.places.get(offer.place)?.waiting.delete(verification);
    publisher.lanes.get(laneKey(offer.place, offer.payload))?.waiting.delete(verification);
  }

  /** Closes the lane of a publisher for a topic at a node. */
  closeLane(publisher: Publisher, { payload, place }: OfferedRoute): void {
    const key = laneKey(place, payload);
    const lane = publisher.lanes.get(key);
    if (lane === undefined) return;
    this.#deps.wheel.remove(lane);
    publisher.lanes.delete(key);
  }

  /** What a publisher was asked last about a topic at a node, if it has not answered. */
  currentOf(publisher: Publisher, place: string, payload: string): Verification | undefined {
    return publisher.lanes.get(laneKey(place, payload))?.current;
  }

  #endRest(lane: Lane, nowMs: number): void {
    this.#deps.wheel.remove(lane);
    lane.freeAtMs = 0;
    this.laneFree(lane, nowMs);
  }

  #leaveQueue({ offer, publisher }: Verification, nowMs: number): void {
    const queue = publisher.places.get(offer.place);
    if (queue === undefined) return;
    queue.asked--;
    let rest = queue.waiting.size;
    for (const waiting of queue.waiting) {
      if (rest-- === 0 || queue.asked >= MAX_OUTSTANDING) break;
      queue.waiting.delete(waiting);
      this.#deps.onTurn(waiting, nowMs);
    }
    if (queue.asked === 0 && queue.waiting.size === 0) publisher.places.delete(offer.place);
  }

  #send(
    verification: Verification,
    lane: Lane | undefined,
    queue: PlaceQueue,
    nowMs: number,
  ): void {
    const { offer, publisher } = verification;
    const { payload: topic, place: nodeId, route: topicForCert } = offer;
    const key = this.#deps.nextSeqKey();
    this.#deps.onAsk(verification);
    if (!publisher.session.target.askVerification(key, { nodeId, topic, topicForCert })) return;
    this.#deps.counters.asked++;
    verification.askKey = key;
    verification.everAsked = true;
    verification.acknowledged = false;
    verification.challengeFailed = false;
    verification.askEndsMs = nowMs + ACK_TIMEOUT_MS;
    queue.asked++;
    publisher.asks.set(key, verification);
    publisher.askedRoutes.set(topicForCert, verification);
    if (lane !== undefined) lane.current = verification;
    this.#deps.wheel.add(verification, verification.askEndsMs);
  }
}

function queueOf({ offer, publisher }: Verification): PlaceQueue {
  let queue = publisher.places.get(offer.place);
  if (queue === undefined) {
    queue = { asked: 0, waiting: new Set() };
    publisher.places.set(offer.place, queue);
  }
  return queue;
}

function laneOf({ offer, publisher }: Verification): Lane {
  const key = laneKey(offer.place, offer.payload);
  let lane = publisher.lanes.get(key);
  if (lane === undefined) {
    lane = new Lane(publisher);
    publisher.lanes.set(key, lane);
  }
  return lane;
}

function laneKey(place: string, payload: TopicName | string): string {
  return `${place} ${payload}`;
}

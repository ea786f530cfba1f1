import type { TopicName, TopicStatus } from '@amop/codec';
import type { PrivateTopicCounters } from '../counters.ts';
import type { SessionEndpoint } from '../pending.ts';
import { AskDesk, type AskDeskDependencies } from './ask-desk.ts';
import { GRANT_LIFETIME_MS, GRANT_RENEWAL_MS, LAPSE_MS, MAX_VERIFICATIONS } from './limits.ts';
import type { Offers } from './offers.ts';
import type { PairParts } from './private-pair.ts';
import type { PrivateWheel } from './private-wheel.ts';
import { type Lane, type OfferedRoute, Publisher, Verification } from './verification.ts';

/** A proof that ended sooner than this after it began is not asked for again at once, in ms. */
const SHORT_PROOF_MS = 1_000;
const HEX_PREFIX = /^0x/i;

/** Collaborators of {@link Verifier}. */
export interface VerifierDependencies {
  readonly offers: Offers;
  readonly wheel: PrivateWheel;
  readonly counters: PrivateTopicCounters;
  /** A seq for a 0x37. */
  readonly nextSeqKey: () => string;
  /** Whether whoever owns the route listens to its payload topic. */
  readonly isOffered: (offer: OfferedRoute) => boolean;
  readonly onAsk: AskDeskDependencies['onAsk'];
  /** Whether the route still belongs to whom the question was about, as far as this node knows. */
  readonly isSameOwner: (verification: Verification) => boolean;
  /** A publisher has taken a proof that it had not before. */
  readonly onGranted: (verification: Verification, nowMs: number) => void;
  /** A proof counts no more. */
  readonly onWithdrawn: (verification: Verification) => void;
  /** A pair that was asked about and is not proven is looked after no more. */
  readonly onForgotten: (verification: Verification) => void;
}

/**
 * Asks every publisher about every route, and takes what it says (spec 10.3).
 *
 * Each publisher session has a verdict of its own about each route: one that refuses or is silent
 * stands in nobody's way, and opens nothing for another (D-02, D-05, D-31). A 0x38 counts from the
 * session that was asked, for what it was asked, in time. Nothing is final: refusals and silences are
 * asked about again after a wait that doubles, proofs end by themselves.
 */
export class Verifier {
  readonly #deps: VerifierDependencies;
  readonly #desk: AskDesk;
  readonly #publishers: Map<SessionEndpoint, Publisher> = new Map();
  readonly #byPayload: Map<TopicName, Set<Publisher>> = new Map();
  #size = 0;

  constructor(dependencies: VerifierDependencies) {
    this.#deps = dependencies;
    this.#desk = new AskDesk({
      ...dependencies,
      onAsk: (verification) => {
        const { payload, route } = verification.offer;
        verification.isContested = [...dependencies.offers.named(payload, route)].length > 1;
        dependencies.onAsk(verification);
      },
      onTurn: (verification, nowMs) => this.#consider(verification, nowMs),
    });
  }

  /** Pairs of publisher and route. */
  get size(): number {
    return this.#size;
  }

  /** The session owns the marker of `payload` from now on. */
  publisherAdded(session: SessionEndpoint, payload: TopicName, nowMs: number): void {
    let publisher = this.#publishers.get(session);
    if (publisher === undefined) {
      publisher = new Publisher(session);
      this.#publishers.set(session, publisher);
    }
    publisher.payloads.add(payload);
    const others = this.#byPayload.get(payload);
    if (others === undefined) this.#byPayload.set(payload, new Set([publisher]));
    else others.add(publisher);
    for (const offer of this.#deps.offers.of(payload)) this.#meet(publisher, offer, nowMs);
  }

  /** The session has given its marker up: all that it granted for the topic ends. */
  publisherRemoved(session: SessionEndpoint, payload: TopicName, nowMs: number): void {
    const publisher = this.#publishers.get(session);
    if (publisher === undefined) return;
    publisher.payloads.delete(payload);
    const others = this.#byPayload.get(payload);
    others?.delete(publisher);
    if (others?.size === 0) this.#byPayload.delete(payload);
    for (const offer of this.#deps.offers.of(payload)) {
      const verification = offer.verifications.get(session);
      if (verification !== undefined) this.#drop(verification, nowMs);
      this.#desk.closeLane(publisher, offer);
    }
    if (publisher.payloads.size > 0) return;
    for (const lane of publisher.lanes.values()) this.#deps.wheel.remove(lane);
    this.#publishers.delete(session);
  }

  /** Whether the session owns any marker. */
  isPublisher(session: SessionEndpoint): boolean {
    return this.#publishers.has(session);
  }

  /** Sessions that own the marker of a topic. */
  *publishersOf(payload: TopicName): Generator<SessionEndpoint> {
    for (const { session } of this.#byPayload.get(payload) ?? []) yield session;
  }

  /** A node lists a route that it did not list before. */
  offerAdded(place: string, payload: TopicName, route: TopicName, nowMs: number): void {
    const offer = this.#deps.offers.add(place, payload, route);
    if (offer === undefined) {
      this.#deps.counters.overLimit++;
      return;
    }
    for (const verification of offer.verifications.values()) verification.lapsesMs = 0;
    for (const other of this.#deps.offers.named(payload, route)) {
      if (other === offer) continue;
      for (const verification of other.verifications.values()) verification.isContested = true;
    }
    for (const publisher of this.#byPayload.get(payload) ?? []) this.#meet(publisher, offer, nowMs);
  }

  /**
   * A node does not list the route any more. A proof of it goes on for a short time when another route
   * of the topic is listed there that has not been proved: the subscriber may have changed its route.
   */
  offerRemoved(place: string, payload: TopicName, route: TopicName, nowMs: number): void {
    const { offers } = this.#deps;
    const offer = offers.get(place, payload, route);
    if (offer === undefined) {
      offers.dropSpare(place, payload, route);
      return;
    }
    for (const verification of [...offer.verifications.values()]) {
      if (!verification.isProven || !this.#hasSuccessor(verification)) {
        this.#drop(verification, nowMs);
        tellGone(verification);
        continue;
      }
      this.#desk.end(verification, nowMs, true);
      verification.lapsesMs = nowMs + LAPSE_MS;
      this.#schedule(verification, nowMs);
    }
    if (offer.verifications.size === 0) this.#forget(offer, nowMs);
  }

  /** Who listens to a payload topic at a node has changed. */
  listenersChanged(place: string, payload: TopicName, nowMs: number): void {
    for (const offer of [...this.#deps.offers.at(place, payload)]) {
      const isOffered = this.#deps.isOffered(offer);
      for (const verification of offer.verifications.values()) {
        if (!isOffered && verification.isProven) this.#withdraw(verification);
        if (isOffered && !verification.isProven) this.#consider(verification, nowMs);
      }
    }
  }

  /** A frame under the seq of a 0x37 came back; false when there is none for that session. */
  acknowledged(session: SessionEndpoint, seqKey: string, nowMs: number): boolean {
    const verification = this.#publishers.get(session)?.asks.get(seqKey);
    if (verification === undefined) return false;
    this.#desk.acknowledged(verification, nowMs);
    return true;
  }

  /** A 0x38; false when it counts for nothing. */
  told(session: SessionEndpoint, status: TopicStatus, nowMs: number): boolean {
    const verification = this.#spokenOf(session, status);
    if (verification === undefined) this.#toldLate(session, status, nowMs);
    if (verification === undefined || verification.lapsesMs > 0) return false;
    const isAwaited = verification.askKey !== undefined && verification.acknowledged;
    const mayComeLater = verification.publisher.namesRoutes && verification.everAsked;
    if (!isAwaited && !mayComeLater) return false;
    if (status.checkResult === 0) {
      // Out of time, its challenge may have gone to any node that lists the route (D-04).
      if (!isAwaited && verification.isContested) return false;
      if (!this.#deps.isOffered(verification.offer)) return false;
      if (!this.#deps.isSameOwner(verification)) {
        this.#desk.end(verification, nowMs, false);
        verification.nextAskMs = nowMs;
        this.#consider(verification, nowMs);
        return false;
      }
      this.#prove(verification, nowMs);
    } else {
      this.#deps.counters.refused++;
      verification.backOff(nowMs, 'refused');
      if (verification.isProven) this.#withdraw(verification);
      this.#endLapsing(verification, nowMs);
    }
    this.#desk.end(verification, nowMs, false);
    this.#schedule(verification, nowMs);
    return true;
  }

  /** What the session sent to a challenge route has reached nobody. */
  challengeFailed(session: SessionEndpoint, route: TopicName, nowMs: number): void {
    const publisher = this.#publishers.get(session);
    if (publisher !== undefined) this.#desk.challengeFailed(publisher, route, nowMs);
  }

  /** The subscriber's side says that a grant counts no more: the route is asked about again. */
  voided(session: SessionEndpoint, offer: OfferedRoute, nowMs: number): void {
    const verification = offer.verifications.get(session);
    if (verification === undefined || !verification.isProven) return;
    const sinceMs = nowMs - (verification.provenUntilMs - GRANT_LIFETIME_MS);
    this.#deps.counters.voided++;
    this.#withdraw(verification);
    if (sinceMs < SHORT_PROOF_MS) verification.backOff(nowMs, 'voided');
    else verification.nextAskMs = nowMs;
    this.#consider(verification, nowMs);
  }

  /** Takes an entry whose time has come from the wheel. */
  expired(entry: Verification | Lane, nowMs: number): void {
    if (entry.kind === 'lane') {
      this.#desk.laneFree(entry, nowMs);
      return;
    }
    if (entry.askKey !== undefined && nowMs >= entry.askEndsMs) {
      this.#deps.counters.unanswered++;
      entry.backOff(nowMs, 'unanswered');
      this.#desk.end(entry, nowMs, true);
    }
    if (entry.lapsesMs > 0 && nowMs >= entry.lapsesMs) {
      this.#drop(entry, nowMs);
      tellGone(entry);
      return;
    }
    if (entry.isProven && nowMs >= entry.provenUntilMs) this.#withdraw(entry);
    this.#consider(entry, nowMs);
  }

  /**
   * The one node to which the session's challenge of a route may go; undefined when it was not asked.
   * Another node may list the same route in order to have its own opened by the answer (D-04).
   */
  askedPlace(session: SessionEndpoint, route: TopicName): string | undefined {
    return this.#publishers.get(session)?.askedRoutes.get(route)?.offer.place;
  }

  /** The nodes at which the session has taken proofs of the route; undefined when there are none. */
  provenPlaces(session: SessionEndpoint, route: TopicName): ReadonlySet<string> | undefined {
    return this.#publishers.get(session)?.provenPlaces.get(route);
  }

  /** Every pair of publisher and proven route at one node. */
  *provenAt(place: string): Generator<Verification> {
    for (const { verifications } of this.#deps.offers.from(place)) {
      for (const verification of verifications.values()) {
        if (verification.isProven) yield verification;
      }
    }
  }

  /**
   * Every publisher with every route, of one topic or of all, and those that have nobody on the other side. For people:
   * costs a look at each pair that is taken.
   */
  *pairs(payload?: TopicName): Generator<PairParts> {
    const { offers } = this.#deps;
    const payloads =
      payload === undefined
        ? new Set([...offers.payloads(), ...this.#byPayload.keys()])
        : [payload];
    for (const each of payloads) yield* this.#pairsOf(each);
  }

  *#pairsOf(payload: TopicName): Generator<PairParts> {
    let hasOffer = false;
    for (const offer of this.#deps.offers.of(payload)) {
      hasOffer = true;
      if (offer.verifications.size === 0) yield { payload, offer };
      for (const [publisher, verification] of offer.verifications) {
        yield { payload, publisher, offer, verification };
      }
    }
    if (hasOffer) return;
    for (const publisher of this.publishersOf(payload)) yield { payload, publisher };
  }

  #meet(publisher: Publisher, offer: OfferedRoute, nowMs: number): void {
    let verification = offer.verifications.get(publisher.session);
    if (verification === undefined) {
      if (this.#size >= MAX_VERIFICATIONS) {
        this.#deps.counters.overLimit++;
        return;
      }
      verification = new Verification(publisher, offer);
      offer.verifications.set(publisher.session, verification);
      this.#size++;
    }
    this.#consider(verification, nowMs);
  }

  /** Asks, if it is time and nothing stands in the way. */
  #consider(verification: Verification, nowMs: number): void {
    if (verification.askKey !== undefined || verification.lapsesMs > 0) return;
    this.#schedule(verification, nowMs);
    if (nowMs < verification.nextAskMs || !this.#deps.isOffered(verification.offer)) return;
    this.#desk.ask(verification, nowMs);
  }

  #prove(verification: Verification, nowMs: number): void {
    const isNew = !verification.isProven;
    verification.provenUntilMs = nowMs + GRANT_LIFETIME_MS;
    verification.nextAskMs = nowMs + GRANT_RENEWAL_MS;
    verification.failures = 0;
    verification.setback = undefined;
    if (!isNew) return;
    const { offer, publisher } = verification;
    const places = publisher.provenPlaces.get(offer.route);
    if (places === undefined) publisher.provenPlaces.set(offer.route, new Set([offer.place]));
    else places.add(offer.place);
    this.#deps.counters.proven++;
    this.#deps.onGranted(verification, nowMs);
  }

  #withdraw(verification: Verification): void {
    const { offer, publisher } = verification;
    const places = publisher.provenPlaces.get(offer.route);
    places?.delete(offer.place);
    if (places?.size === 0) publisher.provenPlaces.delete(offer.route);
    verification.provenUntilMs = 0;
    this.#deps.counters.withdrawn++;
    this.#deps.onWithdrawn(verification);
  }

  /** Forgets the pair. */
  #drop(verification: Verification, nowMs: number): void {
    const { offer, publisher } = verification;
    const { wheel } = this.#deps;
    offer.verifications.delete(publisher.session);
    this.#size--;
    this.#desk.forget(verification);
    if (verification.isProven) this.#withdraw(verification);
    else if (verification.everAsked) this.#deps.onForgotten(verification);
    this.#desk.end(verification, nowMs, true);
    wheel.remove(verification);
    if (offer.verifications.size === 0 && verification.lapsesMs > 0) this.#forget(offer, nowMs);
  }

  /** Nobody has anything to do with the route any more: one that was too many takes its place. */
  #forget(offer: OfferedRoute, nowMs: number): void {
    const { offers } = this.#deps;
    offers.remove(offer);
    const spare = offers.takeSpare(offer.place, offer.payload);
    if (spare !== undefined) this.offerAdded(offer.place, offer.payload, spare, nowMs);
  }

  /** The route that was to take the place of others has been refused: nothing goes on for them. */
  #endLapsing({ offer: { payload, place }, publisher }: Verification, nowMs: number): void {
    for (const { verifications } of [...this.#deps.offers.at(place, payload)]) {
      const other = verifications.get(publisher.session);
      if (other === undefined || other.lapsesMs === 0) continue;
      this.#drop(other, nowMs);
      tellGone(other);
    }
  }

  #schedule(verification: Verification, nowMs: number): void {
    const dueMs = verification.dueMs(nowMs);
    if (dueMs > 0) this.#deps.wheel.add(verification, dueMs);
    else this.#deps.wheel.remove(verification);
  }

  #hasSuccessor({ offer, publisher }: Verification): boolean {
    for (const other of this.#deps.offers.at(offer.place, offer.payload)) {
      if (other === offer) continue;
      if (other.verifications.get(publisher.session)?.isProven === false) return true;
    }
    return false;
  }

  #toldLate(session: SessionEndpoint, status: TopicStatus, nowMs: number): void {
    const publisher = this.#publishers.get(session);
    if (publisher === undefined || publisher.namesRoutes) return;
    this.#desk.answeredLate(publisher, placeOf(status), status.topic, nowMs);
  }

  #spokenOf(session: SessionEndpoint, status: TopicStatus): Verification | undefined {
    const publisher = this.#publishers.get(session);
    if (publisher === undefined) return undefined;
    const place = placeOf(status);
    const { topic, topicForCert } = status;
    if (!publisher.namesRoutes) return this.#desk.currentOf(publisher, place, topic);
    // Names that are none of ours are found nowhere: they need no check of their own.
    const offer = this.#deps.offers.get(place, topic as TopicName, topicForCert as TopicName);
    return offer?.verifications.get(session);
  }
}

/** Tells a publisher that can understand it that a route which it was asked about is gone. */
function tellGone({ everAsked, offer, publisher }: Verification): void {
  if (!publisher.namesRoutes || !everAsked) return;
  const { payload: topic, place: nodeId, route: topicForCert } = offer;
  publisher.session.target.routeGone({ checkResult: 1, nodeId, topic, topicForCert });
}

function placeOf({ nodeId }: TopicStatus): string {
  return nodeId.replace(HEX_PREFIX, '').toLowerCase();
}

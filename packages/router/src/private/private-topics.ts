import {
  BoundKind,
  boundKind,
  CHALLENGE_ROUTE_PREFIX,
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  isPrivateTopic,
  isReservedTopic,
  NO_GRANTS,
  type PeerGrant,
  type PeerGrants,
  parseChallengeRoute,
  payloadOfMarker,
  SEQ_BYTES,
  type TopicName,
  type TopicStatus,
} from '@amop/codec';
import { DeadlineWheel } from '@amop/ports';
import type { PrivateTopicCounters } from '../counters.ts';
import type { PeerEndpoint, SessionEndpoint } from '../pending.ts';
import type { RouteTable } from '../route-table.ts';
import type { PeerTarget } from '../target.ts';
import { Grant, GrantBook, type GrantVoided } from './grant-book.ts';
import { Offers } from './offers.ts';
import { ORIGINAL_AUDIENCE, OriginalAudience } from './original-audience.ts';
import { PeerPlaces } from './peer-places.ts';
import {
  type PairParts,
  type PrivatePair,
  type PrivatePairState,
  privatePair,
} from './private-pair.ts';
import { PrivateRoutes } from './private-routes.ts';
import type { PrivateWheel } from './private-wheel.ts';
import { RemoteGrants } from './remote-grants.ts';
import { TrustedAudience } from './trusted-audience.ts';
import type { OfferedRoute, Verification } from './verification.ts';
import { Verifier } from './verifier.ts';

/** The audience that is always empty. */
const NOBODY = -1;

/** Settings of {@link PrivateTopics}. */
export interface PrivateTopicsOptions {
  readonly nodeId: string;
  /** Whether subscribers of a publisher's own node prove their key too (D-11). */
  readonly verifiesOwnNode: boolean;
}

/** Collaborators of {@link PrivateTopics}. */
export interface PrivateTopicsDependencies {
  /** Who listens to what; the owner brings it up to date before it reports a change. */
  readonly table: RouteTable;
  readonly counters: PrivateTopicCounters;
  /** A number that no session, peer or audience has. */
  readonly nextId: () => number;
}

/**
 * Who may receive on private topics: markers, routes, questions, proofs, grants.
 *
 * Everything that happens to reserved topics comes in here; {@link PrivateTopics.routes} is what comes
 * out. Costs nothing for other topics but a look at their beginning.
 */
export class PrivateTopics {
  readonly routes: PrivateRoutes = new PrivateRoutes();
  readonly #nodeId: string;
  readonly #deps: PrivateTopicsDependencies;
  readonly #wheel: PrivateWheel = new DeadlineWheel();
  readonly #offers: Offers = new Offers();
  readonly #book: GrantBook;
  readonly #places: PeerPlaces;
  readonly #originals: OriginalAudience;
  /** Undefined: subscribers of this node prove too. */
  readonly #trusted: TrustedAudience | undefined;
  readonly #verifier: Verifier;
  readonly #remote: Map<string, RemoteGrants> = new Map();
  /** With grants that their nodes are to be told to be void. */
  readonly #unsent: Set<RemoteGrants> = new Set();
  readonly #publishers: Map<number, SessionEndpoint> = new Map();
  #asks = 0;
  #nowMs = 0;

  constructor(options: PrivateTopicsOptions, dependencies: PrivateTopicsDependencies) {
    this.#nodeId = options.nodeId;
    this.#deps = dependencies;
    this.#book = new GrantBook(this.routes, this.#wheel);
    this.#places = new PeerPlaces(this.routes);
    this.#verifier = new Verifier({
      offers: this.#offers,
      wheel: this.#wheel,
      counters: dependencies.counters,
      nextSeqKey: () => `${++this.#asks}`.padStart(SEQ_BYTES, '0'),
      isOffered: (offer) => this.#isOffered(offer),
      onAsk: (verification) => this.#noteOwner(verification),
      isSameOwner: (verification) => this.#isSameOwner(verification),
      onGranted: (verification) => this.#granted(verification),
      onWithdrawn: (verification) => this.#withdrawn(verification),
      onForgotten: (verification) => this.#places.forgotten(verification),
    });
    this.#originals = new OriginalAudience({
      routes: this.routes,
      listens: (session, payload) => this.#listens(session, payload),
    });
    const trusted = {
      routes: this.routes,
      listenersOf: (payload: TopicName) => dependencies.table.get(payload)?.sessions ?? [],
      publishersOf: (payload: TopicName) => this.#verifier.publishersOf(payload),
    };
    this.#trusted = options.verifiesOwnNode ? undefined : new TrustedAudience(trusted);
  }

  /** Challenge routes of a payload topic that a session owns. */
  routesOwned(session: SessionEndpoint, payload: TopicName): number {
    return this.#originals.routesOf(session, payload);
  }

  /** Pairs of publisher and route that this node looks after. */
  get verifications(): number {
    return this.#verifier.size;
  }

  /**
   * Who publishes for which routes here, and how it stands between them; at most `limit`.
   *
   * @param payload of one topic; undefined: of all
   */
  pairs(payload: TopicName | undefined, limit: number, nowMs: number): PrivatePair[] {
    const pairs: PrivatePair[] = [];
    for (const parts of this.#verifier.pairs(payload)) {
      if (pairs.length >= limit) break;
      pairs.push(privatePair(parts, this.#standingOf(parts), nowMs));
    }
    return pairs;
  }

  /** Who has proved a key, or need not, by the id of session or peer; and how many that stands for. */
  provenOf(payload: TopicName): Map<number, number> {
    // An original node does not say who has proved what to its publishers.
    return this.routes.receiversOf(payload, ORIGINAL_AUDIENCE);
  }

  /** A session's topics have changed. What came counts before what went: it may replace it. */
  sessionChanged(
    session: SessionEndpoint,
    added: Iterable<string>,
    removed: Iterable<string>,
    nowMs: number,
  ): void {
    this.#nowMs = nowMs;
    for (const topic of added) {
      if (isReservedTopic(topic)) this.#addedBySession(session, topic as TopicName, nowMs);
    }
    for (const topic of removed) {
      if (isReservedTopic(topic)) this.#removedBySession(session, topic as TopicName, nowMs);
    }
    this.#sendVoid();
  }

  /** What a peer listens to has changed; weight 0: no more. */
  peerChanged(
    peer: PeerEndpoint,
    changed: Iterable<readonly [topic: string, weight: number]>,
    nowMs: number,
  ): void {
    this.#nowMs = nowMs;
    const gone: TopicName[] = [];
    const { nodeId } = peer.target;
    for (const [name, weight] of changed) {
      if (!isReservedTopic(name)) continue;
      const topic = name as TopicName; // a name in the table
      if (weight === 0) gone.push(topic);
      else if (isPrivateTopic(topic)) this.#verifier.listenersChanged(nodeId, topic, nowMs);
      else this.#offered(nodeId, topic, nowMs);
    }
    for (const topic of gone) {
      if (this.#isListedBy(nodeId, topic)) continue;
      const route = parseChallengeRoute(topic);
      if (isPrivateTopic(topic)) this.#verifier.listenersChanged(nodeId, topic, nowMs);
      else if (route) this.#verifier.offerRemoved(nodeId, route.payload, topic, nowMs);
    }
  }

  /** The connection carries the messages of its node from now on. */
  peerActivated(peer: PeerEndpoint): void {
    this.#places.activate(peer, this.#verifier.provenAt(peer.target.nodeId));
  }

  /** The peer has said what it is able to do. */
  peerGreeted(peer: PeerEndpoint): void {
    this.#places.refresh(peer, this.#verifier.provenAt(peer.target.nodeId));
  }

  /** No connection to the node is left. */
  nodeLost(nodeId: string): void {
    this.#remote.get(nodeId)?.clear();
    this.#remote.delete(nodeId);
    this.#places.remove(nodeId);
  }

  /** A peer of ours says who may receive what. */
  grantsFrom(nodeId: string, grants: PeerGrants, nowMs: number): void {
    this.#nowMs = nowMs;
    let remote = this.#remote.get(nodeId);
    if (remote === undefined) {
      remote = new RemoteGrants({
        book: this.#book,
        counters: this.#deps.counters,
        ownerOf: (route, payload) => this.#ownerOf(route, payload),
        nextId: this.#deps.nextId,
        onVoided: (voided) => this.#unsent.add(voided),
        sendVoid: (voided) => this.#tellVoid(nodeId, voided),
      });
      this.#remote.set(nodeId, remote);
    }
    remote.take(grants);
    this.#sendVoid();
    for (const [publisher, route] of grants.void) {
      const session = this.#publishers.get(publisher);
      const payload = parseChallengeRoute(route)?.payload;
      const offer = payload && this.#offers.get(nodeId, payload, route);
      if (session && offer) this.#verifier.voided(session, offer, nowMs);
    }
  }

  /**
   * The audience of what a peer sends on a private topic.
   *
   * @param publisher as a peer of ours numbers it; undefined when it does not say
   */
  audienceOf({ nodeId, takesGrants }: PeerTarget, publisher: number | undefined): number {
    if (publisher === undefined) return takesGrants ? NOBODY : ORIGINAL_AUDIENCE;
    return this.#remote.get(nodeId)?.audienceOf(publisher) ?? NOBODY;
  }

  /** See {@link Verifier.acknowledged}. */
  acknowledged(session: SessionEndpoint, seqKey: string, nowMs: number): boolean {
    return this.#verifier.acknowledged(session, seqKey, nowMs);
  }

  /** A 0x38 from a session. */
  told(session: SessionEndpoint, status: TopicStatus, nowMs: number): boolean {
    this.#nowMs = nowMs;
    const counts = this.#verifier.told(session, status, nowMs);
    if (!counts) this.#deps.counters.statusIgnored++;
    return counts;
  }

  /**
   * Where what the session sends to a challenge route may go; undefined: to whoever lists it.
   *
   * Its challenge goes to the node that it was asked about, what is sealed to those where it has taken
   * the proof: any node may list a route that it does not own (D-04).
   */
  placesOf(sessionId: number, topic: string, frame: ChannelFrame): ReadonlySet<string> | undefined {
    if (!topic.startsWith(CHALLENGE_ROUTE_PREFIX)) return undefined;
    const session = this.#publishers.get(sessionId);
    if (session === undefined) return undefined;
    const route = topic as TopicName; // one that is none of ours is found nowhere
    const asked = this.#verifier.askedPlace(session, route);
    if (asked !== undefined && !isSealed(frame)) return new Set([asked]);
    return this.#verifier.provenPlaces(session, route);
  }

  /** A request of the session to `topic` has failed. */
  requestFailed(sessionId: number, topic: string, nowMs: number): void {
    if (!topic.startsWith(CHALLENGE_ROUTE_PREFIX)) return;
    const session = this.#publishers.get(sessionId);
    if (session === undefined) return;
    this.#nowMs = nowMs;
    // A name that is none of ours is found nowhere.
    this.#verifier.challengeFailed(session, topic as TopicName, nowMs);
  }

  /** Does what is due; cheap when nothing is. */
  sweep(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#wheel.advance(nowMs, (entry) => {
      if (entry.kind === 'grant') this.#book.expired(entry);
      else this.#verifier.expired(entry, nowMs);
    });
    this.#sendVoid();
  }

  #addedBySession(session: SessionEndpoint, topic: TopicName, nowMs: number): void {
    if (isPrivateTopic(topic)) {
      this.#originals.update(session, topic);
      this.#trusted?.listenerAdded(session, topic);
      this.#verifier.listenersChanged(this.#nodeId, topic, nowMs);
      return;
    }
    const payload = payloadOfMarker(topic);
    if (payload !== undefined) {
      this.#publishers.set(session.id, session);
      this.#trusted?.publisherAdded(session, payload);
      this.#verifier.publisherAdded(session, payload, nowMs);
      return;
    }
    const route = parseChallengeRoute(topic);
    if (route === undefined) return;
    this.#originals.routeAdded(session, route.payload);
    this.#book.routeAdded(session, topic);
    this.#verifier.offerAdded(this.#nodeId, route.payload, topic, nowMs);
  }

  #removedBySession(session: SessionEndpoint, topic: TopicName, nowMs: number): void {
    if (isPrivateTopic(topic)) {
      this.#originals.update(session, topic);
      this.#book.payloadDropped(session, topic);
      this.#trusted?.listenerRemoved(session, topic);
      this.#verifier.listenersChanged(this.#nodeId, topic, nowMs);
      return;
    }
    const payload = payloadOfMarker(topic);
    if (payload !== undefined) {
      this.#verifier.publisherRemoved(session, payload, nowMs);
      this.#trusted?.publisherRemoved(session, payload);
      if (!this.#verifier.isPublisher(session)) this.#publishers.delete(session.id);
      return;
    }
    const route = parseChallengeRoute(topic);
    if (route === undefined) return;
    this.#originals.routeRemoved(session, route.payload);
    this.#book.routeDropped(session, topic, nowMs);
    if (this.#ownerOf(topic) === undefined) {
      this.#verifier.offerRemoved(this.#nodeId, route.payload, topic, nowMs);
    }
  }

  #offered(nodeId: string, topic: TopicName, nowMs: number): void {
    const route = parseChallengeRoute(topic);
    if (route) this.#verifier.offerAdded(nodeId, route.payload, topic, nowMs);
  }

  #isOffered({ payload, place, route }: OfferedRoute): boolean {
    if (place === this.#nodeId) {
      return this.#ownerOf(route, payload) !== undefined;
    }
    return this.#isListedBy(place, payload) && this.#isListedBy(place, route);
  }

  #standingOf({ offer, publisher }: PairParts): PrivatePairState {
    if (offer === undefined) return 'no-subscriber';
    if (publisher === undefined) return 'no-publisher';
    return this.#isOffered(offer) ? 'waiting' : 'not-listening';
  }

  #noteOwner(verification: Verification): void {
    const { payload, place, route } = verification.offer;
    if (place === this.#nodeId) verification.askedOwner = this.#ownerOf(route, payload)?.id ?? 0;
    else this.#places.asked(verification);
  }

  /** Of a route elsewhere that is for its node to say. */
  #isSameOwner({ askedOwner, offer: { payload, place, route } }: Verification): boolean {
    return place !== this.#nodeId || this.#ownerOf(route, payload)?.id === askedOwner;
  }

  #granted({ offer, publisher: { session: publisher } }: Verification): void {
    const { payload, place, route } = offer;
    if (place !== this.#nodeId) {
      const verification = offer.verifications.get(publisher);
      if (verification !== undefined) this.#places.granted(verification);
      return;
    }
    // Who is trusted is in the audience anyway; the proof is what clients of ours seal with.
    const session = this.#trusted === undefined ? this.#ownerOf(route, payload) : undefined;
    if (session === undefined) return;
    const audience = publisher.id;
    this.#book.add(new Grant({ audience, payload, route, session, onVoid: this.#voidedHere }));
  }

  #withdrawn(verification: Verification): void {
    const { offer, publisher } = verification;
    if (offer.place === this.#nodeId) this.#book.remove(publisher.session.id, offer.route);
    else this.#places.withdrawn(verification);
  }

  readonly #voidedHere: GrantVoided = (audience, route) => {
    const session = this.#publishers.get(audience);
    const payload = parseChallengeRoute(route)?.payload;
    const offer = payload && this.#offers.get(this.#nodeId, payload, route);
    if (session && offer) this.#verifier.voided(session, offer, this.#nowMs);
  };

  #sendVoid(): void {
    for (const remote of this.#unsent) remote.flush();
    this.#unsent.clear();
  }

  #tellVoid(nodeId: string, grants: readonly PeerGrant[]): void {
    const target = this.#places.endpointOf(nodeId)?.target;
    target?.sendGrants({ ...NO_GRANTS, void: grants });
  }

  /** The session that owns a route; undefined when nobody does, or not exactly one. */
  #ownerOf(route: TopicName, payload?: TopicName): SessionEndpoint | undefined {
    const owners = this.#deps.table.get(route)?.sessions ?? [];
    const [owner] = owners;
    if (owner === undefined || owners.length > 1) return undefined;
    return payload === undefined || this.#listens(owner, payload) ? owner : undefined;
  }

  #listens(session: SessionEndpoint, topic: TopicName): boolean {
    return (this.#deps.table.get(topic)?.positionOf(session.id) ?? -1) >= 0;
  }

  #isListedBy(nodeId: string, topic: TopicName): boolean {
    const peers = this.#deps.table.get(topic)?.peers ?? [];
    return peers.some(({ target }) => target.nodeId === nodeId);
  }
}

function isSealed({ bytes }: ChannelFrame): boolean {
  const topicLength = bytes[CHANNEL_HEADER_BYTES] ?? 0; // counts itself (spec 4)
  return boundKind(bytes.subarray(CHANNEL_HEADER_BYTES + topicLength)) === BoundKind.sealed;
}

import {
  type ChannelFrame,
  DuplicateWindow,
  isPrivateTopic,
  type PeerGrants,
  SEQ_BYTES,
  type TopicName,
  type TopicStatus,
} from '@amop/codec';
import { DeadlineWheel, type Random } from '@amop/ports';
import { createRouterCounters, type RouterCounters } from './counters.ts';
import { DEFAULT_ROUTER_LIMITS, type RouterLimits } from './limits.ts';
import { MulticastRouter } from './multicast.ts';
import type { RouteObserver } from './observer.ts';
import { PeerEndpoint, type PendingRequest, SessionEndpoint } from './pending.ts';
import type { PrivatePair } from './private/private-pair.ts';
import { PrivateTopics } from './private/private-topics.ts';
import { isRoutable } from './routable.ts';
import { RouteTable } from './route-table.ts';
import type { Origin, PeerTarget, SessionTarget } from './target.ts';
import { UnicastRouter } from './unicast.ts';

/** First p2p seq of a process, as in the original (spec 12.4). */
const FIRST_PEER_SEQ = 2;
const MAX_U32 = 0xff_ff_ff_ff;
/** Node IDs whose number is remembered. */
const MAX_KNOWN_PEERS = 10_000;

/** Settings of a {@link Router}. */
export interface RouterOptions {
  /** This node's ID, named in error details. */
  readonly nodeId: string;
  readonly limits?: Partial<RouterLimits>;
  /**
   * Whether subscribers of a private topic prove their key to publishers of their own node too. Default
   * true; false as in the original, where one node is one organisation (D-11).
   */
  readonly verifiesOwnNode?: boolean;
}

/** How many receive one topic. */
export interface TopicReceivers {
  readonly topic: string;
  /** Applications of this node. */
  readonly applications: number;
  /** Other nodes that have subscribers. */
  readonly peers: number;
  /** Subscribers at those nodes, as they say. */
  readonly remote: number;
}

/** Who listens to a private topic. */
export interface PrivateListener {
  /** Of a session or peer. */
  readonly id: number;
  readonly subscribers: number;
  /** So many of them have proved a key, or need not (`verify_own_node=false`). */
  readonly proven: number;
}

/** Collaborators of a {@link Router}. */
export interface RouterDependencies {
  readonly random: Random;
  readonly observer?: RouteObserver | undefined;
}

/**
 * Who gets this message: the topic index, unicast, multicast and everything that is pending.
 *
 * Pure: frames, the time and randomness come in as arguments, and "send" is a method of the targets
 * that the node registers. The node calls {@link Router.sweep} every few ms while requests are pending.
 */
export class Router {
  readonly counters: RouterCounters = createRouterCounters();
  readonly #routes = new RouteTable();
  readonly #wheel = new DeadlineWheel<PendingRequest>();
  readonly #unicast: UnicastRouter;
  readonly #multicast: MulticastRouter;
  readonly #private: PrivateTopics;
  readonly #random: Random;
  readonly #peerIds: Map<string, number> = new Map();
  #nextId = 1;
  #peerSeq = FIRST_PEER_SEQ - 1;

  constructor(options: RouterOptions, dependencies: RouterDependencies) {
    const { observer, random } = dependencies;
    this.#random = random;
    const nextPeerSeq = (): number => this.nextPeerSeq();
    this.#private = new PrivateTopics(
      { nodeId: options.nodeId, verifiesOwnNode: options.verifiesOwnNode ?? true },
      {
        table: this.#routes,
        counters: this.counters.privateTopics,
        nextId: () => this.#nextId++,
      },
    );
    const { routes: privateRoutes } = this.#private;
    this.#unicast = new UnicastRouter({
      nodeId: options.nodeId,
      routes: this.#routes,
      privateRoutes,
      wheel: this.#wheel,
      limits: { ...DEFAULT_ROUTER_LIMITS, ...options.limits },
      counters: this.counters,
      observer,
      below: (limit) => random.below(limit),
      nextPeerSeq,
      nextSeqKey: () => this.#nextSeqKey(),
      onFailed: ({ origin, topic }, nowMs) => this.#private.requestFailed(origin.id, topic, nowMs),
    });
    this.#multicast = new MulticastRouter({
      routes: this.#routes,
      privateRoutes,
      window: new DuplicateWindow({ seed: random.below(MAX_U32) }),
      counters: this.counters,
      observer,
      nextPeerSeq,
    });
  }

  /** Requests in flight through this node. */
  get pending(): number {
    return this.#unicast.pending;
  }

  /** Topics with at least one receiver. */
  get topics(): number {
    return this.#routes.size;
  }

  /** Registers a local session; it receives nothing until it subscribes. */
  addSession(target: SessionTarget): SessionEndpoint {
    return new SessionEndpoint(this.#nextId++, target);
  }

  /**
   * Registers a connection to a peer; it receives nothing until it has routes. All connections to one
   * node have one id: a request that one of them failed is not sent to the same node by another.
   */
  addPeer(target: PeerTarget): PeerEndpoint {
    return new PeerEndpoint(this.#peerIdOf(target.nodeId), target);
  }

  /** Adds and removes topics of a session; the two have none in common. */
  updateSession(
    session: SessionEndpoint,
    added: readonly string[],
    removed: readonly string[],
    nowMs: number,
  ): void {
    for (const topic of removed) this.#routes.removeSession(topic, session);
    for (const topic of added) this.#routes.addSession(topic, session);
    this.#private.sessionChanged(session, added, removed, nowMs);
  }

  /** Sets how many subscribers of each topic a peer stands for; 0 removes the route. */
  updatePeer(
    peer: PeerEndpoint,
    routes: readonly (readonly [topic: string, subscribers: number])[],
    nowMs: number,
  ): void {
    for (const [topic, subscribers] of routes) this.#routes.setPeer(topic, peer, subscribers);
    this.#private.peerChanged(peer, routes, nowMs);
  }

  /** The connection carries the messages of its node from now on. */
  peerActivated(peer: PeerEndpoint): void {
    this.#private.peerActivated(peer);
  }

  /** The peer has said what it is able to do. */
  peerGreeted(peer: PeerEndpoint): void {
    this.#private.peerGreeted(peer);
  }

  /** No connection to the node is left. */
  nodeLost(nodeId: string): void {
    this.#private.nodeLost(nodeId);
  }

  /** A peer of ours says who may receive what on private topics. */
  grantsFrom(peer: PeerEndpoint, grants: PeerGrants, nowMs: number): void {
    this.#private.grantsFrom(peer.target.nodeId, grants, nowMs);
  }

  /** A session sent a frame under the seq of a 0x37; false when it was not asked under that seq. */
  verificationAcknowledged(session: SessionEndpoint, seqKey: string, nowMs: number): boolean {
    return this.#private.acknowledged(session, seqKey, nowMs);
  }

  /** A session sent a 0x38; false when it counts for nothing. */
  topicStatus(session: SessionEndpoint, status: TopicStatus, nowMs: number): boolean {
    return this.#private.told(session, status, nowMs);
  }

  /** Pairs of publisher and challenge route that this node looks after. */
  get verifications(): number {
    return this.#private.verifications;
  }

  /**
   * Publishers on private topics with the routes of their subscribers, and how it stands between them; at most `limit`,
   * for people.
   *
   * @param payload of one topic; undefined: of all
   */
  privatePairs(payload: TopicName | undefined, limit: number, nowMs: number): PrivatePair[] {
    return this.#private.pairs(payload, limit, nowMs);
  }

  /**
   * Ids of the sessions and peers that listen to a payload topic, for how many subscribers each stands, and how many of
   * them have proved a key to any publisher, as far as this node knows.
   */
  privateListenersOf(payload: TopicName): PrivateListener[] {
    const routes = this.#routes.get(payload);
    if (routes === undefined) return [];
    const proven = this.#private.provenOf(payload);
    const { peers, sessions } = routes;
    const listeners = [
      ...sessions.map(({ id }) => ({ id, subscribers: 1 })),
      ...peers.map(({ id }, index) => ({ id, subscribers: routes.weightAt(index) })),
    ];
    return listeners.map((each) => ({ ...each, proven: proven.get(each.id) ?? 0 }));
  }

  /** Fails over the requests of a receiver that is gone. Remove its topics first. */
  receiverLost(endpoint: SessionEndpoint | PeerEndpoint, nowMs: number): void {
    this.#unicast.receiverLost(endpoint, nowMs);
  }

  /** A request from a local session; see {@link UnicastRouter.request}. */
  requestFromSession(
    origin: Origin,
    frame: ChannelFrame,
    topic: string,
    remainingMs: number,
    nowMs: number,
  ): void {
    const audience = isPrivateTopic(topic) ? origin.id : undefined;
    const places = this.#private.placesOf(origin.id, topic, frame);
    this.#unicast.request(origin, frame, topic, 0, false, remainingMs, nowMs, audience, places);
  }

  /**
   * A request from a peer, to be answered under `peerSeq` by one of this node's sessions.
   *
   * @param audience what {@link Router.audienceOf} says for a private topic
   */
  requestFromPeer(
    origin: Origin,
    frame: ChannelFrame,
    topic: string,
    peerSeq: number,
    hint: number,
    nowMs: number,
    audience?: number,
  ): void {
    this.#unicast.request(origin, frame, topic, peerSeq, true, hint, nowMs, audience);
  }

  /**
   * Who may receive what a peer sends on a topic; undefined when the topic is not private.
   *
   * @param publisher as a peer of ours numbers it; undefined when it does not say
   */
  audienceOf(peer: PeerEndpoint, topic: string, publisher?: number): number | undefined {
    return isPrivateTopic(topic) ? this.#private.audienceOf(peer.target, publisher) : undefined;
  }

  /**
   * Topics that begin with `prefix` and who receives them, at most `limit`, in ascending order of those found.
   * For people: costs a look at every topic until there are enough.
   */
  topicsLike(prefix: string, limit: number): TopicReceivers[] {
    const found: TopicReceivers[] = [];
    for (const [topic, { peers, sessions, weight }] of this.#routes.entries()) {
      if (found.length >= limit) break;
      if (!topic.startsWith(prefix)) continue;
      const remote = weight - sessions.length;
      found.push({ topic, applications: sessions.length, peers: peers.length, remote });
    }
    return found.sort((one, other) => (one.topic < other.topic ? -1 : 1));
  }

  /** Ids of the sessions and peers that receive a topic, and for how many subscribers each stands. */
  receiversOf(topic: string): { readonly id: number; readonly subscribers: number }[] {
    if (isPrivateTopic(topic)) {
      const receivers = this.#private.routes.receiversOf(topic);
      return [...receivers].map(([id, subscribers]) => ({ id, subscribers }));
    }
    const routes = this.#routes.get(topic);
    if (routes === undefined) return [];
    const { peers, sessions } = routes;
    return [
      ...sessions.map(({ id }) => ({ id, subscribers: 1 })),
      ...peers.map(({ id }, index) => ({ id, subscribers: routes.weightAt(index) })),
    ];
  }

  /** Challenge routes of a payload topic that a session owns. */
  routesOwned(session: SessionEndpoint, payload: TopicName): number {
    return this.#private.routesOwned(session, payload);
  }

  /** Sessions of this node that subscribe a topic. */
  sessionsOf(topic: string): readonly SessionEndpoint[] {
    return this.#routes.get(topic)?.sessions ?? [];
  }

  /** Whether a message of the session on the topic may go to another node. */
  hasPeers(topic: string, sessionId: number): boolean {
    const routes = isPrivateTopic(topic)
      ? this.#private.routes.get(topic, sessionId)
      : this.#routes.get(topic);
    return (isPrivateTopic(topic) || isRoutable(topic)) && (routes?.peers.length ?? 0) > 0;
  }

  /** Forgets the requests of a sender that is gone. */
  originLost(origin: Origin, nowMs: number): void {
    this.#unicast.originLost(origin, nowMs);
  }

  /** See {@link UnicastRouter.answerFromSession}. */
  answerFromSession(session: SessionEndpoint, frame: ChannelFrame, nowMs: number): boolean {
    return this.#unicast.answerFromSession(session, frame, nowMs);
  }

  /** See {@link UnicastRouter.answerFromPeer}. */
  answerFromPeer(
    peer: PeerEndpoint,
    peerSeq: number,
    answer: ChannelFrame | undefined,
    byNode: boolean,
    nowMs: number,
  ): boolean {
    return this.#unicast.answerFromPeer(peer, peerSeq, answer, byNode, nowMs);
  }

  /** See {@link MulticastRouter.multicast}. */
  multicast(
    sourceId: number,
    frame: ChannelFrame,
    topic: string,
    fromPeer: boolean,
    nowMs: number,
    audience?: number,
  ): number {
    const own = !fromPeer && isPrivateTopic(topic) ? sourceId : audience;
    return this.#multicast.multicast(sourceId, frame, topic, fromPeer, nowMs, own);
  }

  /** Ends or moves on every request whose time has passed. */
  sweep(nowMs: number): void {
    this.#wheel.advance(nowMs, (request) => this.#unicast.expired(request, nowMs));
  }

  /** Looks after proofs on private topics: a few times a second will do. */
  sweepPrivateTopics(nowMs: number): void {
    this.#private.sweep(nowMs);
  }

  /** Next p2p seq of this process: 2, 3, … 2^32-1, then 1; never 0, which means "not set". */
  nextPeerSeq(): number {
    this.#peerSeq = this.#peerSeq === MAX_U32 ? 1 : this.#peerSeq + 1;
    return this.#peerSeq;
  }

  #peerIdOf(nodeId: string): number {
    const known = this.#peerIds.get(nodeId);
    if (known !== undefined) return known;
    if (this.#peerIds.size >= MAX_KNOWN_PEERS) this.#peerIds.clear();
    const id = this.#nextId++;
    this.#peerIds.set(nodeId, id);
    return id;
  }

  #nextSeqKey(): string {
    let key = '';
    for (const byte of this.#random.bytes(SEQ_BYTES / 2)) key += byte.toString(16).padStart(2, '0');
    return key;
  }
}

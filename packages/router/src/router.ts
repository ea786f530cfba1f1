import { type ChannelFrame, DuplicateWindow, SEQ_BYTES } from '@amop/codec';
import { DeadlineWheel, type Random } from '@amop/ports';
import { createRouterCounters, type RouterCounters } from './counters.ts';
import { DEFAULT_ROUTER_LIMITS, type RouterLimits } from './limits.ts';
import { MulticastRouter } from './multicast.ts';
import type { RouteObserver } from './observer.ts';
import { PeerEndpoint, type PendingRequest, SessionEndpoint } from './pending.ts';
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
  readonly #random: Random;
  readonly #peerIds: Map<string, number> = new Map();
  #nextId = 1;
  #peerSeq = FIRST_PEER_SEQ - 1;

  constructor(options: RouterOptions, dependencies: RouterDependencies) {
    const { observer, random } = dependencies;
    this.#random = random;
    const nextPeerSeq = (): number => this.nextPeerSeq();
    this.#unicast = new UnicastRouter({
      nodeId: options.nodeId,
      routes: this.#routes,
      wheel: this.#wheel,
      limits: { ...DEFAULT_ROUTER_LIMITS, ...options.limits },
      counters: this.counters,
      observer,
      below: (limit) => random.below(limit),
      nextPeerSeq,
      nextSeqKey: () => this.#nextSeqKey(),
    });
    this.#multicast = new MulticastRouter({
      routes: this.#routes,
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

  /** Adds and removes topics of a session. */
  updateSession(
    session: SessionEndpoint,
    added: Iterable<string>,
    removed: Iterable<string>,
  ): void {
    for (const topic of removed) this.#routes.removeSession(topic, session);
    for (const topic of added) this.#routes.addSession(topic, session);
  }

  /** Sets how many subscribers of each topic a peer stands for; 0 removes the route. */
  updatePeer(
    peer: PeerEndpoint,
    routes: Iterable<readonly [topic: string, subscribers: number]>,
  ): void {
    for (const [topic, subscribers] of routes) this.#routes.setPeer(topic, peer, subscribers);
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
    this.#unicast.request(origin, frame, topic, 0, false, remainingMs, nowMs);
  }

  /** A request from a peer, to be answered under `peerSeq` by one of this node's sessions. */
  requestFromPeer(
    origin: Origin,
    frame: ChannelFrame,
    topic: string,
    peerSeq: number,
    hint: number,
    nowMs: number,
  ): void {
    this.#unicast.request(origin, frame, topic, peerSeq, true, hint, nowMs);
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
    const routes = this.#routes.get(topic);
    if (routes === undefined) return [];
    const { peers, sessions } = routes;
    return [
      ...sessions.map(({ id }) => ({ id, subscribers: 1 })),
      ...peers.map(({ id }, index) => ({ id, subscribers: routes.weightAt(index) })),
    ];
  }

  /** Whether a message on the topic may go to another node. */
  hasPeers(topic: string): boolean {
    return isRoutable(topic) && (this.#routes.get(topic)?.peers.length ?? 0) > 0;
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
  ): number {
    return this.#multicast.multicast(sourceId, frame, topic, fromPeer, nowMs);
  }

  /** Ends or moves on every request whose time has passed. */
  sweep(nowMs: number): void {
    this.#wheel.advance(nowMs, (request) => this.#unicast.expired(request, nowMs));
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

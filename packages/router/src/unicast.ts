import { type ChannelFrame, ChannelType, parseErrorDetail, ResultCode } from '@amop/codec';
import type { DeadlineWheel } from '@amop/ports';
import { isDeclined, isGivenUp, reasonOf } from './answer-kind.ts';
import { choose } from './choice.ts';
import type { RouterCounters } from './counters.ts';
import { exhausted, type FailureReason, overloaded } from './failure.ts';
import {
  ORIGINAL_PUSH_TIMEOUT_MS,
  ORIGINAL_REQUEST_TIMEOUT_MS,
  type RouterLimits,
} from './limits.ts';
import type { RouteObserver } from './observer.ts';
import {
  type Attempt,
  type PeerEndpoint,
  PendingRequest,
  type SessionEndpoint,
} from './pending.ts';
import { PendingBudget } from './pending-budget.ts';
import type { PrivateRoutes } from './private/private-routes.ts';
import { RequestLedger } from './request-ledger.ts';
import { isRoutable } from './routable.ts';
import type { RouteTable } from './route-table.ts';
import type { Origin } from './target.ts';
import type { TopicRoutes } from './topic-routes.ts';

/** Share of the remaining time that a hop keeps for itself, so that its successor's error comes first. */
const HOP_RESERVE_SHARE = 0.05;
const HOP_RESERVE_MAX_MS = 20;
/** An original peer that answers 104 sooner than this did not wait for a silent subscriber. */
const ORIGINAL_QUICK_104_MS = ORIGINAL_PUSH_TIMEOUT_MS - 500;

/** Collaborators of {@link UnicastRouter}. */
export interface UnicastDependencies {
  readonly nodeId: string;
  readonly routes: RouteTable;
  readonly privateRoutes: PrivateRoutes;
  readonly wheel: DeadlineWheel<PendingRequest>;
  readonly limits: RouterLimits;
  readonly counters: RouterCounters;
  readonly observer: RouteObserver | undefined;
  /** Uniform integer in [0, limit). */
  readonly below: (limit: number) => number;
  /** A p2p seq that no request of this process uses: 1..2^32-1. */
  readonly nextPeerSeq: () => number;
  /** A seq key of our own for a push whose seq is taken. */
  readonly nextSeqKey: () => string;
  /** A request has reached nobody, and its origin knows. */
  readonly onFailed: (request: PendingRequest, nowMs: number) => void;
}

/**
 * Unicast: one receiver at a time, the next one when an attempt failed, one outcome within one
 * deadline.
 *
 * A sender of ours names its deadline; a request of its that may have reached a handler is not sent
 * again (D-18). A sender that names none is treated as the original does: 5 s for a silent
 * subscriber, then the next one, 30 s in all.
 */
export class UnicastRouter {
  readonly #deps: UnicastDependencies;
  readonly #budget: PendingBudget;
  readonly #ledger: RequestLedger;

  constructor(dependencies: UnicastDependencies) {
    this.#deps = dependencies;
    this.#budget = new PendingBudget(dependencies.limits);
    this.#ledger = new RequestLedger(dependencies.counters, dependencies.observer);
  }

  /** Requests in flight. */
  get pending(): number {
    return this.#budget.requests;
  }

  /**
   * Takes a request. Its origin gets one `respond` or `fail`, possibly before this returns.
   *
   * @param hint above 0: time the sender gave, in ms; else it named none (an original), and below 0 it is
   *   minus the mark of its application
   * @param audience who may receive it, on a private topic; undefined on all others
   * @param places nodes that it may go to; undefined: any
   */
  request(
    origin: Origin,
    frame: ChannelFrame,
    topic: string,
    token: number,
    fromPeer: boolean,
    hint: number,
    nowMs: number,
    audience?: number,
    places?: ReadonlySet<string>,
  ): void {
    const { limits, nodeId, wheel } = this.#deps;
    const once = hint > 0;
    const allowedMs = once ? Math.min(hint, limits.maxDeadlineMs) : ORIGINAL_REQUEST_TIMEOUT_MS;
    const request = new PendingRequest({
      origin,
      frame,
      topic,
      token,
      fromPeer,
      startedMs: nowMs,
      deadlineMs: nowMs + allowedMs,
      once,
      senderMark: hint < 0 ? -hint : 0,
      audience,
      places,
    });
    this.#ledger.received(request, nowMs);
    const chargedBytes = origin.load.charge(frame.bytes);
    if (!this.#budget.hasRoom(origin.load, chargedBytes)) {
      const failure = overloaded(nodeId);
      this.#ledger.failed(request, failure, nowMs);
      origin.fail(frame, token, failure);
      return;
    }
    request.chargedBytes = chargedBytes;
    this.#budget.add(request);
    wheel.add(request, request.deadlineMs);
    this.#attempt(request, 'no-subscriber', nowMs);
  }

  /**
   * An 0x31 frame from a local session; false when that session was not asked under its seq. A client
   * of ours that declines, since it has no handler any more, is followed by the next candidate.
   */
  answerFromSession(session: SessionEndpoint, frame: ChannelFrame, nowMs: number): boolean {
    const request = session.pending.get(frame.seqKey);
    if (request === undefined) {
      session.answeredLate(frame.seqKey);
      this.#deps.counters.unexpectedAnswers++;
      return false;
    }
    session.pending.delete(frame.seqKey);
    if (isDeclined(frame)) {
      request.unanswered = true;
      this.#failed(request, 'declined', false, nowMs);
    } else {
      this.#answered(request, frame, nowMs);
    }
    return true;
  }

  /**
   * A p2p response from a peer; `answer` is undefined when its payload does not hold a frame (D-07).
   * False when the peer was not asked under that seq.
   *
   * @param byNode whether a peer of ours says that it speaks for itself and not for a subscriber
   */
  answerFromPeer(
    peer: PeerEndpoint,
    peerSeq: number,
    answer: ChannelFrame | undefined,
    byNode: boolean,
    nowMs: number,
  ): boolean {
    const request = peer.pending.get(peerSeq);
    if (request === undefined) {
      this.#deps.counters.unexpectedAnswers++;
      return false;
    }
    if (answer === undefined || answer.type !== ChannelType.response) {
      this.#failed(request, 'bad-answer', true, nowMs);
    } else if (isGivenUp(peer, answer, byNode)) {
      if (answer.result === ResultCode.noAnswer) request.unanswered = true;
      this.#peerGaveUp(request, peer, answer, nowMs);
    } else {
      this.#answered(request, answer, nowMs);
    }
    return true;
  }

  /** Fails over every request that `endpoint` has not answered: it is gone. */
  receiverLost(endpoint: SessionEndpoint | PeerEndpoint, nowMs: number): void {
    for (const request of [...endpoint.pending.values()]) {
      if (request.attempt?.kind === 'session') request.unanswered = true;
      this.#failed(request, 'receiver-lost', true, nowMs);
    }
  }

  /** Forgets the requests of a sender that is gone: nobody waits for their outcome. */
  originLost(origin: Origin, nowMs: number): void {
    for (const request of [...origin.load.requests]) {
      this.#ledger.abandoned(request, nowMs);
      this.#end(request);
    }
  }

  /** Called by the wheel when the deadline of a request or of its attempt has passed. */
  expired(request: PendingRequest, nowMs: number): void {
    if (request.attempt?.kind === 'session') request.unanswered = true;
    this.#failed(request, 'no-answer', true, nowMs);
  }

  #attempt(request: PendingRequest, reason: FailureReason, nowMs: number): void {
    const { below, nodeId: ownPlace } = this.#deps;
    const topicRoutes = this.#routesOf(request);
    while (topicRoutes !== undefined && request.deadlineMs > nowMs) {
      const exclusion = {
        senderId: request.origin.id,
        tried: request.tried,
        localOnly: request.fromPeer,
        places: request.places,
        ownPlace,
      };
      const endpoint = choose(topicRoutes, exclusion, below);
      if (endpoint === undefined) break;
      if (this.#send(request, endpoint, nowMs)) return;
      markTried(request, endpoint.id);
    }
    this.#giveUp(request, reason, nowMs);
  }

  #routesOf({ audience, topic }: PendingRequest): TopicRoutes | undefined {
    const { privateRoutes, routes } = this.#deps;
    if (audience !== undefined) return privateRoutes.get(topic, audience);
    return isRoutable(topic) ? routes.get(topic) : undefined;
  }

  #send(request: PendingRequest, endpoint: SessionEndpoint | PeerEndpoint, nowMs: number): boolean {
    request.attemptedMs = nowMs;
    return endpoint.kind === 'peer'
      ? this.#sendToPeer(request, endpoint, nowMs)
      : this.#pushToSession(request, endpoint, nowMs);
  }

  #pushToSession(request: PendingRequest, endpoint: SessionEndpoint, nowMs: number): boolean {
    let key = request.frame.seqKey;
    if (endpoint.isTaken(key) || isSender(endpoint, request)) {
      key = this.#deps.nextSeqKey();
      this.#deps.counters.renamedSeqs++;
    }
    const remainingMs = request.once ? reserveHop(request.deadlineMs - nowMs) : 0;
    if (!endpoint.target.pushRequest(request.frame, key, remainingMs)) return false;
    endpoint.pending.set(key, request);
    request.attempt = { kind: 'session', endpoint, key };
    this.#ledger.attempted(request, endpoint, key, nowMs);
    if (!request.once) {
      const attemptDeadlineMs = Math.min(request.deadlineMs, nowMs + ORIGINAL_PUSH_TIMEOUT_MS);
      this.#deps.wheel.move(request, attemptDeadlineMs);
    }
    return true;
  }

  #sendToPeer(request: PendingRequest, endpoint: PeerEndpoint, nowMs: number): boolean {
    const key = this.#deps.nextPeerSeq();
    const { applicationMark } = request.origin;
    const hint = request.once ? reserveHop(request.deadlineMs - nowMs) : 0 - applicationMark;
    if (!endpoint.target.sendRequest(request.frame, key, hint, request.audience ?? 0)) return false;
    endpoint.pending.set(key, request);
    request.attempt = { kind: 'peer', endpoint, key };
    this.#ledger.attempted(request, endpoint, request.frame.seqKey, nowMs);
    if (!request.once) this.#deps.wheel.move(request, request.deadlineMs);
    return true;
  }

  /** 104 from a peer is not final: the other candidates are tried, if that cannot run a handler twice (D-17). */
  #peerGaveUp(
    request: PendingRequest,
    peer: PeerEndpoint,
    answer: ChannelFrame,
    nowMs: number,
  ): void {
    const detail = peer.target.extended ? parseErrorDetail(answer.data) : undefined;
    request.peerDetail = detail;
    if (detail !== undefined) {
      const reason = reasonOf(detail);
      this.#failed(request, reason, detail.maybeDelivered !== 'no', nowMs);
    } else {
      const quick = nowMs - request.attemptedMs < ORIGINAL_QUICK_104_MS;
      this.#failed(request, 'no-answer', !quick, nowMs);
    }
  }

  /** The current attempt came to nothing: the next one, or the end. */
  #failed(
    request: PendingRequest,
    reason: FailureReason,
    maybeDelivered: boolean,
    nowMs: number,
  ): void {
    const { attempt } = request;
    if (attempt !== undefined) {
      markTried(request, attempt.endpoint.id);
      detach(attempt);
      request.attempt = undefined;
    }
    if (maybeDelivered) request.maybeDelivered = true;
    if (nowMs >= request.deadlineMs || (request.once && request.maybeDelivered)) {
      this.#giveUp(request, reason, nowMs);
      return;
    }
    this.#deps.counters.retries++;
    this.#deps.wheel.move(request, request.deadlineMs);
    this.#attempt(request, reason, nowMs);
  }

  #answered(request: PendingRequest, answer: ChannelFrame, nowMs: number): void {
    this.#ledger.answered(request, answer, nowMs);
    this.#end(request);
    request.origin.respond(request.frame, request.token, answer);
  }

  /** No candidate is left, or no time. */
  #giveUp(request: PendingRequest, reason: FailureReason, nowMs: number): void {
    const failure = exhausted(request, this.#deps.nodeId, reason);
    this.#ledger.failed(request, failure, nowMs);
    this.#end(request);
    request.origin.fail(request.frame, request.token, failure);
    this.#deps.onFailed(request, nowMs);
  }

  #end(request: PendingRequest): void {
    if (request.attempt !== undefined) detach(request.attempt);
    request.attempt = undefined;
    this.#deps.wheel.remove(request);
    this.#budget.remove(request);
  }
}

/**
 * Whether the session belongs to the application that asks, here or at the peer: a Java application
 * looks for a seq of its own before it looks at the type, and would take its request for the answer (D-14).
 */
function isSender(endpoint: SessionEndpoint, { origin, senderMark }: PendingRequest): boolean {
  if (endpoint.id === origin.id) return true;
  return senderMark !== 0 && senderMark === endpoint.applicationMark;
}

/** The attempt is over; a session that has not answered may still do so. */
function detach(attempt: Attempt): void {
  if (attempt.kind === 'peer') attempt.endpoint.pending.delete(attempt.key);
  else if (attempt.endpoint.pending.has(attempt.key)) attempt.endpoint.giveUp(attempt.key);
}

function markTried(request: PendingRequest, id: number): void {
  if (request.tried === undefined) request.tried = [id];
  else request.tried.push(id);
}

function reserveHop(remainingMs: number): number {
  const reserveMs = Math.min(HOP_RESERVE_MAX_MS, remainingMs * HOP_RESERVE_SHARE);
  return Math.max(1, Math.floor(remainingMs - reserveMs));
}

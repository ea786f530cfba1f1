import { type ChannelFrame, ResultCode } from '@amop/codec';
import type { RequestCounters, RouterCounters } from './counters.ts';
import type { RouteObserver } from './observer.ts';
import type { PeerEndpoint, PendingRequest, SessionEndpoint } from './pending.ts';
import type { Failure } from './target.ts';

/** Counts what becomes of requests, and tells the observer if there is one. */
export class RequestLedger {
  readonly #counters: RouterCounters;
  readonly #observer: RouteObserver | undefined;

  constructor(counters: RouterCounters, observer: RouteObserver | undefined) {
    this.#counters = counters;
    this.#observer = observer;
  }

  received(request: PendingRequest, nowMs: number): void {
    const counters = this.#of(request);
    counters.received++;
    counters.receivedBytes += request.frame.bytes.length;
    this.#observer?.requested(request, nowMs);
  }

  /** It was given to a receiver, under `seqKey`. */
  attempted(
    request: PendingRequest,
    endpoint: SessionEndpoint | PeerEndpoint,
    seqKey: string,
    nowMs: number,
  ): void {
    if (endpoint.kind === 'peer') this.#counters.attemptsAtPeers++;
    else this.#counters.attemptsAtApplications++;
    this.#observer?.attempted(request, endpoint, seqKey, nowMs);
  }

  answered(request: PendingRequest, answer: ChannelFrame, nowMs: number): void {
    const { latency } = this.#counters;
    const { bytes, result: code } = answer;
    const counters = this.#of(request);
    if (code === ResultCode.ok) counters.answered++;
    else counters.answeredWithError++;
    counters.answeredBytes += bytes.length;
    const hop = request.attempt?.kind === 'peer' ? latency.peer : latency.application;
    hop.observe(nowMs - request.attemptedMs);
    this.#settled(request, nowMs);
    this.#observer?.ended(request, { kind: 'answered', code, bytes: bytes.length }, nowMs);
  }

  failed(request: PendingRequest, { code, detail }: Failure, nowMs: number): void {
    const counters = this.#of(request);
    if (code === ResultCode.noSubscriber) counters.failed100++;
    else if (code === ResultCode.bandwidthLimit) counters.failed103++;
    else counters.failed104++;
    this.#settled(request, nowMs);
    this.#observer?.ended(request, { kind: 'failed', code, reason: detail.reason }, nowMs);
  }

  /** Its sender is gone. */
  abandoned(request: PendingRequest, nowMs: number): void {
    this.#of(request).abandoned++;
    this.#observer?.ended(request, { kind: 'abandoned' }, nowMs);
  }

  #settled(request: PendingRequest, nowMs: number): void {
    if (!request.fromPeer) this.#counters.latency.request.observe(nowMs - request.startedMs);
  }

  #of({ fromPeer }: PendingRequest): RequestCounters {
    const { requests } = this.#counters;
    return fromPeer ? requests.peer : requests.application;
  }
}

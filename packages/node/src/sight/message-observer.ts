import type { ChannelFrame } from '@amop/codec';
import type { Clock } from '@amop/ports';
import type {
  MulticastEnd,
  PeerEndpoint,
  PendingRequest,
  RequestEnd,
  RouteObserver,
  SessionEndpoint,
} from '@amop/router';
import type { AuditRecord, AuditSink } from './audit.ts';
import type { PartyTable } from './party.ts';
import type { TraceRing } from './trace-ring.ts';

/** Collaborators of {@link MessageObserver}. */
export interface MessageObserverDependencies {
  readonly clock: Clock;
  readonly parties: PartyTable;
  readonly trace: TraceRing | undefined;
  readonly audit: AuditSink | undefined;
}

/** Writes what becomes of each message into the trace and the audit log. */
export class MessageObserver implements RouteObserver {
  readonly #deps: MessageObserverDependencies;

  constructor(dependencies: MessageObserverDependencies) {
    this.#deps = dependencies;
  }

  requested({ frame, origin, topic }: PendingRequest): void {
    const { clock, parties, trace } = this.#deps;
    const party = parties.get(origin.id);
    const event = trace?.add('received', clock.wallMs(), frame.seqKey, topic, party);
    if (event !== undefined) event.bytes = frame.bytes.length;
  }

  attempted(
    { frame, topic }: PendingRequest,
    endpoint: SessionEndpoint | PeerEndpoint,
    seqKey: string,
  ): void {
    const { clock, parties, trace } = this.#deps;
    const party = parties.get(endpoint.id);
    const event = trace?.add('given', clock.wallMs(), frame.seqKey, topic, party);
    if (event === undefined) return;
    event.bytes = frame.bytes.length;
    event.outSeq = seqKey;
  }

  ended(request: PendingRequest, end: RequestEnd, nowMs: number): void {
    const { audit, clock, parties, trace } = this.#deps;
    const { attempt, attemptedMs, frame, origin, startedMs, tried, topic } = request;
    const atMs = clock.wallMs();
    const lastId = attempt?.endpoint.id ?? tried?.at(-1);
    const to = lastId === undefined ? undefined : parties.get(lastId);
    const event = trace?.add(end.kind, atMs, frame.seqKey, topic, to);
    if (event !== undefined) {
      event.ms = nowMs - (end.kind === 'answered' ? attemptedMs : startedMs);
      if (end.kind === 'answered') event.bytes = end.bytes;
      if (end.kind !== 'abandoned') event.code = end.code;
      if (end.kind === 'failed') event.reason = end.reason;
    }
    audit?.({
      atMs,
      type: 'request',
      seq: frame.seqKey,
      topic,
      from: parties.get(origin.id),
      to,
      bytes: frame.bytes.length,
      outcome: end.kind,
      ...factsOf(end),
      ms: nowMs - startedMs,
    });
  }

  multicast(sourceId: number, frame: ChannelFrame, topic: string, end: MulticastEnd): void {
    const { audit, clock, parties, trace } = this.#deps;
    const { isDuplicate, toApplications, toPeers } = end;
    const atMs = clock.wallMs();
    const from = parties.get(sourceId);
    const event = trace?.add('multicast', atMs, frame.seqKey, topic, from);
    if (event !== undefined) {
      event.bytes = frame.bytes.length;
      event.toApplications = toApplications;
      event.toPeers = toPeers;
      if (isDuplicate) event.reason = 'duplicate';
    }
    audit?.({
      atMs,
      type: 'multicast',
      seq: frame.seqKey,
      topic,
      from,
      bytes: frame.bytes.length,
      outcome: isDuplicate ? 'duplicate' : 'delivered',
      toApplications,
      toPeers,
    });
  }

  /** A message of an application was answered with a code before it was routed. */
  refused(
    sourceId: number,
    type: AuditRecord['type'],
    frame: ChannelFrame,
    topic: string,
    code: number,
    reason: string,
  ): void {
    const { audit, clock, parties, trace } = this.#deps;
    const atMs = clock.wallMs();
    const from = parties.get(sourceId);
    const event = trace?.add('refused', atMs, frame.seqKey, topic, from);
    if (event !== undefined) {
      event.bytes = frame.bytes.length;
      event.code = code;
      event.reason = reason;
    }
    audit?.({
      atMs,
      type,
      seq: frame.seqKey,
      topic,
      from,
      bytes: frame.bytes.length,
      outcome: 'refused',
      code,
      reason,
    });
  }
}

function factsOf(end: RequestEnd): Pick<AuditRecord, 'code' | 'reason' | 'answerBytes'> {
  if (end.kind === 'answered') return { code: end.code, answerBytes: end.bytes };
  return end.kind === 'failed' ? { code: end.code, reason: end.reason } : {};
}

import { type ChannelFrame, ChannelType, ResultCode } from '@amop/codec';
import type { Clock } from '@amop/ports';
import type { ClientCounters } from '../counters.ts';
import { ClientError } from '../errors.ts';
import type { Topic } from '../topic.ts';
import { aborted, disconnected, neverSent, outgoingFull, timedOut } from './call-error.ts';
import type { Line } from './line.ts';
import type { OwnSequence } from './own-sequence.ts';
import {
  type AmopCall,
  type Call,
  type CallOwner,
  PublishCall,
  QueryCall,
  RequestCall,
} from './pending-call.ts';
import type { Reply } from './reply.ts';
import type { RequestTable } from './request-table.ts';
import { errorOfResult } from './result-error.ts';

/** Part of the time left that is kept back, so that the node's error comes before the own timer. */
const RESERVE_SHARE = 0.1;
const RESERVE_MAX_MS = 100;

/** Collaborators of {@link CallRouter}. */
export interface CallRouterDependencies {
  readonly table: RequestTable;
  readonly sequence: OwnSequence;
  readonly clock: Clock;
  readonly counters: ClientCounters;
  /** Every line there is, in order of preference. */
  readonly lines: () => readonly Line[];
}

/**
 * Brings calls to a node and their outcomes back: the preferred line that is ready, another one as
 * long as certainly nothing was delivered, none at all until one is ready or the time is up.
 */
export class CallRouter implements CallOwner {
  readonly #deps: CallRouterDependencies;
  readonly #maxOutgoingBytes: number;
  /** Calls that wait for a line, oldest first. */
  readonly #parked = new Set<AmopCall>();
  #closed: ClientError | undefined;

  constructor(
    options: { readonly maxOutgoingBytes: number },
    dependencies: CallRouterDependencies,
  ) {
    this.#maxOutgoingBytes = options.maxOutgoingBytes;
    this.#deps = dependencies;
  }

  /**
   * Sends a unicast; the promise ends by `timeoutMs` from now at the latest.
   *
   * @param pin the one line that it may go by, ready or not, and never waits for; such a call
   *   belongs to another one, so only that one is counted
   */
  request(
    topic: Topic,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    pin?: Line,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const number = this.#deps.sequence.next();
      const nowMs = this.#deps.clock.nowMs();
      const deadlineMs = nowMs + timeoutMs;
      const call = new RequestCall(this, number, deadlineMs, topic, body, resolve, reject);
      call.pin = pin;
      this.#start(call, nowMs, signal);
    });
  }

  /** Sends a multicast; resolves when the node has taken it. `pin` as in `request`. */
  publish(
    topic: Topic,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    pin?: Line,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const number = this.#deps.sequence.next();
      const nowMs = this.#deps.clock.nowMs();
      const deadlineMs = nowMs + timeoutMs;
      const call = new PublishCall(this, number, deadlineMs, topic, body, resolve, reject);
      call.pin = pin;
      this.#start(call, nowMs, signal);
    });
  }

  /**
   * Asks one node; the frame given back has the same type and any result.
   *
   * @param line need not be ready: the handshake goes this way too
   */
  ask(line: Line, type: number, data: Uint8Array, timeoutMs: number): Promise<ChannelFrame> {
    return new Promise((resolve, reject) => {
      const { sequence, clock, table } = this.#deps;
      const deadlineMs = clock.nowMs() + timeoutMs;
      const call = new QueryCall(this, sequence.next(), deadlineMs, type, resolve, reject);
      table.add(call);
      line.sendFrame(type, sequence.bytesOf(call.number), 0, data);
      call.line = line;
      call.endOffset = line.acceptedBytes;
    });
  }

  /** A frame with a sequence of ours or of nobody came in on `line`: does it end a call? */
  answered(line: Line, frame: ChannelFrame): void {
    const { counters, sequence, table } = this.#deps;
    const number = sequence.numberOf(frame.seq);
    const call = number === 0 ? undefined : table.get(number);
    if (line.acks && frame.type === ChannelType.response && call?.kind !== 'request') {
      line.publishes.remove(number);
    }
    if (call === undefined || call.line !== line || call.answerType !== frame.type) {
      counters.unexpectedAnswers++;
    } else if (call.kind === 'query' || frame.result === ResultCode.ok) {
      this.#succeed(call, frame);
    } else {
      this.#refused(call, line, errorOfResult(frame, call.topic, line.node, line.errors));
    }
  }

  /** The node of `line` took the oldest `count` multicasts; false when it was not sent so many. */
  multicastsTaken(line: Line, count: number): boolean {
    return line.publishes.takeOldest(count, (number) => {
      const call = this.#deps.table.get(number);
      if (call?.kind === 'publish' && call.line === line) this.#succeed(call, undefined);
    });
  }

  /** A line became ready: what waits goes out, oldest first. */
  lineReady(): void {
    if (this.#parked.size === 0) return;
    const waiting = [...this.#parked];
    this.#parked.clear();
    const nowMs = this.#deps.clock.nowMs();
    for (const call of waiting) this.#route(call, nowMs);
  }

  /**
   * A line broke; `line.ready` is false by now. What was certainly not written is sent elsewhere or
   * waits, all else ends.
   */
  lineLost(line: Line, error: ClientError): void {
    const nowMs = this.#deps.clock.nowMs();
    for (const call of this.#deps.table.all()) {
      if (call.line !== line) continue;
      if (call.kind === 'query') {
        this.#fail(call, error);
      } else if (call.certainlyNotSent) {
        call.line = undefined;
        this.#route(call, nowMs);
      } else {
        this.#fail(call, disconnected(call, line, error));
      }
    }
  }

  /** Nothing is taken any more; what waits for a line ends with `error` at once. */
  close(error: ClientError): void {
    this.#closed = error;
    for (const call of this.#parked) this.#fail(call, error);
    this.#parked.clear();
  }

  /** Ends everything that is left. */
  failAll(error: ClientError): void {
    for (const call of this.#deps.table.all()) {
      const details = { ...error.details, maybeDelivered: call.maybeDelivered };
      this.#fail(call, new ClientError(error.code, error.message, details));
    }
  }

  /** The deadline of a call has passed. */
  expired(number: number): void {
    const call = this.#deps.table.get(number);
    if (call === undefined) return;
    const parked = call.kind !== 'query' && this.#parked.delete(call);
    this.#fail(call, timedOut(call, parked));
  }

  seqOf(number: number): string {
    return this.#deps.sequence.textOf(number);
  }

  #start(call: AmopCall, nowMs: number, signal: AbortSignal | undefined): void {
    const { table } = this.#deps;
    const error =
      this.#closed ??
      table.overload() ??
      (signal?.aborted === true ? aborted(call, signal) : undefined);
    if (error !== undefined) {
      this.#reject(call, error);
      return;
    }
    if (signal !== undefined) this.#listen(call, signal);
    table.add(call);
    this.#route(call, nowMs);
  }

  #listen(call: AmopCall, signal: AbortSignal): void {
    const listener = (): void => {
      this.#parked.delete(call);
      this.#fail(call, aborted(call, signal));
    };
    signal.addEventListener('abort', listener);
    call.abort = { signal, listener };
  }

  #route(call: AmopCall, nowMs: number): void {
    if (call.pin !== undefined) {
      this.#routePinned(call, call.pin, nowMs);
      return;
    }
    for (const line of this.#deps.lines()) {
      if (line.ready && !call.tried?.includes(line)) {
        this.#write(call, line, nowMs);
        return;
      }
    }
    const error = call.lastError ?? this.#closed;
    if (error === undefined) this.#parked.add(call);
    else this.#fail(call, error);
  }

  #routePinned(call: AmopCall, line: Line, nowMs: number): void {
    const error = call.lastError ?? this.#closed ?? (line.open ? undefined : neverSent(call, line));
    if (error === undefined) this.#write(call, line, nowMs);
    else this.#fail(call, error);
  }

  #write(call: AmopCall, line: Line, nowMs: number): void {
    const { counters, sequence } = this.#deps;
    const { queuedBytes } = line;
    if (queuedBytes > 0 && queuedBytes + call.body.length > this.#maxOutgoingBytes) {
      this.#fail(call, outgoingFull(call, line, this.#maxOutgoingBytes));
      return;
    }
    const remainingMs = call.deadlineMs - nowMs;
    if (remainingMs <= 0) return; // the deadline timer is about to end it
    if (call.endOffset !== 0) counters.failovers++; // never a pinned one: it is written once
    const isRequest = call.kind === 'request';
    line.sendMessage(
      isRequest ? ChannelType.request : ChannelType.multicast,
      sequence.bytesOf(call.number),
      isRequest && line.deadlines ? withoutReserve(remainingMs) : 0,
      call.topicBytes,
      call.body,
    );
    call.line = line;
    call.endOffset = line.acceptedBytes;
    if (!isRequest && line.acks) line.publishes.push(call.number);
  }

  /** A node said no: the next line if nothing was delivered and trying again makes sense. */
  #refused(call: AmopCall, line: Line, error: ClientError): void {
    if (error.details.maybeDelivered !== 'no' || !error.details.retryable) {
      this.#fail(call, error);
      return;
    }
    call.line = undefined;
    call.tried = [...(call.tried ?? []), line];
    call.lastError = error;
    this.#route(call, this.#deps.clock.nowMs());
  }

  #succeed(call: Call, frame: ChannelFrame | undefined): void {
    const { counters, table } = this.#deps;
    if (!table.finish(call)) return;
    if (call.kind === 'publish') {
      if (call.pin === undefined) counters.publishAcks++;
      call.resolve();
    } else if (frame !== undefined) {
      if (call.kind === 'request' && call.pin === undefined) counters.replies++;
      call.resolve(frame);
    }
  }

  #fail(call: Call, error: ClientError): void {
    if (this.#deps.table.finish(call)) this.#reject(call, error);
  }

  #reject(call: Call, error: ClientError): void {
    const { counters } = this.#deps;
    if (call.kind !== 'query' && call.pin === undefined) {
      if (call.kind === 'request') counters.requestErrors++;
      else counters.publishErrors++;
    }
    call.reject(error);
  }
}

function withoutReserve(remainingMs: number): number {
  const reserveMs = Math.min(RESERVE_MAX_MS, remainingMs * RESERVE_SHARE);
  return Math.max(1, Math.floor(remainingMs - reserveMs));
}

import {
  type ChannelFrame,
  ChannelType,
  CodecError,
  MAX_FRAME_BYTES,
  readAmopBody,
} from '@amop/codec';
import { ownBytes } from '../body.ts';
import { ClientError } from '../errors.ts';
import type { Topic } from '../topic.ts';
import { DeadlineEntry } from './deadline-timer.ts';
import type { Line } from './line.ts';
import { Reply } from './reply.ts';

/**
 * Largest frame that a client sends: 1 MiB below the wire's limit, so that it still fits a frame
 * between nodes, compressed or not (spec 2.2, D-41).
 */
export const MAX_MESSAGE_BYTES: number = MAX_FRAME_BYTES - 1024 * 1024;

/** Who is told when a call runs out of time. */
export interface CallOwner {
  /** `number` is the one of the call's sequence. */
  expired(number: number): void;
  /** The 32 characters of a call's sequence. */
  seqOf(number: number): string;
}

/**
 * Something that was sent, or waits to be, and has not ended. It ends exactly once: the table lets
 * go of it first, and who got it out of the table tells the caller.
 */
abstract class PendingCall extends DeadlineEntry {
  /** Number of its sequence, the same on every line that it is tried on. */
  readonly number: number;
  readonly deadlineMs: number;
  /** Type of the frame that can answer it; any other does not count (D-30). */
  abstract readonly answerType: number;
  /** For errors; empty for queries. */
  abstract readonly topic: string;
  /** Where it was written; undefined while it waits for a line. */
  line: Line | undefined = undefined;
  /** `line.acceptedBytes` right after it was written. */
  endOffset = 0;
  /** Set when the caller gave a signal; taken off it when the call ends. */
  abort: { readonly signal: AbortSignal; readonly listener: () => void } | undefined = undefined;
  protected readonly owner: CallOwner;

  constructor(owner: CallOwner, number: number, deadlineMs: number) {
    super();
    this.owner = owner;
    this.number = number;
    this.deadlineMs = deadlineMs;
  }

  /** Ends with an answer whose result is 0. */
  abstract resolve(frame: ChannelFrame): void;
  /** Ends with an error. */
  abstract reject(error: ClientError): void;

  override expire(): void {
    this.owner.expired(this.number);
  }

  /**
   * Whether somebody may get it if it ends now without an answer: what was given to a line that is
   * open goes out even so.
   */
  get maybeDelivered(): 'no' | 'unknown' {
    return this.line === undefined ? 'no' : 'unknown';
  }

  /** Whether its line broke before the last byte of it had left this process. */
  get certainlyNotSent(): boolean {
    return this.line === undefined || this.endOffset > this.line.handedBytes;
  }
}

abstract class MovableCall extends PendingCall {
  readonly topic: string;
  readonly topicBytes: Uint8Array;
  readonly body: Uint8Array;
  override readonly answerType: number = ChannelType.response;
  /** The one line that it may go by; undefined for one that may go by any. */
  pin: Line | undefined = undefined;
  /** Lines whose node said that nothing was delivered; undefined until one did. */
  tried: Line[] | undefined = undefined;
  /** What the last of them said. */
  lastError: ClientError | undefined = undefined;
  readonly #reject: (error: ClientError) => void;

  constructor(
    owner: CallOwner,
    number: number,
    deadlineMs: number,
    topic: Topic,
    body: Uint8Array,
    reject: (error: ClientError) => void,
  ) {
    super(owner, number, deadlineMs);
    this.topic = topic.name;
    this.topicBytes = topic.bytes;
    this.body = body;
    this.#reject = reject;
  }

  override reject({ cause, code, details, message }: ClientError): void {
    const seq = this.owner.seqOf(this.number);
    this.#reject(new ClientError(code, message, { ...details, seq }, { cause }));
  }
}

/** A unicast that waits for its answer. */
export class RequestCall extends MovableCall {
  readonly kind = 'request' as const;
  readonly #resolve: (reply: Reply) => void;

  constructor(
    owner: CallOwner,
    number: number,
    deadlineMs: number,
    topic: Topic,
    body: Uint8Array,
    resolve: (reply: Reply) => void,
    reject: (error: ClientError) => void,
  ) {
    super(owner, number, deadlineMs, topic, body, reject);
    this.#resolve = resolve;
  }

  override resolve(frame: ChannelFrame): void {
    const body = answerContent(frame);
    if (body !== undefined) {
      this.#resolve(new Reply(body, frame.seqKey));
      return;
    }
    this.reject(
      new ClientError(
        'AMOP_CLIENT_MALFORMED',
        `topic ${JSON.stringify(this.topic)}: the answer is not an AMOP body`,
        { topic: this.topic, hop: 'subscriber', reason: 'bad-answer', maybeDelivered: 'yes' },
      ),
    );
  }
}

/** A multicast that waits until its node has taken it. */
export class PublishCall extends MovableCall {
  readonly kind = 'publish' as const;
  readonly #resolve: () => void;

  constructor(
    owner: CallOwner,
    number: number,
    deadlineMs: number,
    topic: Topic,
    body: Uint8Array,
    resolve: () => void,
    reject: (error: ClientError) => void,
  ) {
    super(owner, number, deadlineMs, topic, body, reject);
    this.#resolve = resolve;
  }

  /** The node has taken it; what its answer echoes is of no use. */
  override resolve(): void {
    this.#resolve();
  }
}

/** A question to one node: handshake, subscription, JSON-RPC. Never moved. */
export class QueryCall extends PendingCall {
  readonly kind = 'query' as const;
  override readonly answerType: number;
  override readonly topic: string = '';
  readonly #resolve: (frame: ChannelFrame) => void;
  readonly #reject: (error: ClientError) => void;

  constructor(
    owner: CallOwner,
    number: number,
    deadlineMs: number,
    answerType: number,
    resolve: (frame: ChannelFrame) => void,
    reject: (error: ClientError) => void,
  ) {
    super(owner, number, deadlineMs);
    this.answerType = answerType;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override resolve(frame: ChannelFrame): void {
    this.#resolve(frame);
  }

  override reject(error: ClientError): void {
    this.#reject(error);
  }
}

/** A request or a publish: may be moved to another line while certainly nothing was delivered. */
export type AmopCall = RequestCall | PublishCall;

/** Anything that waits for its one outcome. */
export type Call = AmopCall | QueryCall;

/** The content of an answer; empty data counts as an empty body (spec 3); undefined if malformed. */
function answerContent(frame: ChannelFrame): Uint8Array | undefined {
  const { data } = frame;
  if (data.length === 0) return new Uint8Array(0);
  try {
    return ownBytes(frame, readAmopBody(data).content);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

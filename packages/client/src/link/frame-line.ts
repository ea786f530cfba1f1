import {
  amopBodyBytes,
  CHANNEL_HEADER_BYTES,
  writeAmopBody,
  writeChannelHeader,
} from '@amop/codec';
import { releaseMemory } from '@amop/crypto';
import { type Connection, Outbox, type Scheduler } from '@amop/ports';
import type { Line } from '../call/line.ts';
import { PublishQueue } from '../call/publish-queue.ts';
import type { ClientCounters } from '../counters.ts';
import type { Agreement } from './handshake.ts';

/** Bodies up to this size are copied next to their header; larger ones are written as they are. */
const COPY_LIMIT_BYTES = 16 * 1024;
const NO_BYTES = new Uint8Array(0);

/** Collaborators of {@link FrameLine}. */
export interface FrameLineDependencies {
  readonly connection: Connection;
  readonly scheduler: Scheduler;
  readonly counters: ClientCounters;
}

/**
 * The way out of one connection: frames of a turn go out together. Batches suit every node: an
 * original one decodes a stream as it comes (spec 2.3).
 */
export class FrameLine implements Line {
  readonly node: string;
  readonly publishes: PublishQueue = new PublishQueue();
  ready = false;
  open = true;
  deadlines = false;
  errors = false;
  acks = false;
  grants = false;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #counters: ClientCounters;

  constructor(options: { readonly node: string }, dependencies: FrameLineDependencies) {
    const { connection, scheduler, counters } = dependencies;
    this.node = options.node;
    this.#connection = connection;
    this.#counters = counters;
    this.#outbox = new Outbox({ mode: 'batch' }, { connection, scheduler, onSpent: releaseMemory });
  }

  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  get acceptedBytes(): number {
    return this.#outbox.acceptedBytes;
  }

  get handedBytes(): number {
    return this.acceptedBytes - (this.#outbox.queuedBytes - this.#connection.backlogBytes);
  }

  /** From now on the extensions agreed with the node are used. */
  agree(agreement: Agreement): void {
    this.deadlines = agreement.extensions.includes('deadline');
    this.errors = agreement.extensions.includes('errors');
    this.acks = agreement.extensions.includes('ack');
    this.grants = agreement.extensions.includes('grant');
  }

  sendMessage(
    type: number,
    seq: Uint8Array,
    result: number,
    topicBytes: Uint8Array,
    body: Uint8Array,
    isSpent = false,
  ): void {
    const totalBytes = CHANNEL_HEADER_BYTES + amopBodyBytes(topicBytes, body);
    const copied = body.length <= COPY_LIMIT_BYTES;
    const slot = this.#outbox.open(copied ? totalBytes : totalBytes - body.length);
    const { bytes, offset } = slot;
    writeChannelHeader(bytes, offset, totalBytes, type, seq, result);
    writeAmopBody(bytes, offset + CHANNEL_HEADER_BYTES, topicBytes, copied ? body : NO_BYTES);
    if (!copied) this.#outbox.attach(body, isSpent);
    this.#counters.bytesSent += totalBytes;
  }

  sendFrame(type: number, seq: Uint8Array, result: number, data: Uint8Array): void {
    const totalBytes = CHANNEL_HEADER_BYTES + data.length;
    const { bytes, offset } = this.#outbox.open(totalBytes);
    writeChannelHeader(bytes, offset, totalBytes, type, seq, result);
    bytes.set(data, offset + CHANNEL_HEADER_BYTES);
    this.#counters.bytesSent += totalBytes;
  }

  /** Goes on writing; to be called when the connection has drained. */
  handleDrain(): void {
    this.#outbox.handleDrain();
  }

  /** Takes nothing more, writes what is queued, then ends the connection. */
  close(): void {
    this.ready = false;
    this.open = false;
    this.#outbox.close();
  }
}

import { encodeEpochKey, parseEpochKey, parseEpochMessage, type TopicName } from '@amop/codec';
import { ReplayWindow } from '@amop/crypto';
import type { Clock, Random } from '@amop/ports';
import { hexOf } from '../../hex.ts';
import { MAX_EPOCH_MS, MAX_MESSAGES_PER_KEY, MAX_SKEW_MS } from '../bound-time.ts';
import { SealedLine } from './sealed-line.ts';
import type { SealFault } from './subscriber-seal.ts';

const ID_BYTES = 8;
const KEY_BYTES = 32;
const NO_PREFIX: readonly number[] = [];

/**
 * The publisher's end of an epoch: one key for all subscribers that are proven now.
 *
 * Everybody who was told the key could seal with it: between members of one epoch nothing says who
 * spoke. It says nothing to anybody who was not told.
 */
export class EpochSealer {
  /** 16 hex digits. */
  readonly id: string;
  readonly #line: SealedLine;
  #handOver: Uint8Array | undefined;
  #next = 0;

  private constructor(id: Uint8Array, line: SealedLine, handOver: Uint8Array) {
    this.id = hexOf(id);
    this.#line = line;
    this.#handOver = handOver;
  }

  /** A new epoch with a key of its own. `expiresMs` since 1970, at most 10 minutes away. */
  static create(
    { topic, expiresMs }: { readonly topic: TopicName; readonly expiresMs: number },
    { random }: { readonly random: Random },
  ): EpochSealer {
    const id = random.bytes(ID_BYTES);
    const key = random.bytes(KEY_BYTES);
    const handOver = encodeEpochKey({ id, key, expiresMs });
    const line = SealedLine.epoch(id, key, topic);
    key.fill(0);
    return new EpochSealer(id, line, handOver);
  }

  /**
   * Body of the sealed message of type `epochKey` that tells a subscriber the key, in fresh memory;
   * undefined after {@link close}.
   */
  handOver(): Uint8Array | undefined {
    return this.#handOver?.slice();
  }

  /** Content of one 0x35 on the topic; undefined after {@link close} and after 2^32 messages. */
  seal(body: Uint8Array): Uint8Array | undefined {
    if (this.#next >= MAX_MESSAGES_PER_KEY) return undefined;
    const content = this.#line.seal(this.#next, NO_PREFIX, body);
    if (content !== undefined) this.#next += 1;
    return content;
  }

  /** Overwrites the key. */
  close(): void {
    this.#line.close();
    this.#handOver?.fill(0);
    this.#handOver = undefined;
  }
}

/** A multicast that was opened. */
export interface OpenedMulticast {
  /** Fresh memory. */
  readonly body: Uint8Array;
  readonly counter: number;
}

/** The subscriber's end of an epoch: opens each multicast once. */
export class EpochOpener {
  /** 16 hex digits. */
  readonly id: string;
  readonly #line: SealedLine;
  readonly #clock: Clock;
  #window = new ReplayWindow();
  #endMs: number;
  #isClosed = false;

  private constructor(id: string, line: SealedLine, endMs: number, clock: Clock) {
    this.id = id;
    this.#line = line;
    this.#endMs = endMs;
    this.#clock = clock;
  }

  /** The epoch that a publisher told about; undefined if the body tells none. `body` is overwritten. */
  static fromHandOver(
    body: Uint8Array,
    { topic }: { readonly topic: TopicName },
    { clock }: { readonly clock: Clock },
  ): EpochOpener | undefined {
    const epoch = parseEpochKey(body);
    if (epoch === undefined) return undefined;
    const { id, key, expiresMs } = epoch;
    // The publisher's clock may be wrong as far as its offers may be, and no epoch is longer.
    const leftMs = Math.min(expiresMs - clock.wallMs(), MAX_EPOCH_MS) + MAX_SKEW_MS;
    const line = SealedLine.epoch(id, key, topic);
    const opener = new EpochOpener(hexOf(id), line, clock.nowMs() + leftMs, clock);
    body.fill(0);
    return opener;
  }

  /** Opens the content of a 0x35 on the topic. */
  open(content: Uint8Array): OpenedMulticast | SealFault {
    if (this.isExpired) this.close();
    if (this.#isClosed) return this.isExpired ? 'expired' : 'closed';
    const message = parseEpochMessage(content);
    if (message === undefined) return 'malformed';
    if (!this.#line.isOwn(message)) return 'other-key';
    const { counter } = message;
    const verdict = this.#window.check(counter);
    if (verdict !== 'fresh') return verdict;
    const body = this.#line.open(message);
    if (body === undefined) return 'not-authentic';
    this.#window.mark(counter);
    return { body, counter };
  }

  /**
   * Goes on where `earlier`, the same epoch under a key that was overwritten, left off: what that one
   * opened is repeated here, and the time is not longer.
   */
  continue(earlier: EpochOpener): void {
    this.#window = earlier.#window;
    this.#endMs = Math.min(this.#endMs, earlier.#endMs);
  }

  /** Whether the time of the epoch is over. */
  get isExpired(): boolean {
    return this.#clock.nowMs() >= this.#endMs;
  }

  /** Overwrites the key. */
  close(): void {
    this.#isClosed = true;
    this.#line.close();
  }
}

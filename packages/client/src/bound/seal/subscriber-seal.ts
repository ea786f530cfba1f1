import { parseSealedMessage, type SealedStatus, SealedType, type TopicName } from '@amop/codec';
import { ReplayWindow } from '@amop/crypto';
import type { Clock } from '@amop/ports';
import { hexOf } from '../../hex.ts';
import type { BoundKeys } from '../bound-keys.ts';
import { Direction, SealedLine } from './sealed-line.ts';

/** Messages that wait for their answer at most; an older one gets none any more. */
const MAX_UNANSWERED = 16_384;

/**
 * Why a sealed content was not opened.
 *
 * - `malformed`: not a sealed message, or of a type that is not known
 * - `other-key`: sealed with other keys, perhaps older ones
 * - `repeated`: opened before; `late`: more than 1023 behind the newest one, so nobody can tell
 * - `not-authentic`: changed, or made for another route or the other way
 * - `expired`, `closed`: the keys are gone
 */
export type SealFault =
  | 'malformed'
  | 'other-key'
  | 'repeated'
  | 'late'
  | 'not-authentic'
  | 'expired'
  | 'closed';

/** What a publisher said. */
export interface OpenedMessage {
  readonly type: SealedType;
  /** Fresh memory. */
  readonly body: Uint8Array;
  /** What the answer is sealed with. */
  readonly counter: number;
}

/** The subscriber's end of the keys that one proof gave: opens each message once. */
export class SubscriberSeal {
  /** 16 hex digits; the same at the publisher. */
  readonly keyId: string;
  readonly #in: SealedLine;
  readonly #out: SealedLine;
  readonly #window = new ReplayWindow();
  readonly #clock: Clock;
  readonly #endMs: number;
  /** Counters that may be answered: a nonce is never used twice. Oldest first. */
  readonly #unanswered = new Set<number>();
  #isClosed = false;

  /**
   * @param keys copied: the caller overwrites them
   * @param endMs monotonic: when the keys die
   */
  constructor(
    options: { readonly keys: BoundKeys; readonly route: TopicName; readonly endMs: number },
    { clock }: { readonly clock: Clock },
  ) {
    const { keyId, toSubscriber, toPublisher } = options.keys;
    this.keyId = hexOf(keyId);
    this.#in = SealedLine.pair(keyId, toSubscriber, Direction.toSubscriber, options.route);
    this.#out = SealedLine.pair(keyId, toPublisher, Direction.toPublisher, options.route);
    this.#endMs = options.endMs;
    this.#clock = clock;
  }

  /** Opens the content of a 0x30 on the route. */
  open(content: Uint8Array): OpenedMessage | SealFault {
    if (this.isExpired) this.close();
    if (this.#isClosed) return this.isExpired ? 'expired' : 'closed';
    const message = parseSealedMessage(content);
    if (message === undefined) return 'malformed';
    if (!this.#in.isOwn(message)) return 'other-key';
    const { counter } = message;
    const verdict = this.#window.check(counter);
    if (verdict !== 'fresh') return verdict;
    const text = this.#in.open(message);
    if (text === undefined) return 'not-authentic';
    this.#window.mark(counter);
    const type = text[0];
    if (!isType(type)) return 'malformed';
    if (type !== SealedType.multicast) this.#expectAnswer(counter);
    return { type, body: text.subarray(1), counter };
  }

  /**
   * Seals the answer to the message with this counter: content of the 0x31.
   *
   * Each message is answered once: undefined when it was, when it wants no answer, and after
   * {@link close}.
   */
  sealAnswer(counter: number, status: SealedStatus, body: Uint8Array): Uint8Array | undefined {
    if (!this.#unanswered.delete(counter)) return undefined;
    return this.#out.seal(counter, [status], body);
  }

  /** Whether the time of the keys is over. */
  get isExpired(): boolean {
    return this.#clock.nowMs() >= this.#endMs;
  }

  /** Overwrites the keys: nothing is opened or answered any more. */
  close(): void {
    this.#isClosed = true;
    this.#in.close();
    this.#out.close();
    this.#unanswered.clear();
  }

  #expectAnswer(counter: number): void {
    if (this.#unanswered.size >= MAX_UNANSWERED) {
      for (const oldest of this.#unanswered) {
        this.#unanswered.delete(oldest);
        break;
      }
    }
    this.#unanswered.add(counter);
  }
}

function isType(type: number | undefined): type is SealedType {
  return type !== undefined && type >= SealedType.request && type <= SealedType.withdraw;
}

import { type OfferAnswer, OfferVerdict, parseOfferAnswer } from '@amop/codec';
import { ClientError, type ClientErrorCode } from '../../errors.ts';
import { reasonOr } from '../file-error.ts';
import { TransferReason } from '../reasons.ts';

/** Waits before the next offer, in ms, by what came of the last one. */
const AFTER = { accepted: 3_000, refused: 20, later: 1_000, foreign: 20, error: 500 } as const;
/** So many useless answers in a row come fast; those after them slowly. */
const FAST_TRIES = 20;
/** Answers in a row from receivers that had refused before: by then there is nobody else. */
const KNOWN_REFUSALS = 8;

/** What ends a transfer whatever others may say. */
const FATAL: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'AMOP_CLIENT_ABORTED',
  'AMOP_CLIENT_CLOSED',
  'AMOP_CLIENT_NOT_PERMITTED',
  'AMOP_CLIENT_NO_KEYS',
  'AMOP_CLIENT_TOPIC',
  'AMOP_CLIENT_TOO_LARGE',
]);

/** What has come of the offers of one transfer. */
export class OfferResults {
  /** Why, by receiver. */
  readonly refused: Map<string, string> = new Map();
  /** Answers of subscribers that do not receive files. */
  foreign = 0;
  lastError: ClientError | undefined;
  #later: string | undefined;
  readonly #transfer: string;
  #useless = 0;
  #knownRefusals = 0;

  constructor(options: { readonly transfer: string }) {
    this.#transfer = options.transfer;
  }

  /** Whether asking on is of no use: those who are there have refused. */
  get isHopeless(): boolean {
    return this.#knownRefusals >= KNOWN_REFUSALS;
  }

  /** Why most lately; undefined when nobody has refused. */
  get reason(): string | undefined {
    return [...this.refused.values()].at(-1);
  }

  /** Why nobody has it: what a receiver that asked for time has said, if there was one. */
  get laterReason(): string {
    return this.#later ?? 'no-receiver';
  }

  /** What a subscriber has answered; undefined unless it receives files. */
  read(body: Uint8Array): OfferAnswer | undefined {
    const answer = parseOfferAnswer(body);
    return answer?.transfer === this.#transfer ? answer : undefined;
  }

  /** Enters an answer. @returns ms until the next offer */
  note(answer: OfferAnswer | undefined): number {
    if (answer === undefined) {
      this.foreign++;
      return this.#slowed(AFTER.foreign);
    }
    switch (answer.verdict) {
      case OfferVerdict.accepted:
        this.#useless = 0;
        this.#knownRefusals = 0;
        return AFTER.accepted;
      case OfferVerdict.later:
        // Somebody who may take it is there.
        this.#knownRefusals = 0;
        this.#later = reasonOr(answer.reason, TransferReason.busy);
        return AFTER.later;
      case OfferVerdict.refused:
        // It is meant for one, which is another one.
        if (answer.reason === TransferReason.taken) return this.#slowed(AFTER.refused);
        this.#knownRefusals = this.refused.has(answer.receiver) ? this.#knownRefusals + 1 : 0;
        this.refused.set(answer.receiver, reasonOr(answer.reason, TransferReason.notWanted));
        return this.#slowed(AFTER.refused);
    }
  }

  /**
   * Enters an offer that came to nothing. @returns ms until the next offer
   *
   * @throws `error` when there is no use in going on
   */
  noteError(error: unknown): number {
    if (!(error instanceof ClientError) || FATAL.has(error.code)) throw error;
    this.lastError = error;
    return AFTER.error;
  }

  #slowed(delayMs: number): number {
    return ++this.#useless > FAST_TRIES ? AFTER.later : delayMs;
  }
}

import { chunkCount, TransferEnd, type TransferReply, type TransferRequest } from '@amop/codec';
import type { FileAudience, FileOutcome } from '../file-types.ts';
import { isFinalReason, TransferReason } from '../reasons.ts';
import type { SentReceiver } from './send-record.ts';

/** Most receivers of one file. */
const MAX_RECEIVERS = 10_000;

/** One receiver of a file, as its sender knows it. */
export interface KnownReceiver {
  readonly receiver: string;
  readonly key: string | undefined;
  attempt: number;
  /** Chunks that it says it has. */
  have: number;
  /** When it last asked for something, ms of `nowMs`. */
  heardMs: number;
  outcome: FileOutcome['outcome'] | undefined;
  reason: string | undefined;
}

/** What a request of a receiver comes to: a chunk is to be read, or a reply is there. */
export type BookVerdict =
  | { readonly kind: 'serve' }
  | { readonly kind: 'reply'; readonly reply: Exclude<TransferReply, { kind: 'chunk' }> };

const OK: BookVerdict = { kind: 'reply', reply: { kind: 'ok' } };
const SERVE: BookVerdict = { kind: 'serve' };

/** Of the receivers of an earlier process those that count: a file to one is free for another, where nothing is left of it. */
export function keptReceivers(
  to: FileAudience,
  receivers: readonly SentReceiver[],
): readonly SentReceiver[] {
  if (to === 'all') return receivers;
  return receivers.filter(
    ({ outcome, reason = '' }) => outcome !== 'failed' || !isFinalReason(reason),
  );
}

/** Who receives a file, and how far each one is. Pure: the time comes in. */
export class ReceiverBook {
  readonly #to: FileAudience;
  readonly #size: number;
  readonly #chunkBytes: number;
  readonly #count: number;
  readonly #receivers = new Map<string, KnownReceiver>();
  /** Nobody new may join after it, ms of `nowMs`. */
  joinUntilMs: number;

  constructor(
    options: {
      readonly to: FileAudience;
      readonly size: number;
      readonly chunkBytes: number;
      readonly joinUntilMs: number;
    },
    known: readonly SentReceiver[],
    nowMs: number,
  ) {
    this.#to = options.to;
    this.#size = options.size;
    this.#chunkBytes = options.chunkBytes;
    this.#count = chunkCount(options.size, options.chunkBytes);
    this.joinUntilMs = options.joinUntilMs;
    for (const { receiver, key, attempt, have, outcome, reason } of known) {
      // Whoever had given up, or was given up, may go on.
      const kept = outcome === 'done' || outcome === 'refused' ? outcome : undefined;
      const state = { receiver, key, attempt, have, heardMs: nowMs, outcome: kept, reason };
      this.#receivers.set(receiver, state);
    }
  }

  get size(): number {
    return this.#receivers.size;
  }

  /** The receivers in the order they came. */
  all(): Iterable<KnownReceiver> {
    return this.#receivers.values();
  }

  /** The one that has taken a file to one. */
  get bound(): KnownReceiver | undefined {
    if (this.#to === 'all') return undefined;
    for (const receiver of this.#receivers.values()) return receiver;
    return undefined;
  }

  /** Whether everybody that has joined has an outcome. */
  get isSettled(): boolean {
    for (const { outcome } of this.#receivers.values()) if (outcome === undefined) return false;
    return true;
  }

  /** When anybody was last heard of; undefined when nobody has joined. */
  get heardMs(): number | undefined {
    let heardMs: number | undefined;
    for (const each of this.#receivers.values()) heardMs = Math.max(heardMs ?? 0, each.heardMs);
    return heardMs;
  }

  /** Bytes that a receiver has, as far as it has said. */
  bytesOf({ have, outcome }: KnownReceiver): number {
    if (outcome === 'done') return this.#size;
    return Math.min(have * this.#chunkBytes, this.#size);
  }

  /**
   * Enters what a receiver asks for.
   *
   * @param key the key of the party that it belongs to
   */
  take(request: TransferRequest, key: string | undefined, nowMs: number): BookVerdict {
    const known = this.#receivers.get(request.receiver);
    if (known !== undefined && known.key !== key) return refused(TransferReason.malformed);
    if (known !== undefined) known.heardMs = nowMs;
    switch (request.kind) {
      case 'join':
        return known === undefined
          ? this.#joinNew(request, key, nowMs)
          : this.#joinAgain(known, request);
      case 'pull':
        return this.#pull(known, request);
      case 'report':
        return this.#report(known, request, key, nowMs);
    }
  }

  /** Whoever was not heard of since is given up; `keep` says whose key still counts. */
  giveUp(sinceMs: number, isAllowed: (key: string | undefined) => boolean): void {
    for (const each of this.#receivers.values()) {
      if (each.outcome !== undefined) continue;
      if (!isAllowed(each.key)) each.outcome = 'revoked';
      else if (each.heardMs < sinceMs) each.outcome = 'stalled';
    }
  }

  /** As on disk. */
  snapshot(): SentReceiver[] {
    return [...this.#receivers.values()].map(
      ({ receiver, key, attempt, have, outcome, reason }) => ({
        receiver,
        attempt,
        have,
        ...(key !== undefined && { key }),
        ...(outcome !== undefined && { outcome }),
        ...(reason !== undefined && { reason }),
      }),
    );
  }

  /** How it ended with each. */
  outcomes(): FileOutcome[] {
    return [...this.#receivers.values()].flatMap((each) =>
      each.outcome === undefined
        ? []
        : {
            receiver: each.receiver,
            outcome: each.outcome,
            bytes: this.bytesOf(each),
            ...(each.key !== undefined && { key: each.key }),
            ...(each.reason !== undefined && each.reason !== '' && { reason: each.reason }),
          },
    );
  }

  #joinNew(
    { receiver, attempt, have }: TransferRequest & { kind: 'join' },
    key: string | undefined,
    nowMs: number,
  ): BookVerdict {
    if (this.#to === 'one' && this.size > 0) return refused(TransferReason.taken);
    if (nowMs > this.joinUntilMs) return refused(TransferReason.joinOver);
    if (this.size >= MAX_RECEIVERS) return refused(TransferReason.busy);
    this.#receivers.set(receiver, {
      receiver,
      key,
      attempt,
      have: Math.min(have, this.#count),
      heardMs: nowMs,
      outcome: undefined,
      reason: undefined,
    });
    return OK;
  }

  #joinAgain(
    known: KnownReceiver,
    { attempt, have }: TransferRequest & { kind: 'join' },
  ): BookVerdict {
    // Who has reported the end begins anew with a new attempt: the same one is a copy of the old join.
    const isOver = known.outcome !== undefined && REPORTED.has(known.outcome);
    if (attempt < known.attempt || (isOver && attempt === known.attempt)) {
      return refused(TransferReason.malformed);
    }
    known.attempt = attempt;
    known.have = Math.min(have, this.#count);
    known.outcome = undefined;
    known.reason = undefined;
    return OK;
  }

  #pull(
    known: KnownReceiver | undefined,
    { attempt, have, index }: TransferRequest & { kind: 'pull' },
  ): BookVerdict {
    if (known === undefined || attempt !== known.attempt) return refused(TransferReason.notJoined);
    if (index >= this.#count) return refused(TransferReason.malformed);
    if (known.outcome !== undefined) return refused(TransferReason.notJoined);
    known.have = Math.max(known.have, Math.min(have, this.#count));
    return SERVE;
  }

  #report(
    known: KnownReceiver | undefined,
    { attempt, end, reason, receiver }: TransferRequest & { kind: 'report' },
    key: string | undefined,
    nowMs: number,
  ): BookVerdict {
    if (known === undefined) {
      // Somebody says that it does not want what is for all.
      const isNews = end === TransferEnd.refused && this.#to === 'all' && this.size < MAX_RECEIVERS;
      if (!isNews) return end === TransferEnd.refused ? OK : refused(TransferReason.notJoined);
      const outcome = 'refused' as const;
      const state = { receiver, key, attempt, have: 0, heardMs: nowMs, outcome, reason };
      this.#receivers.set(receiver, state);
      return OK;
    }
    if (known.outcome === 'done') return OK;
    if (attempt < known.attempt) return refused(TransferReason.notJoined);
    known.attempt = attempt;
    known.outcome = OUTCOMES[end];
    known.reason = reason;
    if (end === TransferEnd.done) known.have = this.#count;
    return OK;
  }
}

const OUTCOMES: Readonly<Record<TransferEnd, FileOutcome['outcome']>> = {
  [TransferEnd.done]: 'done',
  [TransferEnd.failed]: 'failed',
  [TransferEnd.refused]: 'refused',
};

/** Outcomes that a receiver itself has told. */
const REPORTED: ReadonlySet<FileOutcome['outcome']> = new Set(Object.values(OUTCOMES));

function refused(reason: string): BookVerdict {
  return { kind: 'reply', reply: { kind: 'refused', reason } };
}

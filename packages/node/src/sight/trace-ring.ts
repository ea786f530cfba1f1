import type { Party } from './party.ts';

/** What happened to a message at one moment. */
export type TraceKind =
  /** It came in from `party`. */
  | 'received'
  /** It was answered at once with `code`, and went no further. */
  | 'refused'
  /** It was given to `party`, under `outSeq`. */
  | 'given'
  /** `party` answered with `code`, `ms` after it was given. */
  | 'answered'
  /** This node gave up with `code`, `ms` after it came in. */
  | 'failed'
  /** Its sender was gone before there was an outcome. */
  | 'abandoned'
  /** A multicast from `party` went to so many. */
  | 'multicast';

/** One entry of a {@link TraceRing}. */
export interface TraceEvent {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly kind: TraceKind;
  /** Seq of the message, 32 characters. */
  readonly seq: string;
  /** Seq under which it was given to an application; else the same. */
  readonly outSeq: string;
  readonly topic: string;
  /** Undefined when it is not connected any more. */
  readonly party: Party | undefined;
  /** Bytes of the frame of that moment. */
  readonly bytes: number;
  readonly code: number;
  readonly reason: string;
  readonly ms: number;
  readonly toApplications: number;
  readonly toPeers: number;
}

type Slot = { -readonly [Key in keyof TraceEvent]: TraceEvent[Key] };

/**
 * What happened to the last messages. A fixed number of slots, made when they are first used and written over
 * when all are; no frame is kept.
 */
export class TraceRing {
  readonly #size: number;
  readonly #slots: Slot[] = [];
  #next = 0;

  /** @param size events that are remembered */
  constructor(size: number) {
    this.#size = size;
  }

  /** A slot at its defaults, to be filled at once. */
  add(kind: TraceKind, atMs: number, seq: string, topic: string, party: Party | undefined): Slot {
    let slot = this.#slots[this.#next];
    if (slot === undefined) {
      slot = emptySlot();
      this.#slots.push(slot);
    }
    this.#next = (this.#next + 1) % this.#size;
    slot.kind = kind;
    slot.atMs = atMs;
    slot.seq = seq;
    slot.outSeq = seq;
    slot.topic = topic;
    slot.party = party;
    slot.bytes = 0;
    slot.code = 0;
    slot.reason = '';
    slot.ms = 0;
    slot.toApplications = 0;
    slot.toPeers = 0;
    return slot;
  }

  /** Copies of the events of a message, oldest first; it is known by its seq, and by that which it was given under. */
  of(seq: string): TraceEvent[] {
    const ordered = [...this.#slots.slice(this.#next), ...this.#slots.slice(0, this.#next)];
    const known = new Set([seq]);
    for (const event of ordered) if (event.outSeq === seq) known.add(event.seq);
    return ordered.filter((event) => known.has(event.seq)).map((event) => ({ ...event }));
  }
}

function emptySlot(): Slot {
  return {
    atMs: 0,
    kind: 'received',
    seq: '',
    outSeq: '',
    topic: '',
    party: undefined,
    bytes: 0,
    code: 0,
    reason: '',
    ms: 0,
    toApplications: 0,
    toPeers: 0,
  };
}

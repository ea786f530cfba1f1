import { isU32 } from './bytes/big-endian.ts';
import { type Hash64, keyedHash } from './bytes/keyed-hash.ts';
import type { ChannelFrame } from './channel-frame.ts';
import { CHANNEL_HEADER_BYTES } from './constants.ts';
import { invalidArgument } from './errors.ts';

const TYPE_OFFSET = 4;
const RESULT_OFFSET = 38;

/** Options of `DuplicateWindow`. */
export interface DuplicateWindowOptions {
  /** How long a frame is remembered at least, unless the table is full; 60 000 ms unless given:
   * a copy may wait as long on a connection that is cut off and not given up yet. */
  readonly windowMs?: number;
  /** Frames remembered at most, the oldest half is forgotten first; 65536 unless given. */
  readonly maxEntries?: number;
  /** Random u32 that nobody else knows: it keeps others from making frames that collide. */
  readonly seed: number;
}

interface Arrival {
  /** Upper half of the content hash; the lower one is in the key. */
  readonly high: number;
  readonly bytes: number;
  readonly sourceId: number;
  readonly atMs: number;
}

/**
 * Recognises a multicast that arrives a second time through another session or connection: same
 * type, seq and data within the window. The `result` field is left out, it may differ by hop.
 *
 * Nothing of a frame is kept but a keyed 64-bit hash. Two generations that rotate bound the table:
 * constant time per call, amortised, no timer.
 */
export class DuplicateWindow {
  readonly #windowMs: number;
  readonly #maxGeneration: number;
  readonly #key: Hash64;
  #current = new Map<number, Arrival>();
  #previous = new Map<number, Arrival>();
  #currentSinceMs = 0;

  /** @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` */
  constructor(options: DuplicateWindowOptions) {
    const { windowMs = 60_000, maxEntries = 65_536, seed } = options;
    if (!(windowMs > 0)) throw invalidArgument('windowMs', 'above 0');
    if (!(maxEntries >= 2)) throw invalidArgument('maxEntries', 'at least 2');
    if (!isU32(seed)) throw invalidArgument('seed', 'an unsigned 32-bit integer');
    this.#windowMs = windowMs;
    this.#maxGeneration = Math.floor(maxEntries / 2);
    this.#key = { low: seed, high: ~seed >>> 0 };
  }

  /** Frames remembered, at most `maxEntries`. */
  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  /**
   * Whether `frame` came in through another source less than `windowMs` ago; remembers it if not.
   *
   * A repetition by the same source is never a duplicate: the sender meant it.
   *
   * @param sourceId identifies the session or connection
   * @param nowMs monotonic milliseconds
   */
  isDuplicate(frame: ChannelFrame, sourceId: number, nowMs: number): boolean {
    this.#rotate(nowMs);
    const { bytes } = frame;
    const head = keyedHash(bytes, TYPE_OFFSET, RESULT_OFFSET, this.#key);
    const { low, high } = keyedHash(bytes, CHANNEL_HEADER_BYTES, bytes.length, head);
    const key = (high & 0x1fffff) * 0x1_0000_0000 + low; // 53 bits: what a number holds exactly
    const known = this.#current.get(key) ?? this.#previous.get(key);
    const isKnown = known !== undefined && known.high === high && known.bytes === bytes.length;
    if (isKnown && nowMs - known.atMs < this.#windowMs && known.sourceId !== sourceId) return true;
    this.#current.set(key, { high, bytes: bytes.length, sourceId, atMs: nowMs });
    return false;
  }

  #rotate(nowMs: number): void {
    const ageMs = nowMs - this.#currentSinceMs;
    if (ageMs < this.#windowMs && this.#current.size < this.#maxGeneration) return;
    // An entry younger than the window is in one of both maps: the previous one began less than two
    // windows ago and was closed less than one ago.
    this.#previous = ageMs < 2 * this.#windowMs ? this.#current : new Map();
    this.#current = new Map();
    this.#currentSinceMs = nowMs;
  }
}

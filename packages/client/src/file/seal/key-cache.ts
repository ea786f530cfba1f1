import type { AeadKey } from '@amop/crypto';
import { hexOf } from '../../hex.ts';
import { CounterWindow } from './counter-window.ts';
import type { Direction, TransferKeys } from './transfer-keys.ts';

/** What is known of one run. */
interface KnownRun {
  readonly key: AeadKey;
  readonly counters: CounterWindow | undefined;
}

/** The keys that the runs of the other side seal with, as far as they have shown that they have them. */
export class KeyCache {
  readonly #keys: TransferKeys;
  readonly #direction: Direction;
  readonly #limit: number;
  readonly #isOnce: boolean;
  readonly #known = new Map<string, KnownRun>();

  /** `limit`: runs that are kept in mind; the one that has shown itself first goes first. `isOnce`: nothing is opened twice. */
  constructor(
    keys: TransferKeys,
    options: {
      readonly direction: Direction;
      readonly limit: number;
      readonly isOnce?: boolean;
    },
  ) {
    this.#keys = keys;
    this.#direction = options.direction;
    this.#limit = options.limit;
    this.#isOnce = options.isOnce === true;
  }

  /**
   * What was sealed by a run (8 bytes), in `target` if that has room; undefined when it was not, or
   * with `isOnce` when it has been opened before.
   */
  open(
    run: Uint8Array,
    counter: number,
    sealed: Uint8Array,
    associated: Uint8Array,
    target?: Uint8Array,
  ): Uint8Array | undefined {
    const name = hexOf(run);
    const known = this.#known.get(name);
    const key = known?.key ?? this.#keys.key(this.#direction, run);
    const text = key.open(sealed, counter, associated, target);
    if (known === undefined && text === undefined) key.close();
    if (text === undefined) return undefined;
    const { counters } = known ?? this.#keep(name, key);
    return counters?.take(counter) === false ? undefined : text;
  }

  #keep(name: string, key: AeadKey): KnownRun {
    const run = { key, counters: this.#isOnce ? new CounterWindow() : undefined };
    this.#known.set(name, run);
    if (this.#known.size <= this.#limit) return run;
    for (const [oldest, dropped] of this.#known) {
      this.#known.delete(oldest);
      dropped.key.close();
      break;
    }
    return run;
  }
}

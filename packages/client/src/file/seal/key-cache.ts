import type { AeadKey } from '@amop/crypto';
import { hexOf } from '../../hex.ts';
import type { Direction, TransferKeys } from './transfer-keys.ts';

/** The keys that the runs of the other side seal with, as far as they have shown that they have them. */
export class KeyCache {
  readonly #keys: TransferKeys;
  readonly #direction: Direction;
  readonly #limit: number;
  readonly #known = new Map<string, AeadKey>();

  /** `limit`: runs that are kept in mind; the one that has shown itself first goes first. */
  constructor(
    keys: TransferKeys,
    options: { readonly direction: Direction; readonly limit: number },
  ) {
    this.#keys = keys;
    this.#direction = options.direction;
    this.#limit = options.limit;
  }

  /** What was sealed by a run (8 bytes), in `target` if that has room; undefined when it was not. */
  open(
    run: Uint8Array,
    counter: number,
    sealed: Uint8Array,
    associated: Uint8Array,
    target?: Uint8Array,
  ): Uint8Array | undefined {
    const name = hexOf(run);
    const known = this.#known.get(name);
    const key = known ?? this.#keys.key(this.#direction, run);
    const text = key.open(sealed, counter, associated, target);
    if (known !== undefined) return text;
    if (text === undefined) key.close();
    else this.#keep(name, key);
    return text;
  }

  #keep(name: string, key: AeadKey): void {
    this.#known.set(name, key);
    if (this.#known.size <= this.#limit) return;
    for (const [oldest, dropped] of this.#known) {
      this.#known.delete(oldest);
      dropped.close();
      return;
    }
  }
}

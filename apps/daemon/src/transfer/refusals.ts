import type { FileOffer } from '@amop/client';

/** So many are remembered. */
const REMEMBERED = 1_000;

/** Knows which refusals were told of: a sender repeats its offer. */
export class Refusals {
  readonly #told = new Set<string>();

  /** Whether it was not told of yet; from now on it was. */
  isNew({ transfer }: FileOffer, reason: string): boolean {
    const refusal = `${transfer} ${reason}`;
    if (this.#told.has(refusal)) return false;
    this.#told.add(refusal);
    const [oldest = ''] = this.#told;
    if (this.#told.size > REMEMBERED) this.#told.delete(oldest);
    return true;
  }
}

import type { Clock } from '@amop/ports';
import type { FileEvent, FileOffer } from '../file-types.ts';
import { type Decision, refused } from './decision.ts';

/** An offer is repeated: so long the application is not asked again, nor told of the same refusal. */
const REMEMBER_MS = 15_000;
const MAX_REMEMBERED = 256;

/** Offers that were refused most lately. */
export class Refusals {
  readonly #clock: Clock;
  readonly #onEvent: (event: FileEvent) => void;
  readonly #known = new Map<string, { readonly reason: string; readonly untilMs: number }>();

  constructor(dependencies: {
    readonly clock: Clock;
    readonly onEvent: (event: FileEvent) => void;
  }) {
    this.#clock = dependencies.clock;
    this.#onEvent = dependencies.onEvent;
  }

  /** Refuses an offer; the application is told unless it was, a moment ago. */
  refuse(offer: FileOffer, reason: string): Decision {
    const { transfer } = offer;
    if (this.has(transfer, reason)) return refused(reason);
    this.#known.delete(transfer);
    this.#known.set(transfer, { reason, untilMs: this.#clock.nowMs() + REMEMBER_MS });
    if (this.#known.size > MAX_REMEMBERED) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#onEvent({ kind: 'refused', offer, reason });
    return refused(reason);
  }

  /** Whether an offer was refused a moment ago, for that reason. */
  has(transfer: string, reason: string): boolean {
    const known = this.#known.get(transfer);
    return known?.reason === reason && this.#clock.nowMs() < known.untilMs;
  }
}

import type { Clock, Logger } from '@amop/ports';
import type { SendProgress } from '../file-types.ts';

/** Between two calls within one phase, in ms. */
const EVERY_MS = 100;

/** Tells the application how far a file is, not too often. */
export class ProgressTeller {
  readonly #listener: ((progress: SendProgress) => void) | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #phase: SendProgress['phase'] | undefined;
  #nextMs = 0;

  constructor(
    listener: ((progress: SendProgress) => void) | undefined,
    dependencies: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#listener = listener;
    this.#clock = dependencies.clock;
    this.#logger = dependencies.logger;
  }

  /** Tells it unless it is too early; the first of a phase and its end (`isLast`) always. */
  tell(phase: SendProgress['phase'], make: () => SendProgress, isLast = false): void {
    if (this.#listener === undefined) return;
    const nowMs = this.#clock.nowMs();
    if (phase === this.#phase && nowMs < this.#nextMs && !isLast) return;
    this.#phase = phase;
    this.#nextMs = nowMs + EVERY_MS;
    try {
      this.#listener(make());
    } catch (error) {
      this.#logger.error({ error }, 'listener of a progress threw');
    }
  }
}

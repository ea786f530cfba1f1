import type { Clock, Random } from '@amop/ports';

/** How long a random value may be answered. */
export const CHALLENGE_LIFETIME_MS = 5_000;

const CHALLENGE_BYTES = 16;
/** Far more than proofs can be under way. */
const MAX_OPEN = 1_024;

/** A random value that was sent to one route. */
interface OpenChallenge {
  readonly route: string;
  readonly endMs: number;
}

/**
 * The random values that original subscribers are asked to sign: fresh for each question, for one
 * route, used once, dead after {@link CHALLENGE_LIFETIME_MS} (D-04).
 */
export class ChallengeBook {
  readonly #open = new Map<string, OpenChallenge>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(dependencies: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = dependencies.clock;
    this.#random = dependencies.random;
  }

  /** A new value for a route: 32 lower-case hex digits, as the Java SDK makes it (spec 10.3). */
  issue(route: string): string {
    const nowMs = this.#clock.nowMs();
    for (const [value, { endMs }] of this.#open) {
      if (endMs > nowMs && this.#open.size < MAX_OPEN) break;
      this.#open.delete(value);
    }
    let value = '';
    for (const byte of this.#random.bytes(CHALLENGE_BYTES)) {
      value += byte.toString(16).padStart(2, '0');
    }
    this.#open.set(value, { route, endMs: nowMs + CHALLENGE_LIFETIME_MS });
    return value;
  }

  /** Uses a value up; false for one that was used, is too old or was for another route. */
  use(value: string, route: string): boolean {
    const challenge = this.#open.get(value);
    this.#open.delete(value);
    return (
      challenge !== undefined && challenge.route === route && this.#clock.nowMs() <= challenge.endMs
    );
  }
}

/** The part of a connection that a gate holds. */
export interface Reading {
  pause(): void;
  resume(): void;
}

/** Reading of one connection: paused while anybody blocks it, however many do. */
export class ReadGate {
  readonly #reading: Reading;
  #blockers = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get isBlocked(): boolean {
    return this.#blockers > 0;
  }

  block(): void {
    if (this.#blockers++ === 0) this.#reading.pause();
  }

  /** Takes one {@link ReadGate.block} back. */
  unblock(): void {
    if (--this.#blockers === 0) this.#reading.resume();
  }
}

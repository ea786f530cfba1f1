/** Names one running timer of a {@link Clock}. Only the clock that gave it knows what is inside. */
export type TimerHandle = object;

/**
 * The time and its timers.
 *
 * Two times that must not be mixed: `nowMs` measures (it never jumps), `wallMs` dates (it may jump).
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start, with fractions; never negative. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  wallMs(): number;
  /**
   * Calls back once, not before `delayMs` have passed and never inside this call.
   *
   * The caller owns the timer: a timer that is no longer wanted is given to `clearTimer`.
   */
  setTimer(callback: () => void, delayMs: number): TimerHandle;
  /** Stops a timer; one that has fired or was cleared before is left alone. */
  clearTimer(handle: TimerHandle): void;
}

import type { Clock, TimerHandle } from '../clock.ts';

/** The clock of the running process. Its timers keep the process alive until they are cleared. */
export const systemClock: Clock = {
  nowMs: (): number => performance.now(),
  wallMs: (): number => Date.now(),
  setTimer: (callback: () => void, delayMs: number): TimerHandle => setTimeout(callback, delayMs),
  clearTimer: (handle: TimerHandle): void => {
    // A handle of this clock is what setTimeout gave; any other object is ignored by clearTimeout.
    clearTimeout(handle as NodeJS.Timeout);
  },
};

import type { Scheduler } from '../scheduler.ts';

/** The event loop of the running process: callbacks run once it has delivered the input of a turn. */
export const systemScheduler: Scheduler = {
  endOfTurn: (callback: () => void): void => {
    setImmediate(callback);
  },
};

// What the process holds that runs this: for clients, and for nodes through probe.mjs.
import { readdirSync } from 'node:fs';

/**
 * Collects garbage first, if the process was started with --expose-gc, so that what is left is held by somebody.
 *
 * @returns {{ heapBytes: number, externalBytes: number, rssBytes: number, files: number, timers: number,
 *   handles: number }}  `externalBytes`: buffers and what else is outside of the heap; `timers` and `handles`
 *   are those that keep the process alive
 */
export function ownResources() {
  globalThis.gc?.();
  const { external, heapUsed, rss } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const timers = resources.filter((name) => name === 'Timeout').length;
  return {
    heapBytes: heapUsed,
    externalBytes: external,
    rssBytes: rss,
    files: readdirSync('/proc/self/fd').length,
    timers,
    handles: resources.length - timers,
  };
}

import type { AmopClient } from '@amop/client';

/**
 * Resolves when no proof of a subscriber has come or failed for `quietMs`, or when `signal` says so: nobody can say how
 * many subscribers there are, but those that are there are asked at the same time.
 */
export function proofLull(client: AmopClient, quietMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      client.off('proof', goOn);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, quietMs);
    const goOn = (): void => {
      timer.refresh();
    };
    client.on('proof', goOn);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

import type { Random } from '@amop/ports';
import type { KnownRoute } from './known-route.ts';

/** The largest group of routes at one node. */
export function largestCrowd(routes: readonly KnownRoute[]): readonly KnownRoute[] {
  const crowds = new Map<string, KnownRoute[]>();
  let largest: KnownRoute[] = [];
  for (const route of routes) {
    const crowd = crowds.get(route.nodeId) ?? [];
    crowds.set(route.nodeId, crowd);
    crowd.push(route);
    if (crowd.length > largest.length) largest = crowd;
  }
  return largest;
}

/**
 * Who of a crowd is given up for a newcomer that has failed so often: one of those that have failed
 * most, never one that has failed less than the newcomer, or whose owner has the question. Drawn, so
 * that no order of coming makes a place safe or lost.
 */
export function leastHopeful(
  crowd: readonly KnownRoute[],
  failures: number,
  random: Random,
): KnownRoute | undefined {
  let most = failures;
  let worst: KnownRoute[] = [];
  for (const route of crowd) {
    if (route.isChallenged || route.failures < most) continue;
    if (route.failures > most) worst = [];
    most = route.failures;
    worst.push(route);
  }
  return worst.length === 0 ? undefined : worst[random.below(worst.length)];
}

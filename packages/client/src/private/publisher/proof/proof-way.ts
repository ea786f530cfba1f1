import { BOUND_ROUTE_VERSION } from '@amop/codec';
import type { KnownRoute, RouteFailure } from '../known-route.ts';
import type { ProofMode } from '../topic-options.ts';

/** In which way the owner of a route proves its key. */
export type ProofWay = 'bound' | 'original';

/**
 * How the owner of a route is asked for its proof, or why it is not. Who speaks a bound proof is
 * never asked for the weaker one instead, unless that is the only one that counts.
 */
export function wayOf({ boundVersion }: KnownRoute, mode: ProofMode): ProofWay | RouteFailure {
  if (mode === 'original') return 'original';
  if (boundVersion === BOUND_ROUTE_VERSION) return 'bound';
  if (boundVersion !== undefined) return { reason: 'bound-version', isTransient: false };
  if (mode === 'either') return 'original';
  return { reason: 'original-subscriber', isTransient: false };
}

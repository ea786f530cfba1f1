export { createRouterCounters, type RouterCounters } from './counters.ts';
export type { FailureReason } from './failure.ts';
export {
  DEFAULT_ROUTER_LIMITS,
  ORIGINAL_PUSH_TIMEOUT_MS,
  ORIGINAL_REQUEST_TIMEOUT_MS,
  type RouterLimits,
} from './limits.ts';
export { OriginLoad } from './origin-load.ts';
export { PeerEndpoint, SessionEndpoint } from './pending.ts';
export { Router, type RouterOptions } from './router.ts';
export type { Failure, Origin, PeerTarget, SessionTarget } from './target.ts';

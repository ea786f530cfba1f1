export {
  createRouterCounters,
  type MulticastCounters,
  type OriginKind,
  type PrivateTopicCounters,
  type RequestCounters,
  type RouterCounters,
} from './counters.ts';
export type { FailureReason } from './failure.ts';
export { LATENCY_BOUNDS_MS, LatencyHistogram } from './latency-histogram.ts';
export {
  DEFAULT_ROUTER_LIMITS,
  ORIGINAL_PUSH_TIMEOUT_MS,
  ORIGINAL_REQUEST_TIMEOUT_MS,
  type RouterLimits,
} from './limits.ts';
export type { MulticastEnd, RequestEnd, RouteObserver } from './observer.ts';
export { OriginLoad } from './origin-load.ts';
export { PeerEndpoint, type PendingRequest, SessionEndpoint } from './pending.ts';
export type { PrivatePair, PrivatePairState } from './private/private-pair.ts';
export {
  type PrivateListener,
  Router,
  type RouterDependencies,
  type RouterOptions,
  type TopicReceivers,
} from './router.ts';
export type { Failure, Origin, PeerTarget, SessionTarget } from './target.ts';

/** Time a silent subscriber has before the next one is tried, for senders that name no deadline (spec 8.2). */
export const ORIGINAL_PUSH_TIMEOUT_MS = 5_000;
/** Time a request of a sender that names no deadline may take in all (spec 8.1). */
export const ORIGINAL_REQUEST_TIMEOUT_MS = 30_000;

/** Bounds of the router; each has a documented default. */
export interface RouterLimits {
  /** Requests in flight through this node. Default 262 144. */
  readonly maxPendingRequests: number;
  /** Bytes of request frames kept for a second attempt or an echo. Default 256 MiB. */
  readonly maxPendingBytes: number;
  /** Longest deadline a sender may name, in ms; longer ones are cut. Default 10 minutes. */
  readonly maxDeadlineMs: number;
}

/** The defaults of {@link RouterLimits}. */
export const DEFAULT_ROUTER_LIMITS: RouterLimits = {
  maxPendingRequests: 262_144,
  maxPendingBytes: 256 * 1024 * 1024,
  maxDeadlineMs: 600_000,
};

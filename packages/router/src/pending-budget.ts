import type { RouterLimits } from './limits.ts';
import type { OriginLoad } from './origin-load.ts';
import type { PendingRequest } from './pending.ts';

/** Part of the limits that one sender may take. */
const ORIGIN_SHARE = 0.25;

/** Counts the requests in flight and the memory that they hold, of all senders and of each. */
export class PendingBudget {
  readonly #limits: RouterLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: RouterLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Whether a sender may have one more: a quarter of each limit is his, and always one request. */
  hasRoom(load: OriginLoad, chargedBytes: number): boolean {
    const { maxPendingBytes, maxPendingRequests } = this.#limits;
    if (this.#requests >= maxPendingRequests) return false;
    if (this.#bytes + chargedBytes > maxPendingBytes) return false;
    if (load.requests.size === 0) return true;
    if (load.requests.size >= maxPendingRequests * ORIGIN_SHARE) return false;
    return load.bytes + chargedBytes <= maxPendingBytes * ORIGIN_SHARE;
  }

  add(request: PendingRequest): void {
    const { load } = request.origin;
    load.requests.add(request);
    load.bytes += request.chargedBytes;
    this.#requests++;
    this.#bytes += request.chargedBytes;
  }

  remove(request: PendingRequest): void {
    const { load } = request.origin;
    load.requests.delete(request);
    load.bytes -= request.chargedBytes;
    this.#requests--;
    this.#bytes -= request.chargedBytes;
  }
}

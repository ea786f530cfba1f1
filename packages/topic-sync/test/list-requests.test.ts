import { describe, expect, it } from 'vitest';
import { ListRequests } from '../src/list-requests.ts';

describe('ListRequests', () => {
  it('has one request in flight from its begin to its answer', () => {
    const requests = new ListRequests(5000);
    requests.begin(100);
    requests.sent(7);
    expect(requests.inFlight).toBe(true);
    expect(requests.timeoutAtMs).toBe(5100);
    expect(requests.settle(7)).toBe(true);
    expect(requests.inFlight).toBe(false);
    expect(requests.timeoutAtMs).toBeUndefined();
  });

  it('takes an answer once, and none that was not asked for', () => {
    const requests = new ListRequests(5000);
    requests.begin(0);
    expect(requests.settle(7)).toBe(false);
    requests.sent(7);
    expect(requests.settle(8)).toBe(false);
    expect(requests.settle(7)).toBe(true);
    expect(requests.settle(7)).toBe(false);
  });

  it('ignores a p2p seq that belongs to no request', () => {
    const requests = new ListRequests(5000);
    requests.sent(7);
    expect(requests.settle(7)).toBe(false);
  });

  it('gives up at the timeout, not before', () => {
    const requests = new ListRequests(5000);
    requests.begin(0);
    requests.sent(7);
    expect(requests.expire(4999)).toBe(false);
    expect(requests.expire(5000)).toBe(true);
    expect(requests.expire(5001)).toBe(false);
    expect(requests.inFlight).toBe(false);
  });

  it('takes a late answer while the next request goes on', () => {
    const requests = new ListRequests(5000);
    requests.begin(0);
    requests.sent(7);
    requests.expire(5000);
    requests.begin(6000);
    expect(requests.settle(7)).toBe(true);
    expect(requests.inFlight).toBe(true);
    requests.sent(8);
    expect(requests.settle(8)).toBe(true);
    expect(requests.inFlight).toBe(false);
  });

  it('forgets requests older than the one that was answered', () => {
    const requests = new ListRequests(5000);
    for (const p2pSeq of [7, 8]) {
      requests.begin(p2pSeq * 10_000);
      requests.sent(p2pSeq);
      requests.expire(p2pSeq * 10_000 + 5000);
    }
    expect(requests.settle(8)).toBe(true);
    expect(requests.settle(7)).toBe(false);
  });

  it('remembers a bounded number of requests that were never answered', () => {
    const requests = new ListRequests(5000);
    for (let p2pSeq = 0; p2pSeq < 100; p2pSeq += 1) {
      requests.begin(p2pSeq * 10_000);
      requests.sent(p2pSeq);
      requests.expire(p2pSeq * 10_000 + 5000);
    }
    expect(requests.settle(80)).toBe(false);
    expect(requests.settle(99)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { createRouter, MemoryPeer, MemorySession, multicast, request } from './builders.ts';

/** Code and reason of each failure that a session heard of. */
function failuresOf(session: MemorySession): [code: number, reason: string][] {
  return session.outcomes.flatMap((outcome): [number, string][] =>
    outcome.kind === 'failure' ? [[outcome.failure.code, outcome.failure.detail.reason]] : [],
  );
}

describe('a receiver that is gone before the write', () => {
  it('D-07 is followed by the next one when it is a peer', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const gone = new MemoryPeer(router, { extended: false }, ['orders', 3]);
    gone.isOpen = false;
    const alive = new MemoryPeer(router, { extended: false }, ['orders', 1]);
    for (let index = 0; index < 20; index++) {
      router.requestFromSession(sender, request(String(index)), 'orders', 0, 0);
    }
    expect(alive.requests).toHaveLength(20);
  });

  it('D-07 ends the request when there is no other one', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    new MemoryPeer(router, { extended: false }, ['orders', 1]).isOpen = false;
    router.requestFromSession(sender, request('1'), 'orders', 0, 0);
    expect(failuresOf(sender)).toEqual([[100, 'no-subscriber']]);
    expect(router.pending).toBe(0);
  });

  it('D-14 is not followed by the sender itself while somebody else subscribes', () => {
    const router = createRouter();
    const sender = new MemorySession(router, 'orders');
    for (let index = 0; index < 10; index++) new MemorySession(router, 'orders').isOpen = false;
    const alive = new MemorySession(router, 'orders');
    for (let index = 0; index < 20; index++) {
      router.requestFromSession(sender, request(String(index)), 'orders', 0, 0);
    }
    expect(alive.pushed).toHaveLength(20);
  });
});

describe('a deadline of the sender', () => {
  it('D-18 leaves a subscriber all of it, not the 5 s of an original', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    new MemorySession(router, 'orders');
    router.requestFromSession(sender, request('1'), 'orders', 12_000, 0);
    router.sweep(11_999);
    expect(sender.outcomes).toEqual([]);
    router.sweep(12_020);
    expect(failuresOf(sender)).toEqual([[104, 'no-answer']]);
  });
});

describe('code 100', () => {
  it('D-20 comes with the reason: nobody subscribes, or a node did not answer', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    new MemoryPeer(router, { extended: false }, ['orders', 1]);
    router.requestFromSession(sender, request('1'), 'nobody', 5_000, 0);
    router.requestFromSession(sender, request('2'), 'orders', 0, 0);
    router.sweep(30_020);
    expect(failuresOf(sender)).toEqual([
      [100, 'no-subscriber'],
      [100, 'no-answer'],
    ]);
  });
});

describe('counters', () => {
  it('D-19 show how many a multicast went to, whatever its acknowledgement says', () => {
    const router = createRouter();
    new MemorySession(router, 'orders');
    router.multicast(9, multicast('1'), 'orders', false, 0);
    router.multicast(9, multicast('2', 'nobody'), 'nobody', false, 0);
    expect(router.counters.multicasts.application).toMatchObject({
      received: 2,
      toApplications: 1,
      toPeers: 0,
    });
  });
});

describe('the bytes of pending requests', () => {
  it('D-22 have a limit: what is above it is refused with 103', () => {
    const one = request('1').bytes.length;
    const router = createRouter(1, { maxPendingBytes: 8 * one });
    const senders = ['1', '2', '3', '4', '5'].map(() => new MemorySession(router));
    new MemorySession(router, 'orders');
    for (const key of ['1', '2', '3']) {
      for (const sender of senders) {
        router.requestFromSession(sender, request(key), 'orders', 5_000, 0);
      }
    }
    const outcomes = senders.map(failuresOf);
    const refused = [103, 'overloaded'];
    expect(outcomes.slice(0, 3)).toEqual(Array(3).fill([refused]));
    expect(router.pending).toBe(8);
    router.sweep(5_020);
    expect(router.pending).toBe(0);
  });
});

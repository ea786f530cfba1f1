import { describe, expect, it } from 'vitest';
import { createRouter, MemoryPeer, MemorySession, multicast } from './builders.ts';

describe('a multicast', () => {
  it('reaches every local session once, its sender too, and every peer once (D-06, D-19)', () => {
    const router = createRouter();
    const sender = new MemorySession(router, 'orders');
    const near = new MemorySession(router, 'orders');
    const elsewhere = new MemorySession(router, 'other');
    const far = new MemoryPeer(router, { extended: true }, ['orders', 5]);
    expect(router.multicast(sender.id, multicast('1'), 'orders', false, 0)).toBe(3);
    expect(sender.multicasts).toHaveLength(1);
    expect(near.multicasts).toHaveLength(1);
    expect(far.multicasts).toHaveLength(1);
    expect(elsewhere.multicasts).toEqual([]);
  });

  it('from a peer goes to local sessions only', () => {
    const router = createRouter();
    const from = new MemoryPeer(router, { extended: true });
    const other = new MemoryPeer(router, { extended: true }, ['orders', 1]);
    const near = new MemorySession(router, 'orders');
    router.multicast(from.id, multicast('1'), 'orders', true, 0);
    expect(near.multicasts).toHaveLength(1);
    expect(other.multicasts).toEqual([]);
  });

  it('that comes in through a second session with the same topic, seq and content is dropped (D-19)', () => {
    const router = createRouter();
    const [first, second] = [1, 2].map(() => new MemoryPeer(router, { extended: false }));
    const near = new MemorySession(router, 'orders');
    for (const peer of [first, second])
      router.multicast(peer?.id ?? 0, multicast('1'), 'orders', true, 0);
    expect(near.multicasts).toHaveLength(1);
    expect(router.counters.multicasts.peer.duplicates).toBe(1);
  });

  it('with another content, or repeated by the same session, is not dropped', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const other = new MemorySession(router);
    const near = new MemorySession(router, 'orders');
    router.multicast(sender.id, multicast('1'), 'orders', false, 0);
    router.multicast(sender.id, multicast('1'), 'orders', false, 0);
    router.multicast(other.id, multicast('1', 'orders', 'something else'), 'orders', false, 0);
    expect(near.multicasts).toHaveLength(3);
  });

  it('never reaches _block_notify_ topics (D-13)', () => {
    const router = createRouter();
    const near = new MemorySession(router, '_block_notify_1');
    expect(
      router.multicast(9, multicast('1', '_block_notify_1'), '_block_notify_1', false, 0),
    ).toBe(0);
    expect(near.multicasts).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { createRouter, MemoryPeer, MemorySession, multicast, request } from './builders.ts';
import { stepsOf } from './steps.ts';

const CROWD = 2_000;

interface Crowd {
  /** A request and a multicast of `orders`. */
  readonly send: () => void;
  readonly sender: MemorySession;
}

/** One subscriber of `orders`, and as many other sessions and peers with a topic of their own. */
function crowdedNode(crowd: number): Crowd {
  const router = createRouter();
  for (let index = 0; index < crowd; index++) {
    new MemorySession(router, `session-${index}`);
    new MemoryPeer(router, { extended: true }, [`peer-${index}`, 3]);
  }
  new MemorySession(router, 'orders');
  const sender = new MemorySession(router);
  const send = (): void => {
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    router.multicast(sender.id, multicast('2'), 'orders', false, 0);
  };
  return { send, sender };
}

/** As many subscribers of `orders`, and a peer that stands for as many again. */
function crowdedTopic(crowd: number): Crowd {
  const router = createRouter();
  const sender = new MemorySession(router, 'orders');
  for (let index = 0; index < crowd; index++) new MemorySession(router, 'orders');
  new MemoryPeer(router, { extended: true }, ['orders', crowd]);
  const send = (): void => {
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
  };
  return { send, sender };
}

describe('finding the receivers of a message', () => {
  it.each([
    ['sessions, peers and topics', crowdedNode],
    ['subscribers of its topic', crowdedTopic],
  ])('D-21 takes as many steps among thousands of %s as among ten', (_name, crowded) => {
    const [few, many] = [crowded(10), crowded(CROWD)];
    expect(stepsOf(many.send)).toBe(stepsOf(few.send));
    expect(many.sender.outcomes).toEqual([]);
  });

  it('is measured by steps that a search would take', () => {
    const map = new Map(Array.from({ length: CROWD }, (_, index) => [index, index]));
    const list = [...map.keys()];
    expect(stepsOf(() => new Map(map))).toBeGreaterThanOrEqual(CROWD);
    expect(stepsOf(() => [...map.keys()])).toBeGreaterThanOrEqual(CROWD);
    expect(stepsOf(() => list.find((each) => each === CROWD - 1))).toBeGreaterThanOrEqual(CROWD);
    expect(stepsOf(() => map.get(CROWD - 1))).toBe(0);
  });
});

import { payloadTopic } from '@amop/codec';
import { describe, expect, it } from 'vitest';
import { MARKER, OWN_NODE_ID, PrivateWorld, route, T } from './world.ts';

const R1 = route('1');
const R2 = route('2');

describe('pairs of publisher and route', () => {
  it('asked, refused until the next question, proven until its end', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, T, R1);
    const pair = { topic: 'prices', place: peer.nodeId, route: '11111111' };
    const look = () => world.router.privatePairs(T, 10, world.nowMs);
    expect(look()).toEqual([
      { ...pair, publisher: publisher.endpoint.id, state: 'asked', untilMs: 5_000 },
    ]);
    world.says(publisher, publisher.asks[0], 1);
    expect(look()).toMatchObject([{ state: 'refused', untilMs: 5_000 }]);
    world.passes(5_000);
    world.says(publisher, publisher.asks[1], 0);
    expect(look()).toMatchObject([{ state: 'proven', untilMs: world.nowMs + 600_000 }]);
  });

  it('silence is told apart from a refusal', () => {
    const world = new PrivateWorld();
    world.publisher();
    world.peer({}, T, R1);
    world.passes(5_000);
    expect(world.router.privatePairs(T, 10, world.nowMs)).toMatchObject([
      { state: 'unanswered', untilMs: 10_000 },
    ]);
  });

  it('a route that waits for its turn, and one whose owner does not listen', () => {
    const world = new PrivateWorld();
    world.publisher();
    world.peer({}, T, R1, R2);
    world.session(route('3'));
    expect(world.router.privatePairs(T, 10, 0)).toMatchObject([
      { route: '11111111', state: 'asked' },
      { route: '22222222', state: 'waiting' },
      { route: '33333333', place: OWN_NODE_ID, state: 'not-listening' },
    ]);
  });

  it('who has nobody on the other side, and topics apart', () => {
    const world = new PrivateWorld();
    const orders = payloadTopic('orders');
    world.publisher({}, MARKER);
    world.peer({}, orders, route('4', orders));
    expect(world.router.privatePairs(undefined, 10, 0)).toMatchObject([
      { topic: 'orders', state: 'no-publisher' },
      { topic: 'prices', state: 'no-subscriber' },
    ]);
    expect(world.router.privatePairs(orders, 10, 0)).toHaveLength(1);
    expect(world.router.privatePairs(undefined, 1, 0)).toHaveLength(1);
  });

  it('listeners, and how many of them have proved a key', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const one = world.session(T, R1);
    const other = world.session(T, R2);
    world.says(publisher, publisher.asks[0], 0);
    expect(world.router.privateListenersOf(T)).toEqual([
      { id: one.endpoint.id, subscribers: 1, proven: 1 },
      { id: other.endpoint.id, subscribers: 1, proven: 0 },
    ]);
  });
});

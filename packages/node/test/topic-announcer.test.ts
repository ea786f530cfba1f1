import { P2pPacket, P2pProtocol } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

describe('a burst of subscriptions', () => {
  it('D-26 is told at once with its first change, and with the others together', async () => {
    const node = await world.node();
    const peer = await world.originalPeer(node);
    const session = await world.session(node);
    const told = (): string[] =>
      peer
        .of(P2pProtocol.topics, P2pPacket.topicSequence)
        .map(({ payload }) => new TextDecoder().decode(payload));
    for (const topic of ['a', 'b', 'c', 'd']) {
      session.subscribe(topic);
      await world.settle();
    }
    expect(told()).toEqual(['0', '1']);
    await world.pass(20);
    expect(told()).toEqual(['0', '1', '4']);
  });
});

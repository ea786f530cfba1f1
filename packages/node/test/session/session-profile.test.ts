import { ChannelType } from '@amop/codec';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { World } from '../world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

it('D-24 a handshake without the extension leaves each frame in a record of its own', async () => {
  const node = await world.node();
  const sender = await world.session(node);
  const subscriber = await world.session(node);
  subscriber.send(ChannelType.handshake, '{"minimumSupport":1,"maximumSupport":3}');
  subscriber.subscribe('news');
  await world.settle();
  subscriber.chunks.length = 0;
  for (let count = 0; count < 20; count++) sender.multicast('news', 'x'.repeat(count));
  await world.settle();
  const sizes = subscriber.of(ChannelType.multicast).map(({ bytes }) => bytes.length);
  expect(sizes).toHaveLength(20);
  expect(subscriber.chunks).toEqual(sizes);
});

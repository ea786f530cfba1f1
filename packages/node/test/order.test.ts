import { ChannelType } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { text } from './world/raw-session.ts';
import { World } from './world/world.ts';

/** Sizes around those from which bodies are handed on without a copy, large ones first. */
const SIZES = [70_000, 1, 33_000, 2, 32_700, 3, 10_000, 4, 2_100, 5];

let world: World;
let node: AmopNode;

beforeEach(async () => {
  world = new World();
  node = await world.node();
});

afterEach(() => world.stop());

/** A content that says which one it is. */
function numbered(index: number, bytes: number): string {
  return String(index).padEnd(bytes, '.');
}

describe('the order of frames', () => {
  it.each([
    ['an original SDK', undefined],
    ['a client of ours', ['batch', 'ack']],
  ])('D-37 of one sender stays, large and small, requests and multicasts: %s', async (_, want) => {
    const far = await world.node({ peers: [node.p2pAddress] });
    const sender = await world.session(node, want);
    const subscribers = [await world.session(node, want), await world.session(far, want)];
    subscribers[0]?.subscribe('news', 'near');
    subscribers[1]?.subscribe('news', 'far');
    await world.pass(40);
    for (const { frames } of subscribers) frames.length = 0;
    for (const [index, bytes] of SIZES.entries()) {
      const content = numbered(index, bytes);
      for (const topic of ['near', 'far']) sender.request(topic, content);
      sender.multicast('news', content);
    }
    await world.settle();
    const order = SIZES.flatMap((_bytes, index) => [
      [ChannelType.request, index],
      [ChannelType.multicast, index],
    ]);
    for (const subscriber of subscribers) {
      const seen = subscriber.frames.map(({ data, type }) => {
        const content = text(data.subarray(data[0]));
        return [type, Number.parseInt(content, 10)];
      });
      expect(seen).toEqual(order);
    }
  });
});

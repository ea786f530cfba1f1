import { ChannelType } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../../src/index.ts';
import { World } from '../world/world.ts';

let world: World;
let node: AmopNode;

beforeEach(async () => {
  world = new World();
  node = await world.node();
});

afterEach(() => world.stop());

describe('a subscription that cannot be read', () => {
  it.each(['', 'no json', '{"topics":["a"]}', '["a",["b"]]'])(
    'D-08 changes nothing, is counted and logged with the reason: %j',
    async (data) => {
      const session = await world.session(node);
      session.subscribe('kept');
      session.send(ChannelType.subscribe, data);
      await world.settle();
      expect(node.counters()).toMatchObject({ topics: 1, framesMalformed: 1 });
      const reasons = world.logger.entries.map(({ details: { reason } }) => reason);
      expect(reasons).toContain('bad-subscription');
    },
  );
});

describe('a change of a subscription', () => {
  it('D-34 leaves what it does not name, so that two writers do not lose topics', async () => {
    const session = (await world.session(node, ['ack'])).answering();
    const asker = await world.session(node);
    session.send(ChannelType.subscribe, '{"add":["first","gone"]}');
    session.send(ChannelType.subscribe, '{"add":["second"],"remove":["gone"]}');
    await world.settle();
    const seqs = ['first', 'second', 'gone'].map((topic) => asker.request(topic));
    await world.settle();
    expect(seqs.map((seq) => asker.results(seq))).toEqual([[0], [0], [100]]);
  });
});

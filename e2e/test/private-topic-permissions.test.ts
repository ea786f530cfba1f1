import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes } from '../src/node/two-nodes.ts';
import { markerOf, payloadOf, routeOf } from '../src/private/names.ts';
import { RawPublisher } from '../src/private/publisher.ts';
import { ChallengeSigner } from '../src/private/signer.ts';
import type { RawClient } from '../src/raw/raw-client.ts';

const NOT_PERMITTED = 121;

describe('[amop_permissions] of a name count for the reserved names of its private topic', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start({
      config: {
        permissions: [
          '    agency:bankA.publish=orders*',
          '    agency:bankA.subscribe=known*',
          '    agency:bankB.publish=prices',
          '    agency:bankB.subscribe=orders*, known*',
        ],
      },
    });
  });
  afterAll(() => nodes?.stop());

  const topic = payloadOf('orders');
  const route = routeOf(topic);

  async function own(client: RawClient): Promise<readonly string[]> {
    const { Topic } = (await client.rpc('getNodeInfo')) as { readonly Topic: readonly string[] };
    return Topic;
  }

  it('to subscribe: payload topic and route; to publish: marker, topic and route', async () => {
    const signer = new ChallengeSigner();
    const subscriber = await nodes.subscriber('B', topic, route);
    subscriber.answer(route, (content) => signer.sign(content));
    subscriber.answer(topic, () => 'served');
    const publisher = new RawPublisher(await nodes.client('A'));
    await publisher.register(topic);
    const asked = await publisher.asked(topic, route);
    expect(await publisher.verify(asked, signer.publicKey)).toBe(true);
    expect((await publisher.client.request(topic, 'x')).result).toBe(0);
  });

  it('who may not subscribe has neither topic nor route', async () => {
    const client = await nodes.subscriber('A', topic, routeOf(topic));
    expect(await own(client)).toEqual([]);
  });

  it('who may not publish has no marker, sends nothing on the topic and challenges nobody', async () => {
    const subscriber = await nodes.subscriber('B', topic, routeOf(topic));
    const client = await nodes.subscriber('B', markerOf(topic));
    expect(await own(client)).toEqual([]);
    const routes = (await own(subscriber)).filter((name) => name !== topic);
    expect(routes).toHaveLength(1);
    for (const to of [topic, ...routes]) {
      const refused = await client.request(to, 'x');
      expect([refused.result, refused.data.length]).toEqual([NOT_PERMITTED, 0]);
      expect((await client.multicast(to, 'x')).result).toBe(NOT_PERMITTED);
    }
    expect(client.inbox.items).toEqual([]);
  });

  it('a rule for one name is none for a longer one', async () => {
    const client = await nodes.subscriber('B', markerOf(payloadOf('prices')));
    expect(await own(client)).toEqual([markerOf(payloadOf('prices'))]);
    await client.subscribe([markerOf(payloadOf('prices-2'))]);
    expect(await own(client)).toEqual([]);
  });
});

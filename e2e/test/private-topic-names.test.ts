import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peersOf, TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import { markerOf, newRouteId, payloadOf, routeOf } from '../src/private/names.ts';
import { NOBODY, only, Scene } from '../src/private/scene.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { newSeq } from '../src/wire/channel-frame.ts';

describe.concurrent('names of private topics', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  // Marker, payload and route add 34, 19 and 69 bytes; Go's acknowledgement is 17 bytes longer than
  // the route, which 169 bytes make unaddressable (spec 10.1).
  it.each([
    [1, 'go'],
    [168, 'go'],
    [169, 'java'],
    [185, 'java'],
  ] as const)('%d bytes, with the acknowledgement of %s', async (bytes, form) => {
    const scene = new Scene(nodes, (bytes === 1 ? '私' : newSeq()).padEnd(bytes, 'n'));
    const publisher = await scene.publisher();
    const { route, signer } = await scene.subscriber('subscriber');
    const asked = await publisher.asked(scene.topic);
    expect(asked.topicForCert).toBe(route);
    expect(await publisher.verify(asked, signer.publicKey, form)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('subscriber'));
  });

  it('186 bytes: there can be no route, so that nobody is ever reached', async () => {
    const scene = new Scene(nodes, newSeq().padEnd(186, 'n'));
    const publisher = await scene.publisher();
    await scene.subscriber('too long');
    await scene.listener('bare', 'A', [scene.topic]);
    expect(publisher.questions).toEqual([]);
    expect(await scene.reach(publisher)).toEqual(NOBODY);
  });

  it('UTF-8, and names that look like parts of others', async () => {
    for (const name of [
      '询价/Größe/🏦',
      '_',
      '#!$TopicNeedVerify_x',
      newRouteId(),
      'a_'.repeat(20),
    ]) {
      const scene = new Scene(nodes, `${name}_${newRouteId()}`);
      const publisher = await scene.publisher();
      const { route, signer } = await scene.subscriber('subscriber');
      expect(
        await publisher.verify(await publisher.asked(scene.topic, route), signer.publicKey),
      ).toBe(true);
      expect(await scene.reach(publisher)).toEqual(only('subscriber'));
    }
  });

  // The original takes the first topic of the list that begins with the route prefix and T1.
  for (const order of ['T1 first', 'T10 first', 'mixed'] as const) {
    it(`D-10 T1 is not T10: ${order}`, async () => {
      const name = `T1-${newSeq()}`;
      const [scene, longer] = [new Scene(nodes, `${name}1`), new Scene(nodes, `${name}10`)];
      const publisher = await scene.publisher();
      await publisher.register(scene.topic, longer.topic);
      // Sorted by bytes, as the original lists them, the routes of T10 come before those of T1.
      const [one, ten] = [routeOf(scene.topic), routeOf(longer.topic, '0'.repeat(32))];
      const topics = {
        'T1 first': [scene.topic, one, longer.topic, ten],
        'T10 first': [longer.topic, ten, scene.topic, one],
        mixed: [ten, one, longer.topic, scene.topic],
      }[order];
      const listener = await scene.listener('both', 'B', topics, one);
      listener.client.answer(ten, (content) => listener.signer.sign(content));
      for (const [topic, route] of [
        [scene.topic, one],
        [longer.topic, ten],
      ] as const) {
        const asked = await publisher.asked(topic);
        expect(asked.topicForCert).toBe(route);
        expect(await publisher.verify(asked, listener.signer.publicKey)).toBe(true);
        expect(await scene.reach(publisher, { topic })).toEqual(only('both'));
      }
    });
  }

  it('D-10 only the route of T10, or one that is not exactly formed: nobody is asked', async () => {
    const scene = new Scene(nodes, `T1-${newSeq()}1`);
    const publisher = await scene.publisher();
    const id = newRouteId();
    const ill = [
      routeOf(`${scene.topic}0`),
      routeOf(scene.topic, id.slice(1)),
      routeOf(scene.topic, `${id}0`),
      routeOf(scene.topic, `${id.slice(1)}g`),
      routeOf(scene.topic, `A${id.slice(1)}`),
      routeOf(scene.topic, `_${id.slice(1)}`),
      routeOf(scene.topic).replace('_#', '#'),
      routeOf(scene.topic, ''),
    ];
    for (const node of ['A', 'B'] as const) {
      for (const [i, route] of ill.entries()) {
        await scene.listener(`ill ${i} ${node}`, node, [scene.topic, route], route);
      }
    }
    expect(publisher.questions).toEqual([]);
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    // The publisher is not deaf: a proper route is asked for.
    const { route } = await scene.subscriber('proper');
    expect((await publisher.asked(scene.topic)).topicForCert).toBe(route);
  });
});

describe('D-35 what getPeers and getNodeInfo show of private topics', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  /** Topics that either call shows to the client, each once and in order. */
  async function shown(client: RawClient): Promise<readonly string[]> {
    const { Topic } = (await client.rpc('getNodeInfo')) as { readonly Topic: readonly string[] };
    const peers = (await peersOf(client)).flatMap((peer) => peer.Topic);
    return [...new Set([...Topic, ...peers])].sort();
  }

  it('nothing to a stranger, its own to a subscriber, routes to a publisher', async () => {
    const topic = payloadOf('hidden');
    const other = payloadOf('hidden-too');
    const [routeA, routeB, otherRoute] = [routeOf(topic), routeOf(topic), routeOf(other)];
    const plain = `plain-${newSeq()}`;
    const publisher = await nodes.client('A');
    await publisher.subscribe([markerOf(topic), plain]);
    const subscriberA = await nodes.client('A');
    await subscriberA.subscribe([topic, routeA, plain]);
    const subscriberB = await nodes.client('B');
    await subscriberB.subscribe([topic, routeB, other, otherRoute, plain]);
    const [strangerA, strangerB] = [await nodes.client('A'), await nodes.client('B')];
    await untilRoutable(strangerA, plain);
    await untilRoutable(strangerB, plain);

    expect(await shown(strangerA)).toEqual([plain]);
    expect(await shown(strangerB)).toEqual([plain]);
    expect(await shown(publisher)).toEqual([markerOf(topic), routeA, routeB, plain].sort());
    expect(await shown(subscriberA)).toEqual([topic, routeA, plain].sort());
    expect(await shown(subscriberB)).toEqual([topic, routeB, other, otherRoute, plain].sort());
    // And no more when the marker is gone.
    await publisher.subscribe([plain]);
    expect(await shown(publisher)).toEqual([plain]);
  });
});

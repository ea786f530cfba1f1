import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes } from '../src/node/two-nodes.ts';
import { NOBODY, only, Scene } from '../src/private/scene.ts';

/** A key that nobody here has. */
const OTHER_KEY = 'f'.repeat(128);

// At the original one 0x38 opens or closes the topic for every session of the node (spec 10.2).
describe.concurrent('a publisher reaches those that it has granted itself', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  it('D-12 a session without the marker reaches nobody, whatever others have granted', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    for (const node of ['A', 'B'] as const) {
      const { route, signer } = await scene.subscriber(node, node);
      await publisher.verify(await publisher.asked(scene.topic, route), signer.publicKey);
    }
    for (const node of ['A', 'B'] as const) {
      expect(await scene.reach(await scene.session(node))).toEqual(NOBODY);
    }
    const both = await scene.reach(publisher, { requests: 40 });
    expect(both).toEqual(only('A', 'B'));
  });

  it('a publisher that has the marker and no keys reaches nobody', async () => {
    const scene = new Scene(nodes);
    const [publisher, without] = [await scene.publisher(), await scene.publisher()];
    const { signer } = await scene.subscriber('victim');
    await publisher.verify(await publisher.asked(scene.topic), signer.publicKey);
    // As the Java SDK without keys: it does not get as far as the acknowledgement (D-13).
    await without.asked(scene.topic);
    expect(await scene.reach(without)).toEqual(NOBODY);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it('D-05 a verdict of one publisher is none of another', async () => {
    const scene = new Scene(nodes);
    const [strict, open] = [await scene.publisher(), await scene.publisher()];
    const old = await scene.subscriber('old key');
    const { publicKey } = old.signer;
    expect(await strict.verify(await strict.asked(scene.topic), OTHER_KEY)).toBe(false);
    expect(await open.verify(await open.asked(scene.topic), publicKey)).toBe(true);
    expect(await scene.reach(strict)).toEqual(NOBODY);
    expect(await scene.reach(open)).toEqual(only('old key'));

    const fresh = await scene.subscriber('new key');
    const asked = await strict.asked(scene.topic, fresh.route);
    expect(await strict.verify(asked, fresh.signer.publicKey)).toBe(true);
    expect(await scene.reach(strict)).toEqual(only('new key'));
    expect(await scene.reach(open)).toEqual(only('old key'));
  });

  it('publishers on both nodes, each with the subscriber at the other one', async () => {
    const scene = new Scene(nodes);
    const [atA, atB] = [await scene.publisher('A'), await scene.publisher('B')];
    const [a, b] = [await scene.subscriber('a', 'A'), await scene.subscriber('b', 'B')];
    expect(await atA.verify(await atA.asked(scene.topic, b.route), b.signer.publicKey)).toBe(true);
    expect(await atB.verify(await atB.asked(scene.topic, a.route), a.signer.publicKey)).toBe(true);
    expect(await scene.reach(atA)).toEqual(only('b'));
    expect(await scene.reach(atB)).toEqual(only('a'));
  });

  // The original asks one marker session at random and waits 5 s for it (spec 10.3).
  it('D-31 marker sessions that never answer hold nobody up', async () => {
    const scene = new Scene(nodes);
    const silent = [];
    for (let i = 0; i < 8; i++) silent.push(await scene.publisher());
    const publisher = await scene.publisher();
    const { signer } = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic, undefined, 4_000);
    expect(await publisher.verify(asked, signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
    for (const session of silent) expect(session.questions).toHaveLength(1);
  });

  it('a publisher that comes later is asked at once', async () => {
    const scene = new Scene(nodes);
    const { signer } = await scene.subscriber('victim');
    const publisher = await scene.session();
    await publisher.register(scene.topic);
    const asked = await publisher.asked(scene.topic, undefined, 4_000);
    expect(await publisher.verify(asked, signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it('a verdict of no is not the last word: asked again, and at once for a new route', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const subscriber = await scene.subscriber('patient');
    const { publicKey } = subscriber.signer;
    const first = await publisher.asked(scene.topic);
    expect(await publisher.verify(first, OTHER_KEY)).toBe(false);
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    // At the original FAILED is final until the name leaves the list (D-05).
    const again = await publisher.asked(scene.topic, first.topicForCert);
    expect(again.seq).not.toBe(first.seq);
    expect(await publisher.verify(again, OTHER_KEY)).toBe(false);
    const route = scene.route();
    await scene.subscribe(subscriber, [scene.topic, route], route);
    const fresh = await publisher.asked(scene.topic, route, 4_000);
    expect(await publisher.verify(fresh, publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('patient'));
  }, 30_000);

  it('a publisher that could not reach the route is asked again', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const { route, signer } = await scene.subscriber('late');
    publisher.acknowledge(await publisher.asked(scene.topic, route));
    // It says nothing, as Java does when its challenge ends with 100, 104 or a timeout.
    const again = await publisher.asked(scene.topic, route, 25_000);
    expect(await publisher.verify(again, signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('late'));
  }, 40_000);
});

describe.concurrent('a publisher that withdraws, during traffic', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  for (const node of ['A', 'B'] as const) {
    async function granted(ability?: 'grant') {
      const scene = new Scene(nodes);
      const publisher = await scene.publisher('A', ability);
      const [leaves, stays] = [
        await scene.subscriber('l', node),
        await scene.subscriber('s', node),
      ];
      for (const { route, signer } of [leaves, stays]) {
        const asked = await publisher.asked(scene.topic, route);
        publisher.acknowledge(asked);
        expect(await publisher.challenge(asked, signer.publicKey)).toBe(true);
        if (ability) publisher.say(asked, 0, 'route');
        else publisher.say(asked, 0);
      }
      expect(await scene.reach(publisher, { requests: 40 })).toEqual(only('l', 's'));
      return { scene, publisher, leaves, stays };
    }

    it(`with a 0x38 that names the route, subscribers at node ${node}`, async () => {
      const { scene, publisher, leaves } = await granted('grant');
      const { client } = publisher;
      const { NodeID } = (await leaves.client.rpc('getNodeInfo')) as { readonly NodeID: string };
      const withdrawn = { nodeId: NodeID, topic: scene.topic, topicForCert: leaves.route };
      // All in one run of bytes: the frames behind the 0x38 must find the grant gone.
      const before = Array.from({ length: 50 }, (_, i) => client.multicast(scene.topic, `b${i}`));
      publisher.say(withdrawn, 1, 'route');
      const after = Array.from({ length: 50 }, (_, i) => client.multicast(scene.topic, `a${i}`));
      await Promise.all([...before, ...after]);
      await scene.fence(publisher);
      const heard = (prefix: string): number =>
        Array.from({ length: 50 }, (_, i) => leaves.hasHeard(`${prefix}${i}`)).filter(Boolean)
          .length;
      expect([heard('b'), heard('a')]).toEqual([50, 0]);
      expect(await scene.reach(publisher)).toEqual(only('s'));
    });

    it(`by leaving its marker, subscribers at node ${node}`, async () => {
      const { scene, publisher } = await granted();
      publisher.client.sendFrame(0x32, '[]');
      expect(await scene.reach(publisher)).toEqual(NOBODY);
      // Taking the marker again brings nothing back.
      await publisher.register(scene.topic);
      expect(await scene.reach(publisher)).toEqual(NOBODY);
    });

    it(`and one that goes and comes back begins anew, subscribers at node ${node}`, async () => {
      const { scene, publisher } = await granted();
      await publisher.client.close();
      const back = await scene.publisher();
      expect(await scene.reach(back)).toEqual(NOBODY);
    });
  }

  it('hears when a route that it has granted is gone', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher('A', 'grant');
    const leaver = await scene.subscriber('leaves');
    const { route, signer } = leaver;
    const asked = await publisher.asked(scene.topic, route);
    publisher.acknowledge(asked);
    expect(await publisher.challenge(asked, signer.publicKey)).toBe(true);
    publisher.say(asked, 0, 'route');
    await publisher.client.barrier();
    await leaver.client.close();
    const gone = await publisher.client.byType(0x38);
    expect(gone.seq).toBe('0'.repeat(32));
    expect(JSON.parse(gone.data.toString())).toEqual({
      checkResult: 1,
      nodeId: asked.nodeId,
      topic: scene.topic,
      topicForCert: route,
    });
  });
});

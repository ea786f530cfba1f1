import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes } from '../src/node/two-nodes.ts';
import { payloadOf } from '../src/private/names.ts';
import { NOBODY, only, Scene } from '../src/private/scene.ts';
import { Channel, encodeBody } from '../src/wire/channel-frame.ts';

// The original takes every 0x38 that names a peer of its and a topic in state VERIFYING, from whoever
// sends it (spec 10.2): each of these opens the topic there.
describe.concurrent('D-02 a 0x38 counts only where it was asked for', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  it('not from a session that was not asked', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const [rogue, otherPublisher] = [await scene.session(), await scene.session()];
    await otherPublisher.register(payloadOf('something-else'));
    const victim = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic);
    for (const stranger of [rogue, otherPublisher]) {
      stranger.say(asked, 0);
      stranger.say(asked, 0, 'route');
      await stranger.client.barrier();
      expect(await scene.reach(stranger)).toEqual(NOBODY);
    }
    expect(await scene.reach(publisher)).toEqual(NOBODY);

    expect(await publisher.verify(asked, victim.signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it('not from a session that stole the seq of the 0x37', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const rogue = await scene.session();
    const victim = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic);
    rogue.acknowledge(asked);
    rogue.say(asked, 0);
    await rogue.client.barrier();
    expect(await scene.reach(rogue)).toEqual(NOBODY);
    // And the acknowledgement of the rogue is none for the publisher.
    publisher.say(asked, 0);
    expect(await scene.reach(publisher)).toEqual(NOBODY);

    expect(await publisher.verify(asked, victim.signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it('not for another topic, and not for another node', async () => {
    const [scene, other] = [new Scene(nodes), new Scene(nodes)];
    const publisher = await scene.publisher();
    await publisher.register(scene.topic, other.topic);
    const [victim, stranger] = [await scene.subscriber('victim'), await other.subscriber('other')];
    const asked = await publisher.asked(scene.topic);
    const askedOther = await publisher.asked(other.topic);
    const { NodeID } = (await publisher.client.rpc('getNodeInfo')) as { readonly NodeID: string };
    publisher.acknowledge(asked);
    for (const wrong of [
      { ...asked, topic: other.topic },
      { ...asked, nodeId: NodeID },
      { ...asked, nodeId: '0'.repeat(128) },
      { ...asked, nodeId: '' },
      { ...asked, topic: asked.topicForCert },
      { ...askedOther, topic: scene.topic, nodeId: NodeID },
    ]) {
      publisher.say(wrong, 0);
      publisher.say(wrong, 0, 'route');
    }
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    expect(await other.reach(publisher, { topic: other.topic })).toEqual(NOBODY);

    publisher.say(asked, 0);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
    expect(await other.reach(publisher, { topic: other.topic })).toEqual(NOBODY);
    expect(await publisher.verify(askedOther, stranger.signer.publicKey)).toBe(true);
    expect(await other.reach(publisher, { topic: other.topic })).toEqual(only('other'));
    expect(victim.challenges).toEqual([]);
  });

  it('not before the acknowledgement of the 0x37', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const victim = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic);
    publisher.say(asked, 0);
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    expect(await publisher.verify(asked, victim.signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  // The original takes any frame with the seq of its question for the acknowledgement (D-30).
  it('not after a frame of another type under the seq of the 0x37', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const victim = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic);
    const { client } = publisher;
    client.sendFrame(Channel.heartbeat, '0', asked.seq);
    expect((await client.bySeq(asked.seq)).type).toBe(Channel.heartbeat);
    client.sendFrame(Channel.request, encodeBody(scene.topic, 'x'), asked.seq);
    expect((await client.bySeq(asked.seq)).result).toBe(100);
    publisher.say(asked, 0);
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    expect(await publisher.verify(asked, victim.signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it('not before anything was asked, and not a second time', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const { NodeID } = (await (await nodes.client('B')).rpc('getNodeInfo')) as { NodeID: string };
    for (let i = 0; i < 3; i++) publisher.say({ nodeId: NodeID, topic: scene.topic }, 0);
    await publisher.client.barrier();
    const victim = await scene.subscriber('victim');
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    const asked = await publisher.asked(scene.topic);
    expect(await publisher.verify(asked, victim.signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
    await scene.leave(victim);
    publisher.acknowledge(asked);
    publisher.say(asked, 0);
    await scene.subscriber('next');
    publisher.say(asked, 0);
    expect(await scene.reach(publisher)).toEqual(NOBODY);
  });

  it('not for a route that came after it was asked', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const victim = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic, victim.route);
    publisher.acknowledge(asked);
    expect(await publisher.challenge(asked, victim.signer.publicKey)).toBe(true);
    // The victim goes, an attacker with a route of his own is at the same node: then the verdict.
    await scene.leave(victim);
    await scene.subscriber('attacker');
    publisher.say(asked, 0);
    publisher.say(asked, 0, 'route');
    expect(await scene.reach(publisher)).toEqual(NOBODY);
  });

  it('without naming its route, not for one that stands beside the asked one', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    const victim = await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic, victim.route);
    await scene.subscriber('attacker');
    // One 0x37 at a time: which of the two a plain 0x38 is about would be a guess otherwise.
    expect(publisher.questions).toEqual([]);
    expect(await publisher.verify(asked, victim.signer.publicKey)).toBe(true);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it.each([
    ['no number', { checkResult: '0' }],
    ['false', { checkResult: false }],
    ['null', { checkResult: null }],
    ['a fraction', { checkResult: 0.5 }],
    ['no topic', { topic: undefined }],
    ['a topic that is a list', { topic: ['x'] }],
  ])('not with %s in it', async (_, change) => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    await scene.subscriber('victim');
    const { nodeId, topic, ...asked } = await publisher.asked(scene.topic);
    publisher.acknowledge({ nodeId, topic, ...asked });
    const status = { checkResult: 0, nodeId, topic, ...change };
    publisher.client.sendFrame(Channel.status, JSON.stringify(status));
    expect(await scene.reach(publisher)).toEqual(NOBODY);
    publisher.say({ nodeId, topic }, 0);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });

  it('counts with upper-case digits and 0x before the node ID, as at the original', async () => {
    const scene = new Scene(nodes);
    const publisher = await scene.publisher();
    await scene.subscriber('victim');
    const asked = await publisher.asked(scene.topic);
    publisher.acknowledge(asked, 'go');
    publisher.say({ ...asked, nodeId: `0x${asked.nodeId.toUpperCase()}` }, 0);
    expect(await scene.reach(publisher)).toEqual(only('victim'));
  });
});

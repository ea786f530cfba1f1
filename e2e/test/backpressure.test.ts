import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { GateProxy } from '../src/node/gate-proxy.ts';
import { RunningNode } from '../src/node/running-node.ts';
import { TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';

const MIB = 1024 * 1024;

/** Sends small requests one after the other until told to stop, and gives their results. */
function trickle(sender: RawClient, topic: string): { stop: () => Promise<ReadonlySet<number>> } {
  const results = new Set<number>();
  let going = true;
  const lane = (async () => {
    while (going) results.add((await sender.request(topic, 'x', 40_000)).result);
  })();
  lane.catch(() => {
    // It is stop() that tells.
  });
  return {
    stop: async () => {
      going = false;
      await lane;
      return results;
    },
  };
}

describe('backpressure between two nodes', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.client('A');
  });
  afterAll(() => nodes?.stop());

  it('D-22 drops a consumer that takes nothing, and serves the others', async () => {
    const slow = await nodes.subscriber('B', 'flood');
    const quick = await nodes.subscriber('B', 'flood');
    await untilRoutable(a, 'flood');
    slow.pause();
    const content = Buffer.alloc(MIB, 'f');
    const sent = 64;
    for (let i = 0; i < sent; i++) {
      await a.multicast('flood', content);
      expect(decodeBody((await quick.byType(Channel.multicast)).data).content.length).toBe(MIB);
    }
    slow.resume();
    await slow.closed;
    expect(slow.inbox.items.length).toBeLessThan(sent);
    await quick.barrier();
  });

  it.each([5, 20, 60])('D-22 carries %i MiB and small messages beside it', async (mebibytes) => {
    const topic = `${mebibytes} MiB`;
    const subscriber = await nodes.subscriber('B', topic);
    subscriber.answer(topic, () => 'taken');
    await untilRoutable(a, topic);
    const small = trickle(await nodes.client('A'), topic);
    const large = await a.request(topic, Buffer.alloc(mebibytes * MIB));
    expect(large).toMatchObject({ type: Channel.response, result: 0 });
    expect(await small.stop()).toEqual(new Set([0]));
  });

  it('D-22 serves others while sessions announce large frames and send nothing', async () => {
    const subscriber = await nodes.subscriber('B', 'beside announcements');
    subscriber.answer('beside announcements', (content) => content);
    await untilRoutable(a, 'beside announcements');
    // Sizes that fill any limit to the brim.
    for (const mebibytes of [64, 64, 64, 64, 32, 32, 16, 16, 8, 8, 4, 4, 2, 2, 1, 1]) {
      const announcing = await nodes.client('A');
      const header = Buffer.alloc(100);
      header.writeUInt32BE(mebibytes * MIB);
      announcing.send(header);
    }
    const answer = await a.request('beside announcements', Buffer.alloc(MIB));
    expect(answer).toMatchObject({ type: Channel.response, result: 0 });
  });
});

describe('a slow line between two nodes', () => {
  let chain: Chain;
  const nodes: RunningNode[] = [];
  const clients: RawClient[] = [];
  let line: GateProxy | undefined;
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    line?.close();
    chain?.remove();
  });

  it('D-22 slows its senders down, and loses neither messages nor the session', async () => {
    chain = makeChain(['bankA', 'bankB']);
    const target = await freePort();
    line = await GateProxy.listen(target, { bytesPerSecond: 3 * MIB });
    line.release();
    const ports = async () => ({ channelPort: await freePort(), p2pPort: await freePort() });
    const far = { channelPort: await freePort(), p2pPort: target };
    const near = { ...(await ports()), peers: [line.port] };
    for (const [agency, config] of [
      ['bankB', far],
      ['bankA', near],
    ] as const) {
      const node = new RunningNode(chain.nodeFolder(agency), config, chain.sdk(agency));
      nodes.push(node);
      await node.start();
      clients.push(await node.client(), await node.client());
    }
    const [subscriber, , sender, other] = clients;
    if (!subscriber || !sender || !other) throw new Error('no clients');
    await subscriber.subscribe(['bulk', 'small']);
    for (const topic of ['bulk', 'small']) subscriber.answer(topic, () => 'taken');
    await untilRoutable(sender, 'bulk');

    const small = trickle(other, 'small');
    const content = Buffer.alloc(MIB);
    const bulk = Array.from({ length: 30 }, () => sender.request('bulk', content, 40_000));
    const results = (await Promise.all(bulk)).map((answer) => answer.result);
    expect(new Set(results)).toEqual(new Set([0]));
    expect(await small.stop()).toEqual(new Set([0]));
    expect(line.accepted).toBe(1);
  }, 60_000);
});

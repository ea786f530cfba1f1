import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { GateProxy } from '../src/node/gate-proxy.ts';
import { RunningNode } from '../src/node/running-node.ts';
import { peersOf, until, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { type PeerOptions, RawPeer, RawPeerHost } from '../src/raw/raw-peer.ts';
import { dialTls } from '../src/raw/raw-tls.ts';
import {
  Channel,
  decodeBody,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../src/wire/channel-frame.ts';

describe('what peering of the original suffers from', () => {
  let chain: Chain;
  let node: RunningNode;
  let client: RawClient;
  let host: RawPeerHost;
  const peers: RawPeer[] = [];

  beforeAll(async () => {
    chain = makeChain(['bankA', 'bankB'], 2);
    host = await RawPeerHost.listen(chain.node('bankB', 1), { topics: ['dialled'] });
    const ports = { channelPort: await freePort(), p2pPort: await freePort() };
    const config = { ...ports, peers: [host.port] };
    node = new RunningNode(chain.nodeFolder('bankA'), config, chain.sdk('bankA'));
    await node.start();
    client = await node.client();
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map((peer) => peer.close()));
    await until(async () => (await peersOf(client)).length <= 1, 'the dialling peer is gone');
  });
  afterAll(async () => {
    await client?.close();
    await node?.stop();
    await host?.close();
    chain?.remove();
  });

  async function dial(options?: PeerOptions): Promise<RawPeer> {
    const peer = await RawPeer.dial(node.config.p2pPort, chain.node('bankB'), options);
    peers.push(peer);
    return peer;
  }

  it('dials the peers of its configuration, and again when they are back', async () => {
    const first = await host.accept();
    await untilRoutable(client, 'dialled');
    await first.close();
    await host.accept();
    await untilRoutable(client, 'dialled');
  });

  it('D-16 tells peers of a new topic at once, not with the next heartbeat', async () => {
    const peer = await dial();
    const [steady, subscriber] = [await node.client(), await node.client()];
    await steady.subscribe(['steady']);
    await peer.lists.take((list) => list.includes('steady'), 'first list');
    // Heartbeats come every 5 s: of three changes in a row at most one could ride on a regular one.
    const topics: string[] = [];
    for (const topic of ['one', 'two', 'three']) {
      topics.push(topic);
      await subscriber.subscribe(topics);
      await peer.lists.take((list) => list.includes(topic), `list with ${topic}`, 4_000);
    }
    await subscriber.close();
    await peer.lists.take((list) => !list.includes('one'), 'list without the topics', 4_000);
    await steady.close();
  });

  it('D-26 raises its topic seq only when its topics change', async () => {
    const peer = await dial();
    const [first, second] = [await node.client(), await node.client()];
    const listed = async (topic: string): Promise<number> => {
      await peer.lists.take((list) => list.includes(topic), `list with ${topic}`);
      return peer.announced.at(-1) ?? -1;
    };
    await first.subscribe(['steady']);
    const before = await listed('steady');
    for (let i = 0; i < 5; i++) await first.subscribe(['steady']);
    await second.subscribe(['steady']);
    await second.subscribe([]);
    await (await node.client()).close();
    await second.subscribe(['changed']);
    expect(await listed('changed')).toBe(before + 1);
    await Promise.all([first.close(), second.close()]);
  });

  it('D-27 does not list names that a peer could not read', async () => {
    const peer = await dial();
    const subscriber = await node.client();
    await subscriber.subscribe(['two\tnames', 'line\nbreak', 'x'.repeat(255), 'good']);
    const list = await peer.lists.take((topics) => topics.includes('good'), 'list');
    expect(list).toEqual(['good']);
    await subscriber.close();
  });

  it('D-33 does not take a restarted peer for an unchanged one', async () => {
    const before = await dial({ topics: ['before'] });
    await untilRoutable(client, 'before');
    await before.close();
    await untilRoutable(client, 'before', false);
    await dial({ topics: ['after the restart'] });
    await untilRoutable(client, 'after the restart');
    expect((await peersOf(client)).flatMap((peer) => peer.Topic)).not.toContain('before');
  });

  it('D-36 reads compressed frames though it does not compress', async () => {
    const peer = await dial({ topics: ['packed'], compress: true });
    await untilRoutable(client, 'packed');
    const subscriber = await node.client();
    await subscriber.subscribe(['packed here']);
    subscriber.answer('packed here', (content) => content);
    const body = encodeBody('packed here', 'x'.repeat(5_000));
    const answer = await peer.request(encodeChannel(Channel.request, newSeq(), body));
    expect(answer.data.equals(body)).toBe(true);

    peer.answer((inner) => encodeChannel(Channel.response, inner.seq, inner.data));
    const reply = await client.request('packed', 'y'.repeat(5_000));
    expect(decodeBody(reply.data).content.length).toBe(5_000);
    await subscriber.close();
  });

  // length u32 | protocolID u16 | packetType u16 | seq u32 | payload (spec 12.2)
  it.each([
    ['heartbeat', '0000000e0002000100000000 3336'],
    ['list request', '0000000c0002000200000001'],
  ])('D-38 names a peer with the 12-byte header that sends a %s', async (_, hex) => {
    const from = node.output.length;
    const socket = await dialTls(node.config.p2pPort, chain.node('bankB'));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {
      // A reset is as good as an end.
    });
    socket.resume();
    socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    await closed;
    await node.printed(/supported_version/, from);
  });
});

describe('two nodes that dial each other at the same moment', () => {
  let chain: Chain;
  const nodes: RunningNode[] = [];
  const gates: GateProxy[] = [];
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    for (const gate of gates.splice(0)) gate.close();
    chain?.remove();
  });

  it('D-28 end up with one session, without dialling again', async () => {
    chain = makeChain(['bankA', 'bankB']);
    const p2pPorts = [await freePort(), await freePort()];
    for (const port of p2pPorts) gates.push(await GateProxy.listen(port));
    for (const [i, agency] of ['bankA', 'bankB'].entries()) {
      const config = {
        channelPort: await freePort(),
        p2pPort: p2pPorts[i] ?? 0,
        peers: [gates[1 - i]?.port ?? 0],
      };
      nodes.push(new RunningNode(chain.nodeFolder(agency), config, chain.sdk(agency)));
    }
    await Promise.all(nodes.map((node) => node.start()));
    await Promise.all(gates.map((gate) => gate.holding()));
    for (const gate of gates) gate.release();

    const [a, b] = await Promise.all(nodes.map((node) => node.client()));
    if (!a || !b) throw new Error('no clients');
    await until(async () => {
      const rows = [await peersOf(a), await peersOf(b)];
      const open = gates.reduce((sum, gate) => sum + gate.open, 0);
      return open === 1 && rows.every((row) => row.length === 1);
    }, 'one session is left');
    expect(gates.map((gate) => gate.accepted)).toEqual([1, 1]);

    await b.subscribe(['after the dials']);
    b.answer('after the dials', () => 'served');
    await untilRoutable(a, 'after the dials');
    expect((await a.request('after the dials', 'x')).result).toBe(0);
    await Promise.all([a.close(), b.close()]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { innerOf, RawPeer } from '../src/raw/raw-peer.ts';
import { readChannelRecording, readVectors } from '../src/replay/recording.ts';
import { Channel, decodeBody, decodeChannel } from '../src/wire/channel-frame.ts';
import { decodeP2p, encodeP2p, Packet } from '../src/wire/p2p-frame.ts';

async function nodeIdOf(client: RawClient): Promise<string> {
  return ((await client.rpc('getNodeInfo')) as { readonly NodeID: string }).NodeID;
}

/** The bytes with each text in place of another one of the same length. */
function replaced(bytes: Buffer, texts: ReadonlyMap<string, string>): Buffer {
  let text = bytes.toString('latin1');
  for (const [old, fresh] of texts) text = text.replaceAll(old, fresh);
  return Buffer.from(text, 'latin1');
}

describe('ref-channel.jsonl, private topic', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  it('gives both SDKs the recorded frames, byte by byte', async () => {
    const lines = readChannelRecording().filter(({ group }) => group === 'private topic');
    const clients = { pub: await nodes.client('A'), sub: await nodes.client('B') };
    // What is the network's own: the ID of node B, and the number under which A asks.
    const texts = new Map([
      [recordedNodeId(lines.map(({ hex }) => hex)), await nodeIdOf(clients.sub)],
    ]);
    for (const { conn, dir, hex, what } of lines) {
      const client = clients[conn as keyof typeof clients];
      const recorded = Buffer.from(hex, 'hex');
      const { seq, type } = decodeChannel(recorded);
      if (dir === 'sdk->node') {
        client.send(replaced(recorded, texts));
        if (what === 'subscribe') await client.barrier();
        continue;
      }
      const frame = await (type === Channel.verify ? client.byType(type) : client.bySeq(seq));
      if (type === Channel.verify) {
        expect(frame.seq).toMatch(/^0+[1-9][0-9]*$/);
        texts.set(seq, frame.seq);
      }
      expect(frame.bytes.toString('latin1')).toBe(replaced(recorded, texts).toString('latin1'));
    }
    for (const client of Object.values(clients)) {
      await client.barrier();
      expect(client.inbox.items).toEqual([]);
    }
  });
});

function recordedNodeId(frames: readonly string[]): string {
  const texts = frames.map((hex) => Buffer.from(hex, 'hex').toString('latin1'));
  return /"nodeId":"([0-9a-f]{128})"/.exec(texts.join('\n'))?.[1] ?? '';
}

interface FlowVector {
  readonly name: string;
  readonly hex: string;
  readonly fields: {
    readonly topic: string;
    readonly topicForCert: string;
    readonly subscriber_node_id: string;
  };
}

describe('private-topic.json, the nine frames of one verification', () => {
  const flow = (readVectors('private-topic.json') as readonly FlowVector[]).filter(({ name }) =>
    name.startsWith('flow '),
  );
  const [ask, ack, challenge, p2pChallenge, push, signature, p2pSignature, answer, status] =
    flow.map(({ hex }) => Buffer.from(hex, 'hex'));
  const [first] = flow;
  if (!ask || !ack || !challenge || !p2pChallenge || !push || !first) throw new Error('no flow');
  if (!signature || !p2pSignature || !answer || !status) throw new Error('half a flow');
  const { subscriber_node_id: recordedId, topic, topicForCert } = first.fields;

  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    // The other place is for the raw peer.
    await nodes.B.stop();
  });
  afterAll(() => nodes?.stop());

  const dial = (topics: readonly string[] = []): Promise<RawPeer> =>
    RawPeer.dial(nodes.A.config.p2pPort, nodes.chain.node('bankB'), { topics });

  it("as the publisher's node", async () => {
    const publisher = await nodes.client('A');
    await publisher.subscribe([`#!$PushChannel_${topic}`]);
    const peer = await dial([topic, topicForCert]);
    try {
      const asked = await publisher.byType(Channel.verify);
      const { nodeId } = JSON.parse(asked.data.toString()) as { readonly nodeId: string };
      const texts = new Map([
        [recordedId, nodeId],
        [decodeChannel(ask).seq, asked.seq],
      ]);
      expect(asked.bytes.toString()).toBe(replaced(ask, texts).toString());
      publisher.send(replaced(ack, texts), challenge);
      const request = await peer.amop(Packet.unicast);
      expect(innerOf(request).bytes).toEqual(innerOf(decodeP2p(p2pChallenge)).bytes);
      peer.sendBytes(encodeP2p({ ...decodeP2p(p2pSignature), seq: request.seq }));
      const { seq } = decodeChannel(answer);
      expect((await publisher.bySeq(seq)).bytes).toEqual(answer);
      publisher.send(replaced(status, texts));
      await publisher.multicast(topic, 'open');
      const message = innerOf(await peer.amop(Packet.multicast));
      expect(decodeBody(message.data)).toEqual({ topic, content: Buffer.from('open') });
    } finally {
      await peer.close();
      await publisher.close();
    }
  });

  it("as the subscriber's node", async () => {
    const subscriber = await nodes.client('A');
    await subscriber.subscribe([topic, topicForCert]);
    const peer = await dial();
    try {
      peer.sendBytes(p2pChallenge);
      expect((await subscriber.byType(Channel.request)).bytes).toEqual(push);
      subscriber.send(signature);
      const response = await peer.inbox.take(({ protocol }) => protocol === -1, 'p2p answer');
      expect(response.bytes).toEqual(p2pSignature);
    } finally {
      await peer.close();
      await subscriber.close();
    }
  });
});

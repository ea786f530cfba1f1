import { createPublicKey, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { RunningNode } from '../src/node/running-node.ts';
import { untilRoutable } from '../src/node/two-nodes.ts';
import { markerOf, newRouteId, payloadOf, routeOf } from '../src/private/names.ts';
import { RawPublisher } from '../src/private/publisher.ts';
import { ChallengeSigner } from '../src/private/signer.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { innerOf, RawPeer } from '../src/raw/raw-peer.ts';
import {
  Channel,
  type ChannelFrame,
  decodeBody,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../src/wire/channel-frame.ts';
import { Packet, Protocol } from '../src/wire/p2p-frame.ts';

/** Node ID (spec 15.2): X and Y of the key that the node shows. */
function nodeIdOf(chain: Chain, agency: string): string {
  const { x = '', y = '' } = createPublicKey(chain.node(agency).cert).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('hex');
}

const HELLO = { protocol: 0x5453, packet: 1 } as const;

describe('private topics with peers that are not ours', () => {
  let chain: Chain;
  let node: RunningNode;
  const peers: RawPeer[] = [];
  const clients: RawClient[] = [];

  beforeAll(async () => {
    chain = makeChain(['bankA', 'bankB', 'bankC']);
    const ports = { channelPort: await freePort(), p2pPort: await freePort() };
    node = new RunningNode(chain.nodeFolder('bankA'), ports, chain.sdk('bankA'));
    await node.start();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(peers.splice(0).map((peer) => peer.close()));
  });
  afterAll(async () => {
    await node?.stop();
    chain?.remove();
  });

  async function client(...topics: readonly string[]): Promise<RawClient> {
    const connection = await node.client();
    clients.push(connection);
    await connection.subscribe(topics);
    return connection;
  }

  /** A peer that lists the topics, once the node has read its list. */
  async function peer(topics: readonly string[], agency = 'bankB'): Promise<RawPeer> {
    const session = await RawPeer.dial(node.config.p2pPort, chain.node(agency));
    peers.push(session);
    await list(session, topics);
    return session;
  }

  async function list(session: RawPeer, topics: readonly string[]): Promise<void> {
    const known = `known-${newSeq()}`;
    session.list([...topics, known, 'fence']);
    const observer = await node.client();
    await untilRoutable(observer, known);
    await observer.close();
  }

  /** Serves challenges on all routes, and requests on the topic; keeps what came there. */
  function serve(session: RawPeer, signer: ChallengeSigner, topic: string): string[] {
    const requests: string[] = [];
    session.answer((inner) => {
      const { content, topic: to } = decodeBody(inner.data);
      if (to === topic) requests.push(content.toString());
      const answer = to === topic ? 'served' : signer.sign(content);
      return encodeChannel(Channel.response, inner.seq, encodeBody(to, answer));
    });
    return requests;
  }

  async function publisher(topic: string): Promise<RawPublisher> {
    return new RawPublisher(await client(markerOf(topic)));
  }

  /** Multicasts of the node to the peer, up to a fence, as topics. */
  async function multicastsUntilFence(from: RawClient, to: RawPeer): Promise<readonly string[]> {
    await from.multicast('fence', 'fence');
    const topics: string[] = [];
    for (;;) {
      const { topic } = decodeBody(innerOf(await to.amop(Packet.multicast)).data);
      if (topic === 'fence') return topics;
      topics.push(topic);
    }
  }

  it('an original node with a subscriber: asked, verified, reached', async () => {
    const topic = payloadOf(newSeq());
    const route = routeOf(topic);
    const signer = new ChallengeSigner();
    const session = await peer([topic, route]);
    const requests = serve(session, signer, topic);
    const [from, stranger] = [await publisher(topic), await client()];
    expect((await from.client.request(topic, 'too early')).result).toBe(100);
    const asked = await from.asked(topic);
    expect(asked.topicForCert).toBe(route);
    expect(await from.verify(asked, signer.publicKey)).toBe(true);
    expect((await from.client.request(topic, 'now')).result).toBe(0);
    await from.client.multicast(topic, 'now');
    expect(await multicastsUntilFence(from.client, session)).toEqual([topic]);

    expect((await stranger.request(topic, 'stranger')).result).toBe(100);
    await stranger.multicast(topic, 'stranger');
    expect(await multicastsUntilFence(stranger, session)).toEqual([]);
    expect(requests).toEqual(['now']);
  });

  it('a node that strips routes from its list: nobody is reached and nothing leaks', async () => {
    const topic = payloadOf(newSeq());
    const signer = new ChallengeSigner();
    const session = await peer([topic]);
    const requests = serve(session, signer, topic);
    const from = await publisher(topic);
    expect((await from.client.request(topic, 'secret')).result).toBe(100);
    await from.client.multicast(topic, 'secret');
    expect(await multicastsUntilFence(from.client, session)).toEqual([]);
    expect(from.questions).toEqual([]);
    expect(requests).toEqual([]);
  });

  // At the original SUCCESS outlives the route (spec 10.2).
  it('a node that strips the route after the proof: the grant ends', async () => {
    const topic = payloadOf(newSeq());
    const signer = new ChallengeSigner();
    const session = await peer([topic, routeOf(topic)]);
    const requests = serve(session, signer, topic);
    const from = await publisher(topic);
    expect(await from.verify(await from.asked(topic), signer.publicKey)).toBe(true);
    expect((await from.client.request(topic, 'granted')).result).toBe(0);
    for (const topics of [[topic], [topic, routeOf(payloadOf('another'))]]) {
      await list(session, topics);
      expect((await from.client.request(topic, 'secret')).result).toBe(100);
      await from.client.multicast(topic, 'secret');
      expect(await multicastsUntilFence(from.client, session)).toEqual([]);
    }
    expect(requests).toEqual(['granted']);
  });

  it('a node that lists the route without the topic: nothing goes there', async () => {
    const topic = payloadOf(newSeq());
    const session = await peer([routeOf(topic)]);
    const requests = serve(session, new ChallengeSigner(), topic);
    const from = await publisher(topic);
    expect(from.questions).toEqual([]);
    expect((await from.client.request(topic, 'secret')).result).toBe(100);
    expect(requests).toEqual([]);
  });

  it('D-10 lists the routes of T10 before those of T1', async () => {
    const name = newSeq();
    const [one, ten] = [payloadOf(`${name}1`), payloadOf(`${name}10`)];
    const routes = [routeOf(ten, '0'.repeat(32)), routeOf(one)] as const;
    await peer([routes[0], ten, routes[1], one]);
    const from = new RawPublisher(await client(markerOf(one), markerOf(ten)));
    expect((await from.asked(one)).topicForCert).toBe(routes[1]);
    expect((await from.asked(ten)).topicForCert).toBe(routes[0]);
  });

  it('a node that lists thousands of routes of one topic: one question at a time', async () => {
    const topic = payloadOf(newSeq());
    const routes = Array.from({ length: 5_000 }, () => routeOf(topic));
    const from = await publisher(topic);
    await peer([topic, ...routes]);
    await from.asked(topic);
    await from.client.barrier();
    expect(from.questions).toEqual([]);
    // Another node is not behind them.
    const signer = new ChallengeSigner();
    const honest = await peer([topic, routeOf(topic)], 'bankC');
    serve(honest, signer, topic);
    expect(await from.verify(await from.asked(topic), signer.publicKey)).toBe(true);
    expect((await from.client.request(topic, 'granted')).result).toBe(0);
  });

  it('a route that was one too many is asked about when the others are gone', async () => {
    const topic = payloadOf(newSeq());
    const routes = Array.from({ length: 5_000 }, () => routeOf(topic));
    const signer = new ChallengeSigner();
    const session = await peer([topic, ...routes]);
    serve(session, signer, topic);
    const last = routes.slice(-1);
    await list(session, [topic, ...last]);
    const from = await publisher(topic);
    const asked = await from.asked(topic);
    expect([asked.topicForCert]).toEqual(last);
    expect(await from.verify(asked, signer.publicKey)).toBe(true);
    expect((await from.client.request(topic, 'granted')).result).toBe(0);
  });

  // The original sends the challenge to any node that lists the route; one that lists the route of
  // another has its own topic opened by the answer (D-04).
  it('D-04 a node that lists the route of another: the challenge goes where it was asked', async () => {
    const topic = payloadOf(newSeq());
    const route = routeOf(topic);
    const signer = new ChallengeSigner();
    const challenged: string[] = [];
    const ids = new Map<string, string>();
    for (const agency of ['bankB', 'bankC']) {
      const session = await peer([topic, route], agency);
      session.answer((inner) => {
        const { content, topic: to } = decodeBody(inner.data);
        if (to === route) challenged.push(agency);
        const answer = agency === 'bankB' ? signer.sign(content) : 'no key';
        return encodeChannel(Channel.response, inner.seq, encodeBody(to, answer));
      });
      ids.set(nodeIdOf(chain, agency), agency);
    }
    const from = await publisher(topic);
    const asked: string[] = [];
    for (let i = 0; i < 2; i++) {
      const question = await from.asked(topic, route);
      const agency = ids.get(question.nodeId) ?? '';
      asked.push(agency);
      expect(await from.verify(question, signer.publicKey)).toBe(agency === 'bankB');
    }
    expect(challenged).toEqual(asked);
    expect([...asked].sort()).toEqual(['bankB', 'bankC']);
  });

  it('two nodes list one topic: the verdict on one is none on the other', async () => {
    const topic = payloadOf(newSeq());
    const [good, bad] = [new ChallengeSigner(), new ChallengeSigner()];
    const [goodRoute, badRoute] = [routeOf(topic), routeOf(topic)];
    const goodRequests = serve(await peer([topic, goodRoute]), good, topic);
    const badPeer = await peer([topic, badRoute], 'bankC');
    const badRequests = serve(badPeer, bad, topic);
    const from = await publisher(topic);
    expect(await from.verify(await from.asked(topic, badRoute), good.publicKey)).toBe(false);
    expect(await from.verify(await from.asked(topic, goodRoute), good.publicKey)).toBe(true);
    for (let i = 0; i < 20; i++) {
      expect((await from.client.request(topic, `${i}`)).result).toBe(0);
    }
    await from.client.multicast(topic, 'secret');
    expect(goodRequests).toHaveLength(20);
    expect(badRequests).toEqual([]);
    expect(await multicastsUntilFence(from.client, badPeer)).toEqual([]);
  });

  describe('an original node with a publisher', () => {
    interface Scene {
      readonly session: RawPeer;
      readonly topic: string;
      readonly sessions: Readonly<Record<string, RawClient>>;
    }

    // At the original every session that subscribes the topic receives (D-12).
    async function scene(...topicsOf: readonly ((topic: string) => string[])[]): Promise<Scene> {
      const topic = payloadOf(newSeq());
      const sessions: Record<string, RawClient> = {};
      for (const topics of topicsOf) {
        const name = topics.name;
        sessions[name] = await client('fence', ...topics(topic));
        sessions[name].answer(topic, () => name);
      }
      return { session: await peer([]), topic, sessions };
    }

    const ask = (session: RawPeer, topic: string): Promise<ChannelFrame> =>
      session.request(encodeChannel(Channel.request, newSeq(), encodeBody(topic, 'x')));

    async function hearers({ session, sessions, topic }: Scene): Promise<string[]> {
      const content = newSeq();
      for (const to of [topic, 'fence']) {
        const inner = encodeChannel(Channel.multicast, newSeq(), encodeBody(to, content));
        session.send({ protocol: Protocol.amop, packet: Packet.multicast, payload: inner });
      }
      const names: string[] = [];
      for (const [name, connection] of Object.entries(sessions)) {
        const wanted = (topicOf: string) => (frame: ChannelFrame) => {
          if (frame.type !== Channel.multicast) return false;
          const body = decodeBody(frame.data);
          return body.topic === topicOf && body.content.toString() === content;
        };
        await connection.inbox.take(wanted('fence'), 'fence');
        if (connection.inbox.items.some(wanted(topic))) names.push(name);
      }
      return names;
    }

    const bare = (topic: string): string[] => [topic];
    const shortRoute = (topic: string): string[] => [topic, routeOf(topic, newRouteId().slice(1))];
    const upperCase = (topic: string): string[] => [
      topic,
      routeOf(topic, `A${newRouteId().slice(1)}`),
    ];
    const longerTopic = (topic: string): string[] => [topic, routeOf(`${topic}0`)];
    const routeAlone = (topic: string): string[] => [routeOf(topic)];
    const exact = (topic: string): string[] => [topic, routeOf(topic)];
    const wrong = [bare, shortRoute, upperCase, longerTopic, routeAlone] as const;

    it('reaches only sessions that own an exactly formed route', async () => {
      const stage = await scene(...wrong, exact);
      expect(await hearers(stage)).toEqual(['exact']);
      for (let i = 0; i < 20; i++) {
        const answer = await ask(stage.session, stage.topic);
        expect([answer.result, decodeBody(answer.data).content.toString()]).toEqual([0, 'exact']);
      }
    });

    it('reaches nobody without one: 104', async () => {
      const stage = await scene(...wrong);
      expect(await hearers(stage)).toEqual([]);
      expect((await ask(stage.session, stage.topic)).result).toBe(104);
    });

    it('may challenge on a route', async () => {
      const topic = payloadOf(newSeq());
      const route = routeOf(topic);
      const signer = new ChallengeSigner();
      const subscriber = await client(topic, route);
      subscriber.answer(route, (content) => signer.sign(content));
      const answer = await ask(await peer([]), route);
      expect(decodeBody(answer.data).content).toEqual(signer.sign(Buffer.from('x')));
    });
  });

  // An original subscriber signs the Keccak-256 of whatever comes on its route: of a transaction, too.
  it('D-04 nothing but a challenge reaches a route, from a peer or from a session', async () => {
    const topic = payloadOf(newSeq());
    const route = routeOf(topic);
    const subscriber = await client(topic, route);
    const [session, stranger] = [await peer([]), await client()];
    const ask = (content: Buffer): Promise<ChannelFrame> =>
      session.request(encodeChannel(Channel.request, newSeq(), encodeBody(route, content)));
    for (const content of [
      randomBytes(32),
      randomBytes(18),
      randomBytes(33),
      Buffer.from('F'.repeat(32)),
      Buffer.from(`${newSeq()}0`),
      Buffer.concat([Buffer.from('f8', 'hex'), randomBytes(110)]),
    ]) {
      expect((await stranger.request(route, content)).result).not.toBe(0);
      expect((await ask(content)).result).not.toBe(0);
    }
    expect(subscriber.inbox.items).toEqual([]);
    // A challenge of each SDK does reach it.
    for (const content of [Buffer.from(newSeq()), randomBytes(17), Buffer.of(7)]) {
      const asked = stranger.request(route, content);
      const frame = await subscriber.byType(Channel.request);
      expect(decodeBody(frame.data).content).toEqual(content);
      subscriber.respond(frame, 'signature');
      expect((await asked).result).toBe(0);
    }
  });

  it('a peer with a hello that grants nothing reaches nobody', async () => {
    const topic = payloadOf(newSeq());
    const route = routeOf(topic);
    const subscriber = await client('fence', topic, route);
    subscriber.answer(topic, () => 'leaked');
    const session = await peer([]);
    const have = ['counts', 'deadline', 'errors', 'grant', 'grants'];
    const hello = JSON.stringify({ v: 1, software: 'not-ours', have });
    session.send({ ...HELLO, payload: hello, seq: 0 });
    const inner = (type: number, to: string): Buffer =>
      encodeChannel(type, newSeq(), encodeBody(to, 'x'));
    const multicast = (to: string): void => {
      const payload = inner(Channel.multicast, to);
      session.send({ protocol: Protocol.amop, packet: Packet.multicast, payload });
    };
    multicast(topic);
    multicast('fence');
    expect(decodeBody((await subscriber.byType(Channel.multicast)).data).topic).toBe('fence');
    expect((await session.request(inner(Channel.request, topic))).result).toBe(104);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes, until, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import {
  Channel,
  decodeBody,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../src/wire/channel-frame.ts';

const MIB = 1024 * 1024;

describe('unicast between two nodes', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  let b: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.client('A');
    b = await nodes.client('B');
  });
  afterAll(() => nodes?.stop());

  /** A subscriber of the topic on B that answers with what it got, known to A. */
  async function echoOnB(topic: string): Promise<RawClient> {
    const subscriber = await nodes.subscriber('B', topic);
    subscriber.answer(topic, (content) => content);
    await untilRoutable(a, topic);
    return subscriber;
  }

  const pairs = [
    ['A', 'B'],
    ['B', 'A'],
    ['A', 'A'],
    ['B', 'B'],
  ] as const;
  it.each(pairs)(
    'from %s to %s: the frame arrives as sent, the answer comes back',
    async (from, to) => {
      const topic = `${from}-to-${to}`;
      const subscriber = await nodes.subscriber(to, topic);
      const sender = from === 'A' ? a : b;
      if (from !== to) await untilRoutable(sender, topic);

      const request = encodeChannel(Channel.request, newSeq(), encodeBody(topic, 'hello'));
      sender.send(request);
      const push = await subscriber.byType(Channel.request);
      expect(push.bytes).toEqual(request);

      const answer = encodeChannel(Channel.response, push.seq, encodeBody(topic, 'hi'));
      subscriber.send(answer);
      expect((await sender.bySeq(push.seq)).bytes).toEqual(answer);
    },
  );

  it.each([7, -5, 99, 104])('gives the result %i of a subscriber to the sender', async (result) => {
    const topic = `result-${result}`;
    const subscriber = await nodes.subscriber('B', topic);
    await untilRoutable(a, topic);
    const answered = a.request(topic, 'x');
    subscriber.respond(await subscriber.byType(Channel.request), 'because', result);
    expect(await answered).toMatchObject({ type: Channel.response, result });
  });

  it.each(['A', 'B'] as const)(
    'answers an unknown topic on %s with 100 and no data',
    async (at) => {
      const sender = at === 'A' ? a : b;
      const answer = await sender.request('nobody listens', 'x');
      expect(answer).toMatchObject({ type: Channel.response, result: 100, data: Buffer.alloc(0) });
    },
  );

  it.each([
    ['254 bytes of ASCII', 't'.repeat(254)],
    ['254 bytes of UTF-8', `${'主'.repeat(84)}xx`],
    ['one byte', 't'],
    ['characters beyond the first plane', 'Straße/😀/主题'],
  ])('carries a topic of %s', async (_, topic) => {
    await echoOnB(topic);
    const answer = await a.request(topic, 'content');
    expect(answer.result).toBe(0);
    expect(decodeBody(answer.data)).toEqual({ topic, content: Buffer.from('content') });
  });

  it.each([
    ['1 MiB', randomBytes(MIB)],
    ['8 MiB', randomBytes(8 * MIB)],
    ['no byte', Buffer.alloc(0)],
    ['every byte value', Buffer.from(Array.from({ length: 256 }, (_, value) => value))],
  ])('carries a body of %s both ways', async (name, body) => {
    const topic = `body of ${name}`;
    await echoOnB(topic);
    const answer = await a.request(topic, body);
    expect(decodeBody(answer.data).content.equals(body)).toBe(true);
  });

  it('gives each of 300 requests in flight its own answer', async () => {
    await echoOnB('in flight');
    const contents = Array.from({ length: 300 }, (_, i) => `request ${i}`);
    const answers = await Promise.all(contents.map((content) => a.request('in flight', content)));
    expect(answers.map((answer) => decodeBody(answer.data).content.toString())).toEqual(contents);
  });

  it.each(['A', 'B'] as const)(
    'spreads 600 requests from %s evenly over three subscribers',
    async (at) => {
      const topic = `spread from ${at}`;
      const counts = new Map<string, number>();
      for (const name of ['A first', 'B first', 'B second']) {
        const subscriber = await nodes.subscriber(name.startsWith('A') ? 'A' : 'B', topic);
        subscriber.answer(topic, () => {
          counts.set(name, (counts.get(name) ?? 0) + 1);
          return name;
        });
      }
      // How many sessions a topic has on B is not shown, but A learns it before a later topic of B.
      await nodes.subscriber('A', `${topic}: after`);
      await nodes.subscriber('B', `${topic}: after`);
      await untilRoutable(a, `${topic}: after`);
      await untilRoutable(b, `${topic}: after`);

      const sender = at === 'A' ? a : b;
      for (let sent = 0; sent < 600; sent += 50) {
        await Promise.all(Array.from({ length: 50 }, () => sender.request(topic, 'x')));
      }
      expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(600);
      for (const name of ['A first', 'B first', 'B second']) {
        expect(counts.get(name), name).toBeGreaterThanOrEqual(130);
        expect(counts.get(name), name).toBeLessThanOrEqual(280);
      }
    },
  );

  it('uses a new subscription on the other node by itself, and stops when it ends', async () => {
    const subscriber = await nodes.subscriber('B', 'comes and goes');
    subscriber.answer('comes and goes', () => 'here');
    const ask = async (): Promise<number> => (await a.request('comes and goes', 'x')).result;
    await until(async () => (await ask()) === 0, 'the subscription is usable');
    await subscriber.subscribe([]);
    await until(async () => (await ask()) === 100, 'the subscription is forgotten');
  });
});

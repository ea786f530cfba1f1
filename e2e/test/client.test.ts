import { join } from 'node:path';
import { type AmopClient, AnswerError, connect } from '@amop/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeChain } from '../src/node/chain.ts';
import { AGENCY, TwoNodes, until, untilRoutable } from '../src/node/two-nodes.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';

describe('@amop/client on running nodes', () => {
  let nodes: TwoNodes;
  const clients: AmopClient[] = [];
  beforeAll(async () => {
    nodes = await TwoNodes.start({ sameAgency: true });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await nodes?.stop();
  });

  /** A client of the nodes, in this order of preference. */
  async function clientOf(...names: readonly ('A' | 'B')[]): Promise<AmopClient> {
    const client = await connect({
      nodes: names.map((name) => `127.0.0.1:${nodes[name].config.channelPort}`),
      tls: { directory: join(nodes.chain.directory, AGENCY.A, 'sdk') },
      reconnect: { minDelayMs: 50, maxDelayMs: 500 },
    });
    clients.push(client);
    return client;
  }

  it('a request that follows subscribe() is answered, without any wait in between', async () => {
    const [asking, answering] = [await clientOf('A'), await clientOf('A')];
    for (let i = 0; i < 20; i++) {
      await answering.subscribe(`at once/${i}`, (message) => `${message.text()}!`);
      const reply = await asking.request(`at once/${i}`, 'now');
      expect(reply.text()).toBe('now!');
    }
  });

  it('an iterator gets the multicasts of a client on the other node, in order', async () => {
    const [sender, receiver] = [await clientOf('A'), await clientOf('B')];
    const subscription = await receiver.subscribe('ticks');
    await until(
      async () => (await sender.getPeers()).some((p) => p.Topic.includes('ticks')),
      'route',
    );
    const sent = Array.from({ length: 500 }, (_, i) => `tick ${i}`);
    await Promise.all(sent.map((text) => sender.publish('ticks', text)));
    const received: string[] = [];
    for await (const message of subscription) {
      received.push(message.text());
      if (received.length === sent.length) break;
    }
    expect(received).toEqual(sent);
  });

  it('ends with the error of what went wrong', async () => {
    const [asking, answering] = [await clientOf('A'), await clientOf('A')];
    await answering.subscribe('fails', () => {
      throw new AnswerError('no such account');
    });
    await expect(asking.request('fails', 'x')).rejects.toMatchObject({
      code: 'AMOP_CLIENT_HANDLER_FAILED',
      message: expect.stringContaining('no such account'),
    });
    await expect(asking.request('nobody', 'x')).rejects.toMatchObject({
      code: 'AMOP_CLIENT_NO_SUBSCRIBER',
      details: { maybeDelivered: 'no' },
    });
    await answering.subscribe('silent', () => new Promise<undefined>(() => {}));
    await expect(asking.request('silent', 'x', { timeoutMs: 300 })).rejects.toMatchObject({
      details: { maybeDelivered: 'unknown' },
    });
  });

  it('exchanges with an original SDK in both directions', async () => {
    const client = await clientOf('A');
    const original = await nodes.subscriber('B', 'to the original');
    original.answer('to the original', (content) => `original got ${content}`);
    await client.subscribe('to ours', (message) => `ours got ${message.text()}`);
    await untilRoutable(original, 'to ours');
    await until(
      async () => (await client.getPeers()).some((p) => p.Topic.includes('to the original')),
      'route',
    );
    expect((await client.request('to the original', 'x')).text()).toBe('original got x');
    const answer = await original.request('to ours', 'y');
    expect(answer).toMatchObject({ type: Channel.response, result: 0 });
    expect(decodeBody(answer.data).content.toString()).toBe('ours got y');
    expect(await original.request('to ours', '')).toMatchObject({ result: 0 });
  });

  it('goes over to the other node when its own is killed, and is whole again after', async () => {
    const [moving, steady] = [await clientOf('A', 'B'), await clientOf('B')];
    await until(async () => moving.counters().connectedNodes === 2, 'both links are up');
    await steady.subscribe('steady', () => 'still here');
    await moving.subscribe('moving', () => 'moved');
    expect((await moving.request('steady', 'x')).text()).toBe('still here');

    await nodes.A.stop('SIGKILL');
    // What is written before the loss is noticed may end as "unknown": that is another test.
    await until(async () => moving.counters().connectedNodes === 1, 'the client has noticed');
    await until(async () => (await steady.getPeers()).length === 0, 'the other node has noticed');
    expect((await moving.request('steady', 'x')).text()).toBe('still here');
    expect((await steady.request('moving', 'x')).text()).toBe('moved');

    await nodes.A.start();
    await until(async () => moving.counters().connectedNodes === 2, 'both links are up again');
    const original = await nodes.client('A');
    await until(
      async () => (await original.request('moving', 'x')).result === 0,
      'subscribed again',
    );
  });

  it('delivers a multicast once to a client that is connected to both nodes', async () => {
    const [sender, receiver] = [await clientOf('B'), await clientOf('A', 'B')];
    await until(async () => receiver.counters().connectedNodes === 2, 'both links are up');
    const subscription = await receiver.subscribe('by two links');
    await until(
      async () => (await sender.getPeers()).some((p) => p.Topic.includes('by two links')),
      'route',
    );
    const sent = [...Array.from({ length: 50 }, (_, i) => `item ${i}`), 'end'];
    for (const text of sent) await sender.publish('by two links', text);
    const received: string[] = [];
    for await (const message of subscription) {
      received.push(message.text());
      if (message.text() === 'end') break;
    }
    expect(received.toSorted()).toEqual(sent.toSorted());
  });

  it('is told at once that its certificate comes from another chain', async () => {
    const other = makeChain([AGENCY.A]);
    try {
      const attempt = connect({
        nodes: `127.0.0.1:${nodes.B.config.channelPort}`,
        tls: { directory: join(other.directory, AGENCY.A, 'sdk') },
      });
      await expect(attempt).rejects.toMatchObject({ code: 'AMOP_CLIENT_CERTIFICATE' });
    } finally {
      other.remove();
    }
  });

  it('does not get connected to a node of another organisation', async () => {
    const attempt = connect({
      nodes: `127.0.0.1:${nodes.B.config.channelPort}`,
      tls: { directory: join(nodes.chain.directory, AGENCY.B, 'sdk') },
      connectTimeoutMs: 1_000,
    });
    await expect(attempt).rejects.toMatchObject({ name: 'ClientError' });
  });
});

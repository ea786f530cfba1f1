import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { type AmopClient, AnswerError, connect, type PrivateTopic } from '@amop/client';
import { formatPublicKeyHex, generateKeyPair, type KeyPair } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, TwoNodes, until } from '../src/node/two-nodes.ts';

/** More subscribers than a multicast is sealed for one by one. */
const MANY = 12;

describe('@amop/client on private topics of running nodes', () => {
  let nodes: TwoNodes;
  const clients: AmopClient[] = [];
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await nodes?.stop();
  });

  async function clientOf(node: 'A' | 'B'): Promise<AmopClient> {
    const client = await connect({
      nodes: `127.0.0.1:${nodes[node].config.channelPort}`,
      tls: { directory: join(nodes.chain.directory, AGENCY[node], 'sdk') },
      reconnect: { minDelayMs: 50, maxDelayMs: 500 },
    });
    clients.push(client);
    return client;
  }

  const key = (): KeyPair => generateKeyPair('secp256k1');

  async function publisher(
    topic: string,
    own: KeyPair,
    ...allowed: readonly KeyPair[]
  ): Promise<PrivateTopic> {
    const client = await clientOf('A');
    return client.privateTopic(topic, {
      privateKey: own.privateKey,
      publicKeys: allowed.map(({ publicKey }) => publicKey),
    });
  }

  /** Subscribes and answers with `answer:` and the text; what came is pushed to `got`. */
  async function subscriber(
    node: 'A' | 'B',
    topic: string,
    own: KeyPair,
    publishers: readonly KeyPair[],
    got: string[] = [],
  ): Promise<string[]> {
    const client = await clientOf(node);
    const trusted = publishers.map(({ publicKey }) => publicKey);
    await client.subscribePrivate(
      topic,
      { privateKey: own.privateKey, publishers: trusted },
      (message) => {
        got.push(`${message.kind} ${message.text()}`);
        if (message.text() === 'fail') throw new AnswerError('no such account');
        return `answer: ${message.text()}`;
      },
    );
    return got;
  }

  it.each(['A', 'B'] as const)(
    'a request and a multicast reach who proved, at node %s',
    async (node) => {
      const [P, S] = [key(), key()];
      const topic = `prices/${node}/价格`;
      const got = await subscriber(node, topic, S, [P]);
      const prices = await publisher(topic, P, S);
      await prices.waitForSubscribers({ count: 1 });
      const reply = await prices.request('EUR');
      expect(reply.text()).toBe('answer: EUR');
      expect(reply.sender).toBe(formatPublicKeyHex(S.publicKey));
      await prices.publish('1.08');
      await until(async () => got.length === 2, 'the multicast has come');
      expect(got).toEqual(['request EUR', 'multicast 1.08']);
      await expect(prices.request('fail')).rejects.toMatchObject({
        code: 'AMOP_CLIENT_HANDLER_FAILED',
        details: { remoteMessage: 'no such account' },
      });
      const large = new Uint8Array(1_000_000).fill(0x61);
      expect((await prices.request(large)).body).toHaveLength(1_000_008);
    },
  );

  it('nobody else gets anything, on either node', async () => {
    const [P, S, stranger] = [key(), key(), key()];
    const got = await subscriber('B', 'secret', S, [P]);
    const overheard: string[] = [];
    for (const node of ['A', 'B'] as const) {
      const listener = await clientOf(node);
      await listener.subscribePrivate('secret', { privateKey: stranger.privateKey }, (message) => {
        overheard.push(message.text());
      });
    }
    const secret = await publisher('secret', P, S);
    await secret.waitForSubscribers({ count: 1 });
    for (let turn = 0; turn < 20; turn++) await secret.request(`${turn}`);
    await secret.publish('all');
    await until(async () => got.length === 21, 'the multicast has come');
    expect(overheard).toEqual([]);
  });

  it(`${MANY} subscribers get a multicast each, and none after their key was revoked`, async () => {
    const P = key();
    const subscribers = Array.from({ length: MANY }, key);
    const got = await Promise.all(
      subscribers.map((own, index) => subscriber(index % 2 === 0 ? 'A' : 'B', 'many', own, [P])),
    );
    const many = await publisher('many', P, ...subscribers);
    await many.waitForSubscribers({ count: MANY });
    await many.publish('first');
    await until(async () => got.every((each) => each.length === 1), 'the first has come to all');
    const [revoked] = subscribers;
    if (revoked === undefined) throw new Error('nobody to revoke');
    await many.revoke(revoked.publicKey);
    await many.publish('second');
    await until(
      async () => got.slice(1).every((each) => each.length === 2),
      'the second has come to the others',
    );
    expect(got[0]).toEqual(['multicast first']);
    expect(many.subscribers()).toHaveLength(MANY - 1);
  });

  it('a request that waits when the key is revoked says so, and alarms nobody', async () => {
    const [P, S] = [key(), key()];
    const client = await clientOf('B');
    const handling = new EventEmitter();
    const keys = { privateKey: S.privateKey, publishers: [P.publicKey] };
    await client.subscribePrivate('waiting', keys, async () => {
      handling.emit('begun');
      await once(handling, 'go on');
      return 'late';
    });
    const topic = await publisher('waiting', P, S);
    await topic.waitForSubscribers({ count: 1 });
    const begun = once(handling, 'begun');
    const outcome = topic.request('x').catch((error: unknown) => error);
    await begun;
    await topic.revoke(S.publicKey);
    handling.emit('go on');
    expect(await outcome).toMatchObject({
      code: 'AMOP_CLIENT_SEAL',
      details: { reason: 'key-withdrawn', topic: 'waiting' },
    });
  });

  it('without an allowed key nothing is sent', async () => {
    const P = key();
    const nobody = await publisher('no keys', P);
    await expect(nobody.request('x')).rejects.toMatchObject({ code: 'AMOP_CLIENT_NO_KEYS' });
    await expect(nobody.publish('x')).rejects.toMatchObject({ code: 'AMOP_CLIENT_NO_KEYS' });
  });

  it('a node that was killed and is back finds subscribers proved again', async () => {
    const [P, S] = [key(), key()];
    await subscriber('B', 'restart', S, [P]);
    const topic = await publisher('restart', P, S);
    await topic.waitForSubscribers({ count: 1 });
    await nodes.B.stop('SIGKILL');
    await nodes.B.start();
    await until(async () => {
      const outcome = await topic.request('again', { timeoutMs: 1_000 }).catch(() => undefined);
      return outcome?.text() === 'answer: again';
    }, 'answered after the restart');
  });
});

import { join } from 'node:path';
import { type AmopClient, connect } from '@amop/client';
import { generateKeyPair, type KeyPair } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, TwoNodes, type TwoNodesOptions, until } from '../src/node/two-nodes.ts';

/** More subscribers than a multicast is sealed for one by one. */
const MANY = 10;
/** Time to make RSA keys on a busy machine. */
const MAKE_TIMEOUT_MS = 60_000;

describe.each<[string, TwoNodesOptions]>([
  ['EC certificates', { sameAgency: true }],
  ['RSA certificates, which show no node ID', { sameAgency: true, profile: 'rsa' }],
])('subscribers of a private topic that are connected to two nodes: %s', (_, options) => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start(options);
  }, MAKE_TIMEOUT_MS);
  afterAll(() => nodes?.stop());

  it.each([1, MANY])('%i of them get each multicast once, and answer once', async (count) => {
    const name = `twice ${count}`;
    const clients: AmopClient[] = [];
    const clientOf = async (...at: readonly ('A' | 'B')[]): Promise<AmopClient> => {
      const client = await connect({
        nodes: at.map((node) => `127.0.0.1:${nodes[node].config.channelPort}`),
        tls: { directory: join(nodes.chain.directory, AGENCY.A, 'sdk') },
      });
      clients.push(client);
      return client;
    };
    try {
      const P: KeyPair = generateKeyPair('secp256k1');
      const subscribers = Array.from({ length: count }, () => generateKeyPair('secp256k1'));
      const got = await Promise.all(
        subscribers.map(async ({ privateKey }) => {
          const texts: string[] = [];
          const client = await clientOf('A', 'B');
          await until(async () => client.counters().connectedNodes === 2, 'both are connected');
          const keys = { privateKey, publishers: [P.publicKey] };
          await client.subscribePrivate(name, keys, (message) => {
            texts.push(message.text());
            return 'answer';
          });
          return texts;
        }),
      );
      const publisher = await clientOf('A');
      const topic = publisher.privateTopic(name, {
        privateKey: P.privateKey,
        publicKeys: subscribers.map(({ publicKey }) => publicKey),
      });
      await topic.waitForSubscribers({ count: 2 * count });
      for (let turn = 0; turn < 5; turn++) await topic.publish(`${turn}`);
      await until(async () => got.every((texts) => texts.includes('4')), 'the last has come');
      // Whatever comes twice has come by the time that requests, sent later, are answered.
      for (let turn = 0; turn < 20; turn++) {
        expect((await topic.request('ask')).text()).toBe('answer');
      }
      for (const texts of got) {
        expect(texts.filter((text) => text !== 'ask').sort()).toEqual(['0', '1', '2', '3', '4']);
      }
      expect(got.flat().filter((text) => text === 'ask')).toHaveLength(20);
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  });
});

import { X509Certificate } from 'node:crypto';
import { connect } from '@amop/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { RunningNode } from '../src/node/running-node.ts';
import type { RawClient } from '../src/raw/raw-client.ts';

describe('[amop_permissions] by the fingerprint that openssl prints', () => {
  const chain = makeChain(['bankA']);
  let node: RunningNode;
  let original: RawClient;
  beforeAll(async () => {
    const sdk = chain.sdk('bankA');
    const { fingerprint256 } = new X509Certificate(sdk.cert);
    const permissions = [
      `    certificate:${fingerprint256}.publish=rates.*`,
      '    agency:bankA.subscribe=rates.*',
    ];
    const ports = { channelPort: await freePort(), p2pPort: await freePort() };
    node = new RunningNode(chain.nodeFolder('bankA'), { ...ports, permissions }, sdk);
    await node.start();
    original = await node.client();
    await original.subscribe(['rates.eur', 'secret']);
    original.answer('rates.eur', () => 'answered');
  });
  afterAll(async () => {
    await original?.close();
    await node?.stop();
    chain.remove();
  });

  it('an SDK: 121 with empty data, and a topic that it does not get', async () => {
    const refused = await original.request('secret', 'x');
    expect([refused.result, refused.data.length]).toEqual([121, 0]);
    expect((await original.multicast('secret', 'x')).result).toBe(121);
    const { Topic } = (await original.rpc('getNodeInfo')) as { readonly Topic: readonly string[] };
    expect(Topic).toEqual(['rates.eur']);
    expect(node.output).toContain('not-permitted');
  });

  it('a client of ours: errors that say so', async () => {
    const client = await connect({
      nodes: `127.0.0.1:${node.config.channelPort}`,
      tls: { directory: chain.sdkFolder('bankA') },
    });
    try {
      const code = 'AMOP_CLIENT_NOT_PERMITTED';
      await expect(client.request('secret', 'x')).rejects.toMatchObject({ code });
      await expect(client.publish('secret', 'x')).rejects.toMatchObject({ code });
      await expect(client.subscribe('secret')).rejects.toMatchObject({
        code: 'AMOP_CLIENT_SUBSCRIBE_FAILED',
        details: { reason: 'not-permitted' },
      });
      expect((await client.request('rates.eur', 'x')).text()).toBe('answered');
    } finally {
      await client.close();
    }
  });
});

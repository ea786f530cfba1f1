import { afterEach, describe, expect, it } from 'vitest';
import { makeChain } from '../src/node/chain.ts';
import { hasOpenssl } from '../src/node/openssl-chain.ts';
import { AGENCY, peersOf, TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import { RawClient } from '../src/raw/raw-client.ts';
import { RawPeer } from '../src/raw/raw-peer.ts';
import { decodeBody } from '../src/wire/channel-frame.ts';

describe('nodes on folders of the original layout', () => {
  let nodes: TwoNodes | undefined;
  afterEach(async () => {
    await nodes?.stop();
    nodes = undefined;
  });

  async function exchange(running: TwoNodes): Promise<void> {
    const subscriber = await running.subscriber('B', 'folders');
    subscriber.answer('folders', (content) => `got ${content.toString()}`);
    const sender = await running.client('A');
    await untilRoutable(sender, 'folders');
    const answer = await sender.request('folders', 'it');
    expect(decodeBody(answer.data).content.toString()).toBe('got it');
  }

  it('work with certificates made by amop certs', async () => {
    nodes = await TwoNodes.start({ maker: 'amop' });
    await exchange(nodes);
  });

  it.skipIf(!hasOpenssl())('work with certificates made by openssl', async () => {
    nodes = await TwoNodes.start({ maker: 'openssl' });
    await exchange(nodes);
  });

  it('take no word from a node of another chain', async () => {
    nodes = await TwoNodes.start();
    const other = makeChain([AGENCY.B]);
    const sender = await nodes.client('A');
    const options = { topics: ['from outside'] };
    const peer = await RawPeer.dial(nodes.A.config.p2pPort, other.node(AGENCY.B), options).catch(
      () => undefined,
    );
    await peer?.closed;
    other.remove();
    const rows = await peersOf(sender);
    expect(rows.map((row) => row.Agency)).toEqual([AGENCY.B]);
    expect(rows[0]?.Topic).toEqual([]);
    expect(peer?.inbox.items ?? []).toEqual([]);
  });

  it('D-29 take no word from an application on the p2p port', async () => {
    nodes = await TwoNodes.start();
    const sender = await nodes.client('A');
    const options = { topics: ['from an application'] };
    const peer = await RawPeer.dial(nodes.A.config.p2pPort, nodes.A.sdk, options);
    await peer.closed;
    await nodes.A.printed(/peer refused: its certificate is one for applications/);
    expect((await peersOf(sender)).map((row) => row.Agency)).toEqual([AGENCY.B]);
    await exchange(nodes);
  });

  it('refuse an application of another agency and of another chain, and serve on', async () => {
    nodes = await TwoNodes.start();
    const other = await TwoNodes.start();
    try {
      const strangers = [nodes.B.sdk, other.A.sdk];
      for (const sdk of strangers) {
        const attempt = RawClient.connect(nodes.A.config.channelPort, sdk).then(async (client) => {
          await client.closed;
          throw new Error('closed after the handshake');
        });
        await expect(attempt).rejects.toThrow();
      }
      await exchange(nodes);
    } finally {
      await other.stop();
    }
  });
});

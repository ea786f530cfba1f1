import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AmopClient, connect } from '@amop/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../src/node/openssl-chain.ts';
import { type FolderKind, OriginalFolders } from '../src/node/original-folders.ts';
import type { RunningNode } from '../src/node/running-node.ts';
import { until } from '../src/node/two-nodes.ts';

/** What `openssl s_client` tells of a connection with the files `ca.crt`, `<name>.crt`, `<name>.key`. */
async function handshake(port: number, folder: string, name: string): Promise<string> {
  const own = [
    `-cert=${name}.crt`,
    `-cert_chain=${name}.crt`,
    `-key=${name}.key`,
    '-CAfile=ca.crt',
  ];
  const run = promisify(execFile)(
    'openssl',
    [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2', '-verify_return_error'],
      // The libraries of the originals offer secp256k1 by themselves; OpenSSL 3 wants to be told.
      ...['-groups', 'secp256k1:prime256v1'],
      ...own.flatMap((option) => option.split('=')),
    ],
    { cwd: folder },
  );
  run.child.stdin?.end();
  return (await run).stdout;
}

/** What the node found odd in its configuration when it started. */
function warningsOf(node: RunningNode): unknown[] {
  const records: Record<string, unknown>[] = node.output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return records.filter((record) => 'config' in record).map(({ msg }) => msg);
}

const TITLE = 'folders as operators of the original have them (skipped without openssl)';

describe.skipIf(!hasOpenssl())(TITLE, () => {
  let folders: Record<FolderKind, OriginalFolders>;
  beforeAll(async () => {
    folders = {
      plain: await OriginalFolders.make('plain'),
      full: await OriginalFolders.make('full'),
      network: await OriginalFolders.make('network'),
    };
    const nodes = Object.values(folders).flatMap((each) => each.nodes);
    await Promise.all(nodes.map((node) => node.start()));
  });
  afterAll(async () => {
    await Promise.all(Object.values(folders ?? {}).map((each) => each.remove()));
  });

  it.each(['plain', 'full', 'network'] as const)('%s: the nodes know every key', (kind) => {
    expect(folders[kind].nodes.flatMap(warningsOf)).toEqual([]);
  });

  it.each([
    ['plain', /Peer signature type: ECDSA/],
    ['full', /Peer signature type: RSA/],
  ] as const)('%s: an application is taken on the channel port', async (kind, signature) => {
    const [node] = folders[kind].nodes;
    const sdk = folders[kind].certificates('agency', 'sdk');
    const printed = await handshake(node?.config.channelPort ?? 0, sdk, 'sdk');
    expect(printed).toMatch(/Verify return code: 0 \(ok\)/);
    expect(printed).toMatch(signature);
  });

  it.each(['plain', 'full'] as const)(
    '%s: a listed node is taken on the p2p port',
    async (kind) => {
      const [node] = folders[kind].nodes;
      const peer = folders[kind].certificates('agency', 'peer');
      const printed = await handshake(node?.config.p2pPort ?? 0, peer, 'node');
      expect(printed).toMatch(/Verify return code: 0 \(ok\)/);
      expect(printed).toMatch(/Peer signature type: ECDSA/);
      // It says nothing and goes; but the list let it in.
      await node?.printed(/ended the connection before a p2p frame came/);
      expect(node?.output).not.toContain('not-whitelisted');
    },
  );

  it('network: the nodes of two agencies connect and their applications exchange messages', async () => {
    const { nodes } = folders.network;
    const clientOf = (index: number, agency: string): Promise<AmopClient> =>
      connect({
        nodes: `127.0.0.1:${nodes[index]?.config.channelPort}`,
        tls: { directory: folders.network.certificates(agency, 'sdk') },
      });
    const [asking, answering] = [await clientOf(0, 'agencyA'), await clientOf(2, 'agencyB')];
    await answering.subscribe('rates', (message) => `${message.text()}: 7.12`);
    await until(async () => (await asking.getPeers()).length === 2, 'all nodes are connected');
    await until(
      async () => (await asking.getPeers()).some(({ Topic }) => Topic.includes('rates')),
      'the topic is known',
    );
    expect((await asking.request('rates', 'USD')).text()).toBe('USD: 7.12');
    await Promise.all([asking.close(), answering.close()]);
  });

  it('network: openssl shakes hands on both ports of a node with SEC1 keys', async () => {
    const [node, other] = folders.network.nodes;
    const sdk = folders.network.certificates('agencyA', 'sdk');
    const channel = await handshake(node?.config.channelPort ?? 0, sdk, 'sdk');
    const conf = join(other?.folder ?? '', 'conf');
    const p2p = await handshake(node?.config.p2pPort ?? 0, conf, 'node');
    for (const printed of [channel, p2p]) expect(printed).toMatch(/Verify return code: 0 \(ok\)/);
  });
});

import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describeCertificate, splitPemChain } from '@amop/crypto';
import { describe, expect, test } from 'vitest';
import { type IssuedNetwork, issueNetwork } from '../../src/certs/issue.ts';
import { PROFILES, type Profile, planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const planned = planNodes({
  agencies: ['bankA', 'bankB'],
  nodesPerAgency: 1,
  profile: 'secp256k1',
  channelPort: 20_200,
  p2pPort: 30_300,
  hosts: ['127.0.0.1'],
});

/** Made once for each profile: RSA keys take their time. */
const networks = Object.fromEntries(
  await Promise.all(
    PROFILES.map(async (profile) => [profile, await issueNetwork(planned, profile)]),
  ),
) as Record<Profile, IssuedNetwork>;

const openssl = spawnSync('openssl', ['version']).status === 0;

describe('issueNetwork', () => {
  test('makes the files of the original layout', () => {
    const { files } = networks.secp256k1;
    expect(files.map((file) => file.path).sort()).toEqual([
      'bankA/node0/conf/ca.crt',
      'bankA/node0/conf/node.crt',
      'bankA/node0/conf/node.key',
      'bankA/node0/conf/node.nodeid',
      'bankA/node0/config.ini',
      'bankA/sdk/ca.crt',
      'bankA/sdk/sdk.crt',
      'bankA/sdk/sdk.key',
      'bankB/node0/conf/ca.crt',
      'bankB/node0/conf/node.crt',
      'bankB/node0/conf/node.key',
      'bankB/node0/conf/node.nodeid',
      'bankB/node0/config.ini',
      'bankB/sdk/ca.crt',
      'bankB/sdk/sdk.crt',
      'bankB/sdk/sdk.key',
      'cert/bankA/agency.crt',
      'cert/bankA/agency.key',
      'cert/bankB/agency.crt',
      'cert/bankB/agency.key',
      'cert/ca.crt',
      'cert/ca.key',
    ]);
  });

  test('rsa adds the chain of the channel port, one for each agency', () => {
    const paths = (profile: Profile): Set<string> =>
      new Set(networks[profile].files.map((file) => file.path));
    const plain = paths('secp256k1');
    expect([...paths('rsa')].filter((path) => !plain.has(path)).sort()).toEqual([
      'bankA/node0/conf/channel_cert/ca.crt',
      'bankA/node0/conf/channel_cert/node.crt',
      'bankA/node0/conf/channel_cert/node.key',
      'bankB/node0/conf/channel_cert/ca.crt',
      'bankB/node0/conf/channel_cert/node.crt',
      'bankB/node0/conf/channel_cert/node.key',
      'cert/bankA/channel/ca.crt',
      'cert/bankA/channel/ca.key',
      'cert/bankB/channel/ca.crt',
      'cert/bankB/channel/ca.key',
    ]);
  });

  test('rsa: RSA between node and application, secp256k1 between nodes', () => {
    const { files } = networks.rsa;
    const kindOf = (path: string): string | undefined =>
      createPrivateKey(files.find((file) => file.path === path)?.text ?? '').asymmetricKeyType;
    expect(kindOf('bankA/sdk/sdk.key')).toBe('rsa');
    expect(kindOf('bankA/node0/conf/channel_cert/node.key')).toBe('rsa');
    expect(kindOf('bankA/node0/conf/node.key')).toBe('ec');
  });

  test('ends between two keys when it is told to', async () => {
    const stop = new AbortController();
    const issued = issueNetwork(planned, 'secp256k1', stop.signal);
    stop.abort();
    await expect(issued).rejects.toMatchObject({ code: 'AMOP_DAEMON_STOPPED' });
  });

  test('marks the keys, and only them, as secret', () => {
    const { files } = networks.rsa;
    for (const file of files) expect(file.secret, file.path).toBe(file.path.endsWith('.key'));
  });

  test.each(PROFILES)('%s: key, certificate and node ID agree', (profile) => {
    const { files, nodes } = networks[profile];
    const text = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
    const chain = splitPemChain(text('bankB/node0/conf/node.crt'));
    expect(chain).toHaveLength(3);
    const [leaf, agency, root] = chain.map((der) => describeCertificate(der));
    expect(leaf?.commonName).toBe('node0');
    expect(leaf?.organizationalUnit).toBe('node');
    expect(agency?.commonName).toBe('bankB');
    expect(root?.commonName).toBe('chain');
    expect(leaf?.nodeId).toBe(nodes[1]?.nodeId);
    expect(text('bankB/node0/conf/node.nodeid')).toBe(`${leaf?.nodeId}\n`);
    const key = createPrivateKey(text('bankB/node0/conf/node.key'));
    expect(new X509Certificate(chain[0] ?? '').checkPrivateKey(key)).toBe(true);
  });

  test.skipIf(!openssl).each(PROFILES)(
    '%s: openssl accepts every chain strictly',
    async (profile) => {
      const out = temporaryFolder();
      await writeTree(out, networks[profile].files);
      for (const agency of ['bankA', 'bankB']) {
        const leaves = ['node0/conf/node.crt', 'sdk/sdk.crt'];
        if (profile === 'rsa') leaves.push('node0/conf/channel_cert/node.crt');
        for (const leaf of leaves) {
          const path = join(out, agency, leaf);
          const chain = ['-CAfile', join(dirname(path), 'ca.crt'), '-untrusted', path];
          const args = ['verify', '-x509_strict', ...chain, path];
          const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
          expect(status, `${stdout}${stderr}`).toBe(0);
        }
      }
    },
  );
});

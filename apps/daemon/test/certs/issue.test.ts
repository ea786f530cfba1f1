import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describeCertificate, splitPemChain } from '@amop/crypto';
import { describe, expect, test } from 'vitest';
import { issueNetwork } from '../../src/certs/issue.ts';
import { type Profile, planNodes } from '../../src/certs/plan.ts';
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

const openssl = spawnSync('openssl', ['version']).status === 0;

describe('issueNetwork', () => {
  test('makes the files of the original layout', () => {
    const { files } = issueNetwork(planned, 'secp256k1');
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

  test('marks the keys, and only them, as secret', () => {
    const { files } = issueNetwork(planned, 'p256');
    for (const file of files) expect(file.secret, file.path).toBe(file.path.endsWith('.key'));
  });

  test.each<Profile>(['secp256k1', 'p256'])('%s: key, certificate and node ID agree', (profile) => {
    const { files, nodes } = issueNetwork(planned, profile);
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

  test.skipIf(!openssl).each<Profile>(['secp256k1', 'p256'])(
    '%s: openssl accepts every chain strictly',
    async (profile) => {
      const out = temporaryFolder();
      await writeTree(out, issueNetwork(planned, profile).files);
      for (const agency of ['bankA', 'bankB']) {
        for (const leaf of ['node0/conf/node.crt', 'sdk/sdk.crt']) {
          const { status, stdout, stderr } = spawnSync(
            'openssl',
            [
              'verify',
              '-x509_strict',
              '-CAfile',
              join(out, 'cert', 'ca.crt'),
              '-untrusted',
              join(out, 'cert', agency, 'agency.crt'),
              join(out, agency, leaf),
            ],
            { encoding: 'utf8' },
          );
          expect(status, `${stdout}${stderr}`).toBe(0);
        }
      }
    },
  );
});

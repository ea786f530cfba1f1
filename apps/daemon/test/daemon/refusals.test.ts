import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLeaf } from '@amop/crypto';
import { freePort } from '@amop/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { issueNetwork } from '../../src/certs/issue.ts';
import { planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';
import { runAmopd } from '../../src/daemon/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const DAY_MS = 86_400_000;
const CREDENTIALS = '(AMOP_NODE_CREDENTIALS)';
const VALUE = '(AMOP_NODE_CONFIG_VALUE)';
const LISTEN = '(AMOP_NODE_LISTEN)';
const FILE = '(AMOP_NODE_CONFIG_FILE)';

let out = '';
/** The folder of the node, its conf, and two chains: of the node and of strangers. */
let node = '';
let conf = '';
let chain = '';
let strangers = '';
/** Ports of the node. */
let channelPort = 0;
let p2pPort = 0;
/** `conf` and `config.ini` as they were made; each test gets them anew. */
let originals = new Map<string, string>();

async function network(folder: string): Promise<string> {
  channelPort = await freePort();
  p2pPort = await freePort();
  const planned = planNodes({
    agencies: ['bankA', 'bankB'],
    nodesPerAgency: 1,
    profile: 'rsa',
    channelPort,
    p2pPort,
    hosts: ['127.0.0.1', '127.0.0.2'],
  });
  await writeTree(folder, (await issueNetwork(planned, 'rsa')).files);
  return folder;
}

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
  strangers = await network(join(out, 'strangers'));
  chain = await network(join(out, 'chain'));
  node = join(chain, 'bankA', 'node0');
  conf = join(node, 'conf');
  const names = ['ca.crt', 'node.crt', 'node.key'];
  const files = ['config.ini', ...names.map((name) => `conf/${name}`)];
  files.push(...names.map((name) => `conf/channel_cert/${name}`));
  originals = new Map(files.map((file) => [file, readFileSync(join(node, file), 'utf8')]));
});

afterAll(() => rmSync(out, { recursive: true, force: true }));

/** What `amopd` says on a folder that was changed, with the exit code in front. */
async function refusal(change: () => void): Promise<string> {
  rmSync(node, { recursive: true });
  mkdirSync(join(conf, 'channel_cert'), { recursive: true });
  for (const [file, text] of originals) writeFileSync(join(node, file), text);
  change();
  const terminal = fakeTerminal();
  // A node that starts after all is stopped at once and fails the test by its exit code.
  terminal.interrupt();
  const exitCode = await runAmopd(['--config', node], terminal);
  return `${exitCode} ${terminal.stderrText()}`;
}

function expectLine(said: string, exitCode: number, parts: readonly string[]): void {
  expect(said).toMatch(new RegExp(`^${exitCode} amopd: [^\\n]+\\n$`));
  for (const part of parts) expect(said).toContain(part);
}

/** Copies a file of the other bank or of the other chain over one of the node's. */
function take(from: string, file: string): void {
  copyFileSync(from, join(conf, file));
}

/** A certificate for the node that is valid for 10 days from `startMs` on. */
function certify(startMs: number): void {
  const read = (name: string): string => readFileSync(join(chain, 'cert', name), 'utf8');
  const issuer = {
    certificatePem: read('bankA/agency.crt'),
    privateKeyPem: read('bankA/agency.key'),
  };
  const leaf = createLeaf(
    {
      kind: 'node',
      commonName: 'node0',
      issuer,
      root: { certificatePem: read('ca.crt') },
      validityDays: 10,
    },
    { nowMs: startMs, randomBytes },
  );
  writeFileSync(join(conf, 'node.crt'), leaf.chainPem);
  writeFileSync(join(conf, 'node.key'), leaf.privateKeyPem);
}

function edit(change: (text: string) => string): void {
  const path = join(node, 'config.ini');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function hasSm2(): boolean {
  try {
    return execFileSync('openssl', ['ecparam', '-list_curves'], { stdio: 'pipe' })
      .toString()
      .includes('SM2');
  } catch {
    return false;
  }
}

describe('amopd says in one line what stands in the way', () => {
  test.each(['ca.crt', 'node.crt', 'node.key'])('%s is missing', async (name) => {
    const said = await refusal(() => rmSync(join(conf, name)));
    expectLine(said, 3, [join(conf, name), 'no such file', '[network_security]', FILE]);
  });

  test.each(['ca.crt', 'node.crt', 'node.key'])('channel_cert/%s is missing', async (name) => {
    const path = join(conf, 'channel_cert', name);
    const said = await refusal(() => rmSync(path));
    expectLine(said, 3, [path, 'no such file', 'rsa_crypto_channel', FILE]);
  });

  test.each(['ca.crt', 'node.crt', 'node.key'])('%s is a directory', async (name) => {
    const said = await refusal(() => {
      rmSync(join(conf, name));
      mkdirSync(join(conf, name));
    });
    expectLine(said, 3, [join(conf, name), 'it is a directory', FILE]);
  });

  test('config.ini is missing', async () => {
    const said = await refusal(() => rmSync(join(node, 'config.ini')));
    expectLine(said, 3, [join(node, 'config.ini'), '(AMOP_DAEMON_CONFIG_FILE)', 'amop certs']);
  });

  test.skipIf(process.getuid?.() === 0)(
    'a key that others must not read (not as root)',
    async () => {
      const said = await refusal(() => chmodSync(join(conf, 'node.key'), 0o000));
      expectLine(said, 3, [join(conf, 'node.key'), 'permission denied', 'user that runs', FILE]);
    },
  );

  test('node.crt and node.key of another chain', async () => {
    const said = await refusal(() => {
      for (const name of ['node.crt', 'node.key']) {
        take(join(strangers, 'bankA/node0/conf', name), name);
      }
    });
    const parts = [join(conf, 'ca.crt'), 'did not issue', join(conf, 'node.crt'), CREDENTIALS];
    expectLine(said, 3, parts);
  });

  test.each(['', 'channel_cert/'])('%sca.crt of another chain', async (folder) => {
    const file = `${folder}ca.crt`;
    const said = await refusal(() => take(join(strangers, 'bankA/node0/conf', file), file));
    expectLine(said, 3, [join(conf, file), 'did not issue', 'root of the chain', CREDENTIALS]);
  });

  test.each(['', 'channel_cert/'])('%snode.key of another node', async (folder) => {
    const file = `${folder}node.key`;
    const said = await refusal(() => take(join(chain, 'bankB/node0/conf', file), file));
    const certificate = join(conf, `${folder}node.crt`);
    expectLine(said, 3, [join(conf, file), 'does not belong', certificate, CREDENTIALS]);
  });

  test('node.crt without the agency', async () => {
    const said = await refusal(() => {
      const [leaf = ''] = (originals.get('conf/node.crt') ?? '').split(/(?<=-----END.*\n)/);
      writeFileSync(join(conf, 'node.crt'), leaf);
    });
    expectLine(said, 3, [join(conf, 'node.crt'), 'then its agency', CREDENTIALS]);
  });

  test('the certificate has expired', async () => {
    const said = await refusal(() => certify(Date.now() - 30 * DAY_MS));
    expectLine(said, 3, [join(conf, 'node.crt'), 'CN=node0', 'has expired on', CREDENTIALS]);
  });

  test('the certificate is not valid yet', async () => {
    const said = await refusal(() => certify(Date.now() + 30 * DAY_MS));
    expectLine(said, 3, [join(conf, 'node.crt'), 'not valid before', 'clock', CREDENTIALS]);
  });

  test('an RSA certificate as that of the node', async () => {
    const said = await refusal(() => {
      for (const name of ['ca.crt', 'node.crt', 'node.key']) {
        take(join(conf, 'channel_cert', name), name);
      }
    });
    expectLine(said, 3, [join(conf, 'node.crt'), 'no EC key', 'channel_cert', CREDENTIALS]);
  });

  test('an empty certificate', async () => {
    const said = await refusal(() => writeFileSync(join(conf, 'node.crt'), ''));
    expectLine(said, 3, [join(conf, 'node.crt'), 'no certificate in it', CREDENTIALS]);
  });

  test('a damaged certificate', async () => {
    const said = await refusal(() => {
      const text = originals.get('conf/node.crt') ?? '';
      writeFileSync(join(conf, 'node.crt'), text.replace(/\n.{64}\n/, '\n'));
    });
    expectLine(said, 3, [join(conf, 'node.crt'), 'certificate 1 in it is damaged', CREDENTIALS]);
  });

  test('a certificate where the key should be', async () => {
    const said = await refusal(() => take(join(conf, 'node.crt'), 'node.key'));
    expectLine(said, 3, [join(conf, 'node.key'), 'no private key in it', CREDENTIALS]);
  });

  test('a key with a passphrase', async () => {
    const said = await refusal(() => {
      const key = createPrivateKey(originals.get('conf/node.key') ?? '');
      const secret = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;
      const pem = key.export({ format: 'pem', type: 'pkcs8', ...secret });
      writeFileSync(join(conf, 'node.key'), pem);
    });
    expectLine(said, 3, [join(conf, 'node.key'), 'is encrypted', 'passphrase_file', CREDENTIALS]);
  });

  test.skipIf(!hasSm2())('a GM certificate (made by openssl; skipped without)', async () => {
    const said = await refusal(() => {
      const at = { cwd: conf, stdio: 'ignore' } as const;
      const key = ['-name', 'SM2', '-genkey', '-noout', '-out', 'node.key'];
      execFileSync('openssl', ['ecparam', ...key], at);
      const subject = ['-subj', '/CN=node0/O=fisco-bcos/OU=node', '-days', '10'];
      const signature = ['-sm3', '-sigopt', 'distid:1234567812345678'];
      const files = ['-key', 'node.key', '-out', 'node.crt'];
      execFileSync('openssl', ['req', '-x509', '-new', ...subject, ...signature, ...files], at);
      take(join(conf, 'node.crt'), 'ca.crt');
    });
    expectLine(said, 3, [join(conf, 'node.crt'), 'SM2 (GM)', 'secp256k1', CREDENTIALS]);
  });

  test.each(['sm_crypto', 'sm_crypto_channel'])('[chain] %s=true', async (key) => {
    const said = await refusal(() =>
      edit((text) => text.replace('[chain]', `[chain]\n${key}=true`)),
    );
    expectLine(said, 3, [join(node, 'config.ini'), `[chain] ${key}=true`, 'no SM (GM)', VALUE]);
  });

  test('a list whose section is not closed', async () => {
    const said = await refusal(() =>
      edit((text) => text.replace('[certificate_whitelist]', '[certificate_whitelist')),
    );
    expectLine(said, 3, [join(node, 'config.ini'), 'line ', 'is not a section', VALUE]);
  });

  test('an address of another machine', async () => {
    // 192.0.2.0/24 is for documentation: no machine has it.
    const said = await refusal(() =>
      edit((text) => text.replace('    listen_ip=127.0.0.1', '    listen_ip=192.0.2.1')),
    );
    expectLine(said, 1, [`p2p port 192.0.2.1:${p2pPort}`, 'address of this machine', LISTEN]);
  });

  test.each(['channel', 'p2p'])('the %s port is in use', async (name) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const key =
      name === 'p2p' ? `    listen_port=${p2pPort}` : `channel_listen_port=${channelPort}`;
    const said = await refusal(() =>
      edit((text) => text.replace(key, key.replace(/\d+$/, String(port)))),
    );
    const parts = [`${name} port 127.0.0.1:${port}`, 'address-in-use', 'Stop what uses', LISTEN];
    expectLine(said, 1, parts);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLeaf } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BankNetwork,
  Banks,
  diagnose,
  foreignProgram,
  listening,
  makeNetwork,
} from './bank-network.ts';

const DAY_MS = 86_400_000;
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

let network: BankNetwork;
let strangers: BankNetwork;

beforeAll(async () => {
  strangers = await makeNetwork();
  network = await makeNetwork();
});
afterAll(() => {
  network.remove();
  strangers.remove();
});

/** A folder that is broken in one way, and the one thing that is to be found. */
interface Case {
  readonly name: string;
  readonly change: (banks: Banks) => void | Promise<void>;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** End of the path, or the address. */
  readonly subject: string | (() => string);
  readonly message: string;
  readonly fix: string;
}

/** A certificate for the node that is valid for 10 days from `startMs` on. */
function certify(banks: Banks, startMs: number): void {
  const read = (name: string): string => readFileSync(join(banks.folder, 'cert', name), 'utf8');
  const issuer = {
    certificatePem: read('bankA/agency.crt'),
    privateKeyPem: read('bankA/agency.key'),
  };
  const root = { certificatePem: read('ca.crt') };
  const options = { kind: 'node', commonName: 'node0', issuer, root, validityDays: 10 } as const;
  const leaf = createLeaf(options, { nowMs: startMs, randomBytes });
  writeFileSync(banks.at('conf/node.crt'), leaf.chainPem);
  writeFileSync(banks.at('conf/node.key'), leaf.privateKeyPem);
  writeFileSync(banks.at('conf/node.nodeid'), `${leaf.nodeId}\n`);
}

/** The node gets another p2p port, in the list of all nodes too. */
function moveP2p(banks: Banks, port: number): void {
  banks.edit(`    listen_port=${network.p2pPort}`, `    listen_port=${port}`);
  banks.edit(`=127.0.0.1:${network.p2pPort}`, `=127.0.0.1:${port}`);
}

function hasSm2(): boolean {
  const curves = spawnSync('openssl', ['ecparam', '-list_curves'], { encoding: 'utf8' });
  return curves.status === 0 && curves.stdout.includes('SM2');
}

function makeGm(banks: Banks): void {
  const at = { cwd: banks.at('conf'), stdio: 'ignore' } as const;
  const key = ['-name', 'SM2', '-genkey', '-noout', '-out', 'node.key'];
  execFileSync('openssl', ['ecparam', ...key], at);
  const subject = ['-subj', '/CN=node0/O=fisco-bcos/OU=node', '-days', '10'];
  const signature = ['-sm3', '-sigopt', 'distid:1234567812345678'];
  const files = ['-key', 'node.key', '-out', 'node.crt'];
  execFileSync('openssl', ['req', '-x509', '-new', ...subject, ...signature, ...files], at);
}

function encryptKey(banks: Banks): void {
  const key = createPrivateKey(readFileSync(banks.at('conf/node.key')));
  const secret = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  const pem = key.export({ format: 'pem', type: 'pkcs8', ...secret });
  writeFileSync(banks.at('conf/node.key'), pem);
}

function makeOldCrl(banks: Banks): void {
  const cwd = join(banks.folder, 'cert');
  writeFileSync(join(cwd, 'index'), '');
  writeFileSync(join(cwd, 'number'), '0A\n');
  writeFileSync(
    join(cwd, 'ca.conf'),
    '[ca]\ndefault_ca=it\n[it]\ndatabase=index\ncrlnumber=number\ncrl_extensions=ext\n[ext]\nauthorityKeyIdentifier=keyid\n',
  );
  const authority = ['-keyfile', 'ca.key', '-cert', 'ca.crt', '-md', 'sha256'];
  const dates = ['-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200201000000Z'];
  const out = ['-gencrl', '-out', banks.at('conf/crl.pem')];
  const options = ['ca', '-config', 'ca.conf', ...authority, ...dates, ...out];
  execFileSync('openssl', options, { cwd, stdio: 'pipe' });
  banks.edit('[amop]', '[amop]\n    crl_file=conf/crl.pem');
}

const CASES: readonly Case[] = [
  {
    name: 'the key of another node',
    change: (banks) => banks.take('bankB/node0/conf/node.key', 'conf/node.key'),
    severity: 'error',
    code: 'other-key',
    subject: 'conf/node.key',
    message: 'it is not the key of',
    fix: 'put the two files of one pair together',
  },
  {
    name: 'the ca.crt of another chain',
    change: (banks) => {
      const other = join(strangers.template, 'bankA/node0/conf/ca.crt');
      writeFileSync(banks.at('conf/ca.crt'), readFileSync(other));
    },
    severity: 'error',
    code: 'foreign-ca',
    subject: 'conf/node.crt',
    message: 'conf/ca.crt is "CN=chain',
    fix: 'use certificate and ca.crt of one network',
  },
  {
    name: 'an expired certificate',
    change: (banks) => certify(banks, Date.now() - 30 * DAY_MS),
    severity: 'error',
    code: 'expired',
    subject: 'conf/node.crt',
    message: 'CN=node0',
    fix: 'amop certs renew',
  },
  {
    name: 'a certificate that is not valid yet',
    change: (banks) => certify(banks, Date.now() + 30 * DAY_MS),
    severity: 'error',
    code: 'not-yet-valid',
    subject: 'conf/node.crt',
    message: 'begins at',
    fix: 'set the clock of this machine',
  },
  {
    name: 'a certificate that ends soon',
    change: (banks) => certify(banks, Date.now()),
    severity: 'warning',
    code: 'ends-soon',
    subject: 'conf/node.crt',
    message: 'ends on',
    fix: 'amop certs renew',
  },
  {
    name: 'the certificate of an application',
    change: (banks) => {
      for (const kind of ['crt', 'key']) banks.take(`bankA/sdk/sdk.${kind}`, `conf/node.${kind}`);
      rmSync(banks.at('conf/node.nodeid'));
    },
    severity: 'error',
    code: 'wrong-place',
    subject: 'conf/node.crt',
    message: 'OU=sdk',
    fix: 'amop certs add-node',
  },
  {
    name: 'an encrypted key without passphrase_file',
    change: encryptKey,
    severity: 'error',
    code: 'AMOP_NODE_CREDENTIALS',
    subject: 'conf/node.key',
    message: 'is encrypted and no passphrase was given',
    fix: 'passphrase_file in [amop]',
  },
  {
    name: 'a key that others may read',
    change: (banks) => chmodSync(banks.at('conf/node.key'), 0o644),
    severity: 'warning',
    code: 'open-key',
    subject: 'conf/node.key',
    message: 'mode 644',
    fix: 'chmod 600',
  },
  ...['ca.crt', 'node.crt', 'node.key'].map(
    (name): Case => ({
      name: `no ${name}`,
      change: (banks) => rmSync(banks.at('conf', name)),
      severity: 'error',
      code: 'AMOP_NODE_CONFIG_FILE',
      subject: `conf/${name}`,
      message: 'there is no such file',
      fix: 'check [network_security]',
    }),
  ),
  ...['ca.crt', 'node.crt', 'node.key'].map(
    (name): Case => ({
      name: `an empty ${name}`,
      change: (banks) => writeFileSync(banks.at('conf', name), ''),
      severity: 'error',
      code: name === 'node.key' ? 'broken-key' : 'AMOP_NODE_CREDENTIALS',
      subject: `conf/${name}`,
      message: name === 'node.key' ? 'no private key' : 'no certificate in it',
      fix: name === 'node.key' ? 'bring the file again' : 'put the ',
    }),
  ),
  {
    name: 'a key with a typing error',
    change: (banks) => banks.edit('[p2p]', '[p2p]\n    enable_compres=true'),
    severity: 'warning',
    code: 'unknown-key',
    subject: 'config.ini',
    message: 'p2p.enable_compres is not a key of this node',
    fix: 'is p2p.enable_compress meant?',
  },
  {
    name: 'a list with a typing error in its section',
    change: (banks) =>
      banks.edit('[certificate_whitelist]', `[certificate_whitelst]\n    cal.0=${'ab'.repeat(64)}`),
    severity: 'error',
    code: 'AMOP_NODE_CONFIG_VALUE',
    subject: 'config.ini',
    message: 'would let everybody in',
    fix: 'write [certificate_whitelist] cal.0=NODE_ID',
  },
  {
    name: 'a section that is not closed',
    change: (banks) => banks.edit('[certificate_whitelist]', '[certificate_whitelist'),
    severity: 'error',
    code: 'AMOP_NODE_CONFIG_VALUE',
    subject: 'config.ini',
    message: 'is not a section',
    fix: 'write [name]',
  },
  {
    name: 'one port for both',
    change: (banks) => moveP2p(banks, network.channelPort),
    severity: 'error',
    code: 'AMOP_NODE_CONFIG_VALUE',
    subject: 'config.ini',
    message: 'listen_port',
    fix: 'another port than rpc.channel_listen_port',
  },
  {
    name: 'a port below 1025',
    change: (banks) =>
      banks.edit(`channel_listen_port=${network.channelPort}`, 'channel_listen_port=443'),
    severity: 'error',
    code: 'AMOP_NODE_CONFIG_VALUE',
    subject: 'config.ini',
    message: 'channel_listen_port=443',
    fix: 'a port number from 1025 to 65535',
  },
  {
    name: 'a chain of SM keys',
    change: (banks) => banks.edit('[chain]', '[chain]\n    sm_crypto=true'),
    severity: 'error',
    code: 'AMOP_NODE_CONFIG_VALUE',
    subject: 'config.ini',
    message: 'sm_crypto=true',
    fix: 'no SM (GM) cryptography',
  },
  {
    name: 'an address of another machine',
    // 192.0.2.0/24 is for documentation: no machine has it.
    change: (banks) => {
      banks.edit('    listen_ip=127.0.0.1', '    listen_ip=192.0.2.1');
      banks.edit(`=127.0.0.1:${network.p2pPort}`, `=192.0.2.1:${network.p2pPort}`);
    },
    severity: 'error',
    code: 'AMOP_NODE_LISTEN',
    subject: () => `192.0.2.1:${network.p2pPort}`,
    message: 'cannot open the p2p port',
    fix: 'an address of this machine',
  },
  {
    name: 'a node that is named twice',
    change: (banks) => banks.edit('    node.0=', `    node.7=${network.peer}\n    node.0=`),
    severity: 'warning',
    code: 'duplicate-peer',
    subject: 'config.ini',
    message: 'twice',
    fix: 'keep one',
  },
  {
    name: 'a list that lacks the peer',
    change: (banks) =>
      banks.edit(
        '[certificate_whitelist]',
        `[certificate_whitelist]\n    cal.0=${'ab'.repeat(64)}`,
      ),
    severity: 'error',
    code: 'node-not-whitelisted',
    subject: () => network.peer,
    message: 'not in certificate_whitelist',
    fix: 'add cal.N=NODE_ID',
  },
  {
    name: 'a configuration from the future',
    change: (banks) =>
      utimesSync(banks.at('config.ini'), new Date(), new Date(Date.now() + DAY_MS)),
    severity: 'warning',
    code: 'clock',
    subject: 'config.ini',
    message: 'it was written at',
    fix: 'set the clock',
  },
];

async function expectOne(change: Case): Promise<void> {
  const banks = new Banks(network.template);
  await banks.start('bankB');
  await change.change(banks);
  const { code, findings, stderr } = await diagnose(banks.at());
  expect(findings, stderr).toHaveLength(1);
  const [found] = findings;
  const { code: expected, fix, message, severity, subject } = change;
  expect(found).toMatchObject({ severity, code: expected });
  const end = typeof subject === 'string' ? subject : subject();
  expect(found?.subject.endsWith(end), `${found?.subject} ends with ${end}`).toBe(true);
  expect(found?.message).toContain(message);
  expect(found?.fix).toContain(fix);
  expect(code).toBe(severity === 'error' ? 1 : 0);
}

describe('amop doctor finds the one thing that is wrong', () => {
  test.each(CASES)('$name', expectOne);

  test.skipIf(!hasSm2())('GM certificate (made by openssl; skipped without)', () =>
    expectOne({
      name: '',
      change: (banks) => {
        makeGm(banks);
        rmSync(banks.at('conf/node.nodeid'));
      },
      severity: 'error',
      code: 'gm-certificate',
      subject: 'conf/node.crt',
      message: 'has SM2 keys (GM)',
      fix: 'non-GM chain',
    }),
  );

  test.skipIf(!hasOpenssl)('a revocation list out of date (by openssl; skipped without)', () =>
    expectOne({
      name: '',
      change: makeOldCrl,
      severity: 'warning',
      code: 'list-out-of-date',
      subject: 'conf/crl.pem',
      message: 'a newer list of',
      fix: 'put the newer list',
    }),
  );

  test.each(['channel', 'p2p'] as const)('a foreign program on the %s port', (name) =>
    expectOne({
      name,
      change: async (banks) => {
        const port = await listening(foreignProgram());
        if (name === 'p2p') moveP2p(banks, port);
        else banks.edit(`listen_port=${network.channelPort}`, `listen_port=${port}`);
        expected = `127.0.0.1:${port}`;
      },
      severity: 'error',
      code: 'AMOP_NODE_LISTEN',
      subject: () => expected,
      message:
        'address-in-use: another program, or this node if its files were changed since it started, listens there',
      fix: 'lsof -i :',
    }),
  );

  test('a foreign program on the admin port', () =>
    expectOne({
      name: '',
      change: async (banks) => {
        const port = await listening(foreignProgram());
        banks.edit('max_sessions', `admin_listen_port=${port}\n    max_sessions`);
        expected = `127.0.0.1:${port}`;
      },
      severity: 'error',
      code: 'AMOP_DAEMON_ADMIN',
      subject: () => expected,
      message: 'cannot open the admin port',
      fix: 'set another admin_listen_port',
    }));
  let expected = '';
});

test('nothing wrong: one line that tells what was looked at', async () => {
  const banks = new Banks(network.template);
  await banks.start('bankB');
  const { code, findings, notes, stderr } = await diagnose(banks.at());
  expect([findings, stderr, code]).toEqual([[], '', 0]);
  expect(notes).toMatchObject([{ code: 'peer-reached', subject: network.peer }]);
  expect(notes[0]?.message).toMatch(/^node0 of bankB \(node ID [0-9a-f]{16}\.\.\.\)/);
});

test('several things at once', async () => {
  const banks = new Banks(network.template);
  banks.take('bankB/node0/conf/node.key', 'conf/node.key');
  banks.edit('max_sessions=20', 'max_sessions=none');
  banks.edit('[chain]', '[chain]\n    sm_crypto=yes');
  const { code, findings, notes, stderr } = await diagnose(banks.at());
  expect(findings.map((each) => each.code)).toEqual([
    'AMOP_NODE_CONFIG_VALUE',
    'AMOP_NODE_CONFIG_VALUE',
    'other-key',
  ]);
  expect(notes).toMatchObject([{ code: 'not-dialled' }]);
  expect(code).toBe(1);
  expect(stderr).toContain('"AMOP_DAEMON_DOCTOR_FINDINGS","message":"3 errors"');
});

test('with RSA for applications the files of channel_cert are looked at as well', async () => {
  const rsa = await makeNetwork('rsa');
  const banks = new Banks(rsa.template);
  rsa.remove();
  await banks.start('bankB');
  expect((await diagnose(banks.at())).findings).toEqual([]);
  banks.take('bankB/node0/conf/channel_cert/node.key', 'conf/channel_cert/node.key');
  const { findings } = await diagnose(banks.at());
  expect(findings).toMatchObject([{ code: 'other-key', severity: 'error' }]);
  expect(findings[0]?.subject).toContain('channel_cert/node.key');
});

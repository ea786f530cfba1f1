import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadNodeConfig } from '@amop/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROFILES, type Profile } from '../../../src/certs/plan.ts';
import { runAmop } from '../../../src/commands/program.ts';
import { fakeTerminal } from '../../support/fake-terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { amopCerts, made } from './amop-certs.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** A network of each profile, made once: RSA keys take their time. */
const templates = Object.fromEntries(
  PROFILES.map((profile) => [profile, mkdtempSync(join(tmpdir(), 'amop-daemon-'))]),
) as Record<Profile, string>;
beforeAll(async () => {
  for (const profile of PROFILES) await stepByStep(templates[profile], profile);
});
afterAll(() => {
  for (const folder of Object.values(templates)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the network made step by step. */
function networkOf(profile: Profile): string {
  const cwd = temporaryFolder();
  cpSync(templates[profile], cwd, { recursive: true });
  return cwd;
}

async function stepByStep(cwd: string, profile: string): Promise<void> {
  await made(cwd, 'init', '--out', 'net', '--profile', profile);
  for (const agency of ['bankA', 'bankB']) {
    await made(cwd, 'add-agency', agency, '--out', 'net');
    await made(cwd, 'add-node', '--agency', agency, '--out', 'net');
    await made(cwd, 'add-sdk', '--agency', agency, '--out', 'net');
  }
}

describe('a network made step by step', () => {
  test.each(PROFILES)('%s: has the files and modes of one made at once', async (profile) => {
    const cwd = networkOf(profile);
    const whole = ['--out', 'whole', '--agency', 'bankA', '--agency', 'bankB'];
    await made(cwd, ...whole, '--profile', profile);
    const files = filesIn(join(cwd, 'net'));
    expect(files.filter((file) => file !== 'cert/_profile')).toEqual(filesIn(join(cwd, 'whole')));
    for (const file of files) {
      const mode = statSync(join(cwd, 'net', file)).mode & 0o777;
      if (process.platform !== 'win32') {
        expect(mode, file).toBe(file.endsWith('.key') ? 0o600 : 0o644);
      }
    }
    const [one, other] = ['net', 'whole'].map((out) =>
      loadNodeConfig(join(cwd, out, 'bankB', 'node0', 'config.ini')),
    );
    expect(one?.p2p.peers).toEqual(other?.p2p.peers);
    expect(one?.channel.port).toBe(other?.channel.port);
  });

  test.skipIf(!openssl).each(PROFILES)(
    '%s: openssl accepts every chain strictly',
    async (profile) => {
      const cwd = networkOf(profile);
      await made(cwd, 'add-sdk', '--agency', 'bankA', '--out', 'net', '--name', 'payments');
      const leaves = filesIn(join(cwd, 'net')).filter((file) => /(node|sdk)\.crt$/.test(file));
      expect(leaves).toHaveLength(profile === 'rsa' ? 7 : 5);
      for (const leaf of leaves) {
        const path = join(cwd, 'net', leaf);
        const chain = ['-CAfile', join(dirname(path), 'ca.crt'), '-untrusted', path, path];
        const { status, stderr } = spawnSync('openssl', ['verify', '-x509_strict', ...chain]);
        expect(status, `${stderr}`).toBe(0);
      }
    },
  );

  test('the report tells paths, node ID, fingerprint, end, and the lines of the other nodes', async () => {
    const cwd = networkOf('secp256k1');
    const { code, stdoutText } = await amopCerts(
      cwd,
      'add-node',
      '--agency',
      'bankA',
      '--out',
      'net',
    );
    expect(code).toBe(0);
    const text = stdoutText();
    expect(text).toMatch(/^Made in net:\n\n {2}bankA\/node1\/ +config\.ini\n/);
    expect(text).toMatch(/node ID {6}[0-9a-f]{128}\n {6}fingerprint {2}[0-9a-f]{64}\n/);
    expect(text).toMatch(/valid {8}until \d{4}-\d\d-\d\d\n/);
    const config = join(cwd, 'net', 'bankB', 'node0', 'config.ini');
    expect(text).toContain(`  ${config} [p2p]  node.2=127.0.0.1:30302\n`);
    expect(text).toContain('Next: amopd --config net/bankA/node1/config.ini\n');
    const { peers, port } = loadNodeConfig(join(cwd, 'net/bankA/node1/config.ini')).p2p;
    expect(port).toBe(30_302);
    expect(peers.map((peer) => peer.port)).toEqual([30_300, 30_301, 30_302]);
  });

  test('a whitelist needs the node ID, too', async () => {
    const cwd = networkOf('p256');
    const config = join(cwd, 'net', 'bankB', 'node0', 'config.ini');
    const id = readFileSync(join(cwd, 'net/bankA/node0/conf/node.nodeid'), 'utf8').trim();
    appendFileSync(config, `[certificate_whitelist]\n    cal.0=${id}\n`);
    const report = await made(cwd, 'add-node', '--agency', 'bankA', '--out', 'net');
    expect(report).toMatchObject({ node: 'node1', profile: 'p256', p2p: '127.0.0.1:30302' });
    const { lines, nodeId } = report;
    expect(lines).toContainEqual({
      config,
      section: 'certificate_whitelist',
      line: `cal.1=${nodeId}`,
    });
  });

  test('ports follow those that are there, also below the usual ones', async () => {
    const cwd = temporaryFolder();
    const ports = ['--channel-port', '11200', '--p2p-port', '11300'];
    await made(cwd, '--out', 'net', '--agency', 'bankA', '--profile', 'p256', ...ports);
    const report = await made(cwd, 'add-node', '--agency', 'bankA', '--out', 'net');
    expect(report).toMatchObject({ channel: '127.0.0.1:11201', p2p: '127.0.0.1:11301' });
  });

  test('other hosts begin with the first ports; peers without a folder are named', async () => {
    const cwd = networkOf('secp256k1');
    const where = [
      '--host',
      '10.0.0.8',
      '--peer',
      '10.0.1.9:30300',
      '--peer',
      '[2001:db8::7]:30400',
    ];
    const report = await made(cwd, 'add-node', '--agency', 'bankB', '--out', 'net', ...where);
    expect(report).toMatchObject({ channel: '10.0.0.8:20200', p2p: '10.0.0.8:30300' });
    const { host, peers } = loadNodeConfig(join(cwd, 'net/bankB/node1/config.ini')).p2p;
    expect(host).toBe('0.0.0.0');
    expect(peers.map((peer) => `${peer.host} ${peer.port}`)).toEqual([
      '127.0.0.1 30300',
      '127.0.0.1 30301',
      '10.0.1.9 30300',
      '2001:db8::7 30400',
      '10.0.0.8 30300',
    ]);
  });
});

describe('an organisation that holds only its own key', () => {
  test.each(PROFILES)('%s: adds nodes and applications, and no agency', async (profile) => {
    const cwd = networkOf(profile);
    const own = join(cwd, 'own');
    cpSync(join(cwd, 'net', 'bankA'), join(own, 'bankA'), { recursive: true });
    cpSync(join(cwd, 'net', 'cert', 'bankA'), join(own, 'cert', 'bankA'), { recursive: true });
    expect(await made(cwd, 'add-node', '--agency', 'bankA', '--out', 'own')).toMatchObject({
      profile,
      node: 'node1',
    });
    expect(await made(cwd, 'add-sdk', '--agency', 'bankA', '--out', 'own')).toMatchObject({
      folders: ['bankA/sdk1'],
    });
    const refused = await amopCerts(cwd, 'add-agency', 'bankC', '--out', 'own');
    expect(refused.code).toBe(3);
    expect(refused.stderrText()).toMatch(
      /^amop: .*own\/cert\/ca\.crt and .*own\/cert\/ca\.key are missing \(AMOP_DAEMON_CERTS_AUTHORITY\)\. .*\n$/,
    );
    rmSync(join(own, 'bankA'), { recursive: true });
    const alone = await amopCerts(cwd, 'add-node', '--agency', 'bankA', '--out', 'own');
    expect(alone.code).toBe(3);
    expect(alone.stderrText()).toMatch(
      /own\/cert\/ca\.crt is missing .*its key is not needed\.\n$/,
    );
  });
});

describe('encrypted keys', () => {
  test('every making command encrypts with --passphrase-file, and opens the authority with it', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'secret'), 'correct horse\n', { mode: 0o600 });
    const secret = ['--passphrase-file', 'secret'];
    await made(cwd, 'init', '--out', 'net', '--profile', 'rsa', ...secret);
    await made(cwd, 'add-agency', 'bankA', '--out', 'net', ...secret);
    const { next } = await made(cwd, 'add-node', '--agency', 'bankA', '--out', 'net', ...secret);
    expect(next).toContainEqual(expect.stringContaining('[amop] passphrase_file=FILE'));
    await made(cwd, 'add-sdk', '--agency', 'bankA', '--out', 'net', ...secret);
    await made(cwd, '--agency', 'bankA', '--out', 'whole', ...secret);
    for (const out of ['net', 'whole']) {
      const keys = filesIn(join(cwd, out)).filter((file) => file.endsWith('.key'));
      expect(keys.length).toBeGreaterThan(3);
      for (const file of keys) {
        expect(readFileSync(join(cwd, out, file), 'utf8'), file).toMatch(/^-----BEGIN ENCRYPTED/);
      }
    }
  });

  test("the authority's passphrase may be another, and the new key plain", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'secret'), 'one', { mode: 0o600 });
    await made(cwd, 'init', '--out', 'net', '--passphrase-file', 'secret');
    const args = ['add-agency', 'bankA', '--out', 'net'];
    await made(cwd, ...args, '--authority-passphrase-file', 'secret');
    expect(readFileSync(join(cwd, 'net/cert/bankA/agency.key'), 'utf8')).toMatch(/BEGIN PRIVATE/);
  });

  test('no passphrase, a wrong one, no file, an empty file, a file that others may read', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'secret'), 'one', { mode: 0o600 });
    writeFileSync(join(cwd, 'wrong'), 'other', { mode: 0o600 });
    writeFileSync(join(cwd, 'empty'), '\n', { mode: 0o600 });
    writeFileSync(join(cwd, 'lines'), 'one\ntwo\n', { mode: 0o600 });
    writeFileSync(join(cwd, 'long'), 'x'.repeat(1024), { mode: 0o600 });
    await made(cwd, 'init', '--out', 'net', '--passphrase-file', 'secret');
    const args = ['add-agency', 'bankA', '--out', 'net'];
    for (const [file, code] of [
      [undefined, 'AMOP_CRYPTO_PASSPHRASE'],
      ['wrong', 'AMOP_CRYPTO_PASSPHRASE'],
      ['nowhere', 'AMOP_DAEMON_PASSPHRASE_FILE'],
      ['empty', 'AMOP_DAEMON_PASSPHRASE_FILE'],
      ['lines', 'AMOP_DAEMON_PASSPHRASE_FILE'],
      ['long', 'AMOP_DAEMON_PASSPHRASE_FILE'],
      ['.', 'AMOP_DAEMON_PASSPHRASE_FILE'],
    ] as const) {
      const secret = file === undefined ? [] : ['--passphrase-file', file];
      const run = await amopCerts(cwd, ...args, ...secret);
      expect(run.code, file).toBe(3);
      expect(run.stderrText()).toMatch(new RegExp(`^amop: [^\\n]+\\(${code}\\)\\. [^\\n]+\\n$`));
      expect(run.stderrText()).not.toContain('other');
    }
    expect(filesIn(join(cwd, 'net'))).toEqual(['cert/ca.crt', 'cert/ca.key']);
    chmodSync(join(cwd, 'secret'), 0o644);
    const open = await amopCerts(cwd, ...args, '--passphrase-file', 'secret');
    expect(open.code).toBe(0);
    if (process.platform !== 'win32') {
      expect(open.stderrText()).toBe(
        `amop: warning: others may read ${join(cwd, 'secret')}: chmod 600 it\n`,
      );
    }
  });
});

describe('nothing is overwritten, nothing is half made', () => {
  test.each([
    [['init', '--out', 'net'], 'net/cert exists'],
    [['add-agency', 'bankA', '--out', 'net'], 'net/cert/bankA exists'],
    [['add-agency', 'BANKA', '--out', 'net'], 'net/cert/bankA exists'],
    [['add-sdk', '--agency', 'bankA', '--name', 'sdk', '--out', 'net'], 'net/bankA/sdk exists'],
    [['add-sdk', '--agency', 'bankA', '--name', 'odd', '--out', 'net'], 'net/bankA/odd exists'],
  ])('%j', async (args, message) => {
    const cwd = networkOf('p256');
    symlinkSync('nowhere', join(cwd, 'net', 'bankA', 'odd'));
    const before = filesIn(cwd);
    const run = await amopCerts(cwd, ...args);
    expect(run.code).toBe(3);
    expect(run.stderrText()).toContain(message);
    expect(run.stderrText()).toMatch(/^amop: [^\n]+\(AMOP_DAEMON_CERTS_EXIST\)[^\n]+\n$/);
    expect(filesIn(cwd)).toEqual(before);
  });

  test.each([
    [['init', '--out', 'new']],
    [['add-agency', 'bankC', '--out', 'net']],
    [['add-node', '--agency', 'bankA', '--out', 'net']],
    [['add-sdk', '--agency', 'bankA', '--out', 'net']],
  ])('%j: ended while the key is made, there is nothing', async (args) => {
    const cwd = networkOf('p256');
    const before = filesIn(cwd);
    const terminal = fakeTerminal({ cwd });
    const running = runAmop(['certs', ...args], terminal);
    terminal.interrupt();
    expect(await running).toBe(1);
    expect(terminal.stderrText()).toContain('(AMOP_DAEMON_STOPPED)');
    expect(filesIn(cwd)).toEqual(before);
  });
});

describe('wrong usage and broken networks', () => {
  test.each([
    [['add-agency', '../x', '--out', 'net'], 2, 'cannot name an agency'],
    [['add-agency', 'cert', '--out', 'net'], 2, 'cannot name an agency'],
    [['add-agency', '--out', 'net'], 2, 'missing required argument'],
    [['add-node', '--out', 'net'], 2, '--agency'],
    [['add-node', '--agency', '..', '--out', 'net'], 2, 'cannot name an agency'],
    [['add-node', '--agency', 'bankA', '--host', 'a b', '--out', 'net'], 2, 'neither an IP'],
    [['add-node', '--agency', 'bankA', '--peer', 'x', '--out', 'net'], 2, 'host:port'],
    [['add-node', '--agency', 'bankA', '--peer', '[1:2]:5', '--out', 'net'], 2, 'host:port'],
    [['add-node', '--agency', 'bankA', '--p2p-port', '30301', '--out', 'net'], 2, 'bankB/node0'],
    [
      ['add-node', '--agency', 'bankA', '--channel-port', '30300', '--out', 'net'],
      2,
      'bankA/node0',
    ],
    [['add-node', '--agency', 'bankA', '--channel-port', '30302', '--out', 'net'], 2, 'both ports'],
    [['add-node', '--agency', 'bankA', '--peer', '127.0.0.1:65535', '--out', 'net'], 2, '65536'],
    [['add-sdk', '--agency', 'bankA', '--name', 'node7', '--out', 'net'], 2, 'cannot name an appl'],
    [['add-sdk', '--agency', 'bankA', '--name', 'a/b', '--out', 'net'], 2, 'cannot name an appl'],
    [['--out', 'net', 'init'], 2, "write --out after 'init'"],
    [['add-node', '--agency', 'bankZ', '--out', 'net'], 3, 'cert/bankZ/agency.crt and'],
    [['add-node', '--agency', 'bankA', '--out', 'nowhere'], 3, 'agency.key are missing'],
    [['add-agency', 'bankC', '--out', 'nowhere'], 3, 'ca.key are missing'],
  ])('%j ends with %d: %s', async (args, code, message) => {
    const cwd = networkOf('p256');
    const before = filesIn(cwd);
    const run = await amopCerts(cwd, ...args);
    expect(run.stderrText()).toMatch(/^amop: [^\n]+\n$/);
    expect(run.stderrText()).toContain(message);
    expect(run.code).toBe(code);
    expect(filesIn(cwd)).toEqual(before);
  });

  test('a network whose configuration cannot be read is not extended by guesses', async () => {
    const cwd = networkOf('p256');
    appendFileSync(join(cwd, 'net/bankB/node0/config.ini'), '[p2p]\nlisten_port=none\n');
    const run = await amopCerts(cwd, 'add-node', '--agency', 'bankA', '--out', 'net');
    expect(run.code).toBe(3);
    expect(run.stderrText()).toMatch(
      /^amop: [^\n]*bankB\/node0\/config\.ini[^\n]*\(AMOP_NODE_CONFIG_VALUE\)[^\n]*\n$/,
    );
  });

  test('a key of another authority, a broken key, a broken certificate, a root of another network', async () => {
    const cwd = networkOf('p256');
    await made(cwd, '--out', 'other', '--agency', 'bankA', '--profile', 'p256');
    const agencyKey = join(cwd, 'net/cert/bankA/agency.key');
    const good = readFileSync(agencyKey, 'utf8');
    const codes: (string | undefined)[] = [];
    const attempt = async (): Promise<void> => {
      const run = await amopCerts(cwd, 'add-node', '--agency', 'bankA', '--out', 'net');
      expect(run.code).toBe(3);
      expect(run.stderrText()).toMatch(/^amop: [^\n]+\n$/);
      codes.push(/\((AMOP_\w+)\)/.exec(run.stderrText())?.[1]);
    };
    writeFileSync(agencyKey, readFileSync(join(cwd, 'net/cert/bankB/agency.key')));
    await attempt();
    writeFileSync(agencyKey, 'no key');
    await attempt();
    writeFileSync(agencyKey, good);
    const rootFile = join(cwd, 'net/cert/ca.crt');
    writeFileSync(rootFile, readFileSync(join(cwd, 'other/cert/ca.crt')));
    await attempt();
    writeFileSync(rootFile, 'no certificate');
    await attempt();
    rmSync(rootFile);
    mkdirSync(rootFile);
    await attempt();
    expect(codes).toEqual([
      'AMOP_CRYPTO_KEY_MISMATCH',
      'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
      'AMOP_CRYPTO_BROKEN_CHAIN',
      'AMOP_CRYPTO_INVALID_PEM',
      'AMOP_DAEMON_CERTS_READ',
    ]);
    expect(filesIn(join(cwd, 'net', 'bankA')).some((file) => file.startsWith('node1'))).toBe(false);
  });
});

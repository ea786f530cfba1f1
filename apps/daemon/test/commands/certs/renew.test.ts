import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeCertificate, splitPemChain } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAmop } from '../../../src/commands/program.ts';
import { fakeTerminal } from '../../support/fake-terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { amopCerts, made } from './amop-certs.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
const LEAF = 'net/bankA/node0/conf/node.crt';

describe('amop certs renew', () => {
  let template: string;
  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
    await made(template, '--out', 'net', '--agency', 'bankA', '--agency', 'bankB');
    await made(template, '--out', 'rsa', '--agency', 'bankA', '--profile', 'rsa');
    await made(template, '--out', 'other', '--agency', 'bankA');
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));

  function copy(): string {
    const cwd = temporaryFolder();
    cpSync(template, cwd, { recursive: true });
    return cwd;
  }

  function identityOf(path: string) {
    const [der = new Uint8Array()] = splitPemChain(readFileSync(path, 'utf8'));
    return describeCertificate(der);
  }

  function filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true }).map(String).sort();
  }

  test('the same key and node ID, the days asked for, the old file beside it', async () => {
    const cwd = copy();
    const path = join(cwd, LEAF);
    const old = readFileSync(path, 'utf8');
    const before = identityOf(path);
    const { code, stdoutText } = await amopCerts(cwd, 'renew', LEAF, '--days', '100');
    expect(code).toBe(0);
    const after = identityOf(path);
    expect(after.nodeId).toBe(before.nodeId);
    expect(after.validToMs - after.validFromMs).toBe(100 * 86_400_000);
    const text = stdoutText();
    expect(text).toContain(`${path}\n  CN=node0, O=fisco-bcos, OU=node\n`);
    expect(text).toContain(`until ${new Date(after.validToMs).toISOString().slice(0, 10)}\n`);
    expect(text).toContain(
      `before       until ${new Date(before.validToMs).toISOString().slice(0, 10)}\n`,
    );
    expect(text).toContain(`node ID      ${before.nodeId}\n`);
    expect(text).toContain('until SIGHUP (kill -HUP)');
    const kept = /old files {4}(node\.crt\.old-\d{8})\n/.exec(text)?.[1] ?? '';
    expect(readFileSync(join(dirname(path), kept), 'utf8')).toBe(old);
    expect((await amopCerts(cwd, 'verify', 'net')).code).toBe(0);
  });

  test.each(['net', 'rsa'])('%s: all of a folder; the whole network stays sound', async (out) => {
    const cwd = copy();
    const { code, stdoutText } = await amopCerts(cwd, 'renew', out, '--json');
    expect(code).toBe(0);
    const lines = stdoutText()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind).sort()).toEqual(
      out === 'net' ? ['node', 'node', 'sdk', 'sdk'] : ['node', 'node', 'sdk'],
    );
    for (const { oldFiles, oldValidToMs, validToMs } of lines) {
      expect(oldFiles).toHaveLength(1);
      expect(validToMs).toBeGreaterThanOrEqual(oldValidToMs);
    }
    expect((await amopCerts(cwd, 'verify', out)).code).toBe(0);
  });

  test.skipIf(!openssl)('openssl accepts what was renewed (skipped without it)', async () => {
    const cwd = copy();
    await amopCerts(cwd, 'renew', 'net', 'rsa', '--days', '50');
    for (const leaf of [LEAF, 'net/bankB/sdk/sdk.crt', 'rsa/bankA/sdk/sdk.crt']) {
      const path = join(cwd, leaf);
      const chain = ['-CAfile', join(dirname(path), 'ca.crt'), '-untrusted', path, path];
      expect(spawnSync('openssl', ['verify', '-x509_strict', ...chain]).status).toBe(0);
      const ends = (days: number): boolean =>
        spawnSync('openssl', ['x509', '-in', path, '-noout', '-checkend', `${days * 86_400}`])
          .status === 1;
      expect([ends(49), ends(50)]).toEqual([false, true]);
    }
  });

  test('--new-key: key, certificate and node.nodeid change together, and the lists are named', async () => {
    const cwd = copy();
    const before = identityOf(join(cwd, LEAF));
    const { code, stdoutText } = await amopCerts(cwd, 'renew', LEAF, '--new-key');
    expect(code).toBe(0);
    const after = identityOf(join(cwd, LEAF));
    expect(after.nodeId).not.toBe(before.nodeId);
    const idFile = join(cwd, 'net/bankA/node0/conf/node.nodeid');
    expect(readFileSync(idFile, 'utf8')).toBe(`${after.nodeId}\n`);
    expect(stdoutText()).toContain(`old node ID  ${before.nodeId}\n`);
    expect(stdoutText()).toContain('[certificate_whitelist] (cal.N=)');
    expect(stdoutText()).toContain('takes a new key at its next start only');
    expect((await amopCerts(cwd, 'verify', 'net')).code).toBe(0);
    const old = filesIn(join(cwd, 'net/bankA/node0/conf')).filter((name) => name.includes('.old-'));
    expect(old.map((name) => name.replace(/\d{8}/, 'DAY'))).toEqual([
      'node.crt.old-DAY',
      'node.key.old-DAY',
      'node.nodeid.old-DAY',
    ]);
  });

  test('an agency, the root, and the root of a channel: what they issued stays sound', async () => {
    const cwd = copy();
    const authorities = [
      'rsa/cert/bankA/agency.crt',
      'rsa/cert/ca.crt',
      'rsa/cert/bankA/channel/ca.crt',
    ];
    const { code, stdoutText } = await amopCerts(cwd, 'renew', ...authorities);
    expect(code).toBe(0);
    expect(stdoutText()).toContain('Copy it over every ca.crt');
    expect((await amopCerts(cwd, 'verify', 'rsa')).code).toBe(0);
    copyFileSync(join(cwd, 'rsa/cert/ca.crt'), join(cwd, 'rsa/bankA/node0/conf/ca.crt'));
    expect((await amopCerts(cwd, 'verify', 'rsa')).code).toBe(0);
    expect((await amopCerts(cwd, 'renew', 'rsa')).code).toBe(0);
    expect((await amopCerts(cwd, 'verify', 'rsa')).code).toBe(0);
    const chain = splitPemChain(readFileSync(join(cwd, 'rsa/bankA/node0/conf/node.crt'), 'utf8'));
    const [root] = splitPemChain(readFileSync(join(cwd, 'rsa/cert/ca.crt'), 'utf8'));
    expect(chain[2]).toEqual(root);
  });

  test('an authority that ends before the certificate is pointed out', async () => {
    const cwd = copy();
    await amopCerts(cwd, 'renew', 'net/cert/bankA/agency.crt', '--days', '10');
    const { stdoutText } = await amopCerts(cwd, 'renew', LEAF, '--days', '20');
    expect(stdoutText()).toMatch(/ITS AUTHORITY ENDS ON \d{4}-\d\d-\d\d/);
  });

  test('--authority: the folder of the agency alone, when the root lies beside the leaf', async () => {
    const cwd = copy();
    renameSync(join(cwd, 'net/cert/bankA'), join(cwd, 'offline'));
    rmSync(join(cwd, 'net/cert'), { recursive: true });
    expect((await amopCerts(cwd, 'renew', LEAF)).stderrText()).toMatch(
      /^amop: there is no folder 'cert' beside or above .*node\.crt \(AMOP_DAEMON_CERTS_AUTHORITY\)\. Give --authority DIR, /,
    );
    expect((await amopCerts(cwd, 'renew', LEAF, '--authority', 'offline')).code).toBe(0);
    rmSync(join(cwd, 'net/bankA/node0/conf/ca.crt'));
    const run = await amopCerts(cwd, 'renew', LEAF, '--authority', 'offline');
    expect(run.stderrText()).toMatch(/offline\/ca\.crt is missing \(AMOP_DAEMON_CERTS_AUTHORITY\)/);
    expect(run.code).toBe(3);
  });

  test('encrypted keys: the authority is opened, a new key is encrypted', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'secret'), 'x', { mode: 0o600 });
    const secret = ['--passphrase-file', 'secret'];
    await made(cwd, '--out', 'net', '--agency', 'bankA', ...secret);
    const missing = await amopCerts(cwd, 'renew', LEAF);
    expect(missing.stderrText()).toMatch(
      /\(AMOP_CRYPTO_PASSPHRASE\)\. .*--passphrase-file FILE\.\n$/,
    );
    expect(missing.code).toBe(3);
    expect(
      (await amopCerts(cwd, 'renew', LEAF, '--authority-passphrase-file', 'secret')).code,
    ).toBe(0);
    const plain = ['--new-key', '--authority-passphrase-file', 'secret'];
    const refused = await amopCerts(cwd, 'renew', LEAF, ...plain);
    expect(refused.stderrText()).toContain('the new one would not be (AMOP_DAEMON_CERTS_RENEW)');
    expect((await amopCerts(cwd, 'renew', LEAF, '--new-key', ...secret)).code).toBe(0);
    expect(readFileSync(join(cwd, 'net/bankA/node0/conf/node.key'), 'utf8')).toContain('ENCRYPTED');
    expect((await amopCerts(cwd, 'verify', 'net', ...secret)).code).toBe(0);
  });

  test.each([
    [[LEAF, '--authority', 'other/cert'], 3, 'no authority in'],
    [['net', '--authority', 'net/cert/bankA'], 3, 'no authority in'],
    [['net/bankA/node0/conf/ca.crt'], 3, 'it is a copy of a root'],
    [['net/cert/ca.crt', '--new-key'], 3, 'is another authority'],
    [['link.crt'], 3, 'it is a symbolic link'],
    [['odd.crt'], 3, 'no authority in'],
    [['net/bankA/node0/config.ini'], 3, 'there is no certificate'],
    [['net/cert'], 3, 'no certificate of a node or an application'],
    [['nowhere.crt'], 3, 'cannot read'],
    [[], 2, 'missing required argument'],
    [[LEAF, '--days', '0'], 2, 'whole number from 1 to 36500'],
    [[LEAF, '--days', '40000'], 2, 'whole number from 1 to 36500'],
    [['keyless/bankA/sdk/sdk.crt'], 3, 'agency.key is missing'],
  ])('%j ends with %d: %s, and nothing changes', async (args, code, message) => {
    const cwd = copy();
    symlinkSync(LEAF, join(cwd, 'link.crt'));
    copyFileSync(join(cwd, 'other/bankA/sdk/sdk.crt'), join(cwd, 'odd.crt'));
    cpSync(join(cwd, 'net/cert'), join(cwd, 'cert'), { recursive: true });
    cpSync(join(cwd, 'net'), join(cwd, 'keyless'), { recursive: true });
    rmSync(join(cwd, 'keyless/cert/bankA/agency.key'));
    const before = filesIn(cwd);
    const text = readFileSync(join(cwd, LEAF), 'utf8');
    const run = await amopCerts(cwd, 'renew', ...args);
    expect(run.stderrText()).toMatch(/^amop: [^\n]+\n$/);
    expect(run.stderrText()).toContain(message);
    expect(run.code).toBe(code);
    expect(filesIn(cwd)).toEqual(before);
    expect(readFileSync(join(cwd, LEAF), 'utf8')).toBe(text);
  });

  test('a folder of symbolic links, as mounted secrets are: the files are renewed, the links stay', async () => {
    const cwd = copy();
    const conf = join(cwd, 'net/bankA/node0/conf');
    renameSync(conf, join(cwd, 'net/bankA/node0/data'));
    mkdirSync(conf);
    for (const name of ['node.crt', 'node.key', 'ca.crt']) {
      symlinkSync(join('..', 'data', name), join(conf, name));
    }
    expect((await amopCerts(cwd, 'verify', 'net/bankA/node0/conf')).code).toBe(0);
    const linked = await amopCerts(cwd, 'renew', 'net/bankA/node0/conf');
    expect(linked.code).toBe(3);
    expect((await amopCerts(cwd, 'renew', 'net/bankA/node0', '--days', '9')).code).toBe(0);
    expect(lstatSync(join(conf, 'node.crt')).isSymbolicLink()).toBe(true);
    const { validFromMs, validToMs } = identityOf(join(conf, 'node.crt'));
    expect(validToMs - validFromMs).toBe(9 * 86_400_000);
  });

  test('ended by a signal before it writes, it changes nothing', async () => {
    const cwd = copy();
    const before = filesIn(cwd);
    const terminal = fakeTerminal({ cwd });
    const running = runAmop(['certs', 'renew', 'net', '--new-key'], terminal);
    terminal.interrupt();
    expect(await running).toBe(1);
    expect(terminal.stderrText()).toContain('(AMOP_DAEMON_STOPPED)');
    expect(filesIn(cwd)).toEqual(before);
  });
});

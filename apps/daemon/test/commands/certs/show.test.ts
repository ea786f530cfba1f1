import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptPrivateKeyPem } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAmop } from '../../../src/commands/program.ts';
import { type FakeTerminal, fakeTerminal } from '../../support/fake-terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('amop certs show', () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
    const made = ['certs', '--out', 'net', '--agency', 'bankA', '--profile', 'rsa'];
    expect(await runAmop(made, fakeTerminal({ cwd }))).toBe(0);
  });

  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  async function show(...args: string[]): Promise<FakeTerminal & { readonly code: number }> {
    const terminal = fakeTerminal({ cwd });
    const code = await runAmop(['certs', 'show', ...args], terminal);
    return { ...terminal, code };
  }

  test('a node: who, until when, its key, node ID and fingerprint', async () => {
    const path = join(cwd, 'net/bankA/node0/conf/node.crt');
    const { code, stdoutText } = await show('net/bankA/node0/conf/node.crt');
    expect(code).toBe(0);
    const nodeId = readFileSync(join(cwd, 'net/bankA/node0/conf/node.nodeid'), 'utf8').trim();
    const { fingerprint256 } = new X509Certificate(readFileSync(path));
    const text = stdoutText();
    expect(text).toContain(`${path}\n  CN=node0, O=fisco-bcos, OU=node\n`);
    expect(text).toMatch(/ {6}issued by {4}CN=bankA, /);
    expect(text).toMatch(/ {6}valid {8}\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n/);
    expect(text).toContain('      key          secp256k1, the key beside it belongs to it\n');
    expect(text).toContain(`      node ID      ${nodeId}\n`);
    const digits = fingerprint256.replaceAll(':', '').toLowerCase();
    expect(text).toContain(`      fingerprint  ${digits}\n`);
    expect(text).toContain('  then CN=chain, O=fisco-bcos, OU=chain');
  });

  test('an RSA certificate has no node ID', async () => {
    const { stdoutText } = await show('net/bankA/sdk/sdk.crt');
    expect(stdoutText()).toContain('key          rsa, the key beside it belongs to it');
    expect(stdoutText()).not.toContain('node ID');
  });

  test('a folder: every file with certificates below it, and no key', async () => {
    const { code, stdoutText } = await show('net', '--json');
    expect(code).toBe(0);
    const lines = stdoutText()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const first = lines
      .filter(({ place }) => place === 0)
      .map(({ path }) => path.slice(cwd.length));
    expect(first).toEqual([
      '/net/bankA/node0/conf/ca.crt',
      '/net/bankA/node0/conf/channel_cert/ca.crt',
      '/net/bankA/node0/conf/channel_cert/node.crt',
      '/net/bankA/node0/conf/node.crt',
      '/net/bankA/sdk/ca.crt',
      '/net/bankA/sdk/sdk.crt',
      '/net/cert/bankA/agency.crt',
      '/net/cert/bankA/channel/ca.crt',
      '/net/cert/ca.crt',
    ]);
    expect(stdoutText()).not.toContain('PRIVATE');
    expect(lines[0]).toMatchObject({ key: 'none', keyKind: 'secp256k1', isCa: true });
  });

  test('a key of another certificate, an encrypted and a broken one are pointed out', async () => {
    const folder = temporaryFolder();
    const certificate = join(cwd, 'net/bankA/sdk/sdk.crt');
    const states: string[] = [];
    for (const key of [
      readFileSync(join(cwd, 'net/cert/ca.key'), 'utf8'),
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\n',
      'no key',
    ]) {
      copyFileSync(certificate, join(folder, 'sdk.crt'));
      writeFileSync(join(folder, 'sdk.key'), key);
      const { stdoutText } = await show(join(folder, 'sdk.crt'), '--json');
      states.push(JSON.parse(stdoutText().split('\n')[0] ?? '').key);
    }
    expect(states).toEqual(['other', 'encrypted', 'unreadable']);
  });

  test('an encrypted key is opened with --passphrase-file', async () => {
    const folder = temporaryFolder();
    const certificate = readFileSync(join(cwd, 'net/bankA/sdk/sdk.crt'));
    writeFileSync(join(folder, 'sdk.crt'), certificate);
    const plain = readFileSync(join(cwd, 'net/bankA/sdk/sdk.key'), 'utf8');
    writeFileSync(join(folder, 'sdk.key'), encryptPrivateKeyPem(plain, 'secret'));
    const states: string[] = [];
    for (const passphrase of ['secret', 'wrong']) {
      writeFileSync(join(folder, 'secret'), passphrase, { mode: 0o600 });
      const secret = ['--passphrase-file', join(folder, 'secret')];
      const { stdoutText } = await show(join(folder, 'sdk.crt'), '--json', ...secret);
      states.push(JSON.parse(stdoutText().split('\n')[0] ?? '').key);
    }
    expect(states).toEqual(['belongs', 'locked']);
  });

  test.each([
    ['nowhere.crt', 'AMOP_DAEMON_CERTS_READ'],
    ['net/bankA/node0/config.ini', 'AMOP_DAEMON_CERTS_READ'],
    ['net/cert/ca.key', 'AMOP_DAEMON_CERTS_READ'],
  ])('%s: one line with %s, exit code 3', async (path, code) => {
    const result = await show(path);
    expect(result.code).toBe(3);
    expect(result.stderrText()).toMatch(new RegExp(`^amop: [^\\n]+\\(${code}\\)[^\\n]*\\n$`));
  });

  test('a folder without certificates is an error, and no path is wrong usage', async () => {
    expect((await show(temporaryFolder())).code).toBe(3);
    expect((await show()).code).toBe(2);
  });

  test('--help has examples', async () => {
    const { code, stdoutText } = await show('--help');
    expect(code).toBe(0);
    expect(stdoutText()).toContain('\n  amop certs show ');
  });
});

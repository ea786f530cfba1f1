import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { amopCerts, made } from './amop-certs.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;

describe('amop certs verify', () => {
  let template: string;
  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
    const agencies = ['--agency', 'bankA', '--agency', 'bankB'];
    await made(template, '--out', 'net', ...agencies, '--profile', 'rsa');
    await made(template, '--out', 'plain', ...agencies);
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));

  function copy(): string {
    const cwd = temporaryFolder();
    cpSync(template, cwd, { recursive: true });
    return cwd;
  }

  test.each(['net', 'plain'])('%s: what amop certs makes is sound, exit code 0', async (out) => {
    const { code, stderrText, stdoutText } = await amopCerts(template, 'verify', out);
    expect(stdoutText()).toMatch(/^(.*: sound\n)+$/);
    expect(stdoutText()).not.toContain('conf/ca.crt');
    expect(stderrText()).toBe('');
    expect(code).toBe(0);
  });

  test('findings: each with its code and what to do, exit code 1', async () => {
    const cwd = copy();
    copyFileSync(join(cwd, 'plain/bankB/sdk/sdk.crt'), join(cwd, 'plain/bankA/sdk/sdk.crt'));
    chmodSync(join(cwd, 'plain/cert/ca.key'), 0o644);
    const run = await amopCerts(cwd, 'verify', 'plain');
    expect(run.code).toBe(1);
    const sdk = join(cwd, 'plain/bankA/sdk');
    expect(run.stdoutText()).toContain(
      `${sdk}/sdk.key: error: it is not the key of ${sdk}/sdk.crt (other-key)\n    put the two files of one pair together\n`,
    );
    expect(run.stdoutText()).toContain('the node refuses it (other-agency)\n');
    const open = process.platform === 'win32' ? 0 : 1;
    expect(run.stderrText()).toBe(
      `amop: ${2 + open} findings in 7 certificates (AMOP_DAEMON_CERTS_FINDINGS)\n`,
    );
  });

  test('with RSA the certificate of the channel port counts for the agency', async () => {
    const cwd = copy();
    cpSync(join(cwd, 'net/bankB/sdk'), join(cwd, 'net/bankA/sdk'), { recursive: true });
    const { stdoutText } = await amopCerts(cwd, 'verify', 'net/bankA', '--json');
    const lines = stdoutText()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ code: 'other-agency', severity: 'error' }, { findings: 1 }]);
    expect(lines[0].message).toContain('channel_cert/node.crt');
  });

  test('one file, an authority by its name, and an encrypted key', async () => {
    const cwd = copy();
    expect((await amopCerts(cwd, 'verify', 'plain/bankA/node0/conf/node.crt')).code).toBe(0);
    expect((await amopCerts(cwd, 'verify', 'plain/bankA/node0/conf/ca.crt')).code).toBe(0);
    writeFileSync(join(cwd, 'secret'), 'x', { mode: 0o600 });
    const secret = ['--passphrase-file', 'secret'];
    await made(cwd, '--out', 'locked', '--agency', 'bankA', ...secret);
    expect((await amopCerts(cwd, 'verify', 'locked')).stdoutText()).toContain('(locked-key)');
    expect((await amopCerts(cwd, 'verify', 'locked', ...secret)).code).toBe(0);
  });

  test.each([
    ['nowhere', 3],
    ['plain/bankA/node0/config.ini', 3],
    ['plain/cert/ca.key', 3],
    ['empty', 3],
  ])('%s: one line, exit code %d', async (path, code) => {
    const cwd = copy();
    cpSync(temporaryFolder(), join(cwd, 'empty'), { recursive: true });
    const run = await amopCerts(cwd, 'verify', path);
    expect(run.code).toBe(code);
    expect(run.stdoutText()).toBe('');
    expect(run.stderrText()).toMatch(/^amop: [^\n]+\(AMOP_DAEMON_CERTS_READ\)[^\n]*\n$/);
  });

  test('no path is wrong usage', async () => {
    expect((await amopCerts(template, 'verify')).code).toBe(2);
  });

  test.skipIf(!openssl)(
    'SM2 certificates are named as such (skipped without openssl)',
    async () => {
      const cwd = temporaryFolder();
      const run = (...args: string[]) => spawnSync('openssl', args, { cwd }).status;
      expect(run('ecparam', '-name', 'SM2', '-genkey', '-out', 'gmnode.key')).toBe(0);
      const subject = ['-subj', '/CN=gm/O=fisco-bcos/OU=node', '-days', '30'];
      const request = ['req', '-x509', '-new', '-sm3', '-key', 'gmnode.key', ...subject];
      expect(run(...request, '-out', 'gmnode.crt')).toBe(0);
      const { code, stdoutText } = await amopCerts(cwd, 'verify', '.');
      expect(code).toBe(1);
      expect(stdoutText()).toMatch(/^.*gmnode\.crt: error: "CN=gm, .* \(gm-certificate\)\n/);
    },
  );

  test.skipIf(!openssl)(
    'what verify calls broken or sound, openssl does too (skipped without it)',
    async () => {
      const cwd = copy();
      const leaf = join(cwd, 'plain/bankA/node0/conf');
      const accepted = (ca: string): boolean => {
        const chain = ['-CAfile', ca, '-untrusted', join(leaf, 'node.crt'), join(leaf, 'node.crt')];
        return spawnSync('openssl', ['verify', ...chain]).status === 0;
      };
      for (const ca of [
        'plain/bankB/node0/conf/ca.crt',
        'net/bankA/node0/conf/ca.crt',
        'plain/cert/bankA/agency.crt',
      ]) {
        copyFileSync(join(template, ca), join(leaf, 'ca.crt'));
        const { stdoutText } = await amopCerts(cwd, 'verify', 'plain/bankA/node0');
        expect(stdoutText().includes('(foreign-ca)')).toBe(!accepted(join(leaf, 'ca.crt')));
      }
    },
  );
});

test('an empty certificate is named and not passed over', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'node.crt'), '');
  const { code, stderrText } = await amopCerts(folder, 'verify', '.');
  expect(code).toBe(3);
  expect(stderrText()).toContain(join(folder, 'node.crt'));
});

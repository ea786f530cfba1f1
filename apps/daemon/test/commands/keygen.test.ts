import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  generateKeyPair,
  parsePrivateKey,
  parsePublicKey,
} from '@amop/crypto';
import { describe, expect, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import type { Environment } from '../../src/terminal.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Address of the private key 1, published with every Ethereum library. */
const ADDRESS_OF_ONE = '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf';
const ONE = `${'0'.repeat(63)}1`;

async function keygen(cwd: string, ...args: string[]) {
  return keygenWith({}, cwd, ...args);
}

async function keygenWith(env: Environment, cwd: string, ...args: string[]) {
  const terminal = fakeTerminal({ cwd, env });
  const code = await runAmop(['keygen', ...args], terminal);
  return { ...terminal, code };
}

function textOf(cwd: string, name: string): string {
  return readFileSync(join(cwd, name), 'utf8');
}

describe('a new pair', () => {
  test('is written as PKCS#8 with mode 600 and as SPKI; both belong together', async () => {
    const cwd = temporaryFolder();
    const run = await keygen(cwd, '--out', 'payments');
    expect(run.code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['payments.pem', 'payments.public.pem']);
    const secret = textOf(cwd, 'payments.pem');
    expect(secret).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const key = parsePrivateKey(secret);
    expect(key.curve).toBe('secp256k1');
    expect(parsePublicKey(textOf(cwd, 'payments.public.pem')).equals(key.publicKey())).toBe(true);
    expect(statSync(join(cwd, 'payments.pem')).mode & 0o777).toBe(0o600);
    expect(run.stdoutText()).toContain(`\n  ${formatPublicKeyHex(key.publicKey())}\n`);
    expect(run.stdoutText()).toMatch(/Never use the key of a chain account/);
    expect(run.stdoutText()).toMatch(
      /amop sub TOPIC --private \S+payments\.pem --publisher theirs\.public\.pem\n/,
    );
    expect(run.stdoutText()).not.toContain(Buffer.from(key.toBytes()).toString('hex'));
  });

  test('--json tells names and digits, and nothing of the private key', async () => {
    const cwd = temporaryFolder();
    const run = await keygen(cwd, '--json');
    const key = parsePrivateKey(textOf(cwd, 'topic-key.pem'));
    expect(JSON.parse(run.stdoutText())).toEqual({
      publicKey: formatPublicKeyHex(key.publicKey()),
      privateKeyFile: join(cwd, 'topic-key.pem'),
      publicKeyFile: join(cwd, 'topic-key.public.pem'),
      files: [join(cwd, 'topic-key.pem'), join(cwd, 'topic-key.public.pem')],
      kept: [],
      isAccountKey: false,
      next: expect.arrayContaining([expect.stringContaining('--private-to')]),
    });
  });

  test.each([
    [['--passphrase-file', 'secret'], {}],
    [[], { AMOP_PASSPHRASE_FILE: 'secret' }],
  ])('is encrypted with a passphrase: %j %j', async (args, env) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'secret'), 'open sesame\n', { mode: 0o600 });
    const run = await keygenWith(env, cwd, ...args);
    expect(run.code).toBe(0);
    expect(run.stdoutText()).toContain('.pem --private-passphrase-file FILE --publisher ');
    const pem = textOf(cwd, 'topic-key.pem');
    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    const opened = parsePrivateKey(pem, 'open sesame').publicKey();
    expect(parsePublicKey(textOf(cwd, 'topic-key.public.pem')).equals(opened)).toBe(true);
  });

  test('--hex writes digits too, the private ones with mode 600, and never with a passphrase', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'secret'), 'open sesame\n', { mode: 0o600 });
    expect((await keygen(cwd, '--hex')).code).toBe(0);
    const key = parsePrivateKey(textOf(cwd, 'topic-key.hex'));
    expect(textOf(cwd, 'topic-key.hex')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(textOf(cwd, 'topic-key.public.hex')).toBe(`${formatPublicKeyHex(key.publicKey())}\n`);
    expect(statSync(join(cwd, 'topic-key.hex')).mode & 0o777).toBe(0o600);
    const both = await keygen(cwd, '--hex', '--out', 'b', '--passphrase-file', 'secret');
    expect(both.code).toBe(2);
    expect(existsSync(join(cwd, 'b.pem'))).toBe(false);
  });

  test('is never written over another one without --force, which keeps the old files', async () => {
    const cwd = temporaryFolder();
    await keygen(cwd);
    const first = textOf(cwd, 'topic-key.pem');
    const refused = await keygen(cwd);
    expect(refused.code).toBe(3);
    expect(refused.stderrText()).toMatch(/AMOP_DAEMON_KEY_FILE\)\. Choose another --out/);
    expect(textOf(cwd, 'topic-key.pem')).toBe(first);
    const forced = await keygen(cwd, '--force', '--json');
    expect(forced.code).toBe(0);
    const { kept } = JSON.parse(forced.stdoutText());
    expect(kept).toHaveLength(2);
    expect(readFileSync(kept[0], 'utf8')).toBe(first);
    expect(textOf(cwd, 'topic-key.pem')).not.toBe(first);
  });

  test('a folder that is not there: told, nothing made', async () => {
    const run = await keygen(temporaryFolder(), '--out', 'nowhere/key');
    expect(run.code).toBe(1);
    expect(run.stderrText()).toMatch(
      /^amop: the folder \S+nowhere is missing \(AMOP_DAEMON_CERTS_WRITE\)\. Make it first: mkdir -p /,
    );
  });
});

describe('--from writes the public part alone', () => {
  test('of PKCS#8, SEC1 in PEM and hex', async () => {
    const { privateKey, publicKey } = generateKeyPair('secp256k1');
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'pkcs8'), formatPrivateKeyPem(privateKey));
    writeFileSync(join(cwd, 'hex'), Buffer.from(privateKey.toBytes()).toString('hex'));
    for (const from of ['pkcs8', 'hex']) {
      expect((await keygen(cwd, '--from', from, '--out', `out-${from}`)).code).toBe(0);
      expect(textOf(cwd, `out-${from}.public.pem`)).toBe(formatPublicKeyPem(publicKey));
      expect(existsSync(join(cwd, `out-${from}.pem`))).toBe(false);
    }
  });

  test('an account key is named as such', async () => {
    const cwd = temporaryFolder();
    const file = `${ADDRESS_OF_ONE}.pem`;
    writeFileSync(join(cwd, file), formatPrivateKeyPem(parsePrivateKey(ONE)));
    const run = await keygen(cwd, '--from', file, '--json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdoutText())).toMatchObject({ isAccountKey: true });
    expect(run.stderrText()).toMatch(
      /^amop: warning: \S+ is the key of a chain account, [^\n]+\n$/,
    );
    // The same name with another key in it is somebody's own.
    writeFileSync(join(cwd, file), formatPrivateKeyPem(generateKeyPair('secp256k1').privateKey));
    expect((await keygen(cwd, '--from', file, '--force')).stderrText()).toBe('');
  });

  test.each([
    ['a file that is not there', undefined, 'AMOP_DAEMON_KEY_FILE'],
    ['a text', 'hello', 'AMOP_CRYPTO_INVALID_PRIVATE_KEY'],
    [
      'the public key',
      formatPublicKeyPem(generateKeyPair('secp256k1').publicKey),
      'it is the public key of a pair; give the private one (AMOP_CRYPTO_INVALID_PRIVATE_KEY)',
    ],
    [
      'P-256',
      formatPrivateKeyPem(generateKeyPair('p256').privateKey),
      "secp256k1 only, 'amop keygen' makes them; it is P-256 (AMOP_CRYPTO_UNSUPPORTED_KEY)",
    ],
    [
      'RSA',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      }),
      'it is rsa (AMOP_CRYPTO_UNSUPPORTED_KEY)',
    ],
    [
      'DER that is no PKCS#12',
      Uint8Array.of(0x30, 0x82, 1, 1, 2),
      'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
    ],
  ])('%s: exit code 3, the file is named', async (_, content, code) => {
    const cwd = temporaryFolder();
    if (content !== undefined) writeFileSync(join(cwd, 'some.key'), content);
    const run = await keygen(cwd, '--from', 'some.key');
    expect(run.code).toBe(3);
    expect(run.stderrText()).toContain(join(cwd, 'some.key'));
    expect(run.stderrText()).toContain(code);
    expect(existsSync(join(cwd, 'topic-key.public.pem'))).toBe(false);
  });

  test.skipIf(!hasOpenssl)(
    'the files of the original account script (skipped without openssl)',
    async () => {
      const cwd = temporaryFolder();
      const openssl = (...args: string[]): void => {
        const { status, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
      };
      openssl('ecparam', '-name', 'secp256k1', '-out', 'param');
      openssl('genpkey', '-paramfile', 'param', '-out', 'account.pem');
      openssl('ec', '-in', 'account.pem', '-pubout', '-out', 'account.public.pem');
      const export12 = ['pkcs12', '-export', '-name', 'key', '-nocerts', '-inkey', 'account.pem'];
      openssl(...export12, '-out', 'account.p12', '-passout', 'pass:open sesame');
      openssl(
        'ec',
        '-in',
        'account.pem',
        '-aes128',
        '-passout',
        'pass:open sesame',
        '-out',
        'sec1.pem',
      );
      writeFileSync(join(cwd, 'secret'), 'open sesame\n', { mode: 0o600 });
      const expected = parsePublicKey(textOf(cwd, 'account.public.pem'));
      for (const [from, secret] of [
        ['account.pem', []],
        ['account.p12', ['--passphrase-file', 'secret']],
        ['sec1.pem', ['--passphrase-file', 'secret']],
      ] as const) {
        expect((await keygen(cwd, '--from', from, '--force', ...secret)).code).toBe(0);
        expect(parsePublicKey(textOf(cwd, 'topic-key.public.pem')).equals(expected)).toBe(true);
      }
      const locked = await keygen(cwd, '--from', 'account.p12', '--force');
      expect(locked.code).toBe(3);
      expect(locked.stderrText()).toMatch(/account\.p12: [^\n]+AMOP_CRYPTO_PASSPHRASE/);
      openssl(
        'genpkey',
        '-algorithm',
        'EC',
        '-pkeyopt',
        'ec_paramgen_curve:SM2',
        '-out',
        'sm2.pem',
      );
      const sm2 = await keygen(cwd, '--from', 'sm2.pem', '--force');
      expect(sm2.code).toBe(3);
      expect(sm2.stderrText()).toMatch(/it is SM2 \(AMOP_CRYPTO_UNSUPPORTED_KEY\)/);
    },
  );
});

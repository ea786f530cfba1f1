import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AuthenticatedSafe, PFX } from '@peculiar/asn1-pfx';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CryptoError, type PrivateKey, parsePrivateKey } from '../../src/index.ts';
import { deriveMacKey, passwordBytes } from '../../src/pkcs12/derive-mac-key.ts';
import { readPkcs12 } from '../../src/pkcs12/read-pkcs12.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';

test.each([
  ['nothing', new Uint8Array()],
  ['text', new TextEncoder().encode('-----BEGIN PRIVATE KEY-----')],
  ['an empty sequence', Uint8Array.of(0x30, 0)],
  ['a length beyond its end', Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff)],
  ['sequences without end', new Uint8Array(200_000).fill(0x30)],
  ['more than 256 KiB', new Uint8Array(256 * 1024 + 1)],
])('%s: no PKCS#12 file', (_, bytes) => {
  expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => readPkcs12(bytes, 'secret'));
});

describe.skipIf(!hasOpenssl)('files of the openssl command (skipped without it)', () => {
  const folder = new OpensslFolder();
  let pem: string;
  let key: PrivateKey;
  beforeAll(() => {
    pem = makeKey('secp256k1');
    folder.write('key.pem', pem);
    key = parsePrivateKey(pem);
  });
  afterAll(() => folder.remove());

  /** PKCS#8, as the original account script makes it. */
  function makeKey(curve: string): string {
    const { stdout } = folder.run(
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      `ec_paramgen_curve:${curve}`,
    );
    return stdout;
  }

  /** As `pkcs12 -export` of the account script, with more options. */
  function exported(options: readonly string[], password = 'secret'): Uint8Array {
    const head = ['pkcs12', '-export', '-name', 'key', '-in', 'key.pem', '-inkey', 'key.pem'];
    const { status, stderr } = folder.run(
      ...head,
      ...['-out', 'key.p12', '-passout', `pass:${password}`, ...options],
    );
    if (status !== 0) throw new Error(stderr);
    return Uint8Array.from(readFileSync(folder.file('key.p12')));
  }

  function expectKey(found: PrivateKey): void {
    expect(found.curve).toBe('secp256k1');
    expect(found.toBytes()).toEqual(key.toBytes());
  }

  test('the key comes out of what OpenSSL writes by default', () => {
    expectKey(readPkcs12(exported(['-nocerts']), 'secret'));
  });

  test.each([
    ['3DES and SHA-1, as OpenSSL 1.1', ['-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['AES-256-CBC and SHA-256, as OpenSSL 3', ['-keypbe', 'AES-256-CBC', '-macalg', 'sha256']],
    ['AES-128-CBC and SHA-512', ['-keypbe', 'AES-128-CBC', '-macalg', 'sha512']],
    ['a key that is not encrypted', ['-keypbe', 'NONE']],
    ['one round', ['-noiter']],
    ['100 000 rounds', ['-iter', '100000']],
  ])('%s', (_, options) => {
    expectKey(readPkcs12(exported(['-nocerts', ...options]), 'secret'));
  });

  test('-legacy of OpenSSL 3, where it has its legacy provider', (context) => {
    let file: Uint8Array;
    try {
      file = exported(['-nocerts', '-legacy']);
    } catch {
      context.skip('this openssl has no -legacy');
      return;
    }
    expectKey(readPkcs12(file, 'secret'));
  });

  test.for([
    { cipher: 'AES', options: [] },
    { cipher: 'RC2 with 40 bits, which Node.js itself cannot open', options: ['-legacy'] },
  ])('a certificate beside the key, encrypted with $cipher', ({ options }, context) => {
    folder.run('req', '-x509', '-key', 'key.pem', '-subj', '/CN=sdk', '-out', 'sdk.crt');
    let file: Uint8Array;
    try {
      file = exported(['-in', 'sdk.crt', ...options]);
    } catch {
      context.skip('this openssl has no -legacy');
      return;
    }
    expectKey(readPkcs12(file, 'secret'));
  });

  test.each(['', 'größe', '密码', 'x'.repeat(200)])('the password "%s"', (password) => {
    const file = exported(['-nocerts'], password);
    expectKey(readPkcs12(file, password));
    const wrong = expectCode('AMOP_CRYPTO_PASSPHRASE', () => readPkcs12(file, `${password}x`));
    expect(wrong).toEqual({ passphrase: 'wrong' });
  });

  test('without password: told that one is missing, unless it is empty', () => {
    const missing = expectCode('AMOP_CRYPTO_PASSPHRASE', () => readPkcs12(exported(['-nocerts'])));
    expect(missing).toEqual({ passphrase: 'missing' });
    expectKey(readPkcs12(exported(['-nocerts'], '')));
  });

  test.each([
    ['-nomac', /no MAC/],
    ['-nokeys', /no private key/],
  ])('%s is refused', (option, reason) => {
    folder.run('req', '-x509', '-key', 'key.pem', '-subj', '/CN=sdk', '-out', 'sdk.crt');
    const file = exported(['-in', 'sdk.crt', option]);
    const found = expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => readPkcs12(file, 'secret'));
    expect(found).toEqual({ reason: expect.stringMatching(reason) });
  });

  test('more than 250 000 rounds are refused, for the MAC and for the key', () => {
    for (const file of [
      exported(['-nocerts', '-iter', '250001']),
      exported(['-nocerts', '-iter', '250001', '-nomaciter']),
    ]) {
      const found = expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => readPkcs12(file, 'secret'));
      expect(found).toEqual({ reason: 'it asks for 250001 rounds, not 1 to 250000' });
    }
  });

  test('two private keys are refused: nobody could tell which one is meant', () => {
    const file = AsnConvert.parse(exported(['-nocerts', '-macalg', 'sha256']), PFX);
    const contents = AsnConvert.parse(file.authSafe.content, OctetString);
    const safe = AsnConvert.parse(contents.buffer, AuthenticatedSafe);
    const [first] = safe;
    if (first !== undefined) safe.push(first);
    const changed = AsnConvert.serialize(safe);
    file.authSafe.content = AsnConvert.serialize(new OctetString(changed));
    const { macData } = file;
    const macKey = deriveMacKey({
      digest: 'sha256',
      password: passwordBytes('secret'),
      salt: new Uint8Array(macData.macSalt.buffer),
      iterations: macData.iterations,
    });
    const mac = createHmac('sha256', macKey).update(new Uint8Array(changed)).digest();
    macData.mac.digest = new OctetString(mac);
    const bytes = new Uint8Array(AsnConvert.serialize(file));
    const found = expectCode('AMOP_CRYPTO_INVALID_PRIVATE_KEY', () => readPkcs12(bytes, 'secret'));
    expect(found).toEqual({ reason: 'there are 2 private keys in it' });
  });

  test('a file with any byte changed gives the same key or a coded error', () => {
    const file = exported(['-nocerts', '-noiter', '-nomaciter']);
    let refused = 0;
    for (let place = 0; place < file.length; place += 1) {
      const changed = file.slice();
      changed[place] = (file[place] ?? 0) ^ 0x55;
      try {
        expectKey(readPkcs12(changed, 'secret'));
      } catch (error) {
        if (!(error instanceof CryptoError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(file.length * 0.9);
  });

  test('keys of other kinds are refused by name, SM2 among them', () => {
    folder.write('key.pem', makeKey('P-384'));
    const p384 = exported(['-nocerts']);
    folder.write('key.pem', makeKey('SM2'));
    const sm2 = exported(['-nocerts']);
    folder.write('key.pem', pem);
    const allowed = 'secp256k1 or P-256';
    for (const [file, found] of [
      [p384, 'P-384'],
      [sm2, 'SM2'],
    ] as const) {
      expect(expectCode('AMOP_CRYPTO_UNSUPPORTED_KEY', () => readPkcs12(file, 'secret'))).toEqual({
        found,
        allowed,
      });
    }
  });
});

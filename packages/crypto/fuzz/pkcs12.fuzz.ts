import { Buffer } from 'node:buffer';
import { createHmac, createPrivateKey } from 'node:crypto';
import { expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import { ContentInfo, id_data } from '@peculiar/asn1-cms';
import {
  AuthenticatedSafe,
  id_pkcs8ShroudedKeyBag,
  MacData,
  PFX,
  SafeBag,
  SafeContents,
} from '@peculiar/asn1-pfx';
import { DigestInfo } from '@peculiar/asn1-rsa';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { formatPrivateKeyPem, generateKeyPair } from '../src/index.ts';
import { deriveMacKey, passwordBytes } from '../src/pkcs12/derive-mac-key.ts';
import { readPkcs12 } from '../src/pkcs12/read-pkcs12.ts';
import { DER_WORDS } from './materials.ts';

const PASSWORD = 'open sesame';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const { privateKey } = generateKeyPair('secp256k1');

/** The contents of a file with one encrypted key, as DER. */
function contents(): Uint8Array {
  const encrypted = createPrivateKey(formatPrivateKeyPem(privateKey)).export({
    format: 'der',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase: PASSWORD,
  });
  const bagValue = Uint8Array.from(encrypted).buffer;
  const bag = new SafeBag({ bagId: id_pkcs8ShroudedKeyBag, bagValue });
  const safe = new AuthenticatedSafe([dataOf(AsnConvert.serialize(new SafeContents([bag])))]);
  return new Uint8Array(AsnConvert.serialize(safe));
}

function dataOf(bytes: ArrayBuffer): ContentInfo {
  const content = AsnConvert.serialize(new OctetString(bytes));
  return new ContentInfo({ contentType: id_data, content });
}

/** A file around contents, with the MAC that belongs to them. */
function fileOf(inner: Uint8Array): Uint8Array {
  const salt = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const password = passwordBytes(PASSWORD);
  const key = deriveMacKey({ digest: 'sha256', password, salt, iterations: 1 });
  const mac = createHmac('sha256', key).update(inner).digest();
  const macData = new MacData({
    mac: new DigestInfo({
      digestAlgorithm: new AlgorithmIdentifier({ algorithm: SHA256, parameters: null }),
      digest: new OctetString(mac),
    }),
    macSalt: new OctetString(salt),
    iterations: 1,
  });
  const authSafe = dataOf(Uint8Array.from(inner).buffer);
  return new Uint8Array(AsnConvert.serialize(new PFX({ version: 3, authSafe, macData })));
}

const words = [...DER_WORDS, Uint8Array.from(Buffer.from('06092a864886f70d010701', 'hex'))];

fuzz({
  name: 'crypto/pkcs12',
  seeds: [fileOf(contents())],
  words,
  isSecret: true,
  testRuns: 60,
  run: (file) => {
    const found = onlyErrors('AMOP_CRYPTO_', () => readPkcs12(file, PASSWORD));
    if (found !== undefined) expectSame(found.toBytes(), privateKey.toBytes(), 'keys');
  },
});

// Behind the MAC only who knows the password can put anything, and another key as well.
fuzz({
  name: 'crypto/pkcs12-contents',
  seeds: [contents()],
  words,
  isSecret: true,
  testRuns: 60,
  run: (input) => {
    onlyErrors('AMOP_CRYPTO_', () => readPkcs12(fileOf(input), PASSWORD));
  },
});

import {
  id_ce_basicConstraints,
  id_ce_keyUsage,
  KeyUsage,
  KeyUsageFlags,
} from '@peculiar/asn1-x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateWithKey,
  checkRevocationListIssuer,
  createChannelCa,
  createChannelLeaf,
  describeCertificate,
  isRevoked,
  parseRevocationLists,
  type RevocationList,
  splitPemChain,
} from '../../src/index.ts';
import { reissue } from '../certificate/certificate-variants.ts';
import { buildTestChain, testDependencies } from '../chain-builder.ts';
import { expectCode } from '../expect-code.ts';
import { hasOpenssl, OpensslFolder } from '../openssl.ts';
import { extension, writeList } from './list-writer.ts';

const { agency, node, root, sdk } = buildTestChain('secp256k1');

function derOf(pem: string): Uint8Array {
  return splitPemChain(pem)[0] ?? new Uint8Array();
}

function listOf(pem: string): RevocationList {
  const [list] = parseRevocationLists(pem);
  if (list === undefined) throw new Error('no list in the text');
  return list;
}

function reasonOf(list: RevocationList, authority: Uint8Array): string {
  return expectCode('AMOP_CRYPTO_FOREIGN_REVOCATION_LIST', () =>
    checkRevocationListIssuer(list, authority),
  ).reason;
}

test('the authority that signed is accepted', () => {
  expect(() =>
    checkRevocationListIssuer(listOf(writeList(agency)), derOf(agency.certificatePem)),
  ).not.toThrow();
});

test('another name, another key, a changed list, an algorithm of old', () => {
  const list = listOf(writeList(agency));
  expect(reasonOf(list, derOf(root.certificatePem))).toBe('the name is another');
  const named = listOf(writeList(agency, { issuerKeyId: Uint8Array.of(1) }));
  expect(reasonOf(named, derOf(agency.certificatePem))).toBe('it names another key');
  const forged = listOf(writeList({ ...agency, privateKeyPem: root.privateKeyPem }));
  expect(reasonOf(forged, derOf(agency.certificatePem))).toBe('the signature is not of its key');
  const longer = { ...list.signed, content: Uint8Array.of(...list.signed.content, 0) };
  expect(reasonOf({ ...list, signed: longer }, derOf(agency.certificatePem))).toContain(
    'signature',
  );
  const sha1 = listOf(writeList(agency, { algorithm: '1.2.840.10045.4.1' }));
  expect(reasonOf(sha1, derOf(agency.certificatePem))).toContain('1.2.840.10045.4.1');
  const rsa = listOf(writeList(agency, { algorithm: '1.2.840.113549.1.1.11' }));
  expect(reasonOf(rsa, derOf(agency.certificatePem))).toContain('signature');
});

test('a certificate that may not sign lists', () => {
  const byLeaf = listOf(writeList(node));
  expect(reasonOf(byLeaf, derOf(node.certificatePem))).toContain('may not sign');
  const without = reissue(agency.certificatePem, root.privateKeyPem, ({ extensions = [] }) => {
    const usage = new KeyUsage(KeyUsageFlags.keyCertSign);
    const place = extensions.findIndex(({ extnID }) => extnID === id_ce_keyUsage);
    extensions[place] = extension(id_ce_keyUsage, true, usage);
  });
  expect(reasonOf(listOf(writeList(agency)), without)).toContain('may not sign');
});

// Found by crypto/list-authority: the tag of the bit string was another, its head too long, its end missing.
test.each(['04020106', '03300106', '03ff0106', '0500', ''])(
  'an authority with a key usage that cannot be read may not sign lists: %s',
  (hex) => {
    const damaged = reissue(agency.certificatePem, root.privateKeyPem, ({ extensions = [] }) => {
      const usage = Uint8Array.from(Buffer.from(hex, 'hex'));
      const place = extensions.findIndex(({ extnID }) => extnID === id_ce_keyUsage);
      extensions[place] = extension(id_ce_keyUsage, true, usage);
    });
    expect(reasonOf(listOf(writeList(agency)), damaged)).toContain('may not sign');
  },
);

test('a root without extensions, as originals have, may sign lists', () => {
  const bare = reissue(root.certificatePem, root.privateKeyPem, (contents) => {
    delete contents.extensions;
  });
  expect(() => checkRevocationListIssuer(listOf(writeList(root)), bare)).not.toThrow();
  const agencyWithout = reissue(
    agency.certificatePem,
    root.privateKeyPem,
    ({ extensions = [] }) => {
      extensions.splice(0, 1);
      expect(extensions.some(({ extnID }) => extnID === id_ce_basicConstraints)).toBe(false);
    },
  );
  expect(reasonOf(listOf(writeList(agency)), agencyWithout)).toContain('may not sign');
});

describe.skipIf(!hasOpenssl)('lists of openssl (skipped where it is not installed)', () => {
  let folder: OpensslFolder;
  beforeAll(() => {
    folder = new OpensslFolder();
  });
  afterAll(() => folder.remove());

  /** What `openssl ca -revoke` and `-gencrl` make for these leaves. */
  function revoke(
    authority: CertificateWithKey,
    leaves: readonly string[],
    digest: string,
  ): string {
    folder.write('ca.crt', authority.certificatePem);
    folder.write('ca.key', authority.privateKeyPem);
    folder.write('index', '');
    folder.write('number', '0A\n');
    folder.write(
      'ca.conf',
      '[ca]\ndefault_ca=it\n[it]\ndatabase=index\ncrlnumber=number\ndefault_crl_days=30\ncrl_extensions=ext\n' +
        '[ext]\nauthorityKeyIdentifier=keyid:always\n',
    );
    const options = ['-config', 'ca.conf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-md', digest];
    for (const leaf of leaves) {
      folder.write('leaf.crt', leaf);
      const revoked = folder.run(
        'ca',
        ...options,
        '-revoke',
        'leaf.crt',
        '-crl_reason',
        'keyCompromise',
      );
      expect(revoked.status, revoked.stderr).toBe(0);
    }
    const made = folder.run('ca', ...options, '-gencrl', '-out', 'list.pem');
    expect(made.status, made.stderr).toBe(0);
    return folder.run('crl', '-in', 'list.pem', '-text').stdout;
  }

  test.each(['sha256', 'sha384', 'sha512'])('EC, %s: read, verified, applied', (digest) => {
    const text = revoke(agency, [node.certificatePem], digest);
    const list = listOf(text);
    const identity = describeCertificate(derOf(node.certificatePem));
    expect(list.issuerName).toBe(identity.issuerName);
    expect(list.issuerKeyId).toBe(identity.issuerKeyId);
    expect((list.nextUpdateMs ?? 0) - list.thisUpdateMs).toBe(30 * 86_400_000);
    expect([...list.serialNumbers]).toEqual([identity.serialNumber]);
    checkRevocationListIssuer(list, derOf(agency.certificatePem));
    expect(isRevoked(identity, [list])).toBe(true);
    expect(isRevoked(describeCertificate(derOf(sdk.certificatePem)), [list])).toBe(false);
    const other = buildTestChain('secp256k1');
    expect(reasonOf(list, derOf(other.agency.certificatePem))).toBe('the name is another');
  });

  test('the root takes an agency back', () => {
    const list = listOf(revoke(root, [agency.certificatePem], 'sha256'));
    checkRevocationListIssuer(list, derOf(root.certificatePem));
    expect(isRevoked(describeCertificate(derOf(agency.certificatePem)), [list])).toBe(true);
  });

  test('RSA, and a list without entries', () => {
    const issuer = createChannelCa({ agency: 'bankA' }, testDependencies());
    const leaf = createChannelLeaf({ kind: 'sdk', commonName: 'sdk', issuer }, testDependencies());
    const empty = listOf(revoke(issuer, [], 'sha256'));
    expect(empty.serialNumbers.size).toBe(0);
    const list = listOf(revoke(issuer, [leaf.certificatePem], 'sha256'));
    checkRevocationListIssuer(list, derOf(issuer.certificatePem));
    expect(isRevoked(describeCertificate(derOf(leaf.certificatePem)), [list])).toBe(true);
  });

  test('openssl finds the lists of this test to be signed as we do', () => {
    folder.write('agency.crt', agency.certificatePem);
    folder.write('own.pem', writeList(agency));
    const { stderr } = folder.run('crl', '-in', 'own.pem', '-CAfile', 'agency.crt', '-noout');
    expect(stderr).toContain('verify OK');
  });
});

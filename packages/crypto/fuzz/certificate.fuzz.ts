import { fuzz, onlyErrors } from '@amop/fuzz';
import {
  checkKeyMatchesCertificate,
  checkRevocationListIssuer,
  describeCertificate,
  isIssuedBy,
  parseRevocationLists,
  renewAuthority,
  renewLeaf,
} from '../src/index.ts';
import { testDependencies } from '../test/chain-builder.ts';
import { writeList } from '../test/revocation/list-writer.ts';
import { CHAIN, certificates, DER_WORDS, derOf, pemOf } from './materials.ts';

const NODE_ID = /^[0-9a-f]{128}$/;
const AGENCY_DER = derOf(CHAIN.agency.certificatePem);
// It names no key, so that the look at the authority goes on to what that may do.
const [LIST] = parseRevocationLists(writeList(CHAIN.agency));

fuzz({
  name: 'crypto/certificate',
  seeds: certificates(),
  words: DER_WORDS,
  isSecret: true,
  testRuns: 50,
  run: (der) => {
    const found = onlyErrors('AMOP_CRYPTO_', () => describeCertificate(der));
    if (found === undefined) return;
    const { nodeId, validFromMs, validToMs } = found;
    if (nodeId !== undefined && !NODE_ID.test(nodeId)) throw new Error(`node ID ${nodeId}`);
    if (Number.isNaN(validFromMs + validToMs)) throw new Error('a time that is none');
    onlyErrors('AMOP_CRYPTO_', () => isIssuedBy(der, AGENCY_DER));
    onlyErrors('AMOP_CRYPTO_', () => isIssuedBy(AGENCY_DER, der));
  },
});

fuzz({
  name: 'crypto/list-authority',
  seeds: [AGENCY_DER],
  words: DER_WORDS,
  isSecret: true,
  testRuns: 50,
  run: (der) => {
    onlyErrors('AMOP_CRYPTO_', () => {
      // Under the name of this authority, so that an input does the same in every run.
      const issuerName = describeCertificate(der).subjectName;
      if (LIST !== undefined) checkRevocationListIssuer({ ...LIST, issuerName }, der);
    });
  },
});

// A damaged certificate in the place of each one that is read from a file.
fuzz({
  name: 'crypto/certificate-use',
  seeds: certificates(),
  words: DER_WORDS,
  isSecret: true,
  testRuns: 15,
  run: (der) => {
    const { agency, node, root } = CHAIN;
    const certificatePem = pemOf('CERTIFICATE', der);
    const dependencies = testDependencies(0);
    const issuer = { ...agency, certificatePem };
    for (const action of [
      () => checkKeyMatchesCertificate(certificatePem, node.privateKeyPem),
      () => renewLeaf({ certificatePem, kind: 'node', issuer: agency, root }, dependencies),
      () => renewLeaf({ ...node, kind: 'node', issuer, root }, dependencies),
      () => renewLeaf({ ...node, kind: 'sdk', issuer: agency, root: issuer }, dependencies),
      () => renewAuthority({ certificatePem, issuer: root }, dependencies),
    ]) {
      onlyErrors('AMOP_CRYPTO_', action);
    }
  },
});

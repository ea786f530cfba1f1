import { randomBytes } from 'node:crypto';
import {
  createAgencyCa,
  createChainCa,
  createLeaf,
  describeCertificate,
  splitPemChain,
} from '@amop/crypto';

const dependencies = {
  nowMs: Date.now(),
  randomBytes: (count: number) => new Uint8Array(randomBytes(count)),
};
const profile = 'secp256k1';
const root = createChainCa({ profile }, dependencies);
const agency = createAgencyCa({ agency: 'bankA', issuer: root, profile }, dependencies);
const node = createLeaf({ kind: 'node', commonName: 'node0', issuer: agency, root }, dependencies);

// node.chainPem is node.crt, node.privateKeyPem is node.key, root.certificatePem is ca.crt.
for (const der of splitPemChain(node.chainPem)) {
  const { subjectName, nodeId } = describeCertificate(der);
  process.stdout.write(`${subjectName}: ${nodeId?.slice(0, 8)}...\n`);
}

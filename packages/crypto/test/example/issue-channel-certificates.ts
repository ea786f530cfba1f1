import { randomBytes } from 'node:crypto';
import { createChannelCa, createChannelLeaf } from '@amop/crypto';

const dependencies = {
  nowMs: Date.now(),
  randomBytes: (count: number) => new Uint8Array(randomBytes(count)),
};
const issuer = createChannelCa({ agency: 'bankA' }, dependencies);
const sdk = createChannelLeaf({ kind: 'sdk', commonName: 'sdk', issuer }, dependencies);

// sdk.chainPem is sdk.crt, sdk.privateKeyPem is sdk.key, issuer.certificatePem is ca.crt.
process.stdout.write(sdk.chainPem);

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TopicKey } from './application.ts';

/** Length of X and Y at the end of the DER of an uncompressed public key. */
const POINT_BYTES = 64;
const NAME_BYTES = 4;

/** Makes a key pair as the original's scripts do, and writes its files into the folder. */
export function newTopicKey(folder: string): TopicKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const name = join(folder, `topic-${randomBytes(NAME_BYTES).toString('hex')}`);
  const key = {
    privateFile: `${name}.pem`,
    publicFile: `${name}.public.pem`,
    hex: publicKey.export({ type: 'spki', format: 'der' }).subarray(-POINT_BYTES).toString('hex'),
  };
  writeFileSync(key.privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(key.publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  return key;
}

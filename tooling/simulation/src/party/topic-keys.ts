import { createHash } from 'node:crypto';
import { formatPublicKeyHex, PrivateKey, type PublicKey } from '@amop/crypto';

/** A key of an application on private topics. */
export interface TopicKey {
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
  /** 128 hex digits. */
  readonly hex: string;
}

const keys = new Map<number, TopicKey>();

/** Key number so and so: the same in every process and run, made when it is first needed. */
export function topicKey(number: number): TopicKey {
  let key = keys.get(number);
  if (key === undefined) {
    const secret = createHash('sha256').update(`simulated topic key ${number}`).digest();
    const privateKey = new PrivateKey('secp256k1', new Uint8Array(secret));
    const publicKey = privateKey.publicKey();
    key = { privateKey, publicKey, hex: formatPublicKeyHex(publicKey) };
    keys.set(number, key);
  }
  return key;
}

import { resolve } from 'node:path';
import { type PublicKey, parsePublicKey } from '@amop/crypto';
import { readKeyBytes } from './read-bytes.ts';
import { checkTopicCurve, inFile } from './read-private-key.ts';

const HEX = /^(?:0x)?(?:04)?[0-9a-f]{128}$/i;

/** A public key with the file that it was read from, if any. */
export interface NamedPublicKey {
  readonly publicKey: PublicKey;
  /** Absolute. */
  readonly path?: string;
}

/**
 * The public key that an argument names: 128 hex digits, or a file with them or with PEM (`PUBLIC KEY`).
 *
 * @param cwd folder that a relative path starts from
 * @throws DaemonError `AMOP_DAEMON_KEY_FILE`; CryptoError `AMOP_CRYPTO_INVALID_PUBLIC_KEY`, `_UNSUPPORTED_KEY`
 */
export async function readTopicPublicKey(argument: string, cwd: string): Promise<NamedPublicKey> {
  if (HEX.test(argument)) return { publicKey: parsePublicKey(argument) };
  const path = resolve(cwd, argument);
  const bytes = readKeyBytes(path);
  const publicKey = await inFile(path, () => {
    const key = parsePublicKey(new TextDecoder().decode(bytes));
    checkTopicCurve(key.curve);
    return key;
  });
  return { publicKey, path };
}

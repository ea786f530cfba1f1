import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type PublicKey, parsePublicKey } from '@amop/crypto';
import { DaemonError } from '../errors.ts';
import { readKeyBytes } from './read-bytes.ts';
import { checkTopicCurve, inFile } from './read-private-key.ts';

/** What was meant as digits and not as a name. */
const LIKE_HEX = /^[0-9a-f]{65,}$/i;
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
  if (!existsSync(path)) throw neitherNor(argument, path);
  const bytes = readKeyBytes(path);
  const publicKey = await inFile(path, () => {
    const key = parsePublicKey(new TextDecoder().decode(bytes));
    checkTopicCurve(key.curve);
    return key;
  });
  return { publicKey, path };
}

function neitherNor(argument: string, path: string): DaemonError {
  const digits = argument.replace(/^0x/i, '');
  const what = LIKE_HEX.test(digits) ? `the ${digits.length} hex digits given are` : `${path} is`;
  return new DaemonError('AMOP_DAEMON_KEY_FILE', `${what} neither a file nor 128 hex digits`, {
    path,
    fix: "give the file of a public key, or its 128 digits; 'amop keygen' makes both",
  });
}

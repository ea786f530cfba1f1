import type { PublicKey } from '@amop/crypto';
import type { Terminal } from '../../terminal.ts';
import { isAccountKey } from '../../topic-keys/account-key.ts';
import { readTopicPublicKey } from '../../topic-keys/read-public-key.ts';
import { warnOfAccount } from '../warnings.ts';

/**
 * The public keys that arguments name, in their order; warns on stderr of an account's key.
 *
 * @param names 128 hex digits or files
 * @throws those of {@link readTopicPublicKey}
 */
export async function readOtherKeys(
  names: readonly string[],
  terminal: Terminal,
): Promise<readonly PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const name of names) {
    const { path, publicKey } = await readTopicPublicKey(name, terminal.cwd);
    if (path !== undefined && isAccountKey(path, publicKey)) warnOfAccount(path, terminal);
    keys.push(publicKey);
  }
  return keys;
}

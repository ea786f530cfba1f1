import { basename } from 'node:path';
import { keccak256, type PublicKey } from '@amop/crypto';

/** How the original account script names its files: `0x<address>.pem`, `.p12`, `.public.pem`. */
const ACCOUNT_FILE = /^0x([0-9a-f]{40})(\.public)?\.(pem|p12|pfx)$/i;

/** Bytes of an address: the end of the digest of the public key. */
const ADDRESS_BYTES = 20;

/** Why a key of an account is none for topics, for people. */
export const ACCOUNT_KEY_REASON =
  'what a topic key signs may be chosen by others, a transaction of the account among it';

/**
 * Whether the file is one of a chain account: named after the address of its own key, as the account script of
 * FISCO BCOS (`get_account.sh`) does.
 *
 * @param path of the file that the key was read from
 */
export function isAccountKey(path: string, publicKey: PublicKey): boolean {
  const named = ACCOUNT_FILE.exec(basename(path))?.[1];
  const address = keccak256(publicKey.toBytes()).slice(-ADDRESS_BYTES);
  return named?.toLowerCase() === Buffer.from(address).toString('hex');
}

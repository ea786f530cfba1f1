import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const daemonFolder = dirname(createRequire(import.meta.url).resolve('@amop/daemon/package.json'));

/** Root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Where certificates, configurations and logs of the demo live, below the root. */
export const DATA = '.amop';

/** Script of a program of the daemon package. */
export function programScript(name: 'amop' | 'amopd'): string {
  return join(daemonFolder, 'bin', `${name}.js`);
}

/** The organisations of the demo. */
export const BANKS = ['bankA', 'bankB'] as const;

/** One of the two. */
export type Bank = (typeof BANKS)[number];

/** Folder of a bank's node, from the root. */
export function nodeFolder(bank: Bank): string {
  return join(DATA, bank, 'node0');
}

/** Folder with the certificates of a bank's applications, from the root. */
export function sdkFolder(bank: Bank): string {
  return join(DATA, bank, 'sdk');
}

/** Folder of a bank for files that it sends, or has received, from the root: one for each demo that runs. */
export function filesFolder(bank: Bank, channelPort: string): string {
  return join(DATA, bank, 'files', channelPort);
}

/** Beginning of the names of a bank's key files for private topics, from the root. */
export function topicKey(bank: Bank): string {
  return join(DATA, bank, 'topic-key');
}

/** The bank's private key for topics, which only its own applications read. */
export function privateKeyFile(bank: Bank): string {
  return `${topicKey(bank)}.pem`;
}

/** The bank's public key for topics, which the other bank has been given. */
export function publicKeyFile(bank: Bank): string {
  return `${topicKey(bank)}.public.pem`;
}

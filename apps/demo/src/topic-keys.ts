import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BANKS, privateKeyFile, publicKeyFile, ROOT, topicKey } from './places.ts';
import { runAmop } from './run-amop.ts';

/**
 * Makes a key pair for private topics for each bank with `amop keygen`, unless an earlier start has made it.
 *
 * @returns whether one is new
 * @throws Error with one line on what is in the way
 */
export async function ensureTopicKeys(): Promise<boolean> {
  const lacking = BANKS.filter(
    (bank) =>
      ![privateKeyFile(bank), publicKeyFile(bank)].every((file) => existsSync(join(ROOT, file))),
  );
  for (const bank of lacking) await runAmop(['keygen', '--out', topicKey(bank)]);
  return lacking.length > 0;
}

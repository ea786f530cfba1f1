import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BANKS, DATA, nodeFolder, ROOT, sdkFolder } from './places.ts';
import { runAmop } from './run-amop.ts';

/** Admin port of the first bank's node; the second one's follows. */
const ADMIN_PORT = '20400';

/**
 * Makes certificates for both banks with `amop certs`, unless an earlier start has made them.
 *
 * @returns whether they are new
 * @throws Error with one line on what is in the way
 */
export async function ensureCertificates(): Promise<boolean> {
  const needed = BANKS.flatMap((bank) => [
    join(nodeFolder(bank), 'config.ini'),
    join(nodeFolder(bank), 'conf', 'node.key'),
    join(sdkFolder(bank), 'sdk.key'),
  ]);
  const missing = needed.filter((file) => !existsSync(join(ROOT, file)));
  if (missing.length === 0) return false;
  if (missing.length < needed.length) {
    throw new Error(`${missing[0]} is missing: delete the folder ${DATA} and start again`);
  }
  const agencies = BANKS.flatMap((bank) => ['--agency', bank]);
  await runAmop(['certs', '--out', DATA, '--admin-port', ADMIN_PORT, ...agencies]);
  return true;
}

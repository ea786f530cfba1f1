import { describeMade } from '../../certs/made.ts';
import { formatMade } from '../../certs/made-report.ts';
import type { Profile } from '../../certs/plan.ts';
import { protectKeys } from '../../certs/secret/protect-keys.ts';
import { type TreeFile, writeTree } from '../../certs/write-tree.ts';
import { jsonLine } from '../../output/body-json.ts';
import type { Terminal } from '../../terminal.ts';
import type { Passphrases } from './passphrase-options.ts';

/** What a command is about to add to a network. */
export interface Making {
  /** Absolute path of the network's folder. */
  readonly out: string;
  /** As it was given, for people. */
  readonly shownOut: string;
  readonly profile: Profile;
  readonly files: readonly TreeFile[];
  /** The folders that are new. */
  readonly folders: readonly string[];
  /** What to do next, a line each. */
  readonly next: readonly string[];
  /** More members of the JSON object. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * Writes what was made and reports it.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_EXIST`, `AMOP_DAEMON_CERTS_WRITE`
 */
export async function writeMade(
  making: Making,
  passphrases: Passphrases,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const { facts, files, folders, next, out, profile, shownOut } = making;
  const certificates = describeMade(json ? out : shownOut, files);
  await writeTree(out, protectKeys(files, passphrases.own), folders);
  const paths = files.map(({ path }) => path);
  terminal.out(
    json
      ? jsonLine({ out, profile, folders, files: paths, certificates, ...facts, next })
      : formatMade({ out: shownOut, files, certificates, next }),
  );
}

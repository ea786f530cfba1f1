import { resolve } from 'node:path';
import { DEFAULT_VALIDITY_DAYS } from '@amop/crypto';
import { Command } from 'commander';
import { certificateDependencies, checkStop } from '../../certs/issue.ts';
import { findAuthority } from '../../certs/renew/authority.ts';
import { renew } from '../../certs/renew/renewal.ts';
import { replaceFiles } from '../../certs/renew/replace-files.ts';
import { formatRenewals, renewalLines } from '../../certs/renew/report.ts';
import { findTargets } from '../../certs/renew/target.ts';
import type { Terminal } from '../../terminal.ts';
import { parseCount } from '../values.ts';
import {
  addPassphraseOptions,
  type PassphraseOptions,
  readPassphrases,
} from './passphrase-options.ts';

const EXAMPLES = `
Makes the certificates anew, with the same name and the same key: the node ID stays. The old file is kept beside
the new one as node.crt.old-YYYYMMDD. Needs the key of the agency, not that of the node; of a folder it renews the
certificates of nodes and applications. An agency (cert/<agency>/agency.crt) or the root (cert/ca.crt) is renewed
when it is named itself, with the key of the root.

Examples:
  amop certs renew nodes/bankA/node0/conf/node.crt --days 365
  amop certs renew nodes/bankA                          all nodes and applications of bankA
  amop certs renew conf/node.crt --authority /mnt/offline/cert/bankA
  amop certs renew nodes/bankA/node0 --new-key          the node ID becomes another
`;

interface RenewOptions extends PassphraseOptions {
  readonly days?: number;
  readonly authority?: string;
  readonly newKey?: boolean;
  readonly json?: boolean;
}

/** `amop certs renew`: the same certificates, valid for longer. */
export function renewCommand(terminal: Terminal): Command {
  const command = new Command('renew')
    .summary('renew certificates, with the same key')
    .description('Renew certificates in their place, with the same name and key.')
    .argument('<path...>', 'certificate files, or folders of nodes and applications')
    .option('--days <number>', `days of validity (default: ${DEFAULT_VALIDITY_DAYS})`, (text) =>
      parseCount(text, DEFAULT_VALIDITY_DAYS),
    )
    .option(
      '--authority <dir>',
      "folder with the authority's certificate and key (default: the folder 'cert' above)",
    )
    .option('--new-key', 'also a new key: the node ID becomes another');
  return addPassphraseOptions(command)
    .option('--json', 'one JSON object a line, one for each certificate')
    .option('--verbose', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (given: readonly string[], options: RenewOptions) => {
      const { own, authority: opens } = readPassphrases(options, terminal);
      const folder = options.authority && resolve(terminal.cwd, options.authority);
      const dependencies = certificateDependencies();
      const how = {
        isNewKey: options.newKey === true,
        ...(options.days === undefined ? {} : { validityDays: options.days }),
        ...(own === undefined ? {} : { passphrase: own }),
      };
      const targets = findTargets(given.map((path) => resolve(terminal.cwd, path)));
      const renewals = targets.map((target) =>
        renew(target, findAuthority(target, folder || undefined, opens), how, dependencies),
      );
      await checkStop(terminal.stop);
      const replacements = renewals.flatMap((renewal) => renewal.replacements);
      const kept = replaceFiles(replacements, dependencies.nowMs);
      terminal.out(
        options.json === true ? renewalLines(renewals, kept) : formatRenewals(renewals, kept),
      );
    });
}

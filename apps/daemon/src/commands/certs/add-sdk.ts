import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { issueSdk } from '../../certs/agency.ts';
import { foldersIn, readAgency } from '../../certs/existing/network.ts';
import { certificateDependencies, checkStop } from '../../certs/issue.ts';
import { checkAgencyName, usage } from '../../certs/plan.ts';
import { quoted } from '../../certs/report.ts';
import { refuseExisting } from '../../certs/write-tree.ts';
import type { Terminal } from '../../terminal.ts';
import { writeMade } from './make.ts';
import { addCommonOptions, type CommonOptions } from './options.ts';
import {
  addPassphraseOptions,
  type PassphraseOptions,
  readPassphrases,
} from './passphrase-options.ts';

const EXAMPLES = `
Needs DIR/cert/<agency>/agency.crt and agency.key (with RSA: channel/ca.crt and ca.key), and of the root the
certificate only. Makes DIR/<agency>/NAME with ca.crt, sdk.crt, sdk.key.

Examples:
  amop certs add-sdk --out nodes --agency bankA --name payments
`;

interface AddSdkOptions extends CommonOptions, PassphraseOptions {
  readonly agency: string;
  readonly name?: string;
}

/** A folder name and a common name at once; a node's folder is told from it by its name. */
const SDK_NAME = /^(?!node\d+$)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/i;

/** `amop certs add-sdk`: certificates for one more application of an organisation. */
export function addSdkCommand(terminal: Terminal): Command {
  const command = new Command('add-sdk')
    .summary('add certificates for one more application')
    .description('Add certificates for one more application of an organisation.')
    .requiredOption('--agency <name>', 'name of the organisation')
    .option('--name <name>', 'name of the application and its folder (default: sdk, sdk1, ...)');
  return addPassphraseOptions(addCommonOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (given: AddSdkOptions) => {
      const { json = false, out: shownOut, ...options } = given;
      checkAgencyName(options.agency, '--agency');
      const out = resolve(terminal.cwd, shownOut);
      const taken = new Set(foldersIn(join(out, options.agency)).map((name) => name.toLowerCase()));
      const name = options.name ?? freeName(taken);
      if (!SDK_NAME.test(name) || name.toLowerCase() === 'cert') {
        usage(
          '--name',
          `'${name}' cannot name an application: use 1 to 64 letters, digits, '-', '_', '.', and not 'cert', 'node0', 'node1', ...`,
        );
      }
      const folder = `${options.agency}/${name}`;
      refuseExisting(out, [folder]);
      const passphrases = readPassphrases(options, terminal);
      const { profile, ...agency } = readAgency(out, options.agency, passphrases.authority);
      const files = issueSdk(agency, name, certificateDependencies());
      await checkStop(terminal.stop);
      const certs = `${quoted(shownOut)}/${folder}`;
      const encrypted =
        passphrases.own === undefined
          ? []
          : ['Its key is encrypted: give --passphrase-file FILE, or set AMOP_PASSPHRASE_FILE.'];
      const next = [`Next: amop sub hello --certs ${certs}`, ...encrypted];
      const facts = { agency: agency.name, sdk: join(out, folder) };
      const making = { out, shownOut, profile, files, folders: [folder], facts, next };
      await writeMade(making, passphrases, json, terminal);
    });
}

function freeName(taken: ReadonlySet<string>): string {
  let name = 'sdk';
  for (let number = 1; taken.has(name); number += 1) name = `sdk${number}`;
  return name;
}

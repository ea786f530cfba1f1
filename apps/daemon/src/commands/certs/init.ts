import { resolve } from 'node:path';
import { createChainCa } from '@amop/crypto';
import { Command } from 'commander';
import { authorityFiles } from '../../certs/agency.ts';
import { PROFILE_FILE } from '../../certs/existing/network.ts';
import { certificateDependencies, checkStop, rootProfile } from '../../certs/issue.ts';
import type { Profile } from '../../certs/plan.ts';
import { quoted } from '../../certs/report.ts';
import { refuseExisting } from '../../certs/write-tree.ts';
import type { Terminal } from '../../terminal.ts';
import { writeMade } from './make.ts';
import { addCommonOptions, type CommonOptions, profileOption } from './options.ts';
import {
  addPassphraseOption,
  type PassphraseOptions,
  readPassphrases,
} from './passphrase-options.ts';

const EXAMPLES = `
Makes DIR/cert/ca.crt and ca.key. Keep ca.key away from machines that run nodes: only 'add-agency' needs it.

Examples:
  amop certs init --out nodes
  amop certs init --out nodes --profile rsa          # for the Java SDK
  amop certs init --out nodes --passphrase-file root.secret
`;

interface InitOptions extends CommonOptions, PassphraseOptions {
  readonly profile: Profile;
}

/** `amop certs init`: the root of a new network. */
export function initCommand(terminal: Terminal): Command {
  const command = new Command('init')
    .summary('make the root of a new network')
    .description('Make the root of a new network, and nothing below it.')
    .addOption(profileOption());
  return addPassphraseOption(addCommonOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (given: InitOptions) => {
      const { json = false, out: shownOut, profile, ...options } = given;
      const out = resolve(terminal.cwd, shownOut);
      refuseExisting(out, ['cert']);
      const passphrases = readPassphrases(options, terminal);
      const root = createChainCa({ profile: rootProfile(profile) }, certificateDependencies());
      await checkStop(terminal.stop);
      const files = authorityFiles('cert/ca', root);
      if (profile === 'rsa') {
        files.push({ path: `cert/${PROFILE_FILE}`, text: 'rsa\n', secret: false });
      }
      const next = [
        `Next: amop certs add-agency NAME --out ${quoted(shownOut)}`,
        "Keep cert/ca.key secret and away from the nodes' machines.",
      ];
      const making = { out, shownOut, profile, files, folders: ['cert'], next };
      await writeMade(making, passphrases, json, terminal);
    });
}

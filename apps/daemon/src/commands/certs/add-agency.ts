import { join, resolve } from 'node:path';
import { createAgencyCa, createChannelCa } from '@amop/crypto';
import { Command } from 'commander';
import { type Agency, agencyFiles } from '../../certs/agency.ts';
import { foldersIn, readRoot } from '../../certs/existing/network.ts';
import { certificateDependencies, checkStop } from '../../certs/issue.ts';
import { checkAgencyName } from '../../certs/plan.ts';
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
Needs DIR/cert/ca.crt and ca.key. Makes DIR/cert/NAME/agency.crt and agency.key, and DIR/cert/NAME/channel
where applications have RSA keys.

Examples:
  amop certs add-agency bankC --out nodes
`;

/** `amop certs add-agency`: one more organisation below the root. */
export function addAgencyCommand(terminal: Terminal): Command {
  const command = new Command('add-agency')
    .summary('add an organisation to a network')
    .description('Add an organisation to a network whose root is here.')
    .argument('<name>', 'name of the organisation');
  return addPassphraseOptions(addCommonOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, given: CommonOptions & PassphraseOptions) => {
      const { json = false, out: shownOut, ...options } = given;
      checkAgencyName(name, 'name');
      const out = resolve(terminal.cwd, shownOut);
      // Names that differ in case only would be one folder on some file systems.
      const same = foldersIn(join(out, 'cert')).find(
        (folder) => folder.toLowerCase() === name.toLowerCase(),
      );
      refuseExisting(out, [`cert/${same ?? name}`]);
      const passphrases = readPassphrases(options, terminal);
      const { profile, ...root } = readRoot(out, passphrases.authority);
      const dependencies = certificateDependencies();
      const agency: Agency = {
        name,
        issuer: createAgencyCa({ agency: name, issuer: root }, dependencies),
        root,
        ...(profile === 'rsa' && { channel: createChannelCa({ agency: name }, dependencies) }),
      };
      await checkStop(terminal.stop);
      const folders = [`cert/${name}`];
      const next = [
        `Next: amop certs add-node --agency ${name} --out ${quoted(shownOut)}`,
        `Give ${name} its folder cert/${name} and cert/ca.crt, not ca.key: that is enough to add nodes and applications.`,
      ];
      const making = { out, shownOut, profile, files: agencyFiles(agency), folders, next };
      await writeMade({ ...making, facts: { agency: name } }, passphrases, json, terminal);
    });
}

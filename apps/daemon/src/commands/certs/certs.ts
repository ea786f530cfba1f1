import { resolve } from 'node:path';
import { Command } from 'commander';
import { issueNetwork } from '../../certs/issue.ts';
import { type Profile, planNodes, usage } from '../../certs/plan.ts';
import { formatReport, reportJson } from '../../certs/report.ts';
import { protectKeys } from '../../certs/secret/protect-keys.ts';
import { refuseExisting, writeTree } from '../../certs/write-tree.ts';
import { programPath } from '../../program-path.ts';
import type { Terminal } from '../../terminal.ts';
import { collect, parseCount, parsePort } from '../values.ts';
import { addAgencyCommand } from './add-agency.ts';
import { addNodeCommand } from './add-node.ts';
import { addSdkCommand } from './add-sdk.ts';
import { initCommand } from './init.ts';
import { profileOption } from './options.ts';
import { readPassphrases } from './passphrase-options.ts';
import { renewCommand } from './renew.ts';
import { certsShowCommand } from './show.ts';
import { verifyCommand } from './verify.ts';

interface CertsOptions {
  readonly out: string;
  readonly agency?: readonly string[];
  readonly nodes: number;
  readonly profile: Profile;
  readonly channelPort: number;
  readonly p2pPort: number;
  readonly adminPort?: number;
  readonly host?: readonly string[];
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

/** Nodes of one agency; more is a slip of the finger. */
const MAX_NODES = 100;

const EXAMPLES = `
Makes DIR/cert (authorities), DIR/<agency>/node0 ... (config.ini and conf/) and DIR/<agency>/sdk (for applications),
in the layout of the original. Nodes on one host get consecutive ports. Nothing is ever overwritten.

Examples:
  amop certs --out nodes --agency bankA --agency bankB
  amop certs --out nodes --agency bankA --agency bankB --host 10.0.0.7 --host 10.0.1.9
  amop certs --out nodes --agency acme --nodes 3 --profile rsa     # for the Java SDK
`;

/** `amop certs`: keys, certificates and configuration of a new network. */
export function certsCommand(terminal: Terminal): Command {
  return (
    new Command('certs')
      .summary('make keys, certificates and configuration of a new network')
      .description('Make keys, certificates and configuration of a new network of nodes.')
      .option('--out <dir>', 'folder to write to', 'nodes')
      .option('--agency <name>', 'name of an organisation, repeatable', collect)
      .option('--nodes <number>', 'nodes of each agency', (text) => parseCount(text, MAX_NODES), 1)
      .addOption(profileOption())
      .option(
        '--channel-port <port>',
        'port for applications, of the first node',
        parsePort,
        20_200,
      )
      .option('--p2p-port <port>', 'port for other nodes, of the first node', parsePort, 30_300)
      .option(
        '--admin-port <port>',
        'open a port on loopback for metrics and amop top, of the first node (default: none)',
        parsePort,
      )
      .option(
        '--host <address>',
        'where the nodes reach each other, once or once for each agency (default: 127.0.0.1)',
        collect,
      )
      .option('--passphrase-file <file>', 'encrypt all keys with the passphrase in the file')
      .option('--json', 'one JSON object instead of text')
      .option('--verbose', 'the stack of an error')
      .addHelpText('after', EXAMPLES)
      // What stands behind `show` belongs to it.
      .enablePositionalOptions()
      .addCommand(initCommand(terminal))
      .addCommand(addAgencyCommand(terminal))
      .addCommand(addNodeCommand(terminal))
      .addCommand(addSdkCommand(terminal))
      .addCommand(renewCommand(terminal))
      .addCommand(verifyCommand(terminal))
      .addCommand(certsShowCommand(terminal))
      .hook('preSubcommand', refuseStrayOptions)
      .action(async (options: CertsOptions) => {
        const { agency: agencies = [] } = options;
        const planned = planNodes({
          agencies,
          nodesPerAgency: options.nodes,
          profile: options.profile,
          channelPort: options.channelPort,
          p2pPort: options.p2pPort,
          adminPort: options.adminPort,
          hosts: options.host ?? ['127.0.0.1'],
        });
        const out = resolve(terminal.cwd, options.out);
        refuseExisting(out, ['cert', ...agencies]);
        const { own } = readPassphrases(options, terminal);
        const network = await issueNetwork(planned, options.profile, terminal.stop);
        await writeTree(out, protectKeys(network.files, own));
        terminal.out(
          options.json === true
            ? reportJson(out, options.profile, network)
            : formatReport(options.out, network, (name) => programPath(name, terminal)),
        );
      })
  );
}

/** `amop certs --out x init` would make its root elsewhere: an option before the word belongs to `certs` alone. */
function refuseStrayOptions(certs: Command, below: Command): void {
  const stray = certs.options.find((option) => {
    return certs.getOptionValueSource(option.attributeName()) === 'cli';
  });
  if (stray === undefined) return;
  const { long = '' } = stray;
  usage(long, `write ${long} after '${below.name()}'`);
}

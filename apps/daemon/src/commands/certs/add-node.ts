import { resolve } from 'node:path';
import { Command } from 'commander';
import { issueNode } from '../../certs/agency.ts';
import { type KnownNode, readKnownNodes } from '../../certs/existing/known-nodes.ts';
import { readAgency } from '../../certs/existing/network.ts';
import { planNode } from '../../certs/existing/plan-node.ts';
import { certificateDependencies, checkStop } from '../../certs/issue.ts';
import { checkAgencyName, checkHost, formatEndpoint } from '../../certs/plan.ts';
import { quoted } from '../../certs/report.ts';
import { refuseExisting } from '../../certs/write-tree.ts';
import type { Terminal } from '../../terminal.ts';
import { type Address, collectAddress, parsePort } from '../values.ts';
import { writeMade } from './make.ts';
import { addCommonOptions, type CommonOptions } from './options.ts';
import {
  addPassphraseOptions,
  type PassphraseOptions,
  readPassphrases,
} from './passphrase-options.ts';

const EXAMPLES = `
Needs DIR/cert/<agency>/agency.crt and agency.key, and of the root the certificate only. The new config.ini names the
nodes that the folders in DIR know and those of --peer; the report says which lines the other nodes need.

Examples:
  amop certs add-node --out nodes --agency bankA
  amop certs add-node --out nodes --agency bankA --host 10.0.0.8 --peer 10.0.1.9:30300
`;

interface AddNodeOptions extends CommonOptions, PassphraseOptions {
  readonly agency: string;
  readonly host: string;
  readonly channelPort?: number;
  readonly p2pPort?: number;
  readonly peer?: readonly Address[];
}

/** A line that the configuration of another node needs. */
interface MissingLine {
  readonly config: string;
  readonly section: string;
  readonly line: string;
}

/** `amop certs add-node`: one more node of an organisation. */
export function addNodeCommand(terminal: Terminal): Command {
  const command = new Command('add-node')
    .summary('add a node to an organisation')
    .description('Add a node to an organisation of a network.')
    .requiredOption('--agency <name>', 'name of the organisation')
    .option('--host <address>', 'where the other nodes reach it', '127.0.0.1')
    .option('--channel-port <port>', 'port for applications (default: the next one)', parsePort)
    .option('--p2p-port <port>', 'port for other nodes (default: the next one)', parsePort)
    .option(
      '--peer <host:port>',
      'p2p address of a node that no folder in DIR knows, repeatable',
      collectAddress,
    );
  return addPassphraseOptions(addCommonOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (given: AddNodeOptions) => {
      const { json = false, out: shownOut, ...options } = given;
      checkAgencyName(options.agency, '--agency');
      checkHost(options.host, '--host');
      const out = resolve(terminal.cwd, shownOut);
      const passphrases = readPassphrases(options, terminal);
      const { profile, ...agency } = readAgency(out, options.agency, passphrases.authority);
      const known = readKnownNodes(out);
      const peers = (options.peer ?? []).map(({ host, port }) => ({ host, p2pPort: port }));
      const { endpoints, node } = planNode(out, { ...options, peers }, known);
      const folder = `${agency.name}/${node.name}`;
      refuseExisting(out, [folder]);
      const issued = issueNode(agency, node, endpoints, profile, certificateDependencies());
      await checkStop(terminal.stop);
      const address = formatEndpoint(node.host, node.p2pPort);
      const lines = missingLines(known, address, issued.nodeId);
      const making = {
        out,
        shownOut,
        profile,
        files: issued.files,
        folders: [folder],
        facts: {
          agency: agency.name,
          node: node.name,
          nodeId: issued.nodeId,
          channel: formatEndpoint(node.host, node.channelPort),
          p2p: address,
          lines,
        },
        next: adviceFor(lines, address, `${quoted(shownOut)}/${folder}`, passphrases.own),
      };
      await writeMade(making, passphrases, json, terminal);
    });
}

function missingLines(known: readonly KnownNode[], address: string, nodeId: string): MissingLine[] {
  return known.flatMap(({ config, nextAllowed, nextNode, path }) => {
    const lines: MissingLine[] = [];
    const { peers, whitelist } = config.p2p;
    if (!peers.some(({ host, port }) => formatEndpoint(host, port) === address)) {
      lines.push({ config: path, section: 'p2p', line: `node.${nextNode}=${address}` });
    }
    if (whitelist.length > 0 && !whitelist.includes(nodeId)) {
      const line = `cal.${nextAllowed}=${nodeId}`;
      lines.push({ config: path, section: 'certificate_whitelist', line });
    }
    return lines;
  });
}

function adviceFor(
  lines: readonly MissingLine[],
  address: string,
  folder: string,
  passphrase: string | undefined,
): string[] {
  return [
    `The other nodes need it in [p2p] of their config.ini: node.N=${address} with the next free N;`,
    'where [certificate_whitelist] has entries, also its node ID there: cal.N=<node ID>. Then: kill -HUP.',
    ...lines.map(({ config, line, section }) => `  ${config} [${section}]  ${line}`),
    '',
    `Next: amopd --config ${folder}/config.ini`,
    ...(passphrase === undefined
      ? []
      : [
          'Its keys are encrypted: name the file with the passphrase in its config.ini, [amop] passphrase_file=FILE.',
        ]),
  ];
}

import { resolve } from 'node:path';
import { parseHostPort } from '@amop/node';
import { Command, InvalidArgumentError } from 'commander';
import { readPassphraseFile } from '../certs/secret/passphrase-file.ts';
import { examineNode, examineRunning } from '../doctor/examine-node.ts';
import type { Checked } from '../doctor/finding.ts';
import { readOpenFiles } from '../doctor/folder/open-files.ts';
import { targetOf } from '../doctor/folder/target.ts';
import { checkApplication } from '../doctor/network/application.ts';
import {
  closingLine,
  findingsAsJson,
  findingsAsText,
  refuseErrors,
  sortFindings,
} from '../doctor/report.ts';
import type { Surroundings } from '../doctor/surroundings.ts';
import { DaemonError } from '../errors.ts';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { collect } from './values.ts';

const EXAMPLES = `
Looks at the folder of a node: configuration, certificates, keys, ports, and whether the nodes that it names are there
and take it. Of a node that runs it asks the admin port, --admin or that of its config.ini, and dials nobody. Of an sdk
folder it looks at the certificate, and asks the channel ports of --node whether they take it.

Examples:
  amop doctor nodes/bankA/node0                     before it is started, or while it runs
  amop doctor --admin 127.0.0.1:20400               a node that runs
  amop doctor nodes/bankA/sdk --node 127.0.0.1:20200

Exit codes: 0 no error found, 1 at least one, 3 the folder cannot be read.
`;

interface DoctorOptions {
  readonly admin?: string;
  readonly node?: readonly string[];
  readonly dialPeers?: boolean;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

/** `amop doctor`: what stands in the way of a node or an application, and what to do. */
export function doctorCommand(terminal: Terminal): Command {
  return new Command('doctor')
    .summary('find out what is wrong with a node or an sdk folder')
    .description(
      'Find out what is wrong with a node, its folder, or an sdk folder, and what to do.',
    )
    .argument('[path]', 'folder of a node, its config.ini, or an sdk folder')
    .option('--admin <host:port>', 'admin port of the node that runs', parseAddress)
    .option('--node <host:port>', 'channel port for an sdk folder, repeatable', collectAddress)
    .option('--dial-peers', 'dial the other nodes even when this one runs')
    .option(
      '--passphrase-file <file>',
      'opens an encrypted sdk.key, with the first line of the file',
    )
    .option('--json', 'one JSON object a line, one for each finding')
    .option('--verbose', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, options: DoctorOptions) => {
      const checked = await examine(path, options, terminal).catch((error: unknown) => {
        if (!terminal.stop.aborted) throw error;
        throw new DaemonError('AMOP_DAEMON_STOPPED', 'stopped', {}, { cause: error });
      });
      const findings = sortFindings(checked);
      const isJson = options.json === true;
      terminal.out(isJson ? findingsAsJson(findings) : findingsAsText(findings));
      refuseErrors(findings);
      if (!isJson) terminal.out(closingLine(findings, checked));
    });
}

async function examine(
  path: string | undefined,
  options: DoctorOptions,
  terminal: Terminal,
): Promise<Checked[]> {
  const { admin, dialPeers = false, node = [], passphraseFile } = options;
  const around = surroundingsOf(terminal);
  if (path === undefined) {
    if (admin !== undefined) return examineRunning(admin, around);
    throw usage('name the folder of a node or an sdk folder, or --admin host:port');
  }
  const target = targetOf(resolve(terminal.cwd, path));
  if (target.kind === 'node') {
    if (node.length > 0) throw usage('--node is for an sdk folder: a node has --admin');
    const given = admin === undefined ? {} : { admin };
    return examineNode({ path: target.config, dialsPeers: dialPeers, ...given }, around);
  }
  if (admin !== undefined) throw usage('--admin is for nodes: an sdk folder has --node');
  const nodes = node.flatMap((text) => parseHostPort(text) ?? []);
  const secret =
    passphraseFile === undefined
      ? {}
      : { passphrase: readPassphraseFile(passphraseFile, terminal) };
  return checkApplication({ folder: target.folder, nodes, ...secret }, around);
}

function surroundingsOf(terminal: Terminal): Surroundings {
  return {
    nowMs: Date.now(),
    stop: terminal.stop,
    openFiles: readOpenFiles(),
    progress: (what) => {
      if (terminal.isTty.stderr) terminal.err(`${printableLine(what)}\n`);
    },
  };
}

function usage(message: string): DaemonError {
  return new DaemonError('AMOP_DAEMON_USAGE', message, {});
}

function parseAddress(text: string): string {
  if (parseHostPort(text) !== undefined) return text;
  throw new InvalidArgumentError('Give it as 127.0.0.1:20400.');
}

function collectAddress(text: string, previous: readonly string[] | undefined): readonly string[] {
  return collect(parseAddress(text), previous);
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import { type CheckedFiles, checkFiles } from '../../certs/check/check-files.ts';
import type { Finding } from '../../certs/check/finding.ts';
import { findCertificates } from '../../certs/find-certificates.ts';
import { readPassphraseFile } from '../../certs/secret/passphrase-file.ts';
import { DaemonError } from '../../errors.ts';
import { jsonLine } from '../../output/body-json.ts';
import { printableLine } from '../../output/text.ts';
import type { Terminal } from '../../terminal.ts';

const EXAMPLES = `
Looks at each certificate as a TLS peer would: does the chain lead to the ca.crt beside it, is it valid, does the key
belong to it, is it one for this place (OU=node, OU=sdk), who may read the key; and whether applications and nodes of
one folder have the same agency.

Examples:
  amop certs verify nodes/bankA/node0/conf/node.crt
  amop certs verify nodes/bankA                      every certificate below the folder
  amop certs verify nodes --json

Exit codes: 0 nothing found, 1 something found, 3 a file cannot be read.
`;

interface VerifyOptions {
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

/** `amop certs verify`: what is wrong with certificates, and what to do. */
export function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .summary('check certificates, chains, keys and file modes')
    .description('Check certificates with what lies beside them, as a TLS peer would.')
    .argument('<path...>', 'files, or folders to search')
    .option('--passphrase-file <file>', 'file with the passphrase of encrypted keys')
    .option('--json', 'one JSON object a line, one for each finding, then one with the counts')
    .option('--verbose', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action((given: readonly string[], options: VerifyOptions) => {
      const passphrase =
        options.passphraseFile === undefined
          ? {}
          : { passphrase: readPassphraseFile(options.passphraseFile, terminal) };
      const paths = given.map((path) => resolve(terminal.cwd, path));
      const files = findCertificates(paths);
      const named = new Set(paths);
      const checked = checkFiles(files, { ...passphrase, named, nowMs: Date.now() });
      if (checked.paths.length === 0) {
        throw new DaemonError('AMOP_DAEMON_CERTS_READ', 'there is no certificate in it', {
          path: given.join(' '),
        });
      }
      terminal.out(options.json === true ? linesOf(checked) : textOf(checked));
      refuseFindings(checked);
    });
}

function linesOf({ findings, paths }: CheckedFiles): string {
  const lines = findings.map((each) => jsonLine(each));
  return [...lines, jsonLine({ files: paths.length, findings: findings.length })].join('');
}

function textOf({ findings, paths }: CheckedFiles): string {
  const sound = paths.filter((path) => !findings.some((each) => each.path === path));
  return [
    ...findings.map(textOfFinding),
    ...sound.map((path) => `${printableLine(path)}: sound\n`),
  ].join('');
}

function textOfFinding({ code, fix, message, path, severity }: Finding): string {
  const what = `${path}: ${severity}: ${message} (${code})`;
  return `${printableLine(what)}\n    ${printableLine(fix)}\n`;
}

/** @throws DaemonError `AMOP_DAEMON_CERTS_FINDINGS` when there are any */
function refuseFindings({ findings, paths }: CheckedFiles): void {
  const count = findings.length;
  if (count === 0) return;
  const things = `${count} ${count === 1 ? 'finding' : 'findings'}`;
  const where = `${paths.length} ${paths.length === 1 ? 'certificate' : 'certificates'}`;
  throw new DaemonError('AMOP_DAEMON_CERTS_FINDINGS', `${things} in ${where}`, {
    findings: count,
    files: paths.length,
  });
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import { WARN_DAYS } from '../../certs/check/validity.ts';
import { type DescribedFile, describeFile, type KeyState } from '../../certs/describe-file.ts';
import { findCertificates } from '../../certs/find-certificates.ts';
import { formatDay } from '../../certs/made-report.ts';
import { readPassphraseFile } from '../../certs/secret/passphrase-file.ts';
import { DaemonError } from '../../errors.ts';
import { jsonLine } from '../../output/body-json.ts';
import { printableLine } from '../../output/text.ts';
import type { Terminal } from '../../terminal.ts';

const EXAMPLES = `
Examples:
  amop certs show nodes/bankA/sdk/sdk.crt
  amop certs show nodes                       every certificate below the folder
  amop certs show nodes/bankA --json
`;

const KEY_TEXTS: Readonly<Record<KeyState, string>> = {
  belongs: 'the key beside it belongs to it',
  other: 'THE KEY BESIDE IT BELONGS TO ANOTHER CERTIFICATE',
  encrypted: 'the key beside it is encrypted',
  locked: 'THE PASSPHRASE DOES NOT OPEN THE KEY BESIDE IT',
  unreadable: 'THE KEY BESIDE IT CANNOT BE READ',
  none: 'no key beside it',
};

interface ShowOptions {
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

/** `amop certs show`: what certificates say. */
export function certsShowCommand(terminal: Terminal): Command {
  return new Command('show')
    .summary('show what certificates say')
    .description(
      'Show whose certificates they are, until when, with which keys; node IDs and fingerprints as config.ini takes them.',
    )
    .argument('<path...>', 'files, or folders to search')
    .option('--passphrase-file <file>', 'file with the passphrase of encrypted keys')
    .option('--json', 'one JSON object a line, one for each certificate')
    .option('--verbose', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action((paths: readonly string[], options: ShowOptions) => {
      const passphrase =
        options.passphraseFile && readPassphraseFile(options.passphraseFile, terminal);
      const files = findCertificates(paths.map((path) => resolve(terminal.cwd, path)));
      if (files.length === 0) {
        throw new DaemonError('AMOP_DAEMON_CERTS_READ', 'there is no certificate in it', {
          path: paths.join(' '),
        });
      }
      for (const file of files) {
        const described = describeFile(file, Date.now(), passphrase);
        terminal.out(options.json === true ? linesOf(described) : textOf(described));
      }
    });
}

function linesOf({ certificates, key, path }: DescribedFile): string {
  return certificates
    .map((certificate, place) =>
      jsonLine({ path, place, ...certificate, ...(place === 0 && { key }) }),
    )
    .join('');
}

function textOf({ certificates, key, path }: DescribedFile): string {
  const lines = [printableLine(path)];
  for (const [place, certificate] of certificates.entries()) {
    const { daysLeft, fingerprint256, keyKind, nodeId, validFromMs, validToMs } = certificate;
    const mark = place === 0 ? '' : 'then ';
    lines.push(`  ${mark}${printableLine(certificate.subjectName)}`);
    lines.push(`      issued by    ${printableLine(certificate.issuerName)}`);
    lines.push(
      `      valid        ${formatDay(validFromMs)} to ${formatDay(validToMs)}${endOf(daysLeft)}`,
    );
    if (place > 0) continue;
    lines.push(`      key          ${keyKind}, ${KEY_TEXTS[key]}`);
    if (nodeId !== undefined && !certificate.isCa) lines.push(`      node ID      ${nodeId}`);
    lines.push(`      fingerprint  ${fingerprint256}`);
  }
  return `${lines.join('\n')}\n\n`;
}

function endOf(daysLeft: number): string {
  if (daysLeft < 0) return `, EXPIRED ${-daysLeft} days ago`;
  return daysLeft < WARN_DAYS ? `, ONLY ${daysLeft} DAYS LEFT` : '';
}

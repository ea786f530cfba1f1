import { resolve } from 'node:path';
import { formatPublicKeyHex, generateKeyPair, type PublicKey } from '@amop/crypto';
import { Command } from 'commander';
import { type Replacement, replaceFiles } from '../certs/renew/replace-files.ts';
import { quoted } from '../certs/report.ts';
import { readPassphraseFile } from '../certs/secret/passphrase-file.ts';
import { jsonLine } from '../output/body-json.ts';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { ACCOUNT_KEY_REASON, isAccountKey } from '../topic-keys/account-key.ts';
import {
  privateKeyFiles,
  publicKeyFiles,
  refuseExistingKeys,
  requireFolder,
} from '../topic-keys/key-files.ts';
import { readTopicPrivateKey } from '../topic-keys/read-private-key.ts';
import { warnOfAccount } from './warnings.ts';

const EXAMPLES = `
Makes <out>.pem, the private key (PKCS#8, mode 600), and <out>.public.pem, the public key for the other side. With
--from it writes only the public key of a private key that is there: PEM (PKCS#8, SEC1, encrypted or not), 64 hex digits, or
PKCS#12 (.p12, .pfx).

Never use the key of a chain account for topics: ${ACCOUNT_KEY_REASON}.

Examples:
  amop keygen --out payments
  amop keygen --out payments --passphrase-file secret
  amop keygen --from subscriber.p12 --passphrase-file secret --out payments
`;

interface KeygenOptions {
  readonly out: string;
  readonly from?: string;
  readonly hex?: boolean;
  readonly passphraseFile?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What was made, for the report. */
interface Made {
  readonly publicKey: PublicKey;
  readonly files: readonly Replacement[];
  /** Where the private key is, as it is shown. */
  readonly privateKeyFile: string;
  readonly isAccount: boolean;
  /** Whether a passphrase was given for the private key. */
  readonly isLocked: boolean;
}

/** `amop keygen`: a key pair for private topics. */
export function keygenCommand(terminal: Terminal): Command {
  return new Command('keygen')
    .summary('make a key pair for private topics')
    .description('Make a key pair for private topics, or the public part of a key that is there.')
    .option('--out <path>', 'beginning of the names of the files', 'topic-key')
    .option('--from <file>', 'the private key that is there: only its public part is written')
    .option('--hex', 'write hex digits too')
    .option(
      '--passphrase-file <file>',
      'file with the passphrase that encrypts the private key, or with --from opens it (or AMOP_PASSPHRASE_FILE)',
    )
    .option('--force', 'write although files are there; the old ones are kept beside them')
    .option('--json', 'one JSON object instead of text')
    .option('--verbose', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (options: KeygenOptions) => {
      const file = options.passphraseFile ?? (terminal.env.AMOP_PASSPHRASE_FILE || undefined);
      const passphrase = file === undefined ? undefined : readPassphraseFile(file, terminal);
      requireFolder(resolve(terminal.cwd, options.out));
      const made = await (options.from === undefined
        ? makePair(options, passphrase, terminal)
        : readPair(options.from, options, passphrase, terminal));
      if (options.force !== true) refuseExistingKeys(made.files);
      const kept = replaceFiles(made.files, Date.now());
      terminal.out(options.json === true ? reportJson(made, kept) : reportText(made, kept));
      if (made.isAccount) warnOfAccount(made.privateKeyFile, terminal);
    });
}

async function makePair(
  { hex = false, out }: KeygenOptions,
  passphrase: string | undefined,
  terminal: Terminal,
): Promise<Made> {
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  const target = { base: resolve(terminal.cwd, out), hex };
  const files = [
    ...privateKeyFiles(privateKey, target, passphrase),
    ...publicKeyFiles(publicKey, target),
  ];
  return {
    publicKey,
    files,
    privateKeyFile: `${target.base}.pem`,
    isAccount: false,
    isLocked: passphrase !== undefined,
  };
}

async function readPair(
  from: string,
  { hex = false, out }: KeygenOptions,
  passphrase: string | undefined,
  terminal: Terminal,
): Promise<Made> {
  const privateKeyFile = resolve(terminal.cwd, from);
  const publicKey = (await readTopicPrivateKey(privateKeyFile, passphrase)).publicKey();
  const files = publicKeyFiles(publicKey, { base: resolve(terminal.cwd, out), hex });
  return {
    publicKey,
    files,
    privateKeyFile,
    isAccount: isAccountKey(privateKeyFile, publicKey),
    isLocked: passphrase !== undefined,
  };
}

function nextSteps({ files, isLocked, privateKeyFile }: Made): readonly string[] {
  const shown = files.find(({ path }) => path.endsWith('.public.pem'))?.path ?? '';
  const own = `${quoted(privateKeyFile)}${isLocked ? ' --private-passphrase-file FILE' : ''}`;
  return [
    `Give ${quoted(shown)} or the 128 digits to the other side, and let it compare the digits over a second way.`,
    `You receive:           amop sub TOPIC --private ${own} --publisher theirs.public.pem`,
    `The other side sends:  amop request TOPIC --private-to ${quoted(shown)} --private theirs.pem`,
    'theirs.public.pem is the public key of the other side: without --publisher you take plain text of anybody, too.',
    `Never use the key of a chain account for topics, nor this one for an account: ${ACCOUNT_KEY_REASON}.`,
  ];
}

function reportText(made: Made, kept: ReadonlyMap<string, string>): string {
  const lines = made.files.map(({ path, secret }) => {
    const old = kept.get(path);
    const what = secret
      ? 'private key, mode 600: stays with you'
      : 'public key: for the other side';
    return `  ${path}   ${what}${old === undefined ? '' : `; the old one is now ${old}`}`;
  });
  const key = `  ${formatPublicKeyHex(made.publicKey)}`;
  const text = ['Written:', ...lines, '', 'Public key:', key, '', ...nextSteps(made)];
  return `${text.map(printableLine).join('\n')}\n`;
}

function reportJson(made: Made, kept: ReadonlyMap<string, string>): string {
  const { files, isAccount, privateKeyFile, publicKey } = made;
  return jsonLine({
    publicKey: formatPublicKeyHex(publicKey),
    privateKeyFile,
    publicKeyFile: files.find(({ path }) => path.endsWith('.public.pem'))?.path,
    files: files.map(({ path }) => path),
    kept: [...kept.values()],
    isAccountKey: isAccount,
    next: nextSteps(made),
  });
}

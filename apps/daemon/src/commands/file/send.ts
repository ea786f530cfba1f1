import { resolve } from 'node:path';
import { ClientError, type FileAudience, type SendFileOptions } from '@amop/client';
import { Command, Option } from 'commander';
import { DaemonError } from '../../errors.ts';
import { errorCode } from '../../exit-code.ts';
import type { Terminal } from '../../terminal.ts';
import {
  type SendReport,
  SendReportForPeople,
  SendReportJson,
  type SendReportOptions,
} from '../../transfer/send-report.ts';
import { isComplete } from '../../transfer/sent-text.ts';
import { openTransferView } from '../../transfer/transfer-view.ts';
import { addConnectionOptions } from '../connection-options.ts';
import { withClient } from '../open-client.ts';
import { openSender, type Sender } from '../private/sender.ts';
import { addSendingOptions, type SendingOptions, sendingKeys } from '../private/sending.ts';
import { parseDuration } from '../values.ts';
import { type FileArgument, readFileArguments } from './file-argument.ts';

interface SendOptions extends SendingOptions {
  readonly topic: string;
  readonly to: FileAudience;
  readonly name?: string;
  /** Milliseconds. */
  readonly join?: number;
  /** Milliseconds. */
  readonly stall?: number;
  readonly restart?: boolean;
  readonly single?: boolean;
  readonly stateDir?: string;
}

/** How long somebody who takes the file is waited for. */
const JOIN_MS: Readonly<Record<FileAudience, number>> = { one: 30_000, all: 10_000 };

const EXAMPLES = `
The file is offered on the topic; who takes it ('amop receive') fetches it, and has all of it, verified, when this
command says so. Several files go one after the other; the exit code is 1 when one of them did not get to everybody who
took it.

When it ends early, by Ctrl-C, a crash, or a receiver that has gone away, the same command goes on where it stopped, with
the same receiver; --restart begins anew. Standard input (FILE '-') is written to disk first and not kept.

Examples:
  amop send report.pdf --topic reports
  amop send *.csv --topic settlements --to all
  tar c ledger | amop send - --name ledger.tar --topic archive
  amop send contract.pdf --topic deals --private-to theirs.public.pem --private ours.pem
`;

/** `amop send FILE...`: sends files of any size to one receiver of a topic, or to all. */
export function sendCommand(terminal: Terminal): Command {
  const command = addSendingOptions(
    new Command('send')
      .summary('send files of any size')
      .description('Send files of any size to one receiver of a topic, or to all.')
      .argument('<file...>', "the files; '-': standard input, with --name")
      .requiredOption('--topic <topic>', 'where it is offered')
      .addOption(
        new Option('--to <audience>', 'who gets it: the one that takes it first, or all')
          .choices(['one', 'all'])
          .default('one'),
      )
      .option('--name <name>', 'what receivers are told, instead of the name of the file')
      .option(
        '--join <duration>',
        "wait so long for who takes it; with '--to all' who comes later gets nothing (default: 30s, for all 10s)",
        parseDuration,
      )
      .option(
        '--stall <duration>',
        'give a receiver up that has asked for nothing for so long (default: 5m)',
        parseDuration,
      )
      .option('--restart', 'begin anew, where an earlier try has left something')
      .option(
        '--single',
        'as one message of less than 99 MiB, in the form of the demo of the Java SDK',
      )
      .option(
        '--state-dir <dir>',
        'folder for what has to survive this command (default: ~/.local/state/amop/files)',
      ),
    "one; with '--to all' then until no other proves its key for 500 ms",
    '--join',
  );
  return addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (files: readonly string[], options: SendOptions) => {
      checkProof(options);
      const { name, to, topic, verbose = false } = options;
      const sources = await readFileArguments(files, name, terminal);
      const keys = await sendingKeys(topic, options, terminal);
      const report = await openReport({ topic, to, verbose }, options, terminal);
      const { terminal: above } = report;
      try {
        await withClient(options, above, async (client) => {
          const wait = { timeoutMs: options.join ?? JOIN_MS[to], toAll: to === 'all' };
          const sender = await openSender(client, topic, keys, wait, above);
          await sendAll(sources, sender, options, report);
        });
      } finally {
        report.close();
      }
    });
}

async function openReport(
  about: SendReportOptions,
  { json }: SendOptions,
  terminal: Terminal,
): Promise<SendReport> {
  if (json === true) return new SendReportJson(about, terminal);
  return new SendReportForPeople(about, await openTransferView(terminal));
}

/** Only a bound proof tells the receivers who sends, and what they fetch is sealed for them. */
function checkProof({ proof = 'bound', single }: SendOptions): void {
  if (proof === 'bound' || single === true) return;
  const message = `--proof ${proof} is for single messages: original SDKs cannot receive anything else`;
  const fix = 'add --single, or leave --proof out';
  throw new DaemonError('AMOP_DAEMON_USAGE', message, { argument: '--proof', fix });
}

/**
 * Sends one file after the other and tells of each.
 *
 * @throws the error of the only file; DaemonError `AMOP_DAEMON_NOT_SENT` when one of several failed; at once what would
 *   end all of them
 */
async function sendAll(
  sources: readonly FileArgument[],
  sender: Sender,
  options: SendOptions,
  report: SendReport,
): Promise<void> {
  const { length: files } = sources;
  let failed = 0;
  for (const [index, { file, name, source }] of sources.entries()) {
    report.begin(file);
    try {
      const sent = await sender.sendFile(source, {
        ...sendFileOptions(options, report.terminal),
        ...(name !== undefined && { name }),
        onProgress: (progress) => report.progress(progress),
      });
      report.sent(sent);
      if (!isComplete(sent)) failed += 1;
    } catch (error) {
      const told = withRest(error, sources, index, options, report.terminal);
      const isLast = files === 1 || report.terminal.stop.aborted || concernsAll(error);
      report.failed(told, isLast);
      if (isLast) throw told;
      failed += 1;
    }
    await report.terminal.flush();
  }
  if (failed === 0) return;
  const which = files === 1 ? 'the file was' : `${failed} of ${files} files were`;
  throw new DaemonError(
    'AMOP_DAEMON_NOT_SENT',
    `${which} not sent, or not to everybody who took it; the lines above tell why`,
    { files, failed },
  );
}

function sendFileOptions(options: SendOptions, terminal: Terminal): SendFileOptions {
  const { join, restart, single, stall, stateDir, to } = options;
  return {
    to,
    signal: terminal.stop,
    ...(join !== undefined && { joinMs: join }),
    ...(stall !== undefined && { stallMs: stall }),
    ...(restart !== undefined && { restart }),
    ...(single !== undefined && { single }),
    ...(stateDir !== undefined && { stateDirectory: resolve(terminal.cwd, stateDir) }),
  };
}

/** Errors that the next file would end with, too. */
const OF_ALL: ReadonlySet<string> = new Set([
  'AMOP_CLIENT_CLOSED',
  'AMOP_CLIENT_NOT_PERMITTED',
  'AMOP_CLIENT_TOPIC',
  'AMOP_CODEC_INVALID_TOPIC',
]);

function concernsAll(error: unknown): boolean {
  return OF_ALL.has(errorCode(error) ?? '');
}

/** The error of a file that a signal has ended, with what to do to go on. */
function withRest(
  error: unknown,
  sources: readonly FileArgument[],
  index: number,
  { single }: SendOptions,
  { stop }: Terminal,
): unknown {
  if (!stop.aborted || !(error instanceof ClientError)) return error;
  const { cause, details } = error;
  const rest = sources.slice(index);
  const [first] = rest;
  const isKept = typeof first?.source === 'string' && single !== true;
  const names = rest.map(({ file }) => file).join(' ');
  const again = sources.length === 1 ? 'the same command' : `the same command with ${names}`;
  const goesOn = isKept ? `${again} goes on where it stopped` : 'nothing of it is kept';
  const message = `stopped while sending ${first?.file ?? ''}: ${goesOn}`;
  return new ClientError('AMOP_CLIENT_ABORTED', message, details, { cause });
}

import { resolve } from 'node:path';
import type { FileEvent } from '@amop/client';
import { Command } from 'commander';
import { DaemonError } from '../../errors.ts';
import type { Terminal } from '../../terminal.ts';
import {
  type ReceiveReport,
  ReceiveReportForPeople,
  ReceiveReportJson,
} from '../../transfer/receive-report.ts';
import { openTransferView } from '../../transfer/transfer-view.ts';
import { addConnectionOptions } from '../connection-options.ts';
import { withClient } from '../open-client.ts';
import {
  addReceivingOptions,
  asWhom,
  type ReceivingOptions,
  receivingKeys,
  tellRefused,
} from '../private/receiving.ts';
import { parseBytes, parseCount, parseDuration } from '../values.ts';
import { say, watchLinks } from '../watch-links.ts';

interface ReceiveFilesCommandOptions extends ReceivingOptions {
  readonly topic: string;
  readonly dir: string;
  /** Bytes. */
  readonly maxSize?: number;
  /** Bytes. */
  readonly quota?: number;
  readonly maxFiles?: number;
  /** Files that are done. */
  readonly count?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly keep?: number;
}

const EXAMPLES = `
A file has its name once it is whole and verified; until then '.part' is behind it. What stands in the folder is never
overwritten: a second report.pdf becomes 'report (1).pdf'. What is unfinished when this command ends goes on when it is
started again with the same folder, for as long as --keep says. The folder belongs to one receiver at a time.

Examples:
  amop receive --topic reports --dir inbox
  amop receive --topic reports --dir inbox --max-size 500M --quota 20G
  amop receive --topic archive --dir inbox --count 1 --timeout 1h --json
  amop receive --topic deals --dir inbox --private theirs.pem --publisher ours.public.pem
`;

/** `amop receive`: takes the files that are sent on a topic, until Ctrl-C, `--count` or `--timeout`. */
export function receiveCommand(terminal: Terminal): Command {
  const command = addReceivingOptions(
    new Command('receive')
      .summary('receive files into a folder')
      .description('Receive the files that are sent on a topic into a folder until Ctrl-C.')
      .requiredOption('--topic <topic>', 'where files are offered')
      .requiredOption('--dir <dir>', 'where they go; made if it is not there')
      .option('--max-size <size>', 'refuse larger files, e.g. 500M (default: 16GiB)', parseBytes)
      .option('--quota <size>', 'all files in the folder together (default: 64GiB)', parseBytes)
      .option('--max-files <number>', 'files in the folder (default: 100000)', (t) => parseCount(t))
      .option('--count <number>', 'end after so many files', (text) => parseCount(text))
      .option('--timeout <duration>', 'end after this time, e.g. 30s', parseDuration)
      .option(
        '--keep <duration>',
        'keep what is left of an unfinished file so long without news (default: 7d)',
        parseDuration,
      ),
  );
  return addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: ReceiveFilesCommandOptions) => {
      const keys = await receivingKeys(options.topic, options, terminal);
      const report =
        options.json === true
          ? new ReceiveReportJson(terminal)
          : new ReceiveReportForPeople(await openTransferView(terminal));
      const { terminal: above } = report;
      try {
        await withClient(options, above, async (client) => {
          watchLinks(client, above);
          if (keys !== undefined) tellRefused(client, above);
          await receiveUntilEnd(options, report, async (onEvent) => {
            const { dir, keep, maxFiles, maxSize, quota, topic } = options;
            const receiver = await client.receiveFiles(topic, {
              ...keys,
              directory: resolve(terminal.cwd, dir),
              ...(maxSize !== undefined && { maxBytes: maxSize }),
              ...(quota !== undefined && { quotaBytes: quota }),
              ...(maxFiles !== undefined && { maxFiles }),
              ...(keep !== undefined && { keepMs: keep }),
              onEvent,
            });
            const where = `files of ${topic}${asWhom(keys)} into ${receiver.directory}`;
            say(above, `receiving ${where}, Ctrl-C ends`);
            return receiver;
          });
        });
      } finally {
        report.close();
      }
    });
}

/**
 * Receives until `count` files are done, `timeout` is over or the terminal stops.
 *
 * @throws DaemonError `AMOP_DAEMON_INCOMPLETE` when the time is over before `count`; ClientError
 */
async function receiveUntilEnd(
  { count, timeout }: ReceiveFilesCommandOptions,
  report: ReceiveReport,
  open: (onEvent: (event: FileEvent) => void) => Promise<{ close(): Promise<void> }>,
): Promise<void> {
  const { stop } = report.terminal;
  const complete = new AbortController();
  const unfinished = new Set<string>();
  let received = 0;
  const receiver = await open((event) => {
    report.tell(event);
    const { transfer } = event.offer;
    if (event.kind === 'started') unfinished.add(transfer);
    if (event.kind === 'done' || event.kind === 'failed') unfinished.delete(transfer);
    if (event.kind !== 'done') return;
    received += 1;
    if (received === count) complete.abort();
  });
  const time = timeout === undefined ? [] : [AbortSignal.timeout(timeout)];
  await aborted(AbortSignal.any([stop, complete.signal, ...time]));
  await receiver.close();
  report.close();
  if (unfinished.size > 0) {
    const { size } = unfinished;
    const what = size === 1 ? '1 file is' : `${size} files are`;
    say(report.terminal, `${what} unfinished: the same command goes on with what is left to do`);
  }
  if (count !== undefined && received < count && !stop.aborted) {
    throw new DaemonError(
      'AMOP_DAEMON_INCOMPLETE',
      `${received} of ${count} files came in ${timeout} ms`,
      { expected: count, received },
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolved) => {
    if (signal.aborted) resolved();
    signal.addEventListener('abort', () => resolved(), { once: true });
  });
}

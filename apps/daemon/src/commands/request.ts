import type { Reply } from '@amop/client';
import { Command } from 'commander';
import { bodyJson, jsonLine } from '../output/body-json.ts';
import { shortKey } from '../output/key-text.ts';
import { bodyForPeople, formatBytes, formatMs } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { readBody } from './body.ts';
import { addConnectionOptions } from './connection-options.ts';
import { withClient } from './open-client.ts';
import { openSender } from './private/sender.ts';
import { addSendingOptions, type SendingOptions, sendingKeys } from './private/sending.ts';
import { parseCount, parseDuration } from './values.ts';
import { say } from './watch-links.ts';

interface RequestOptions extends SendingOptions {
  readonly file?: string;
  readonly count: number;
  /** Milliseconds for each request. */
  readonly timeout: number;
}

const EXAMPLES = `
One subscriber of the topic, picked at random, answers. The answer goes to stdout: as text on a terminal, as the raw
bytes into a pipe or file. The round-trip time goes to stderr.

Examples:
  amop request payments.query '{"account":"42"}'
  amop request payments.query --json '{"account":"42"}'
  amop request reports 2026-Q3 --timeout 30s > report.pdf
  amop request orders 'how many?' --private-to theirs.public.pem --private ours.pem
`;

/** `amop request TOPIC [BODY]`: asks one subscriber of a topic and shows its answer. */
export function requestCommand(terminal: Terminal): Command {
  const command = addSendingOptions(
    new Command('request')
      .summary('ask one subscriber of a topic, show the answer')
      .description('Send a request to one subscriber of a topic and show its answer.')
      .argument('<topic>')
      .argument('[body]', "the request; '-' or piped input: standard input")
      .option('--file <path>', 'send the content of a file')
      .option('--count <number>', 'ask so many times, one after the other', (t) => parseCount(t), 1)
      .option('--timeout <duration>', 'wait so long for an answer', parseDuration, 5000),
    'one',
  );
  return addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, argument: string | undefined, options: RequestOptions) => {
      const keys = await sendingKeys(topic, options, terminal);
      const body = await readBody({ argument, file: options.file }, terminal);
      const { count, timeout: timeoutMs } = options;
      await withClient(
        options,
        terminal,
        async (client) => {
          const sender = await openSender(
            client,
            topic,
            keys,
            { timeoutMs, toAll: false },
            terminal,
          );
          for (let asked = 0; asked < count; asked += 1) {
            const started = performance.now();
            const reply = await sender.request(body, { timeoutMs, signal: terminal.stop });
            await showReply(reply, performance.now() - started, topic, options, terminal);
          }
        },
        { timeoutMs },
      );
    });
}

async function showReply(
  reply: Reply,
  elapsedMs: number,
  topic: string,
  options: RequestOptions,
  terminal: Terminal,
): Promise<void> {
  let written: boolean;
  if (options.json === true) {
    const rttMs = Number(elapsedMs.toFixed(3));
    const { sender, seq } = reply;
    const line = { topic, rttMs, seq, ...(sender && { sender }), ...bodyJson(reply.body) };
    written = terminal.out(jsonLine(line));
  } else if (terminal.isTty.stdout) {
    written = terminal.out(`${bodyForPeople(reply.body)}\n`);
  } else {
    written = terminal.out(reply.body);
  }
  if (!written) await terminal.flush();
  if (options.json !== true) {
    const size = formatBytes(reply.body.byteLength);
    const from = reply.sender === undefined ? '' : ` by ${shortKey(reply.sender)}`;
    say(terminal, `answered${from} in ${formatMs(elapsedMs)} (${size})`);
  }
}

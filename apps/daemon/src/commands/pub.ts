import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { formatBytes, printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { readBody } from './body.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { withClient } from './open-client.ts';
import { parseCount, parseDuration } from './values.ts';

interface PubOptions extends ConnectionOptions {
  readonly file?: string;
  readonly count: number;
  /** Milliseconds for each message. */
  readonly timeout: number;
}

const EXAMPLES = `
The message goes to every subscriber of the topic. The node says that it took the message; nobody says who got it.

Examples:
  amop pub fx.rates '{"pair":"EUR/USD","rate":"1.0843"}'
  amop pub fx.rates --file rates.json
  date | amop pub clock
`;

/** `amop pub TOPIC [BODY]`: sends a message to all subscribers of a topic. */
export function pubCommand(terminal: Terminal): Command {
  return addConnectionOptions(
    new Command('pub')
      .summary('send a message to all subscribers of a topic')
      .description('Publish a message to all subscribers of a topic.')
      .argument('<topic>')
      .argument('[body]', "the message; '-' or piped input: standard input")
      .option('--file <path>', 'send the content of a file')
      .option('--count <number>', 'send it so many times', (text) => parseCount(text), 1)
      .option('--timeout <duration>', 'wait so long for the node', parseDuration, 5000),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, argument: string | undefined, options: PubOptions) => {
      const body = await readBody({ argument, file: options.file }, terminal);
      const publish = async (client: Parameters<Parameters<typeof withClient>[2]>[0]) => {
        for (let sent = 0; sent < options.count; sent += 1) {
          const signal = AbortSignal.any([terminal.stop, AbortSignal.timeout(options.timeout)]);
          await client.publish(topic, body, { signal });
          const text =
            options.json === true
              ? jsonLine({ topic, bytes: body.byteLength, accepted: true })
              : `the node accepted the message (${formatBytes(body.byteLength)} on ${printableLine(topic)})\n`;
          if (!terminal.out(text)) await terminal.flush();
        }
      };
      await withClient(options, terminal, publish, { timeoutMs: options.timeout });
    });
}

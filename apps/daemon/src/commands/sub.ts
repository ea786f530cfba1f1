import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection-options.ts';
import { withClient } from './open-client.ts';
import { type ReceiveOptions, receiveMessages } from './receive.ts';
import { parseCount, parseDuration } from './values.ts';
import { say, watchLinks } from './watch-links.ts';

const EXAMPLES = `
A request that reaches 'sub' is shown and handed back at once, unanswered; use 'reply' to answer.

Examples:
  amop sub fx.rates
  amop sub fx.rates --json --count 10
  amop sub fx.rates --node 127.0.0.1:20201 --certs .amop/bankB/sdk
`;

/** `amop sub TOPIC`: shows what is published on a topic, until Ctrl-C, `--count` or `--timeout`. */
export function subCommand(terminal: Terminal): Command {
  return addConnectionOptions(
    new Command('sub')
      .summary('show the messages of a topic')
      .description('Subscribe to a topic and show its messages until Ctrl-C.')
      .argument('<topic>')
      .option('--count <number>', 'end after so many messages', (text) => parseCount(text))
      .option('--timeout <duration>', 'end after this time, e.g. 30s', parseDuration),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, options: ConnectionOptions & ReceiveOptions) => {
      await withClient(options, terminal, async (client) => {
        watchLinks(client, terminal);
        await receiveMessages(
          client,
          topic,
          options,
          terminal,
          (message) => {
            if (message.kind !== 'request') return 'shown';
            message.decline();
            return 'declined';
          },
          () => say(terminal, `subscribed to ${topic}, Ctrl-C ends`),
        );
      });
    });
}

import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { addConnectionOptions } from './connection-options.ts';
import { withClient } from './open-client.ts';
import {
  addReceivingOptions,
  asWhom,
  type ReceivingOptions,
  receivingKeys,
  subscribeWith,
} from './private/receiving.ts';
import { type ReceiveOptions, receiveMessages } from './receive.ts';
import { parseCount, parseDuration } from './values.ts';
import { say, watchLinks } from './watch-links.ts';

const EXAMPLES = `
A request that reaches 'sub' is shown and handed back at once, unanswered; use 'reply' to answer.

Examples:
  amop sub fx.rates
  amop sub fx.rates --json --count 10
  amop sub fx.rates --node 127.0.0.1:20201 --certs .amop/bankB/sdk
  amop sub orders --private payments.pem --publisher theirs.public.pem
`;

/** `amop sub TOPIC`: shows what is published on a topic, until Ctrl-C, `--count` or `--timeout`. */
export function subCommand(terminal: Terminal): Command {
  const command = addReceivingOptions(
    new Command('sub')
      .summary('show the messages of a topic')
      .description('Subscribe to a topic and show its messages until Ctrl-C.')
      .argument('<topic>')
      .option('--count <number>', 'end after so many messages', (text) => parseCount(text))
      .option('--timeout <duration>', 'end after this time, e.g. 30s', parseDuration),
  );
  return addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, options: ReceivingOptions & ReceiveOptions) => {
      const keys = await receivingKeys(topic, options, terminal);
      await withClient(options, terminal, async (client) => {
        watchLinks(client, terminal);
        await receiveMessages(
          () => subscribeWith(client, topic, keys, terminal),
          options,
          terminal,
          (message) => {
            if (message.kind !== 'request') return 'shown';
            message.decline();
            return 'declined';
          },
          () => say(terminal, `subscribed to ${topic}${asWhom(keys)}, Ctrl-C ends`),
        );
      });
    });
}

import { Command } from 'commander';
import { DaemonError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { readBody } from './body.ts';
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

interface ReplyOptions extends ReceivingOptions, ReceiveOptions {
  readonly echo?: boolean;
  readonly file?: string;
}

const EXAMPLES = `
Examples:
  amop reply greetings 'hello to you'
  amop reply greetings --echo
  amop reply reports --file report.pdf --count 1
  amop reply orders --echo --private payments.pem
`;

/** `amop reply TOPIC [BODY]`: answers every request on a topic with the same body, or with its own. */
export function replyCommand(terminal: Terminal): Command {
  const command = addReceivingOptions(
    new Command('reply')
      .summary('answer the requests on a topic')
      .description('Subscribe to a topic and answer its requests until Ctrl-C.')
      .argument('<topic>')
      .argument('[body]', "the answer; '-' or piped input: standard input")
      .option('--echo', 'answer with the body of the request')
      .option('--file <path>', 'answer with the content of a file')
      .option('--count <number>', 'end after so many requests', (text) => parseCount(text))
      .option('--timeout <duration>', 'end after this time, e.g. 30s', parseDuration),
  );
  return addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, body: string | undefined, options: ReplyOptions) => {
      const answer = await readAnswer(body, options, terminal);
      const keys = await receivingKeys(topic, options, terminal);
      await withClient(options, terminal, async (client) => {
        watchLinks(client, terminal);
        await receiveMessages(
          () => subscribeWith(client, topic, keys, terminal),
          options,
          terminal,
          (message) => {
            if (message.kind !== 'request') return undefined;
            return message.respond(answer ?? message.body) ? 'answered' : 'not-answered';
          },
          () => say(terminal, `answering requests on ${topic}${asWhom(keys)}, Ctrl-C ends`),
        );
      });
    });
}

/** The fixed answer, or `undefined` to echo. */
async function readAnswer(
  argument: string | undefined,
  options: ReplyOptions,
  terminal: Terminal,
): Promise<Uint8Array | undefined> {
  if (options.echo !== true) return readBody({ argument, file: options.file }, terminal);
  if (argument !== undefined || options.file !== undefined) {
    throw new DaemonError('AMOP_DAEMON_USAGE', '--echo takes no body and no --file', {
      argument: '--echo',
    });
  }
  return undefined;
}

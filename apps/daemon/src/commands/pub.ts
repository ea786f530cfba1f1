import type { PrivateSubscriber } from '@amop/client';
import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { shortKey } from '../output/key-text.ts';
import { formatBytes, printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { readBody } from './body.ts';
import { addConnectionOptions } from './connection-options.ts';
import { withClient } from './open-client.ts';
import { openSender } from './private/sender.ts';
import { addSendingOptions, type SendingOptions, sendingKeys } from './private/sending.ts';
import { parseCount, parseDuration } from './values.ts';

interface PubOptions extends SendingOptions {
  readonly file?: string;
  readonly count: number;
  /** Milliseconds for each message. */
  readonly timeout: number;
}

const EXAMPLES = `
The message goes to every subscriber of the topic. The node says that it took the message; nobody says who got it.

On a private topic (--private-to) it goes to every subscriber that has proved one of the keys by then: after the first
proof, as soon as no further one has come for half a second, or with --wait as soon as so many have. It says whose keys
these are. --timeout limits the wait, too.

Examples:
  amop pub fx.rates '{"pair":"EUR/USD","rate":"1.0843"}'
  amop pub fx.rates --file rates.json
  date | amop pub clock
  amop pub orders 'buy' --private-to theirs.public.pem --private ours.pem
`;

/** `amop pub TOPIC [BODY]`: sends a message to all subscribers of a topic. */
export function pubCommand(terminal: Terminal): Command {
  const command = addSendingOptions(
    new Command('pub')
      .summary('send a message to all subscribers of a topic')
      .description('Publish a message to all subscribers of a topic.')
      .argument('<topic>')
      .argument('[body]', "the message; '-' or piped input: standard input")
      .option('--file <path>', 'send the content of a file')
      .option('--count <number>', 'send it so many times', (text) => parseCount(text), 1)
      .option('--timeout <duration>', 'wait so long for the node', parseDuration, 5000),
    'one, then until no other proves its key for 500 ms',
  );
  return addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, argument: string | undefined, options: PubOptions) => {
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
            { timeoutMs, toAll: true },
            terminal,
          );
          for (let sent = 0; sent < count; sent += 1) {
            const signal = AbortSignal.any([terminal.stop, AbortSignal.timeout(timeoutMs)]);
            // Before: one that got it may be gone afterwards.
            const subscribers = sender.subscribers?.();
            await sender.publish(body, { signal });
            const allowed = keys?.topicOptions.publicKeys.length ?? 0;
            const sent = { topic, bytes: body.byteLength, subscribers, allowed };
            const text = options.json === true ? sentJson(sent) : sentText(sent);
            if (!terminal.out(text)) await terminal.flush();
          }
        },
        { timeoutMs },
      );
    });
}

/** A message that was sent. */
interface Sent {
  readonly topic: string;
  readonly bytes: number;
  /** Who may receive; absent for an ordinary topic, of which only the node knows. */
  readonly subscribers: readonly PrivateSubscriber[] | undefined;
  /** Keys that may receive. */
  readonly allowed: number;
}

function sentJson({ bytes, subscribers, topic }: Sent): string {
  return jsonLine({ topic, bytes, accepted: true, subscribers });
}

function sentText({ allowed, bytes, subscribers, topic }: Sent): string {
  const what = `(${formatBytes(bytes)} on ${printableLine(topic)})`;
  if (subscribers === undefined) return `the node accepted the message ${what}\n`;
  const keys = new Set(subscribers.map(({ key }) => key));
  const { length: connections } = subscribers;
  const more = connections > keys.size ? ` on ${connections} connections` : '';
  const names = [...keys].map(shortKey).join(', ');
  return `sent to ${keys.size} of ${allowed} allowed ${allowed === 1 ? 'key' : 'keys'}${more}: ${names} ${what}\n`;
}

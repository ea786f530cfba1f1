import type { SubscriberState } from '@amop/node';
import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { formatTable } from '../output/table.ts';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { type AdminOptions, addAdminOptions, askAdmin, resolveAdmins } from './admin-client.ts';

const EXAMPLES = `
Subscribers of the private topic of that name are shown as private, with how many of them have proved a key to any
publisher; 'amop private' tells of each publisher.

Examples:
  amop subscribers fx.rates
  amop subscribers fx.rates --admin 127.0.0.1:20401 --json
`;

const HEADER = ['SEEN FROM', 'AGENCY', 'NAME', 'SUBSCRIBERS', 'PRIVATE', 'WHICH'];
const SHOWN_DIGITS = 16;

/** `amop subscribers`: who gets the messages of a topic. */
export function subscribersCommand(terminal: Terminal): Command {
  return addAdminOptions(
    new Command('subscribers')
      .summary('show who gets the messages of a topic')
      .description(
        'Show who gets the messages of a topic: applications of the node, and other nodes with as many subscribers as they say.',
      )
      .argument('<topic>'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, options: AdminOptions) => {
      const found: { readonly admin: string; readonly subscriber: SubscriberState }[] = [];
      for (const admin of resolveAdmins(options, terminal)) {
        const path = `/v1/subscribers?topic=${encodeURIComponent(topic)}`;
        const { subscribers } = await askAdmin<{
          readonly subscribers: readonly SubscriberState[];
        }>(admin, path, { stop: terminal.stop });
        found.push(...subscribers.map((subscriber) => ({ admin, subscriber })));
      }
      if (options.json === true) {
        for (const { admin, subscriber } of found) {
          terminal.out(jsonLine({ seenFrom: admin, topic, ...subscriber }));
        }
      } else if (found.length === 0) {
        terminal.out(`nobody listens to ${printableLine(JSON.stringify(topic))}\n`);
      } else {
        const rows = found.map(({ admin, subscriber }) => [
          admin,
          subscriber.agency,
          subscriber.name,
          String(subscriber.subscribers),
          subscriber.proven === undefined ? '' : `yes, ${subscriber.proven} proven`,
          subscriber.kind === 'peer'
            ? `node ${subscriber.nodeId?.slice(0, SHOWN_DIGITS)}...`
            : `session ${subscriber.session}, certificate ${subscriber.certificate?.slice(0, SHOWN_DIGITS)}...`,
        ]);
        terminal.out(formatTable([HEADER, ...rows]));
      }
    });
}

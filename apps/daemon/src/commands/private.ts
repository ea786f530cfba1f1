import type { PrivatePairSight } from '@amop/node';
import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { formatTable } from '../output/table.ts';
import { formatTime, printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { type AdminOptions, addAdminOptions, askAdmin, resolveAdmins } from './admin-client.ts';

const EXAMPLES = `
One line for each publisher at the node and each subscriber (its challenge route). STATE:
  proven           the publisher has taken the proof: it reaches the subscriber, until the time shown if it is not renewed
  asked            the publisher was asked to prove the subscriber and has not said what came of it
  refused          the publisher said no: 'amop pub' and the event 'proof' tell it why; asked again at the time shown
  unanswered       the publisher said nothing in time; asked again
  voided           the node of the subscriber ended the proof; asked again
  waiting          the publisher has not been asked yet
  not-listening    the owner of the route does not subscribe the topic
  no-publisher     nobody at this node publishes on the topic
  no-subscriber    no node lists a subscriber of the topic

A publisher is known to its own node only: ask the admin port of that node.

Examples:
  amop private
  amop private orders --admin 127.0.0.1:20401 --json
`;

const HEADER = ['SEEN FROM', 'TOPIC', 'PUBLISHER', 'SUBSCRIBER AT', 'ROUTE', 'STATE', 'UNTIL'];
const SHOWN_DIGITS = 8;

/** Pairs, as the admin port says. */
interface PairsAnswer {
  /** There are more. */
  readonly isCut: boolean;
  readonly pairs: readonly PrivatePairSight[];
}

/** `amop private`: which subscribers of private topics have proved a key to which publishers. */
export function privateCommand(terminal: Terminal): Command {
  return addAdminOptions(
    new Command('private')
      .summary('show who has proved a key to whom on private topics')
      .description(
        'Show how it stands between the publishers of a node on private topics and their subscribers.',
      )
      .argument('[topic]', 'the private topic; all without it'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string | undefined, options: AdminOptions) => {
      const rows: string[][] = [];
      let isCut = false;
      for (const admin of resolveAdmins(options, terminal)) {
        const query = topic === undefined ? '' : `?topic=${encodeURIComponent(topic)}`;
        const path = `/v1/private${query}`;
        const answer = await askAdmin<PairsAnswer>(admin, path, { stop: terminal.stop });
        isCut ||= answer.isCut;
        if (options.json === true) {
          for (const pair of answer.pairs) terminal.out(jsonLine({ seenFrom: admin, ...pair }));
        }
        for (const pair of answer.pairs) rows.push([admin, ...cells(pair)]);
      }
      if (options.json === true) return;
      const what = topic === undefined ? 'any private topic' : printableLine(JSON.stringify(topic));
      terminal.out(
        rows.length > 0
          ? formatTable([HEADER, ...rows])
          : `nobody publishes or subscribes privately on ${what}\n`,
      );
      if (isCut) terminal.out('and more: name the topic\n');
    });
}

function cells({ node, publisher, route, state, topic, untilMs }: PrivatePairSight): string[] {
  const shownNode =
    node === undefined
      ? '-'
      : `${node.agency === undefined ? '' : `${node.agency} ${node.name} `}${node.nodeId.slice(0, SHOWN_DIGITS)}...`;
  return [
    topic,
    publisher === undefined ? '-' : publisherText(publisher),
    shownNode,
    route ?? '-',
    state,
    untilMs === undefined ? '' : formatTime(new Date(untilMs)),
  ];
}

function publisherText(publisher: NonNullable<PrivatePairSight['publisher']>): string {
  const { agency, name } = publisher;
  const which = publisher.kind === 'application' ? ` session ${publisher.session}` : '';
  return `${agency} ${name}${which}`;
}

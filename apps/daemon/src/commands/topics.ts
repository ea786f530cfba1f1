import type { AmopClient } from '@amop/client';
import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { formatTable } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import { ADMIN_HELP, type AdminOptions, addAdminOption } from './admin-client.ts';
import { type AskOptions, addAskOptions, askNodes } from './ask-nodes.ts';
import { showTopics } from './operator-view.ts';

const EXAMPLES = `
Private topics are shown by --admin alone: a node tells an application of its own ones only.

Examples:
  amop topics
  amop topics --json
  amop topics --admin 127.0.0.1:20400      as the operator of the node, with more
`;

/** A topic and one node that has subscribers of it. */
interface TopicPlace {
  readonly topic: string;
  readonly agency: string;
  readonly node: string;
  readonly nodeId: string;
  /** Whether it is the node that was asked; otherwise one of its peers. */
  readonly local: boolean;
}

/** `amop topics`: who listens to what, as a node sees it. */
export function topicsCommand(terminal: Terminal): Command {
  const command = addAskOptions(
    new Command('topics')
      .summary('show who listens to what, as a node sees it')
      .description('Show the topics that have subscribers, at a node and at its peers.'),
  );
  return addAdminOption(command, ADMIN_HELP)
    .addHelpText('after', EXAMPLES)
    .action((options: AskOptions & AdminOptions) => {
      if (options.admin !== undefined) return showTopics(options, terminal);
      return askNodes(options, terminal, listTopics, (answers) => {
        const places = answers.flatMap(({ seenFrom, result }) =>
          result.map((place) => ({ seenFrom, ...place })),
        );
        if (options.json === true) {
          for (const place of places) terminal.out(jsonLine(place));
        } else if (places.length === 0) {
          terminal.out('nobody listens to anything\n');
        } else {
          const rows = places.map(({ topic, agency, node, local, seenFrom }) => [
            topic,
            `${agency} ${node}${local ? ' (this node)' : ''}`,
            seenFrom,
          ]);
          terminal.out(formatTable([['TOPIC', 'SUBSCRIBERS AT', 'SEEN FROM'], ...rows]));
        }
      });
    });
}

async function listTopics(client: AmopClient): Promise<TopicPlace[]> {
  const [own, peers] = await Promise.all([client.getNodeInfo(), client.getPeers()]);
  const places: TopicPlace[] = [];
  for (const info of [own, ...peers]) {
    const { Agency: agency, Node: node, NodeID: nodeId } = info;
    for (const topic of info.Topic) {
      places.push({ topic, agency, node, nodeId, local: info === own });
    }
  }
  return places.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0));
}

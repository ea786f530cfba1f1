import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { formatTable } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';
import { ADMIN_HELP, type AdminOptions, addAdminOption } from './admin-client.ts';
import { type AskOptions, addAskOptions, askNodes } from './ask-nodes.ts';
import { showPeers } from './operator-view.ts';

const EXAMPLES = `
Examples:
  amop peers
  amop peers --json
  amop peers --admin 127.0.0.1:20400      as the operator of the node, with more
  amop peers --node 127.0.0.1:20200 --node 10.0.0.7:20200
`;

const HEADER = ['SEEN FROM', 'AGENCY', 'NODE', 'ADDRESS', 'TOPICS', 'NODE ID'];
const SHOWN_ID_DIGITS = 16;

/** `amop peers`: the nodes that a node is connected to. */
export function peersCommand(terminal: Terminal): Command {
  const command = addAskOptions(
    new Command('peers')
      .summary('show the nodes that a node is connected to')
      .description('Show the nodes that a node is connected to.'),
  );
  return addAdminOption(command, ADMIN_HELP)
    .addHelpText('after', EXAMPLES)
    .action((options: AskOptions & AdminOptions) => {
      if (options.admin !== undefined) return showPeers(options, terminal);
      return askNodes(
        options,
        terminal,
        (client) => client.getPeers(),
        (answers) => {
          const peers = answers.flatMap(({ seenFrom, result }) =>
            result.map((peer) => ({
              seenFrom,
              agency: peer.Agency,
              node: peer.Node,
              nodeId: peer.NodeID,
              address: peer.IPAndPort,
              topics: peer.Topic,
            })),
          );
          if (options.json === true) {
            for (const peer of peers) terminal.out(jsonLine(peer));
          } else if (peers.length === 0) {
            terminal.out('no other node is connected\n');
          } else {
            const rows = peers.map((peer) => [
              peer.seenFrom,
              peer.agency,
              peer.node,
              peer.address,
              String(peer.topics.length),
              `${peer.nodeId.slice(0, SHOWN_ID_DIGITS)}...`,
            ]);
            terminal.out(formatTable([HEADER, ...rows]));
          }
        },
      );
    });
}

import type { NodeState } from '@amop/node';
import { jsonLine } from '../output/body-json.ts';
import { formatTable } from '../output/table.ts';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { type AdminOptions, askAdmin, resolveAdmins } from './admin-client.ts';

const SHOWN_DIGITS = 16;
const PEER_HEADER = [
  'SEEN FROM',
  'AGENCY',
  'NODE',
  'CONNECTION',
  'KIND',
  'TOPICS',
  'QUEUED',
  'NODE ID',
];
const TOPIC_HEADER = ['SEEN FROM', 'TOPIC', 'APPLICATIONS', 'NODES', 'SUBSCRIBERS THERE'];

/** How many receive one topic, as the admin port says. */
interface TopicsAnswer {
  readonly total: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly applications: number;
    readonly peers: number;
    readonly remote: number;
    readonly private?: { readonly topic: string; readonly role: string };
  }[];
}

/** `amop peers --admin`: the connections to other nodes, and the configured ones that there are none to. */
export async function showPeers(options: AdminOptions, terminal: Terminal): Promise<void> {
  const rows: string[][] = [];
  const missing: string[] = [];
  for (const admin of resolveAdmins(options, terminal)) {
    const { peers, unreached } = await askAdmin<NodeState>(admin, '/v1/state', terminal);
    if (options.json === true) {
      for (const peer of peers) terminal.out(jsonLine({ seenFrom: admin, ...peer }));
      for (const peer of unreached) terminal.out(jsonLine({ seenFrom: admin, unreached: peer }));
    }
    for (const peer of peers) {
      const { agency, direction, isExtended, name, nodeId, queuedBytes, topics } = peer;
      const connection = `${direction} ${peer.remoteHost}:${peer.remotePort}`;
      const kind = isExtended ? 'ours' : 'original';
      const id = `${nodeId.slice(0, SHOWN_DIGITS)}...`;
      rows.push([admin, agency, name, connection, kind, String(topics), String(queuedBytes), id]);
    }
    for (const { endpoint, failure = 'not tried yet', fix } of unreached) {
      missing.push(
        `${admin} does not reach ${endpoint}: ${failure}${fix === undefined ? '' : ` - ${fix}`}`,
      );
    }
  }
  if (options.json === true) return;
  terminal.out(
    rows.length > 0 ? formatTable([PEER_HEADER, ...rows]) : 'no other node is connected\n',
  );
  for (const line of missing) terminal.out(`${printableLine(line)}\n`);
}

/** `amop topics --admin`: how many receive each topic, here and at other nodes. */
export async function showTopics(options: AdminOptions, terminal: Terminal): Promise<void> {
  const rows: string[][] = [];
  let left = 0;
  for (const admin of resolveAdmins(options, terminal)) {
    const { topics, total } = await askAdmin<TopicsAnswer>(
      admin,
      '/v1/topics?limit=10000',
      terminal,
    );
    left += total - topics.length;
    if (options.json === true) {
      for (const topic of topics) terminal.out(jsonLine({ seenFrom: admin, ...topic }));
    }
    for (const { applications, peers, private: reserved, remote, topic } of topics) {
      // Markers and routes are how proofs find their way; 'amop private' tells what comes of them.
      if (reserved !== undefined && reserved.role !== 'subscribers') continue;
      const shown = reserved === undefined ? topic : `${reserved.topic} (private)`;
      rows.push([admin, shown, String(applications), String(peers), String(remote)]);
    }
  }
  if (options.json === true) return;
  terminal.out(
    rows.length > 0 ? formatTable([TOPIC_HEADER, ...rows]) : 'nobody listens to anything\n',
  );
  if (left > 0) terminal.out(`and ${left} more topics\n`);
}

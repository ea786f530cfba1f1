import { join } from 'node:path';
import { jsonLine } from '../output/body-json.ts';
import type { IssuedNetwork, IssuedNode } from './issue.ts';
import { formatEndpoint, type Profile } from './plan.ts';
import { treeLines } from './tree-lines.ts';

/**
 * What was made, for a person: the tree, the node IDs, and what to type next.
 *
 * @param out the output folder as it was given
 * @param program how to call `amopd` and `amop` from here
 */
export function formatReport(
  out: string,
  network: IssuedNetwork,
  program: (name: 'amop' | 'amopd') => string,
): string {
  const { nodes } = network;
  const lines = [
    `Certificates of one chain, in ${out}:`,
    '',
    ...treeLines(network.files),
    '',
    'Node IDs:',
  ];
  for (const node of nodes) lines.push(`  ${node.agency}/${node.name}  ${node.nodeId}`);
  const [first] = nodes;
  if (first !== undefined) {
    const certs = join(out, first.agency, 'sdk');
    const address = formatEndpoint(first.host, first.channelPort);
    lines.push(
      '',
      'Next, in two terminals:',
      `  ${program('amopd')} --config ${quoted(configPath(out, first))}`,
      `  ${program('amop')} sub hello --node ${address} --certs ${quoted(certs)}`,
      '',
      'Keep cert/ and every *.key file secret; give each organisation its own folder only.',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The same as one JSON object. */
export function reportJson(out: string, profile: Profile, network: IssuedNetwork): string {
  const agencies = [...new Set(network.nodes.map((node) => node.agency))].map((name) => ({
    name,
    sdk: join(out, name, 'sdk'),
    nodes: network.nodes
      .filter((node) => node.agency === name)
      .map((node) => ({
        name: node.name,
        config: configPath(out, node),
        nodeId: node.nodeId,
        channel: formatEndpoint(node.host, node.channelPort),
        p2p: formatEndpoint(node.host, node.p2pPort),
      })),
  }));
  return jsonLine({ out, profile, agencies });
}

function configPath(out: string, node: IssuedNode): string {
  return join(out, node.agency, node.name, 'config.ini');
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

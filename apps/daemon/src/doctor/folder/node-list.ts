import { formatHostPort, type HostPort, type NodeConfig } from '@amop/node';
import type { DoctorFinding } from '../finding.ts';
import { isLoopback, isReachedAt } from './own-address.ts';

/** The nodes that a configuration names, each once, without the node itself. */
export function othersOf({ p2p }: Pick<NodeConfig, 'p2p'>): HostPort[] {
  const others = new Map(p2p.peers.map((peer) => [formatHostPort(peer), peer]));
  return [...others.values()].filter((peer) => !isReachedAt(p2p, peer));
}

/** What is odd in `node.N` of `[p2p]` and in the address that other nodes connect to. */
export function checkNodeList(path: string, config: Pick<NodeConfig, 'p2p'>): DoctorFinding[] {
  const { host, peers } = config.p2p;
  const names = peers.map(formatHostPort);
  const others = othersOf(config);
  const findings = [...new Set(names.filter((name, place) => names.indexOf(name) !== place))].map(
    (name) =>
      warning(path, 'duplicate-peer', `node.N of [p2p] names ${name} twice`, 'keep one of them'),
  );
  if (peers.length > 0 && others.length === 0) {
    const message = `node.N of [p2p] names no node but this one (${names[0]})`;
    const fix = 'name the p2p ports of the other nodes';
    findings.push(warning(path, 'only-own-address', message, fix));
  }
  const remote = others.find((peer) => !isLoopback(peer.host));
  if (isLoopback(host) && remote !== undefined) {
    const message = `listen_ip of [p2p] is ${host}, where ${formatHostPort(remote)} and other machines cannot connect to`;
    const fix = 'set it to the address of this machine that they reach, or 0.0.0.0 for all of them';
    findings.push(warning(path, 'loopback-only', message, fix));
  }
  return findings;
}

function warning(subject: string, code: string, message: string, fix: string): DoctorFinding {
  return { severity: 'warning', code, subject, message, fix };
}

import { readFileSync } from 'node:fs';
import { DEFAULT_NODE_LIMITS, type NodeConfig } from '@amop/node';
import type { DoctorFinding } from '../finding.ts';

/** Files and sockets that a node has open besides its connections: ports, logs, Node.js itself. */
const RESERVE = 64;

/** Whether a process may have as many files open as the node may have connections. */
export function checkOpenFiles(
  path: string,
  { limits }: Pick<NodeConfig, 'limits'>,
  openFiles: number | undefined,
): DoctorFinding[] {
  const { maxPeers, maxSessions } = { ...DEFAULT_NODE_LIMITS, ...limits };
  const needed = maxSessions + maxPeers + RESERVE;
  if (openFiles === undefined || openFiles >= needed) return [];
  return [
    {
      severity: 'warning',
      code: 'open-files',
      subject: path,
      message: `max_sessions ${maxSessions} and max_peers ${maxPeers} need ${needed} open files, and a process started as this one may have ${openFiles}`,
      fix: `raise LimitNOFILE of the service (or ulimit -n) to ${needed} or more, or lower max_sessions in [amop]`,
    },
  ];
}

/**
 * Files that this process, and so one started the same way, may have open. Node.js raises the soft limit to the hard
 * one at its start, so that the hard one counts.
 *
 * @returns undefined where the system does not tell
 */
export function readOpenFiles(): number | undefined {
  try {
    return parseOpenFiles(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The hard limit in the text of `/proc/self/limits`; undefined for none. */
export function parseOpenFiles(text: string): number | undefined {
  const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(text) ?? [];
  return hard === undefined ? undefined : Number(hard);
}

import { printableLine } from '../output/text.ts';
import type { MadeCertificate } from './made.ts';
import { treeLines } from './tree-lines.ts';
import type { TreeFile } from './write-tree.ts';

/** What a command has made in a network. */
export interface Made {
  /** The folder as it was given. */
  readonly out: string;
  readonly files: readonly TreeFile[];
  readonly certificates: readonly MadeCertificate[];
  /** What is to be done now, a line each. */
  readonly next: readonly string[];
}

/** What was made, for a person: the tree, the certificates, what to do next. */
export function formatMade({ certificates, files, next, out }: Made): string {
  const lines = [`Made in ${printableLine(out)}:`, '', ...treeLines(files), ''];
  for (const certificate of certificates) lines.push(...certificateLines(certificate));
  return `${[...lines, '', ...next].join('\n')}\n`;
}

/** One certificate: whose, until when, its node ID and fingerprint as config.ini takes them. */
export function certificateLines(certificate: MadeCertificate): string[] {
  const { fingerprint256, nodeId, path, subjectName, validToMs } = certificate;
  return [
    printableLine(path),
    `  ${printableLine(subjectName)}`,
    `      valid        until ${formatDay(validToMs)}`,
    ...(nodeId === undefined ? [] : [`      node ID      ${nodeId}`]),
    `      fingerprint  ${fingerprint256}`,
  ];
}

/** A day as in `2027-01-31`, UTC. */
export function formatDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNodeConfig, type NodeConfig } from '@amop/node';
import { foldersIn } from './network.ts';

/** A node whose folder is there. */
export interface KnownNode {
  readonly agency: string;
  readonly name: string;
  /** Path of its `config.ini`. */
  readonly path: string;
  readonly config: NodeConfig;
  /** The first number N that is free for a line `node.N=`. */
  readonly nextNode: number;
  /** The first number N that is free for a line `cal.N=`. */
  readonly nextAllowed: number;
}

const NODE_FOLDER = /^node(\d{1,6})$/;

/**
 * The nodes whose folders are below `out`, as their configuration says.
 *
 * @throws NodeError `AMOP_NODE_CONFIG_FILE`, `AMOP_NODE_CONFIG_VALUE`: a network is not extended by guesses
 */
export function readKnownNodes(out: string): KnownNode[] {
  return foldersIn(out).flatMap((agency) =>
    foldersIn(join(out, agency)).flatMap((name) => {
      const path = join(out, agency, name, 'config.ini');
      if (!NODE_FOLDER.test(name) || !existsSync(path)) return [];
      const config = loadNodeConfig(path);
      const text = readFileSync(path, 'utf8');
      const nextNode = nextNumber(text, /^\s*node\.(\d+)\s*=/gm);
      const nextAllowed = nextNumber(text, /^\s*cal\.(\d+)\s*=/gm);
      return [{ agency, name, path, config, nextNode, nextAllowed }];
    }),
  );
}

/** The name for one more node of an agency: one more than the highest number that is there. */
export function nextNodeName(out: string, agency: string): string {
  const numbers = foldersIn(join(out, agency)).map((name) => NODE_FOLDER.exec(name)?.[1]);
  const used = numbers.flatMap((digits) => (digits === undefined ? [] : [Number(digits)]));
  return `node${Math.max(-1, ...used) + 1}`;
}

function nextNumber(text: string, pattern: RegExp): number {
  const used = [...text.matchAll(pattern)].map(([, digits]) => Number(digits));
  return Math.max(-1, ...used) + 1;
}

import { join } from 'node:path';
import { describeCertificate, splitPemChain } from '@amop/crypto';
import type { TreeFile } from './write-tree.ts';

/** A certificate that was just made. */
export interface MadeCertificate {
  readonly path: string;
  readonly subjectName: string;
  /** Of a node or of applications with an EC key. */
  readonly nodeId?: string;
  /** SHA-256, 64 hex digits. */
  readonly fingerprint256: string;
  /** End of validity, ms since 1970. */
  readonly validToMs: number;
}

/** What the new certificates among the files say: those with a key beside them; others are copies. */
export function describeMade(out: string, files: readonly TreeFile[]): MadeCertificate[] {
  const keys = new Set(files.filter(({ secret }) => secret).map(({ path }) => path));
  return files
    .filter(({ path }) => path.endsWith('.crt') && keys.has(path.replace(/crt$/, 'key')))
    .map(({ path, text }) => {
      const [der = new Uint8Array()] = splitPemChain(text);
      const { fingerprint256, isCa, nodeId, subjectName, validToMs } = describeCertificate(der);
      const id = isCa || nodeId === undefined ? {} : { nodeId };
      return { path: join(out, path), subjectName, ...id, fingerprint256, validToMs };
    });
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readIdentity } from './chain.ts';
import { freePort } from './free-port.ts';
import { RunningNode } from './running-node.ts';

const SCRIPT = fileURLToPath(new URL('original-folders.sh', import.meta.url));

/** What the folders are to look like: see the script. */
export type FolderKind = 'plain' | 'full' | 'network';

/** Agencies of the nodes of each kind, in the order of the nodes. */
const AGENCIES = {
  plain: ['agency'],
  full: ['agency'],
  network: ['agencyA', 'agencyA', 'agencyB'],
} as const;

/** Folders made by the script, with a node for each; nothing runs yet. */
export class OriginalFolders {
  readonly directory: string;
  readonly nodes: readonly RunningNode[];

  private constructor(directory: string, nodes: readonly RunningNode[]) {
    this.directory = directory;
    this.nodes = nodes;
  }

  /** Runs the script in a new temporary folder. */
  static async make(kind: FolderKind): Promise<OriginalFolders> {
    const directory = mkdtempSync(join(tmpdir(), 'amop-e2e-'));
    const ports: number[] = [];
    for (const _ of AGENCIES[kind]) ports.push(await freePort(), await freePort());
    try {
      await promisify(execFile)('sh', [SCRIPT, kind, directory, ...ports.map(String)]);
    } catch (error) {
      rmSync(directory, { recursive: true });
      throw error;
    }
    const nodes = AGENCIES[kind].map((agency, index) => {
      const [channelPort = 0, p2pPort = 0] = ports.slice(2 * index);
      const folder = join(directory, '127.0.0.1', `node${index}`);
      const sdk = readIdentity(join(directory, 'cert', agency, 'sdk'), 'sdk');
      return new RunningNode(folder, { channelPort, p2pPort, isThere: true }, sdk);
    });
    return new OriginalFolders(directory, nodes);
  }

  /** A folder below that of the certificates. */
  certificates(...path: readonly string[]): string {
    return join(this.directory, 'cert', ...path);
  }

  /** Stops what runs and deletes everything. */
  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

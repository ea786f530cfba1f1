import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { BANKS, type Bank, nodeFolder, ROOT } from './places.ts';

const HOST = '127.0.0.1';

/** How one bank's node is started. */
export interface NodePlan {
  readonly bank: Bank;
  /** Path of the configuration, from the root. */
  readonly config: string;
  readonly channelPort: number;
  readonly p2pPort: number;
  /** On loopback; undefined in a network that an older version made. */
  readonly adminPort: number | undefined;
}

/** Both nodes, and the ports that had to be replaced. */
export interface PortPlan {
  readonly nodes: readonly NodePlan[];
  /** Taken port to the free one used instead. */
  readonly replaced: ReadonlyMap<number, number>;
}

/** A line of `config.ini` that holds a port of the network: group 1 up to the port, group 2 the port. */
const PORT_LINE =
  /^(\s*(?:channel_listen_port=|listen_port=|admin_listen_port=|node\.\d+=.*:))(\d+)\s*$/gm;

/**
 * The ports of both configurations, each one that is taken replaced by a free one. In that case both nodes start from
 * a copy of their configuration with the new ports; the files of `amop certs` stay as they are.
 */
export async function planPorts(): Promise<PortPlan> {
  const texts = await Promise.all(
    BANKS.map((bank) => readFile(join(ROOT, nodeFolder(bank), 'config.ini'), 'utf8')),
  );
  const replaced = new Map<number, number>();
  for (const port of new Set(texts.flatMap(ownPorts))) {
    if (await isTaken(port)) replaced.set(port, await freePort());
  }
  const current = (port: number): number => replaced.get(port) ?? port;
  const nodes: NodePlan[] = [];
  for (const [index, bank] of BANKS.entries()) {
    const text = texts[index] ?? '';
    const [channelPort = 0, p2pPort = 0, adminPort] = ownPorts(text).map(current);
    let config = join(nodeFolder(bank), 'config.ini');
    if (replaced.size > 0) {
      config = join(nodeFolder(bank), 'config.other-ports.ini');
      const changed = text.replace(PORT_LINE, (_, before, port) => before + current(Number(port)));
      await writeFile(join(ROOT, config), changed);
    }
    nodes.push({ bank, config, channelPort, p2pPort, adminPort });
  }
  return { nodes, replaced };
}

/** Channel port, p2p port and, if there is one, admin port that a configuration listens on. */
function ownPorts(text: string): number[] {
  const names = ['channel_listen_port', 'listen_port', 'admin_listen_port'];
  const found = names.map((name) => new RegExp(`^\\s*${name}=(\\d+)`, 'm').exec(text)?.[1]);
  return found.filter((port) => port !== undefined).map(Number);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen({ host: HOST, port, exclusive: true }, () => {
      probe.close(() => resolve(false));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: HOST, port: 0, exclusive: true }, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

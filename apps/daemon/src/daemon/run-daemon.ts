import { type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type AmopNode, createNode, loadNodeConfig } from '@amop/node';
import type { Logger } from 'pino';
import { formatEndpoint } from '../certs/plan.ts';
import { DaemonError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { reloadConfig } from './reload-config.ts';

/**
 * Starts a node, says so in one log line, and stops it when the terminal stops.
 *
 * @param path `config.ini`, or the folder it is in; relative to the terminal's folder
 * @throws DaemonError `AMOP_DAEMON_CONFIG_FILE`, NodeError of the configuration or of a port that cannot be opened
 */
export async function runDaemon(path: string, log: Logger, terminal: Terminal): Promise<void> {
  const file = findConfig(resolve(terminal.cwd, path));
  const config = loadNodeConfig(file);
  for (const warning of config.warnings ?? []) log.warn({ config: path }, warning);
  const node: AmopNode = createNode(config, { logger: log });
  await node.start();
  log.info(
    {
      nodeId: node.nodeId,
      channel: formatEndpoint(node.channelAddress.host, node.channelAddress.port),
      p2p: formatEndpoint(node.p2pAddress.host, node.p2pAddress.port),
    },
    'ready',
  );
  terminal.onHangup(() => {
    try {
      reloadConfig(node, file, log);
    } catch {
      // The log has it, and the node goes on.
    }
  });
  await stopped(terminal.stop);
  log.info({}, 'stopping');
  await node.stop();
  log.info({}, 'stopped');
}

function findConfig(path: string): string {
  let entry: Stats | undefined;
  try {
    entry = statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = 'let the user that runs amopd enter the folder';
    throw new DaemonError(
      'AMOP_DAEMON_CONFIG_FILE',
      `cannot look for the configuration: ${reason}`,
      { path, fix },
      { cause },
    );
  }
  if (entry?.isDirectory() === true) return findConfig(join(path, 'config.ini'));
  if (entry === undefined) {
    throw new DaemonError('AMOP_DAEMON_CONFIG_FILE', `there is no ${path}`, { path });
  }
  return path;
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolveStopped) => {
    signal.addEventListener('abort', () => resolveStopped(), { once: true });
  });
}

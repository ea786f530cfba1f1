import { type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type AmopNode,
  createNode,
  formatHostPort,
  loadNodeConfig,
  type ReloadReport,
} from '@amop/node';
import type { Logger } from 'pino';
import { AdminServer } from '../admin/admin-server.ts';
import type { AdminSource } from '../admin/admin-source.ts';
import { DaemonError } from '../errors.ts';
import type { MetricFamily } from '../metrics/metric-family.ts';
import { nodeMetrics } from '../metrics/node-metrics.ts';
import { Prometheus } from '../metrics/prometheus.ts';
import { packageVersion } from '../package-version.ts';
import type { Terminal } from '../terminal.ts';
import { AuditLog } from './audit-log.ts';
import { reloadConfig } from './reload-config.ts';

/**
 * Starts a node, says so in one log line, and stops it when the terminal stops.
 *
 * @param path `config.ini`, or the folder it is in; relative to the terminal's folder
 * @throws DaemonError `AMOP_DAEMON_CONFIG_FILE`, `AMOP_DAEMON_ADMIN`, `AMOP_DAEMON_AUDIT`; NodeError of the
 *   configuration or of a port that cannot be opened
 */
export async function runDaemon(path: string, log: Logger, terminal: Terminal): Promise<void> {
  const file = findConfig(resolve(terminal.cwd, path));
  const config = loadNodeConfig(file);
  for (const warning of config.warnings ?? []) log.warn({ config: path }, warning);
  const audit = await openAudit(config.auditLog, log);
  const node: AmopNode = createNode(config, { logger: log, audit: audit?.write });
  let isReady = false;
  const reload = (): ReloadReport => {
    void audit?.reopen();
    return reloadConfig(node, file, log);
  };
  const source: AdminSource = {
    sight: node.sight,
    isReady: () => isReady && !terminal.stop.aborted,
    counters: () => ({ ...node.counters(), auditDropped: audit?.dropped ?? 0 }),
    metrics: () => metricsOf(node, audit),
    reload,
  };
  // Without a port nothing looks at the process either: what prom-client measures has a timer of its own.
  const admin = config.admin && new AdminServer(source, { log, prometheus: new Prometheus() });
  try {
    // The node first: what is said of its ports tells most when it was started twice.
    await node.start();
    const adminAddress = config.admin && (await admin?.start(config.admin));
    isReady = true;
    log.info(
      {
        nodeId: node.nodeId,
        channel: formatHostPort(node.channelAddress),
        p2p: formatHostPort(node.p2pAddress),
        ...(adminAddress !== undefined && { admin: formatHostPort(adminAddress) }),
      },
      'ready',
    );
    terminal.onHangup(() => {
      try {
        reload();
      } catch {
        // The log has it, and the node goes on.
      }
    });
    await stopped(terminal.stop);
    log.info({}, 'stopping');
    await node.stop();
    log.info({}, 'stopped');
  } finally {
    await node.stop();
    await admin?.stop();
    await audit?.close();
  }
}

async function openAudit(path: string | undefined, log: Logger): Promise<AuditLog | undefined> {
  if (path === undefined) return undefined;
  return AuditLog.open(path, {
    onFailed: (error) => log.error({ err: error, path }, 'audit log failed'),
  });
}

function metricsOf(node: AmopNode, audit: AuditLog | undefined): MetricFamily[] {
  return nodeMetrics({
    snapshot: node.counters(),
    sight: node.sight,
    version: packageVersion(),
    auditDropped: audit?.dropped ?? 0,
    wallMs: Date.now(),
  });
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

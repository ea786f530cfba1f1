import {
  formatHostPort,
  type InspectedConfig,
  inspectNodeConfig,
  type NodeConfig,
  nodeIdOf,
} from '@amop/node';
import type { Checked, DoctorFinding } from './finding.ts';
import { checkNodeCertificates } from './folder/certificates.ts';
import { checkConfiguration } from './folder/configuration.ts';
import { checkNodeList, othersOf } from './folder/node-list.ts';
import { checkOpenFiles } from './folder/open-files.ts';
import { checkPeers } from './network/peers.ts';
import { checkPorts } from './network/ports.ts';
import { checkLoaded, isOfFolder, otherNode } from './running/against-folder.ts';
import { askRunning } from './running/ask.ts';
import { checkRunning, type Running } from './running/state.ts';
import type { Surroundings } from './surroundings.ts';

/** The node to look at. */
export interface NodeCheck {
  /** Path of `config.ini`. */
  readonly path: string;
  /** Admin port that was asked for; left out: that of the configuration, if it answers. */
  readonly admin?: string;
  /** Dial the other nodes even when this one runs. */
  readonly dialsPeers: boolean;
}

/**
 * What is wrong with a node: its folder, its ports, the nodes that it names, and the node itself if it runs.
 *
 * @throws NodeError `AMOP_NODE_CONFIG_FILE` when there is no configuration to read, DaemonError `AMOP_DAEMON_ADMIN`
 *   when the admin port that was asked for does not answer
 */
export async function examineNode(check: NodeCheck, around: Surroundings): Promise<Checked[]> {
  const { path } = check;
  const { nowMs } = around;
  const inspected = inspectNodeConfig(path, nowMs);
  const unread = inspected.errors.find(({ code, details }) => {
    return code === 'AMOP_NODE_CONFIG_FILE' && details.file === path;
  });
  if (unread !== undefined) throw unread;
  const certificates = checkNodeCertificates(path, inspected, nowMs);
  const configuration = checkConfiguration(path, inspected, nowMs);
  const folder = [withoutTwice(configuration, certificates), certificates];
  const { config } = inspected;
  const running = await findRunning(check, config, around);
  if (config === undefined) {
    return [...folder, ...(running === undefined ? [] : [lookedAt(running, [], nowMs)])];
  }
  const nodeId = nodeIdIn(config);
  const isOwn = running !== undefined && isOfFolder(running, nodeId);
  const ports = await portsOf(check, config, inspected, isOwn ? running : undefined, around);
  const { dialsPeers } = check;
  return [
    ...folder,
    {
      findings: [...checkNodeList(path, config), ...checkOpenFiles(path, config, around.openFiles)],
    },
    ports,
    ...(running === undefined
      ? []
      : [ofRunning(running, path, config, certificates, isOwn, nowMs)]),
    ...(isOwn && !dialsPeers
      ? []
      : [
          await peersOf(
            config,
            certificates.isUsable ? nodeId : undefined,
            ports.isRunning && !dialsPeers,
            around,
          ),
        ]),
  ];
}

/** A file that others may read is told with the certificates where it is one of them. */
function withoutTwice({ findings, looked }: Checked, certificates: Checked): Checked {
  const open = new Set(
    certificates.findings.filter(({ code }) => code === 'open-key').map(({ subject }) => subject),
  );
  const kept = findings.filter(({ code, subject }) => code !== 'open-file' || !open.has(subject));
  return { findings: kept, ...(looked !== undefined && { looked }) };
}

/** Asks the admin port that was named; else, and without complaint, that of the configuration. */
async function findRunning(
  { admin }: NodeCheck,
  config: NodeConfig | undefined,
  { stop }: Surroundings,
): Promise<Running | undefined> {
  if (admin !== undefined) return askRunning(admin, stop);
  if (config?.admin === undefined) return undefined;
  // That nobody answers there is no fault: the node need not run.
  return askRunning(formatHostPort(config.admin), stop).catch(() => undefined);
}

function nodeIdIn({ p2p }: NodeConfig): string | undefined {
  try {
    return nodeIdOf(p2p.credentials);
  } catch {
    // Told with the certificates.
    return undefined;
  }
}

function portsOf(
  { path }: NodeCheck,
  config: NodeConfig,
  inspected: InspectedConfig,
  running: Running | undefined,
  { stop }: Surroundings,
): ReturnType<typeof checkPorts> {
  const known =
    running === undefined
      ? undefined
      : { channel: running.state.channel, p2p: running.state.p2p, admin: running.admin };
  return checkPorts(path, config, inspected, { known, stop });
}

function ofRunning(
  running: Running,
  path: string,
  config: NodeConfig,
  certificates: Checked,
  isOwn: boolean,
  nowMs: number,
): Checked {
  if (!isOwn) return { findings: [otherNode(running, path)] };
  const { findings, looked } = lookedAt(running, certificates.findings, nowMs);
  return {
    findings: [...findings, ...checkLoaded(path, config, running)],
    ...(looked !== undefined && { looked }),
  };
}

/** @param told what is known from the files: not told again of the certificates that the node has of them */
function lookedAt(running: Running, told: readonly DoctorFinding[], nowMs: number): Checked {
  const messages = new Set(told.map(({ message }) => message));
  const findings = checkRunning(running, nowMs).filter(({ message }) => !messages.has(message));
  return { findings, looked: 'running node' };
}

async function peersOf(
  config: NodeConfig,
  nodeId: string | undefined,
  isRunning: boolean,
  { progress, stop }: Surroundings,
): Promise<Checked> {
  const peers = othersOf(config);
  if (peers.length === 0) return { findings: [] };
  if (isRunning) {
    const fix = 'give its admin port with --admin, or --dial-peers to dial them all the same';
    const why = 'this node runs, and a second connection of one node ID could disturb it';
    return { findings: [notDialled(peers.length, why, fix)] };
  }
  if (nodeId === undefined) {
    const fix = 'correct what is told about the certificates, then look again';
    return { findings: [notDialled(peers.length, 'this node cannot show a certificate', fix)] };
  }
  progress(`asking ${peers.map(formatHostPort).join(', ')}: 7 seconds at most`);
  return checkPeers({ config, nodeId, peers, stop });
}

function notDialled(count: number, why: string, fix: string): DoctorFinding {
  const message = `${count === 1 ? 'it was' : `these ${count} were`} not dialled: ${why}`;
  return { severity: 'note', code: 'not-dialled', subject: 'node.N of [p2p]', message, fix };
}

/** What is wrong with a node of which no more than its admin port is known. */
export async function examineRunning(admin: string, around: Surroundings): Promise<Checked[]> {
  return [lookedAt(await askRunning(admin, around.stop), [], around.nowMs)];
}

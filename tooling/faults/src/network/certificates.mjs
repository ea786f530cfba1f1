import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { STEADY_TOPIC } from '../topics.mjs';
import { ADMIN_PORT } from './topology.mjs';

/**
 * Path of the script behind a built command.
 *
 * @param {'amop' | 'amopd'} name
 */
export function commandFile(name) {
  const manifest = createRequire(import.meta.url).resolve('@amop/daemon/package.json');
  return join(dirname(manifest), 'bin', `${name}.js`);
}

/** Makes the folders of bankA and bankB, two nodes each, by `amop certs`. */
export function makeCertificates(folder) {
  const agencies = ['--agency', 'bankA', '--agency', 'bankB', '--nodes', '2'];
  const args = [commandFile('amop'), 'certs', '--out', folder, ...agencies];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
}

/** Node ID out of a node folder. */
export function readNodeId(nodeFolder) {
  return readFileSync(join(nodeFolder, 'conf', 'node.nodeid'), 'utf8').trim();
}

/**
 * Writes `config.ini`.
 *
 * @param {string} nodeFolder
 * @param {import('./topology.mjs').NodePlan} plan
 * @param {{ refusedNodeIds?: string[], maxSessions?: number, extraLines?: string[] }} changes for a reload
 */
export function writeConfig(
  nodeFolder,
  { address, channelPort, dials, p2pPort },
  { refusedNodeIds = [], maxSessions = 10_000, extraLines = [] } = {},
) {
  const lines = [
    '[rpc]',
    `    channel_listen_ip=${address}`,
    `    channel_listen_port=${channelPort}`,
    '[p2p]',
    `    listen_ip=${address}`,
    `    listen_port=${p2pPort}`,
    ...dials.map((endpoint, index) => `    node.${index}=${endpoint}`),
    '[certificate_blacklist]',
    ...refusedNodeIds.map((nodeId, index) => `    crl.${index}=${nodeId}`),
    '[network_security]',
    '    data_path=conf/',
    '    key=node.key',
    '    cert=node.crt',
    '    ca_cert=ca.crt',
    '[amop]',
    `    admin_listen_port=${ADMIN_PORT}`,
    `    max_sessions=${maxSessions}`,
    '[amop_permissions]',
    `    default.publish=t.*, ${STEADY_TOPIC}`,
    ...extraLines,
    '',
  ];
  writeFileSync(join(nodeFolder, 'config.ini'), lines.join('\n'));
}

// amopd processes on original-style folders, for the acceptance checks and for the benchmark adapter.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** Much more than it takes, as the machine may be busy. */
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 3_000;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/**
 * Path of the script behind a built command.
 *
 * @param {'amop' | 'amopd'} name
 */
export function commandFile(name) {
  const manifest = createRequire(import.meta.url).resolve('@amop/daemon/package.json');
  return join(dirname(manifest), 'bin', `${name}.js`);
}

/**
 * TCP ports of 127.0.0.1 that are free at this moment.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const servers = [];
  for (let i = 0; i < count; i++) {
    const server = createServer();
    await new Promise((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * Writes the config.ini of a node that listens on 127.0.0.1.
 *
 * @param {string} folder
 * @param {{ channelPort: number, p2pPort: number, peerPorts: number[], checkCertIssuer?: boolean }} settings
 *   `checkCertIssuer` false: takes applications of other agencies too
 */
export function writeConfig(folder, { channelPort, p2pPort, peerPorts, checkCertIssuer = true }) {
  mkdirSync(folder, { recursive: true });
  const peers = peerPorts.map((port, i) => `    node.${i}=127.0.0.1:${port}`);
  const lines = [
    '[rpc]',
    '    channel_listen_ip=127.0.0.1',
    `    channel_listen_port=${channelPort}`,
    '[p2p]',
    '    listen_ip=127.0.0.1',
    `    listen_port=${p2pPort}`,
    '    enable_compress=false',
    ...peers,
    '[network_security]',
    '    data_path=conf/',
    '    key=node.key',
    '    cert=node.crt',
    '    ca_cert=ca.crt',
    `    check_cert_issuer=${checkCertIssuer}`,
    '[chain]',
    '    id=1',
    '[compatibility]',
    '    supported_version=2.9.1',
    '',
  ];
  writeFileSync(join(folder, 'config.ini'), lines.join('\n'));
}

/**
 * Starts amopd on a folder and waits until it is ready.
 *
 * @param {string} folder  with config.ini and conf/
 * @param {string} logFile  stdout and stderr after the line that says `ready`
 * @param {{ command?: string, execArgv?: string[] }} [program]  another build of amopd; what Node.js is told
 * @returns {Promise<{ pid: number, child: import('node:child_process').ChildProcess,
 *   stop: (withinMs?: number) => Promise<void>, kill: () => Promise<void> }>}
 *   `child` has an IPC channel if Node.js was told something
 */
export async function startNode(folder, logFile, program = {}) {
  const { command = commandFile('amopd'), execArgv = [] } = program;
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const log = openSync(logFile, 'a');
  const args = [...execArgv, command, '--config', join(folder, 'config.ini')];
  const stdio = ['ignore', 'pipe', log, ...(execArgv.length > 0 ? ['ipc'] : [])];
  const child = spawn(process.execPath, args, { env, stdio });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  await new Promise((resolve, reject) => {
    const failed = (reason) => reject(new Error(`amopd in ${folder} ${reason}; see ${logFile}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      failed('did not get ready');
    }, START_DEADLINE_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      failed('ended');
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      writeFileSync(logFile, chunk, { flag: 'a' });
      if (text === undefined) return;
      text += chunk;
      if (!text.includes('"msg":"ready"')) return;
      text = undefined;
      clearTimeout(timer);
      resolve();
    });
  });
  const end = async (signal, withinMs) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await gone;
    clearTimeout(timer);
  };
  return {
    pid: child.pid,
    child,
    stop: (withinMs = STOP_DEADLINE_MS) => end('SIGTERM', withinMs),
    kill: () => end('SIGKILL', STOP_DEADLINE_MS),
  };
}

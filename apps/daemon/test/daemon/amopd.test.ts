import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@amop/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { issueNetwork } from '../../src/certs/issue.ts';
import { planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// The built program: `turbo run test` builds before.
const AMOPD = fileURLToPath(new URL('../../bin/amopd.js', import.meta.url));

/** Folder of one node with certificates of its own, on free ports. */
async function nodeFolder(): Promise<string> {
  const out = temporaryFolder();
  const planned = planNodes({
    agencies: ['bank'],
    nodesPerAgency: 1,
    profile: 'p256',
    channelPort: await freePort(),
    p2pPort: await freePort(),
    hosts: ['127.0.0.1'],
  });
  await writeTree(out, (await issueNetwork(planned, 'p256')).files);
  return join(out, 'bank', 'node0');
}

interface RunningDaemon {
  readonly child: ChildProcess;
  /** Log records so far. */
  readonly records: () => Record<string, unknown>[];
  readonly stderrText: () => string;
  /** The first record with that message, or the one with that number. */
  readonly record: (message: string, number?: number) => Promise<Record<string, unknown>>;
  readonly exitCode: Promise<number | null>;
}

function amopd(...args: string[]): RunningDaemon {
  const child = spawn(process.execPath, [AMOPD, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const records = (): Record<string, unknown>[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return {
    child,
    records,
    stderrText: () => stderr,
    record: (message, number = 1) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = records().filter(({ msg }) => msg === message)[number - 1];
          if (found !== undefined) resolve(found);
        };
        child.stdout.on('data', check);
        check();
      }),
    exitCode: once(child, 'close').then(([code]) => code),
  };
}

describe('amopd', () => {
  test('says that it is ready with node ID and addresses; SIGTERM ends it with 0', async () => {
    const folder = await nodeFolder();
    const daemon = amopd('--config', join(folder, 'config.ini'));
    expect(await daemon.record('ready')).toMatchObject({
      nodeId: readFileSync(join(folder, 'conf', 'node.nodeid'), 'utf8').trim(),
      channel: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      p2p: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    daemon.child.kill('SIGTERM');
    expect(await daemon.exitCode).toBe(0);
    expect(daemon.records().at(-1)).toMatchObject({ msg: 'stopped' });
    expect(daemon.stderrText()).toBe('');
  });

  test('takes the folder for its config.ini; SIGINT ends it', async () => {
    const daemon = amopd('--config', await nodeFolder());
    await daemon.record('ready');
    daemon.child.kill('SIGINT');
    expect(await daemon.exitCode).toBe(0);
  });

  test('SIGHUP reads the configuration anew; a bad one is refused and the old one stays', async () => {
    const folder = await nodeFolder();
    const daemon = amopd('--config', folder);
    await daemon.record('ready');
    const path = join(folder, 'config.ini');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}\n[amop]\nmax_sessions=none\n`);
    daemon.child.kill('SIGHUP');
    const refused = await daemon.record('configuration not reloaded: the old one stays in use');
    expect(refused).toMatchObject({
      err: {
        code: 'AMOP_NODE_CONFIG_VALUE',
        message: expect.stringContaining('max_sessions=none'),
      },
    });
    writeFileSync(path, text.slice(0, text.indexOf('[certificate_whitelist]')));
    daemon.child.kill('SIGHUP');
    await daemon.record('configuration not reloaded: the old one stays in use', 2);
    writeFileSync(path, `${text}\n[amop]\nmax_sessions=5\n`);
    daemon.child.kill('SIGHUP');
    expect(await daemon.record('configuration reloaded')).toMatchObject({ needsRestart: [] });
    daemon.child.kill('SIGTERM');
    expect(await daemon.exitCode).toBe(0);
  });

  test('a port in use: one line, exit code 1', async () => {
    const folder = await nodeFolder();
    const first = amopd('--config', folder);
    await first.record('ready');
    const second = amopd('--config', folder);
    expect(await second.exitCode).toBe(1);
    expect(second.stderrText()).toMatch(/^amopd: [^\n]*in.use[^\n]*\(AMOP_NODE_LISTEN\)[^\n]*\n$/);
  });

  test('no configuration: one line, exit code 3', async () => {
    const missing = join(temporaryFolder(), 'config.ini');
    const daemon = amopd('--config', missing);
    expect(await daemon.exitCode).toBe(3);
    expect(daemon.stderrText()).toMatch(/^amopd: [^\n]+AMOP_DAEMON_CONFIG_FILE[^\n]+\n$/);
    expect(daemon.stderrText()).toContain(missing);
  });

  test('a bad value: one line naming file, section, key and what is allowed, exit code 3', async () => {
    const folder = await nodeFolder();
    const path = join(folder, 'config.ini');
    const text = readFileSync(path, 'utf8').replace(/^\s*listen_port=.*$/m, 'listen_port=none');
    writeFileSync(path, text);
    const daemon = amopd('--config', path);
    expect(await daemon.exitCode).toBe(3);
    const line = daemon.stderrText();
    expect(line).toMatch(/^amopd: [^\n]+AMOP_NODE_CONFIG_VALUE[^\n]*\n$/);
    for (const part of [path, '[p2p]', 'listen_port=none', '65535']) expect(line).toContain(part);
  });

  test('a missing key file: one line, exit code 3', async () => {
    const folder = await nodeFolder();
    rmSync(join(folder, 'conf', 'node.key'));
    const daemon = amopd('--config', folder);
    expect(await daemon.exitCode).toBe(3);
    expect(daemon.stderrText()).toMatch(/^amopd: [^\n]+node\.key[^\n]+\n$/);
  });

  test('a wrong option: one line, exit code 2', async () => {
    const daemon = amopd('--colour');
    expect(await daemon.exitCode).toBe(2);
    expect(daemon.stderrText()).toMatch(/^amopd: [^\n]+AMOP_DAEMON_USAGE[^\n]+\n$/);
  });
});

import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  type AmopNode,
  createNode,
  DEFAULT_NODE_LIMITS,
  loadNodeConfig,
  type RefusedState,
  refusalText,
} from '@amop/node';
import { freePort } from '@amop/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runAmopd } from '../../src/daemon/program.ts';
import type { DoctorFinding } from '../../src/doctor/finding.ts';
import { checkRunning, type Running } from '../../src/doctor/running/state.ts';
import type { Terminal } from '../../src/terminal.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { type BankNetwork, Banks, diagnose, makeNetwork } from './bank-network.ts';

const DAY_MS = 86_400_000;
const nowMs = Date.UTC(2026, 0, 1);
const admin = '127.0.0.1:20400';

let network: BankNetwork;
let node: AmopNode;

beforeAll(async () => {
  network = await makeNetwork();
  // Not started: what it tells is that of a node to which nothing has happened.
  node = createNode(loadNodeConfig(join(network.template, 'bankB/node0/config.ini')));
});
afterAll(() => network.remove());

/** A node without anything wrong, and what is changed of it. */
function running(change: {
  readonly state?: Partial<Running['state']>;
  readonly counters?: Partial<Running['counters']>;
}): Running {
  const state = { ...node.sight.state(), certificates: [], ...change.state };
  return { admin, state, counters: { ...node.counters(), auditDropped: 0, ...change.counters } };
}

function check(change: Parameters<typeof running>[0]): DoctorFinding[] {
  return checkRunning(running(change), nowMs);
}

function refused(change: Partial<RefusedState>): RefusedState {
  const reason = change.reason ?? 'other-agency';
  const from = {
    atMs: nowMs,
    kind: 'application',
    remoteHost: '10.0.0.7',
    remotePort: 5000,
  } as const;
  return { ...from, reason, ...refusalText(reason), ...change };
}

describe('a node that runs, by what it tells', () => {
  test('nothing wrong: nothing', () => {
    expect(check({})).toEqual([]);
  });

  test('it stops; a certificate ends', () => {
    const certificate = { subject: 'CN=node0', issuer: 'CN=bankA', fingerprint: 'ab' };
    const dates = { validFromMs: 0, validToMs: nowMs + 3 * DAY_MS };
    const state = { isStopping: true, certificates: [{ ...certificate, ...dates }] };
    expect(check({ state })).toMatchObject([
      { severity: 'error', code: 'stopping' },
      { severity: 'warning', code: 'ends-soon', fix: expect.stringContaining('amop reload') },
    ]);
  });

  test('peers that are not reached, with the words of the node', () => {
    const { fix, message } = refusalText('no-answer');
    const unreached = [
      { endpoint: '10.0.0.7:30300', reason: 'no-answer', failure: 'timeout', fix },
      { endpoint: '10.0.0.8:30300' },
    ] as const;
    expect(check({ state: { unreached } })).toMatchObject([
      {
        severity: 'error',
        code: 'no-answer',
        subject: '10.0.0.7:30300',
        message: `not reached: ${message}`,
        fix,
      },
      { severity: 'note', code: 'not-connected-yet', subject: '10.0.0.8:30300' },
    ]);
  });

  test('refusals: one finding for each reason, old ones and those of dialling apart', () => {
    const old = nowMs - DAY_MS;
    const refusals = [
      refused({ reason: 'not-tls', atMs: old }),
      refused({ commonName: 'sdk' }),
      refused({ commonName: 'sdk' }),
      refused({ kind: 'peer', reason: 'nobody-listens' }),
    ];
    expect(check({ state: { refusals } })).toMatchObject([
      { severity: 'note', code: 'not-tls', fix: refusalText('not-tls').fix },
      {
        severity: 'warning',
        code: 'other-agency',
        message: expect.stringContaining('application refused 2 times, last sdk from 10.0.0.7'),
        fix: refusalText('other-agency').fix,
      },
    ]);
  });

  test('slow consumers, lost audit records, limits that are near', () => {
    const { cuts } = node.counters();
    const counters = { cuts: { ...cuts, 'slow-consumer': 2 }, auditDropped: 3, sessions: 19 };
    const limits = { ...DEFAULT_NODE_LIMITS, maxSessions: 20 };
    expect(
      check({ counters, state: { limits } }).map(({ code, message }) => [code, message]),
    ).toEqual([
      ['slow-consumer', '2 connections were cut since the start for not taking what was sent'],
      ['audit-dropped', '3 records did not get into the audit log'],
      ['near-limit', '19 of max_sessions 20 are used'],
    ]);
  });
});

/** Starts the node of bank A with an admin port, as long as the test lasts. */
async function daemon(banks: Banks): Promise<string> {
  const port = await freePort();
  banks.edit('[amop]', `[amop]\n    admin_listen_port=${port}`);
  // Whether it has tried to reach the other one by then would be a matter of time.
  banks.edit(`    node.1=${network.peer}`, '');
  const terminal = fakeTerminal();
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const out: Terminal['out'] = (data) => {
    if (String(data).includes('"ready"')) isReady();
    return true;
  };
  const ended = runAmopd(['--config', banks.at(), '--json-logs'], { ...terminal, out });
  onTestFinished(async () => {
    terminal.interrupt();
    await ended;
  });
  await Promise.race([ready, ended]);
  expect(terminal.stderrText()).toBe('');
  return `127.0.0.1:${port}`;
}

describe('a node that runs, by its admin port', () => {
  test('its folder: the admin port of the configuration is asked', async () => {
    const banks = new Banks(network.template);
    await daemon(banks);
    const { code, findings, notes } = await diagnose(banks.at());
    expect(findings).toMatchObject([{ code: 'only-own-address', severity: 'warning' }]);
    expect(code).toBe(0);
    expect(notes.map((note) => note.code)).toContain('node-running');
    utimesSync(banks.at('config.ini'), new Date(), new Date());
    const changed = await diagnose(banks.at());
    expect(changed.notes.map((note) => note.code)).toContain('changed-since-start');
  });

  test('the admin port alone, and with the folder of another node', async () => {
    const banks = new Banks(network.template);
    const address = await daemon(banks);
    expect((await diagnose('--admin', address)).findings).toEqual([]);
    const other = `${banks.folder}/bankB/node0`;
    const { findings } = await diagnose(other, '--admin', address);
    expect(findings.map(({ code }) => code)).toContain('other-node');
  });

  test('nobody answers there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await diagnose('--admin', `127.0.0.1:${port}`);
    expect(stderr).toContain('AMOP_DAEMON_ADMIN');
    expect(code).toBe(1);
  });
});

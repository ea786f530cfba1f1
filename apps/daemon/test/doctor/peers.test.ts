import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { encryptPrivateKeyPem } from '@amop/crypto';
import { type Credentials, refusalText, transportOf } from '@amop/node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import type { DoctorFinding } from '../../src/doctor/finding.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type BankNetwork, Banks, diagnose, listening, makeNetwork } from './bank-network.ts';

let network: BankNetwork;
let strangers: BankNetwork;

beforeAll(async () => {
  strangers = await makeNetwork();
  network = await makeNetwork();
});
afterAll(() => {
  network.remove();
  strangers.remove();
});

async function findingAt(banks: Banks): Promise<DoctorFinding | undefined> {
  const { code, findings, stderr } = await diagnose(banks.at());
  expect(findings, stderr).toHaveLength(1);
  expect(code).toBe(findings[0]?.severity === 'error' ? 1 : 0);
  return findings[0];
}

/** The node of bank A, whose peer is what listens at that port of 127.0.0.1. */
function banksWithPeerAt(port: number): Banks {
  const banks = new Banks(network.template);
  banks.edit(`=${network.peer}`, `=127.0.0.1:${port}`);
  return banks;
}

/** A p2p port that shows these credentials and greets with these bytes. */
async function greeter(credentials: Credentials, greeting: Uint8Array): Promise<number> {
  const listener = await transportOf(credentials, 'p2p').listen({
    host: '127.0.0.1',
    port: 0,
    onConnection: (connection) => {
      connection.attach({
        onData: () => undefined,
        onDrain: () => undefined,
        onClose: () => undefined,
      });
      connection.write(greeting);
    },
    onRefused: () => undefined,
  });
  onTestFinished(() => listener.close());
  return listener.port;
}

function credentialsOf(folder: string, name: string): Credentials {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return { ca: read('ca.crt'), certificate: read(`${name}.crt`), key: read(`${name}.key`) };
}

describe('a peer that is not reached or does not take the node', () => {
  test('nobody listens at a wrong port', async () => {
    const banks = new Banks(network.template);
    const expected = refusalText('nobody-listens');
    expect(await findingAt(banks)).toEqual({
      severity: 'error',
      code: 'nobody-listens',
      subject: network.peer,
      ...expected,
    });
  });

  test('an HTTP server', async () => {
    const port = await listening(createServer());
    expect(await findingAt(banksWithPeerAt(port))).toMatchObject({
      code: 'not-tls',
      fix: refusalText('not-tls').fix,
    });
  });

  test('a node of another chain', async () => {
    const other = new Banks(strangers.template);
    const node = await other.start('bankB', (config) => ({
      ...config,
      p2p: { ...config.p2p, host: '127.0.0.1', port: 0 },
    }));
    const found = await findingAt(banksWithPeerAt(node.p2pAddress.port));
    expect(found).toMatchObject({
      code: 'other-authority',
      fix: refusalText('other-authority').fix,
    });
    expect(found?.message).toMatch(
      /it shows "CN=node0, .*issued by "CN=bankB, .*ca\.crt has "CN=chain/,
    );
  });

  test('a node whose blacklist has this one', async () => {
    const banks = new Banks(network.template);
    const nodeId = readFileSync(banks.at('conf/node.nodeid'), 'utf8').trim();
    const other = await banks.start('bankB', (config) => ({
      ...config,
      p2p: { ...config.p2p, blacklist: [nodeId] },
    }));
    const { fix } = refusalText('no-p2p-frame');
    expect(await findingAt(banks)).toMatchObject({ code: 'no-p2p-frame', fix });
    expect(other.counters().peerRefusals['node-blacklisted']).toBe(1);
  });

  test('a node that this one has in its blacklist', async () => {
    const banks = new Banks(network.template);
    const { nodeId } = await banks.start('bankB');
    banks.edit('[certificate_blacklist]', `[certificate_blacklist]\n    crl.0=${nodeId}`);
    const { fix } = refusalText('node-blacklisted');
    expect(await findingAt(banks)).toMatchObject({ code: 'node-blacklisted', fix });
  });

  test('a channel port', async () => {
    const banks = new Banks(network.template);
    const node = await banks.start('bankB', (config) => ({
      ...config,
      channel: { ...config.channel, checkIssuer: false, port: 0 },
    }));
    banks.edit(`=${network.peer}`, `=127.0.0.2:${node.channelAddress.port}`);
    expect(await findingAt(banks)).toMatchObject({
      code: 'channel-port',
      fix: expect.stringContaining('p2p port in node.N'),
    });
  });

  test('a node with a copy of this conf folder', async () => {
    const banks = new Banks(network.template);
    const copy = new Banks(network.template);
    cpSync(banks.at('conf'), join(copy.folder, 'bankB/node0/conf'), { recursive: true });
    await copy.start('bankB');
    expect(await findingAt(banks)).toMatchObject({ code: 'own-key', subject: network.peer });
  });

  test('an application, by its certificate', async () => {
    const credentials = credentialsOf(join(network.template, 'bankB/sdk'), 'sdk');
    const port = await greeter(credentials, new Uint8Array());
    const { fix } = refusalText('sdk-certificate');
    const found = await findingAt(banksWithPeerAt(port));
    expect(found).toMatchObject({ code: 'sdk-certificate', fix });
    expect(found?.message).toContain('OU=sdk');
  });

  test('a node with the 12-byte header', async () => {
    const credentials = credentialsOf(join(network.template, 'bankB/node0/conf'), 'node');
    const frame = Uint8Array.of(0, 0, 0, 13, 0, 2, 0, 1, 0, 0, 0, 0, 0x30);
    const port = await greeter(credentials, frame);
    const { fix } = refusalText('twelve-byte-header');
    expect(await findingAt(banksWithPeerAt(port))).toMatchObject({
      code: 'twelve-byte-header',
      fix,
    });
  });

  test('no other node in the list', async () => {
    const banks = new Banks(network.template);
    banks.edit(`=${network.peer}`, `=127.0.0.1:${network.p2pPort}`);
    const { findings } = await diagnose(banks.at());
    expect(findings.map(({ code }) => code)).toEqual(['duplicate-peer', 'only-own-address']);
  });
});

describe('a node that runs', () => {
  test('is recognised by its certificate, and its peers are not dialled', async () => {
    const banks = new Banks(network.template);
    const other = await banks.start('bankB');
    await banks.start('bankA', (config) => ({ ...config, p2p: { ...config.p2p, peers: [] } }));
    const { code, findings, notes } = await diagnose(banks.at());
    expect([findings, code]).toEqual([[], 0]);
    expect(notes.map((note) => note.code)).toEqual(['node-running', 'not-dialled']);
    expect(notes[1]?.fix).toContain('--dial-peers');
    expect(other.counters().peersAccepted).toBe(0);
    const forced = await diagnose(banks.at(), '--dial-peers');
    expect(forced.notes.map((note) => note.code)).toEqual(['node-running', 'peer-reached']);
  });
});

describe('an sdk folder', () => {
  async function start(): Promise<{ banks: Banks; node: string }> {
    const banks = new Banks(network.template);
    await banks.start('bankA', (config) => ({ ...config, p2p: { ...config.p2p, peers: [] } }));
    return { banks, node: `127.0.0.1:${network.channelPort}` };
  }

  test('that the node takes', async () => {
    const { banks, node } = await start();
    const { code, findings, notes } = await diagnose(
      join(banks.folder, 'bankA/sdk'),
      '--node',
      node,
    );
    expect([findings, code]).toEqual([[], 0]);
    expect(notes).toMatchObject([{ code: 'node-reached', subject: node }]);
  });

  test('of another agency', async () => {
    const { banks, node } = await start();
    const { code, findings } = await diagnose(join(banks.folder, 'bankB/sdk'), '--node', node);
    expect(findings).toMatchObject([
      { code: 'other-agency', fix: expect.stringContaining('check_cert_issuer=false') },
    ]);
    expect(findings[0]?.message).toMatch(/"CN=bankB, .*"CN=bankA, /);
    expect(code).toBe(1);
  });

  test('that is pointed at the p2p port, at nobody', async () => {
    const { banks } = await start();
    const sdk = join(banks.folder, 'bankA/sdk');
    const p2p = await diagnose(sdk, '--node', `127.0.0.1:${network.p2pPort}`);
    expect(p2p.findings).toMatchObject([{ code: 'node-hung-up' }]);
    const nobody = await diagnose(sdk, '--node', `127.0.0.3:${network.channelPort}`);
    expect(nobody.findings).toMatchObject([
      { code: 'nobody-listens', fix: 'Is the node running? Check --node, or set AMOP_NODE.' },
    ]);
  });

  test('with an encrypted key: not shown to a node without the passphrase', async () => {
    const { banks, node } = await start();
    const sdk = join(banks.folder, 'bankA/sdk');
    const pem = encryptPrivateKeyPem(readFileSync(join(sdk, 'sdk.key'), 'utf8'), 'secret');
    writeFileSync(join(sdk, 'sdk.key'), pem);
    const [right, wrong] = ['secret', 'other'].map((word) => {
      const file = join(banks.folder, `${word}.txt`);
      writeFileSync(file, word, { mode: 0o600 });
      return file;
    });
    const locked = await diagnose(sdk, '--node', node);
    expect(locked.findings).toMatchObject([{ code: 'locked-key', severity: 'warning' }]);
    expect(locked.notes).toMatchObject([{ code: 'not-asked' }]);
    const shut = await diagnose(sdk, '--node', node, '--passphrase-file', String(wrong));
    expect(shut.notes).toMatchObject([{ code: 'not-asked' }]);
    const open = await diagnose(sdk, '--node', node, '--passphrase-file', String(right));
    expect([open.findings, open.notes]).toMatchObject([[], [{ code: 'node-reached' }]]);
  });

  test('with a key of another pair is not shown to a node', async () => {
    const { banks, node } = await start();
    const sdk = join(banks.folder, 'bankA/sdk');
    cpSync(join(banks.folder, 'bankB/sdk/sdk.key'), join(sdk, 'sdk.key'));
    const { findings, notes } = await diagnose(sdk, '--node', node);
    expect(findings).toMatchObject([{ code: 'other-key' }]);
    expect(notes).toMatchObject([{ code: 'not-asked' }]);
  });
});

describe('for a person', () => {
  test('findings, what to do below, one line at the end; on a terminal what is waited for', async () => {
    const banks = new Banks(network.template);
    const terminal = fakeTerminal({ cwd: banks.folder, isTty: { stderr: true } });
    expect(await runAmop(['doctor', 'bankA/node0'], terminal)).toBe(1);
    const { fix, message } = refusalText('nobody-listens');
    expect(terminal.stdoutText()).toBe(
      `${network.peer}: error: ${message} (nobody-listens)\n    ${fix}\n`,
    );
    expect(terminal.stderrText()).toBe(
      `asking ${network.peer}: 7 seconds at most\namop: 1 error (AMOP_DAEMON_DOCTOR_FINDINGS)\n`,
    );
  });

  test('stopped by a signal', async () => {
    const banks = new Banks(network.template);
    const terminal = fakeTerminal({ cwd: banks.folder });
    terminal.interrupt();
    expect(await runAmop(['doctor', 'bankA/node0'], terminal)).toBe(1);
    expect(terminal.stderrText()).toContain('AMOP_DAEMON_STOPPED');
  });
});

describe('what cannot be looked at', () => {
  test('no such folder, an empty one: exit code 3', async () => {
    const empty = temporaryFolder();
    for (const path of [empty, join(empty, 'nowhere')]) {
      const { code, stderr } = await diagnose(path);
      expect(stderr).toContain('AMOP_DAEMON_CONFIG_FILE');
      expect(code).toBe(3);
    }
  });

  test('nothing named, options of another kind: exit code 2', async () => {
    const banks = new Banks(network.template);
    const sdk = join(banks.folder, 'bankA/sdk');
    const wrong = [
      [],
      [banks.at(), '--node', 'a:2000'],
      [sdk, '--admin', 'a:2000'],
      [sdk, '--node', 'a'],
    ];
    for (const args of wrong) expect((await diagnose(...args)).code).toBe(2);
  });
});

import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueNetwork } from '../../src/certs/issue.ts';
import { planNodes } from '../../src/certs/plan.ts';
import { writeTree } from '../../src/certs/write-tree.ts';
import { runAmop } from '../../src/commands/program.ts';
import { type FakeTerminal, fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

/** A command in the background: its terminal and its exit code to come. */
function start(args: readonly string[], terminal: FakeTerminal = fakeTerminal()) {
  return { terminal, exitCode: runAmop(args, terminal) };
}

/** Waits until the node of bank A knows of subscribers of the topic at so many nodes. */
async function routed(topic: string, places = 1): Promise<void> {
  for (;;) {
    const terminal = fakeTerminal();
    await runAmop(['topics', '--json', ...nodes.bankA], terminal);
    if (terminal.stdoutText().split(`"topic":"${topic}"`).length > places) return;
  }
}

describe('request and reply', () => {
  test('the answer comes back through both nodes, as raw bytes into a pipe', async () => {
    const answer = Uint8Array.of(0, 1, 254, 255);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'answer.bin'), answer);
    const reply = start(
      ['reply', 'r.raw', '--file', 'answer.bin', '--count', '1', ...nodes.bankB],
      fakeTerminal({ cwd }),
    );
    await reply.terminal.stderrHas('answering requests on r.raw');
    await routed('r.raw');
    const request = start(['request', 'r.raw', 'question', ...nodes.bankA]);
    expect(await request.exitCode).toBe(0);
    expect([...request.terminal.stdoutBytes()]).toEqual([...answer]);
    expect(request.terminal.stderrText()).toMatch(/^answered in [\d.]+ ms \(4 bytes\)\n$/);
    expect(await reply.exitCode).toBe(0);
    expect(reply.terminal.stdoutText()).toMatch(
      /^\[#1\] \S+ request on r\.raw \(8 bytes, answered\)\nquestion\n\n$/,
    );
  });

  test('--echo gives back the body of each request; --count asks again', async () => {
    const reply = start(['reply', 'r.echo', '--echo', '--json', '--count', '3', ...nodes.bankA]);
    await reply.terminal.stderrHas('answering');
    const terminal = fakeTerminal({ stdin: ['piped', ' in'] });
    const args = ['request', 'r.echo', '--json', '--count', '3', ...nodes.bankA];
    expect(await runAmop(args, terminal)).toBe(0);
    expect(await reply.exitCode).toBe(0);
    const lines = terminal.stdoutText().trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[2] ?? '')).toEqual({
      topic: 'r.echo',
      rttMs: expect.any(Number),
      seq: expect.stringMatching(/^[0-9a-f]{32}$/),
      bytes: 8,
      encoding: 'utf8',
      body: 'piped in',
    });
    expect(reply.terminal.stdoutText().match(/"outcome":"answered"/g)).toHaveLength(3);
  });

  test('on a terminal the answer is made harmless', async () => {
    const reply = start(['reply', 'r.tty', '\u001b[2Jhi', '--count', '1', ...nodes.bankA]);
    await reply.terminal.stderrHas('answering');
    const terminal = fakeTerminal({ isTty: { stdout: true } });
    expect(await runAmop(['request', 'r.tty', '', ...nodes.bankA], terminal)).toBe(0);
    expect(terminal.stdoutText()).toBe('\\x1b[2Jhi\n');
    await reply.exitCode;
  });

  test('nobody listens: one line with the code, exit code 1', async () => {
    const terminal = fakeTerminal();
    expect(await runAmop(['request', 'r.nobody', 'x', ...nodes.bankA], terminal)).toBe(1);
    expect(terminal.stderrText()).toMatch(/^amop: [^\n]+AMOP_CLIENT_NO_SUBSCRIBER[^\n]+\n$/);
    expect(terminal.stdoutText()).toBe('');
  });

  test('a topic that cannot be used is wrong usage, exit code 2', async () => {
    const terminal = fakeTerminal();
    expect(await runAmop(['request', 'tab\there', 'x', ...nodes.bankA], terminal)).toBe(2);
    expect(terminal.stderrText()).toMatch(/^amop: [^\n]+\n$/);
  });
});

describe('pub and sub', () => {
  test('a message reaches subscribers on both nodes; pub says what the node said', async () => {
    const subs = [nodes.bankA, nodes.bankB].map((bank) =>
      start(['sub', 's.both', '--json', '--count', '1', ...bank]),
    );
    for (const sub of subs) await sub.terminal.stderrHas('subscribed to s.both');
    await routed('s.both', 2);
    const pub = start(['pub', 's.both', 'größe', ...nodes.bankA]);
    expect(await pub.exitCode).toBe(0);
    expect(pub.terminal.stdoutText()).toBe('the node accepted the message (7 bytes on s.both)\n');
    for (const sub of subs) {
      expect(await sub.exitCode).toBe(0);
      expect(JSON.parse(sub.terminal.stdoutText())).toMatchObject({
        topic: 's.both',
        kind: 'multicast',
        encoding: 'utf8',
        body: 'größe',
      });
    }
  });

  test('a request at sub is shown and handed back at once', async () => {
    const sub = start(['sub', 's.request', '--count', '1', ...nodes.bankA]);
    await sub.terminal.stderrHas('subscribed');
    const terminal = fakeTerminal();
    expect(await runAmop(['request', 's.request', 'x', ...nodes.bankA], terminal)).toBe(1);
    expect(terminal.stderrText()).toMatch(/AMOP_CLIENT_NO_ANSWER\)\. The subscriber only listens /);
    expect(await sub.exitCode).toBe(0);
    expect(sub.terminal.stdoutText()).toContain('request on s.request (1 byte, declined)');
  });

  test('Ctrl-C ends sub with exit code 0', async () => {
    const sub = start(['sub', 's.stop', ...nodes.bankA]);
    await sub.terminal.stderrHas('subscribed');
    sub.terminal.interrupt();
    expect(await sub.exitCode).toBe(0);
  });

  test('--timeout ends sub; with --count it tells what is missing, exit code 1', async () => {
    expect(await start(['sub', 's.quiet', '--timeout', '20ms', ...nodes.bankA]).exitCode).toBe(0);
    const sub = start(['sub', 's.quiet', '--timeout', '20ms', '--count', '2', ...nodes.bankA]);
    expect(await sub.exitCode).toBe(1);
    expect(sub.terminal.stderrText()).toContain('0 of 2 messages came in 20 ms');
  });
});

describe('peers and topics', () => {
  test('peers shows the other node', async () => {
    const json = fakeTerminal();
    expect(await runAmop(['peers', '--json', ...nodes.bankA], json)).toBe(0);
    expect(JSON.parse(json.stdoutText())).toMatchObject({
      seenFrom: nodes.bankA[1],
      agency: 'bankB',
      node: 'node0',
      nodeId: nodes.nodeIdB,
    });
    const people = fakeTerminal();
    await runAmop(['peers', ...nodes.bankA], people);
    expect(people.stdoutText()).toMatch(/^SEEN FROM +AGENCY +NODE +ADDRESS +TOPICS +NODE ID\n/);
    expect(people.stdoutText()).toContain(nodes.nodeIdB.slice(0, 16));
  });

  test('topics shows at which node the subscribers are', async () => {
    const sub = start(['sub', 't.here', ...nodes.bankA]);
    await sub.terminal.stderrHas('subscribed');
    const terminal = fakeTerminal();
    expect(await runAmop(['topics', ...nodes.bankA], terminal)).toBe(0);
    expect(terminal.stdoutText()).toMatch(/^t\.here +bankA node0 \(this node\) +\S+$/m);
    sub.terminal.interrupt();
    await sub.exitCode;
  });

  test('a node that is down is an error, after the others were shown', async () => {
    const terminal = fakeTerminal();
    const args = ['peers', '--timeout', '1s', '--json', '--node', '127.0.0.1:1', ...nodes.bankA];
    expect(await runAmop(args, terminal)).toBe(1);
    expect(JSON.parse(terminal.stdoutText())).toMatchObject({ agency: 'bankB' });
    expect(JSON.parse(terminal.stderrText())).toMatchObject({
      error: { code: 'AMOP_CLIENT_NOT_CONNECTED', exitCode: 1 },
    });
  });
});

describe('certificates that do not fit', () => {
  test('of another agency: an error in one line that points to them', async () => {
    await expectRefusal(join(nodes.folder, 'bankB', 'sdk'));
  });

  test('of another chain: an error in one line that points to them', async () => {
    const folder = temporaryFolder();
    const planned = planNodes({
      agencies: ['stranger'],
      nodesPerAgency: 1,
      profile: 'secp256k1',
      channelPort: 20_200,
      p2pPort: 30_300,
      hosts: ['127.0.0.1'],
    });
    await writeTree(folder, (await issueNetwork(planned, 'secp256k1')).files);
    await expectRefusal(join(folder, 'stranger', 'sdk'));
  });

  test('that do not fit each other: exit code 3', async () => {
    const folder = temporaryFolder();
    cpSync(join(nodes.folder, 'bankA', 'sdk'), folder, { recursive: true });
    cpSync(join(nodes.folder, 'bankB', 'sdk', 'sdk.key'), join(folder, 'sdk.key'));
    expect(await expectRefusal(folder)).toBe(3);
  });

  async function expectRefusal(certs: string): Promise<number> {
    const terminal = fakeTerminal();
    const [, address = ''] = nodes.bankA;
    const args = ['peers', '--timeout', '1s', '--node', address, '--certs', certs];
    const exitCode = await runAmop(args, terminal);
    expect(exitCode).not.toBe(0);
    expect(terminal.stderrText()).toMatch(/^amop: [^\n]+--certs or AMOP_CERTS\.\n$/);
    return exitCode;
  }
});

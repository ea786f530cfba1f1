import { createServer } from 'node:http';
import { connect } from '@amop/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import { type FakeTerminalOptions, fakeTerminal } from '../support/fake-terminal.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

async function amop(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal(options);
  const exitCode = await runAmop(args, terminal);
  return { exitCode, out: terminal.stdoutText(), err: terminal.stderrText() };
}

/** An application of bank B that answers on the topic, until the test is over. */
async function answering(topic: string): Promise<void> {
  const [, node = '', , directory = ''] = nodes.bankB;
  const client = await connect({ nodes: node, tls: { directory } });
  onTestFinished(() => client.close());
  await client.subscribe(topic, (message) => {
    message.respond('yes');
  });
  for (;;) {
    const { out } = await amop(['topics', '--json', ...nodes.bankA]);
    if (out.includes(`"topic":"${topic}"`)) return;
  }
}

describe('amop trace', () => {
  test('tells the way of a request over both nodes', async () => {
    await answering('t.way');
    const asked = await amop(['request', 't.way', 'x', '--json', ...nodes.bankA]);
    const { seq } = JSON.parse(asked.out);
    const admins = ['--admin', nodes.adminA, '--admin', nodes.adminB];
    const { exitCode, out } = await amop(['trace', seq, ...admins]);
    expect(exitCode).toBe(0);
    const words = out.split('\n').map((line) => line.split(/ {2,}/).slice(1, 3).join(' '));
    expect(words.filter((line) => line.startsWith(nodes.adminA))).toEqual([
      `${nodes.adminA} received`,
      `${nodes.adminA} given`,
      `${nodes.adminA} answered`,
    ]);
    expect(words.filter((line) => line.startsWith(nodes.adminB))).toEqual([
      `${nodes.adminB} received`,
      `${nodes.adminB} given`,
      `${nodes.adminB} answered`,
    ]);
    const json = await amop(['trace', seq, '--json', ...admins]);
    expect(JSON.parse(json.out.split('\n')[0] ?? '')).toMatchObject({ kind: 'received', seq });
  });

  test('finds a failed request by the seq in its error, with dashes too', async () => {
    const failed = await amop(['request', 't.nobody', 'x', '--json', ...nodes.bankA]);
    const { seq } = JSON.parse(failed.err).error.details;
    const uuid = seq.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const { out } = await amop(['trace', uuid], { env: { AMOP_ADMIN: nodes.adminA } });
    expect(out).toContain('result 100, no-subscriber');
  });

  test('an unknown message: exit code 1 and where to look', async () => {
    const { err, exitCode } = await amop(['trace', 'f'.repeat(32), '--admin', nodes.adminA]);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^amop: no event of f+ [^\n]*AMOP_DAEMON_NO_TRACE[^\n]*--admin[^\n]*\n$/);
  });

  test('no seq: wrong usage', async () => {
    expect((await amop(['trace', 'abc'])).exitCode).toBe(2);
  });
});

describe('amop subscribers', () => {
  test('names nodes with their subscribers, and applications of the node itself', async () => {
    await answering('s.who');
    const { out } = await amop(['subscribers', 's.who', '--admin', nodes.adminA]);
    expect(out).toMatch(new RegExp(`bankB +node0 +1 +node ${nodes.nodeIdB.slice(0, 16)}`));
    const atB = await amop(['subscribers', 's.who', '--json', '--admin', nodes.adminB]);
    expect(JSON.parse(atB.out)).toMatchObject({
      kind: 'application',
      agency: 'bankB',
      topic: 's.who',
    });
  });

  test('nobody', async () => {
    const { exitCode, out } = await amop(['subscribers', 's.nobody', '--admin', nodes.adminA]);
    expect([exitCode, out]).toEqual([0, 'nobody listens to "s.nobody"\n']);
  });
});

describe('amop peers and topics with --admin', () => {
  test('show connections with what an operator wants to know', async () => {
    const { exitCode, out } = await amop(['peers', '--admin', nodes.adminA]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/bankB +node0 +(in|out) 127\.0\.0\.1:\d+ +ours/);
    const json = await amop(['peers', '--json', '--admin', nodes.adminA]);
    expect(JSON.parse(json.out)).toMatchObject({ nodeId: nodes.nodeIdB, seenFrom: nodes.adminA });
  });

  test('show how many receive a topic, here and there', async () => {
    await answering('v.topic');
    const { out } = await amop(['topics', '--admin', nodes.adminA]);
    expect(out).toMatch(/v\.topic +0 +1 +1$/m);
    const json = await amop(['topics', '--json', '--admin', nodes.adminB]);
    const lines = json.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ topic: 'v.topic', applications: 1, peers: 0 }),
    );
  });
});

describe('amop top', () => {
  test('shows a node once where nobody watches', async () => {
    await answering('w.topic');
    const args = ['top', '--interval', '10ms', '--admin', nodes.adminB];
    const { exitCode, out } = await amop(args);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^bankB\/node0 {2}[0-9a-f]{16}\.\.\. {2}up \d+ s/);
    expect(out).toMatch(/^bankA +node0 +[0-9a-f]{16}\.\.\. +(in|out) 127\.0\.0\.1:\d+ +ours/m);
    expect(out).toMatch(/^\d+ +bankB\/sdk/m);
    expect(out).not.toContain('\u001b');
  });

  test('redraws on a terminal, so many times', async () => {
    const args = ['top', '--interval', '10ms', '--count', '3', '--admin', nodes.adminB];
    const { out } = await amop(args, { isTty: { stdout: true } });
    expect(out.split('\u001b[H')).toHaveLength(4);
  });

  test('--json has rates and the whole state', async () => {
    const args = ['top', '--interval', '10ms', '--json', '--admin', nodes.adminA];
    const line = JSON.parse((await amop(args)).out);
    expect(line).toMatchObject({ rates: { requests: expect.any(Number) }, agency: 'bankA' });
  });
});

describe('amop reload', () => {
  test('says what came of it', async () => {
    const { exitCode, out } = await amop(['reload', '--admin', nodes.adminA]);
    expect([exitCode, out]).toEqual([
      0,
      `${nodes.adminA}: configuration reloaded, 0 applications and 0 nodes closed\n`,
    ]);
  });

  test('nobody at the port: one line that names the fix', async () => {
    const { err, exitCode } = await amop(['reload', '--admin', '127.0.0.1:1']);
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /^amop: no admin port [^\n]*AMOP_DAEMON_ADMIN[^\n]*admin_listen_port[^\n]*\n$/,
    );
  });

  test('another HTTP server at the port is no admin port', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('<html>'));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { err, exitCode } = await amop(['reload', '--admin', `127.0.0.1:${port}`]);
    expect(exitCode).toBe(1);
    expect(err).toContain('it is no admin port of a node');
  });

  test('an address that cannot be one: wrong usage', async () => {
    expect((await amop(['reload', '--admin', 'localhost'])).exitCode).toBe(2);
  });
});

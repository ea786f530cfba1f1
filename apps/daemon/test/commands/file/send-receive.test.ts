import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  generateKeyPair,
} from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAmop } from '../../../src/commands/program.ts';
import {
  type FakeTerminal,
  type FakeTerminalOptions,
  fakeTerminal,
} from '../../support/fake-terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

/** More than a few chunks of 256 KiB, and a part of one. */
const BYTES = 3_000_001;

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

/** A command in the background: its terminal and its exit code to come. */
function start(args: readonly string[], options: FakeTerminalOptions) {
  const terminal: FakeTerminal = fakeTerminal(options);
  return { terminal, exitCode: runAmop(args, terminal) };
}

/** A sender of bank A. What it keeps stays in its folder. */
function send(cwd: string, args: readonly string[], options: FakeTerminalOptions = {}) {
  const all = ['send', ...args, '--state-dir', 'state', ...nodes.bankA];
  return start(all, { cwd, ...options });
}

/** A receiver of bank B into `inbox`, that listens. */
async function receive(cwd: string, args: readonly string[], options: FakeTerminalOptions = {}) {
  const dir = args.includes('--dir') ? [] : ['--dir', 'inbox'];
  const receiver = start(['receive', ...args, ...dir, ...nodes.bankB], { cwd, ...options });
  await receiver.terminal.stderrHas('Ctrl-C ends');
  return receiver;
}

/** A folder with files of random bytes. */
function folderWith(...names: string[]): { cwd: string; contentOf(name: string): Buffer } {
  const cwd = temporaryFolder();
  for (const name of names) writeFileSync(join(cwd, name), randomBytes(BYTES));
  return { cwd, contentOf: (name) => readFileSync(join(cwd, name)) };
}

function jsonLines(terminal: FakeTerminal) {
  const lines = terminal.stdoutText().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { kind: string; transfer?: string });
}

/** The files that have their names. */
function filesIn(cwd: string): string[] {
  const names = readdirSync(join(cwd, 'inbox'));
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('.part'));
}

describe('a file to one', () => {
  test('it arrives as it was, both sides say so', async () => {
    const { cwd, contentOf } = folderWith('report.pdf');
    const receiver = await receive(cwd, ['--topic', 'f.one', '--count', '1']);
    const sender = send(cwd, ['report.pdf', '--topic', 'f.one']);
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    expect(contentOf('inbox/report.pdf').equals(contentOf('report.pdf'))).toBe(true);
    expect(sender.terminal.stdoutText()).toMatch(
      /^sent report\.pdf \(3\.0 MB, [\d.]+ s(, [\d.]+ MB\/s)?\) to [0-9a-f]{8}\n$/,
    );
    expect(sender.terminal.stderrText()).toMatch(/^report\.pdf: /);
    expect(receiver.terminal.stdoutText()).toMatch(
      /^received \S+\/inbox\/report\.pdf \(3\.0 MB, [^)\n]+\)\n$/,
    );
    expect(receiver.terminal.stderrText()).toMatch(/^receiving files of f\.one into \S+inbox, /);
  });

  test('an empty file, under a name that would do harm, beside one that is there', async () => {
    const { cwd } = folderWith();
    writeFileSync(join(cwd, 'empty'), '');
    mkdirSync(join(cwd, 'inbox'));
    writeFileSync(join(cwd, 'inbox', 'passwd'), 'mine');
    const receiver = await receive(cwd, ['--topic', 'f.name', '--count', '1']);
    const name = '../../etc/\u001b[2Jpasswd';
    const sender = send(cwd, ['empty', '--name', name, '--topic', 'f.name']);
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'inbox', 'passwd'), 'utf8')).toBe('mine');
    expect(filesIn(cwd)).toHaveLength(2);
    for (const { terminal } of [sender, receiver]) {
      expect(terminal.stdoutText() + terminal.stderrText()).not.toContain('\u001b');
    }
  });

  test('standard input, under the name that is given', async () => {
    const { cwd } = folderWith();
    const receiver = await receive(cwd, ['--topic', 'f.stdin', '--count', '1']);
    const stdin = [randomBytes(70_000), randomBytes(5)];
    const sender = send(cwd, ['-', '--name', 'piped.bin', '--topic', 'f.stdin'], { stdin });
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    const received = readFileSync(join(cwd, 'inbox', 'piped.bin'));
    expect(received.equals(Buffer.concat(stdin))).toBe(true);
    expect(sender.terminal.stdoutText()).toMatch(/^sent piped\.bin \(70 kB, /);
  });

  test('on a terminal there are bars, which leave nothing but the result', async () => {
    const { cwd } = folderWith('a.bin');
    const tty = { isTty: { stderr: true }, columns: 100 };
    const receiver = await receive(cwd, ['--topic', 'f.tty', '--count', '1'], tty);
    const sender = send(cwd, ['a.bin', '--topic', 'f.tty'], tty);
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    for (const { terminal } of [sender, receiver]) {
      expect(terminal.stderrText()).toContain('\u001b[');
      expect(terminal.stdoutText()).not.toContain('\u001b');
      expect(terminal.stdoutText()).toMatch(/^(sent|received) /);
    }
  });

  test('nobody is there: one line with the code, exit code 1', async () => {
    const { cwd } = folderWith('a.bin');
    const sender = send(cwd, ['a.bin', '--topic', 'f.nobody', '--join', '500ms', '--json']);
    expect(await sender.exitCode).toBe(1);
    expect(JSON.parse(sender.terminal.stderrText())).toMatchObject({
      error: { code: 'AMOP_CLIENT_NO_SUBSCRIBER', exitCode: 1 },
    });
    expect(jsonLines(sender.terminal).at(-1)).toMatchObject({
      kind: 'failed',
      file: 'a.bin',
      error: { code: 'AMOP_CLIENT_NO_SUBSCRIBER' },
    });
  });
});

describe('several files', () => {
  test('one after the other, told as JSON on both sides', async () => {
    const { cwd, contentOf } = folderWith('a.bin', 'b.bin');
    const receiver = await receive(cwd, ['--topic', 'f.json', '--count', '2', '--json']);
    const sender = send(cwd, ['a.bin', 'b.bin', '--topic', 'f.json', '--json']);
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    for (const name of ['a.bin', 'b.bin']) {
      expect(contentOf(`inbox/${name}`).equals(contentOf(name))).toBe(true);
    }
    const told = jsonLines(sender.terminal);
    const sent = told.filter(({ kind }) => kind === 'sent');
    expect(sent).toMatchObject([
      { topic: 'f.json', file: 'a.bin', name: 'a.bin', size: BYTES, elapsedMs: expect.any(Number) },
      { topic: 'f.json', file: 'b.bin', receivers: [{ outcome: 'done', bytes: BYTES }] },
    ]);
    expect(told.find(({ kind }) => kind === 'progress')).toMatchObject({ phase: 'hashing' });
    const events = jsonLines(receiver.terminal);
    const ofA = events.filter(({ transfer }) => transfer === sent[0]?.transfer);
    expect(ofA[0]).toMatchObject({ kind: 'started', topic: 'f.json', size: BYTES, bytes: 0 });
    expect(ofA.at(-1)).toMatchObject({ kind: 'done', path: join(cwd, 'inbox', 'a.bin') });
  });

  test('one that is refused does not stop the others; exit code 1, both sides say why', async () => {
    const { cwd } = folderWith('large.bin');
    writeFileSync(join(cwd, 'small.bin'), 'small');
    const args = ['--topic', 'f.refused', '--max-size', '1M', '--count', '1'];
    const receiver = await receive(cwd, args);
    const sender = send(cwd, ['large.bin', 'small.bin', '--topic', 'f.refused', '--join', '3s']);
    expect(await sender.exitCode).toBe(1);
    expect(await receiver.exitCode).toBe(0);
    expect(filesIn(cwd)).toEqual(['small.bin']);
    expect(receiver.terminal.stderrText()).toContain('refused large.bin (3.0 MB): too-large\n');
    expect(sender.terminal.stdoutText()).toMatch(/^sent small\.bin [^\n]+\n$/);
    expect(sender.terminal.stderrText()).toMatch(
      /\namop: large\.bin [^\n]+: too-large \(AMOP_CLIENT_FILE_REFUSED\)\. [^\n]+--max-size\.\n/,
    );
    expect(sender.terminal.stderrText()).toMatch(
      /\namop: 1 of 2 files were not sent, or not to everybody who took it; [^\n]+\(AMOP_DAEMON_NOT_SENT\)\n$/,
    );
  });
});

describe('to all', () => {
  test('everybody gets it, with a line for each', async () => {
    const { cwd, contentOf } = folderWith('a.bin');
    const receivers = [
      await receive(cwd, ['--topic', 'f.all', '--count', '1', '--dir', 'first']),
      await receive(cwd, ['--topic', 'f.all', '--count', '1', '--dir', 'second']),
      await receive(cwd, ['--topic', 'f.all', '--max-size', '1k', '--dir', 'third']),
    ];
    const sender = send(cwd, ['a.bin', '--topic', 'f.all', '--to', 'all', '--join', '2s']);
    expect(await sender.exitCode).toBe(0);
    expect(sender.terminal.stdoutText()).toMatch(/^sent a\.bin [^\n]+ to 2 of 3 receivers\n/);
    expect(sender.terminal.stdoutText().match(/^ {2}[0-9a-f]{8} {2}done$/gm)).toHaveLength(2);
    expect(sender.terminal.stdoutText()).toMatch(/^ {2}[0-9a-f]{8} {2}refused: too-large$/m);
    receivers[2]?.terminal.interrupt();
    for (const receiver of receivers) expect(await receiver.exitCode).toBe(0);
    for (const dir of ['first', 'second']) {
      expect(contentOf(`${dir}/a.bin`).equals(contentOf('a.bin'))).toBe(true);
    }
  });
});

describe('--single', () => {
  test('one message, to one and to all', async () => {
    const { cwd, contentOf } = folderWith('a.bin');
    const receiver = await receive(cwd, ['--topic', 'f.single', '--count', '2', '--json']);
    const one = send(cwd, ['a.bin', '--topic', 'f.single', '--single']);
    expect(await one.exitCode).toBe(0);
    expect(one.terminal.stdoutText()).toMatch(/^sent a\.bin \(3\.0 MB, [^\n]+\) to [0-9a-f]{8}\n$/);
    const all = send(cwd, ['a.bin', '--topic', 'f.single', '--single', '--to', 'all']);
    expect(await all.exitCode).toBe(0);
    expect(all.terminal.stdoutText()).toMatch(/ in one message to all who listen\n$/);
    expect(await receiver.exitCode).toBe(0);
    expect(filesIn(cwd)).toHaveLength(2);
    for (const name of filesIn(cwd)) {
      expect(contentOf(`inbox/${name}`).equals(contentOf('a.bin'))).toBe(true);
    }
  });
});

describe('a private topic', () => {
  function keyFolder() {
    const { cwd, contentOf } = folderWith('contract.pdf');
    const digits = new Map<string, string>();
    for (const name of ['ours', 'theirs']) {
      const { privateKey, publicKey } = generateKeyPair('secp256k1');
      writeFileSync(join(cwd, `${name}.pem`), formatPrivateKeyPem(privateKey), { mode: 0o600 });
      writeFileSync(join(cwd, `${name}.public.pem`), formatPublicKeyPem(publicKey));
      digits.set(name, formatPublicKeyHex(publicKey));
    }
    return { cwd, contentOf, digitsOf: (name: string) => digits.get(name) ?? '' };
  }
  const TO = ['--private-to', 'theirs.public.pem', '--private', 'ours.pem'];

  test.each(['one', 'all'])('to %s: both sides show the key of the other', async (to) => {
    const { cwd, contentOf, digitsOf } = keyFolder();
    const topic = ['--topic', `f.private.${to}`];
    const own = ['--private', 'theirs.pem', '--publisher', 'ours.public.pem'];
    const receiver = await receive(cwd, [...topic, ...own, '--count', '1', '--json']);
    const args = ['contract.pdf', ...topic, ...TO, '--to', to, '--join', '2s', '--json'];
    const sender = send(cwd, args);
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    expect(contentOf('inbox/contract.pdf').equals(contentOf('contract.pdf'))).toBe(true);
    expect(jsonLines(sender.terminal).at(-1)).toMatchObject({
      kind: 'sent',
      receivers: [{ key: digitsOf('theirs'), outcome: 'done' }],
    });
    expect(jsonLines(receiver.terminal).at(-1)).toMatchObject({
      kind: 'done',
      sender: digitsOf('ours'),
    });
  });

  test('--single --proof original: for subscribers with original SDKs', async () => {
    const { cwd } = keyFolder();
    const topic = ['--topic', 'f.private.single'];
    const receiver = await receive(cwd, [...topic, '--private', 'theirs.pem', '--count', '1']);
    const args = ['--private-to', 'theirs.public.pem', '--single', '--proof', 'original'];
    const sender = send(cwd, ['contract.pdf', ...topic, ...args]);
    expect(await sender.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    expect(receiver.terminal.stdoutText()).toMatch(
      / from an unverified publisher, readable on the way\n$/,
    );
  });

  test('nobody proves an allowed key: what to look at', async () => {
    const { cwd } = keyFolder();
    const sender = send(cwd, ['contract.pdf', '--topic', 'f.x', ...TO, '--join', '500ms']);
    expect(await sender.exitCode).toBe(1);
    expect(sender.terminal.stderrText()).toContain('with a key that --private-to names?');
  });
});

describe('what ends early', () => {
  test('Ctrl-C says how to go on, and so it does', async () => {
    const cwd = temporaryFolder();
    const content = randomBytes(100_000_000);
    writeFileSync(join(cwd, 'large.bin'), content);
    const receiver = await receive(cwd, ['--topic', 'f.stop', '--count', '1', '--json']);
    const args = ['large.bin', '--topic', 'f.stop'];
    const stopped = send(cwd, args);
    await receiver.terminal.stdoutHas('"kind":"progress"');
    stopped.terminal.interrupt();
    expect(await stopped.exitCode).toBe(1);
    expect(stopped.terminal.stderrText()).toMatch(
      /\namop: stopped while sending large\.bin: the same command goes on where it stopped \(AMOP_CLIENT_ABORTED\)\n$/,
    );
    const again = send(cwd, args);
    expect(await again.exitCode).toBe(0);
    expect(await receiver.exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'inbox', 'large.bin')).equals(content)).toBe(true);
    const transfers = new Set(jsonLines(receiver.terminal).map(({ transfer }) => transfer));
    expect(transfers.size).toBe(1);
  });

  test('a receiver that ends leaves no file that is not whole, and goes on later', async () => {
    const cwd = temporaryFolder();
    const content = randomBytes(100_000_000);
    writeFileSync(join(cwd, 'large.bin'), content);
    const args = ['--topic', 'f.pause'];
    const first = await receive(cwd, args);
    const sender = send(cwd, ['large.bin', '--topic', 'f.pause']);
    await first.terminal.stderrHas('large.bin: ');
    first.terminal.interrupt();
    expect(await first.exitCode).toBe(0);
    expect(first.terminal.stderrText()).toMatch(/1 file is unfinished: the same command goes on/);
    expect(filesIn(cwd)).toEqual([]);
    const second = await receive(cwd, [...args, '--count', '1']);
    expect(await second.exitCode).toBe(0);
    expect(await sender.exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'inbox', 'large.bin')).equals(content)).toBe(true);
  }, 60_000);

  test('--timeout ends receive; with --count it tells what is missing, exit code 1', async () => {
    const cwd = temporaryFolder();
    const quiet = await receive(cwd, ['--topic', 'f.quiet', '--timeout', '20ms']);
    expect(await quiet.exitCode).toBe(0);
    const args = ['--topic', 'f.quiet', '--timeout', '20ms', '--count', '2'];
    const waiting = await receive(cwd, args);
    expect(await waiting.exitCode).toBe(1);
    expect(waiting.terminal.stderrText()).toContain('0 of 2 files came in 20 ms');
  });

  test('a folder belongs to one receiver, which makes it', async () => {
    const cwd = temporaryFolder();
    const first = await receive(cwd, ['--topic', 'f.folder', '--dir', 'deep/inbox']);
    expect(existsSync(join(cwd, 'deep', 'inbox'))).toBe(true);
    const args = ['receive', '--topic', 'f.folder', '--dir', 'deep/inbox', ...nodes.bankB];
    const second = start(args, { cwd });
    expect(await second.exitCode).toBe(1);
    expect(second.terminal.stderrText()).toMatch(
      /^amop: [^\n]+\(AMOP_CLIENT_FILE_DIRECTORY\)\. Is the same command running already\?\n$/,
    );
    first.terminal.interrupt();
    expect(await first.exitCode).toBe(0);
  });
});

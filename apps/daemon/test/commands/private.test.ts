import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  encryptPrivateKeyPem,
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  generateKeyPair,
} from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import { type FakeTerminal, fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

/** A folder with the key files `ours`, `theirs` and `stranger`, and the digits of each. */
function keyFolder() {
  const cwd = temporaryFolder();
  const digits = new Map<string, string>();
  for (const name of ['ours', 'theirs', 'stranger']) {
    const { privateKey, publicKey } = generateKeyPair('secp256k1');
    writeFileSync(join(cwd, `${name}.pem`), formatPrivateKeyPem(privateKey), { mode: 0o600 });
    writeFileSync(join(cwd, `${name}.public.pem`), formatPublicKeyPem(publicKey));
    digits.set(name, formatPublicKeyHex(publicKey));
  }
  return { cwd, digitsOf: (name: string) => digits.get(name) ?? '' };
}

/** A command in the background: its terminal and its exit code to come. */
function start(cwd: string, args: readonly string[]) {
  const terminal: FakeTerminal = fakeTerminal({ cwd });
  return { terminal, exitCode: runAmop(args, terminal) };
}

/** `--private-to theirs --private ours`, as who sends gives them. */
const SEND = ['--private-to', 'theirs.public.pem', '--private', 'ours.pem'];

describe('a private topic between two banks', () => {
  test('request and reply: the answer comes back, the one who asks is shown', async () => {
    const { cwd, digitsOf } = keyFolder();
    const reply = start(cwd, [
      'reply',
      'p.ask',
      'yes',
      '--count',
      '1',
      '--private',
      'theirs.pem',
      ...nodes.bankB,
    ]);
    await reply.terminal.stderrHas('answering requests on p.ask with the key ');
    const request = start(cwd, ['request', 'p.ask', 'really?', ...SEND, ...nodes.bankA]);
    expect(await request.exitCode).toBe(0);
    expect(request.terminal.stdoutText()).toBe('yes');
    expect(await reply.exitCode).toBe(0);
    const short = digitsOf('ours').slice(0, 8);
    expect(reply.terminal.stdoutText()).toMatch(
      new RegExp(
        `^\\[#1\\] \\S+ request on p\\.ask from ${short}\\S{5} \\(7 bytes, answered\\)\\nreally\\?\\n\\n$`,
      ),
    );
  });

  test('pub says who got it; sub shows the sender, a subscriber with another key gets nothing', async () => {
    const { cwd, digitsOf } = keyFolder();
    const sub = (name: string, ...more: string[]) =>
      start(cwd, ['sub', 'p.tell', '--json', '--private', `${name}.pem`, ...more]);
    const allowed = sub('theirs', '--count', '1', ...nodes.bankB);
    const stranger = sub('stranger', ...nodes.bankA);
    for (const each of [allowed, stranger]) await each.terminal.stderrHas('subscribed to p.tell');
    const pub = start(cwd, ['pub', 'p.tell', 'größe', '--json', ...SEND, ...nodes.bankA]);
    expect(await pub.exitCode).toBe(0);
    expect(JSON.parse(pub.terminal.stdoutText())).toMatchObject({
      topic: 'p.tell',
      bytes: 7,
      accepted: true,
      subscribers: [{ key: digitsOf('theirs'), node: nodes.nodeIdB, proof: 'bound' }],
    });
    expect(await allowed.exitCode).toBe(0);
    expect(JSON.parse(allowed.terminal.stdoutText())).toMatchObject({
      topic: 'p.tell',
      kind: 'multicast',
      body: 'größe',
      sender: digitsOf('ours'),
    });
    stranger.terminal.interrupt();
    expect(await stranger.exitCode).toBe(0);
    expect(stranger.terminal.stdoutText()).toBe('');
  });

  test('pub reaches every subscriber that is there, and says how many keys that is', async () => {
    const { cwd } = keyFolder();
    const sub = (name: string, node: readonly string[]) =>
      start(cwd, ['sub', 'p.all', '--count', '1', '--private', `${name}.pem`, ...node]);
    const subs = [
      sub('theirs', nodes.bankB),
      sub('theirs', nodes.bankB),
      sub('theirs', nodes.bankA),
      sub('stranger', nodes.bankA),
    ];
    for (const each of subs) await each.terminal.stderrHas('subscribed to p.all');
    const to = ['--private-to', 'theirs.public.pem', '--private-to', 'stranger.public.pem'];
    const more = ['--private-to', 'ours.public.pem', '--private', 'ours.pem', '--timeout', '20s'];
    const pub = start(cwd, ['pub', 'p.all', 'x', ...to, ...more, ...nodes.bankA]);
    expect(await pub.exitCode).toBe(0);
    expect(pub.terminal.stdoutText()).toMatch(/^sent to 2 of 3 allowed keys on 4 connections: /);
    for (const each of subs) expect(await each.exitCode).toBe(0);
  });

  test('--publisher takes messages of its owner alone', async () => {
    const { cwd, digitsOf } = keyFolder();
    const sub = start(cwd, [
      ...['sub', 'p.from', '--private', 'theirs.pem', '--publisher', 'ours.public.pem'],
      ...nodes.bankB,
    ]);
    await sub.terminal.stderrHas('subscribed');
    const other = [
      '--private-to',
      'theirs.public.pem',
      '--private',
      'stranger.pem',
      '--timeout',
      '3s',
    ];
    const refused = start(cwd, ['pub', 'p.from', 'x', ...other, ...nodes.bankA]);
    expect(await refused.exitCode).toBe(1);
    expect(refused.terminal.stderrText()).toContain(
      `a subscriber does not take your key ${digitsOf('stranger')} (AMOP_CLIENT_TIMEOUT). The subscriber must add that key to its --publisher.`,
    );
    expect(sub.terminal.stderrText()).toContain(
      `refused a publisher with the key ${digitsOf('stranger')}: it is not among --publisher\n`,
    );
    const taken = start(cwd, ['pub', 'p.from', 'y', ...SEND, ...nodes.bankA]);
    expect(await taken.exitCode).toBe(0);
    sub.terminal.interrupt();
    expect(await sub.exitCode).toBe(0);
    expect(sub.terminal.stdoutText()).toMatch(/\ny\n/);
    expect(sub.terminal.stdoutText()).not.toMatch(/\nx\n/);
  });

  test('nobody proves an allowed key: one line, exit code 1', async () => {
    const { cwd } = keyFolder();
    const request = start(cwd, [
      'request',
      'p.nobody',
      'x',
      ...SEND,
      '--timeout',
      '3s',
      ...nodes.bankA,
    ]);
    expect(await request.exitCode).toBe(1);
    expect(request.terminal.stderrText()).toMatch(
      /^amop: [^\n]+\(AMOP_CLIENT_TIMEOUT\)\. Does a subscriber of the private topic run, with a key that --private-to names\?\n$/,
    );
  });

  test('--proof original asks for no key of the sender, which then nobody can verify', async () => {
    const { cwd, digitsOf } = keyFolder();
    const args = ['sub', 'p.open', '--count', '1', '--private', 'theirs.pem', ...nodes.bankB];
    const [people, json] = [start(cwd, args), start(cwd, [...args, '--json'])];
    for (const each of [people, json]) await each.terminal.stderrHas('subscribed');
    const to = ['--private-to', digitsOf('theirs'), '--proof', 'original', '--wait', '2'];
    const pub = start(cwd, ['pub', 'p.open', 'x', ...to, ...nodes.bankA]);
    expect(await pub.exitCode).toBe(0);
    expect(pub.terminal.stderrText()).toContain(
      'amop: warning: --proof original: what is sent can be read by nodes on the way\n',
    );
    expect(await people.exitCode).toBe(0);
    expect(people.terminal.stdoutText()).toMatch(
      / multicast on p\.open from an unverified publisher, readable on the way \(1 byte\)\n/,
    );
    expect(await json.exitCode).toBe(0);
    expect(JSON.parse(json.terminal.stdoutText())).toMatchObject({ sender: 'unverified' });
  });

  test('an encrypted key is opened with --private-passphrase-file, beside that of sdk.key', async () => {
    const { cwd } = keyFolder();
    const pem = encryptPrivateKeyPem(readFileSync(join(cwd, 'theirs.pem'), 'utf8'), 'open sesame');
    writeFileSync(join(cwd, 'locked.pem'), pem, { mode: 0o600 });
    writeFileSync(join(cwd, 'secret'), 'open sesame\n', { mode: 0o600 });
    const args = ['reply', 'p.locked', '--echo', '--count', '1', '--private', 'locked.pem'];
    const reply = start(cwd, [...args, '--private-passphrase-file', 'secret', ...nodes.bankB]);
    await reply.terminal.stderrHas('answering');
    const request = start(cwd, ['request', 'p.locked', 'x', ...SEND, ...nodes.bankA]);
    expect(await request.exitCode).toBe(0);
    expect(await reply.exitCode).toBe(0);
    const locked = start(cwd, [...args, ...nodes.bankB]);
    expect(await locked.exitCode).toBe(3);
    expect(locked.terminal.stderrText()).toMatch(
      /locked\.pem: [^\n]+\(AMOP_DAEMON_KEY_FILE\)\. Give its passphrase by --private-passphrase-file FILE\.\n$/,
    );
  });

  test('the [[amop]] tables of the Java SDK name the keys', async () => {
    const { cwd, digitsOf } = keyFolder();
    const tables = '[[amop]]\ntopicName = "p.toml"\n';
    writeFileSync(join(cwd, 'sub.toml'), `${tables}privateKey = "theirs.pem"\npassword = ""\n`);
    writeFileSync(
      join(cwd, 'pub.toml'),
      `${tables}publicKeys = ["theirs.public.pem"]\nprivateKey = "ours.pem"\n`,
    );
    const sub = start(cwd, [
      'sub',
      'p.toml',
      '--json',
      '--count',
      '1',
      '--sdk-config',
      'sub.toml',
      ...nodes.bankB,
    ]);
    await sub.terminal.stderrHas('subscribed to p.toml with the key');
    const pub = start(cwd, ['pub', 'p.toml', 'hi', '--sdk-config', 'pub.toml', ...nodes.bankA]);
    expect(await pub.exitCode).toBe(0);
    expect(pub.terminal.stdoutText()).toMatch(/^sent to 1 of 1 allowed key: /);
    expect(await sub.exitCode).toBe(0);
    expect(JSON.parse(sub.terminal.stdoutText())).toMatchObject({ sender: digitsOf('ours') });
    expect(pub.terminal.stderrText()).not.toContain('in the clear');
    const slip = start(cwd, ['pub', 'p.tmol', 'hi', '--sdk-config', 'pub.toml', ...nodes.bankA]);
    expect(await slip.exitCode).toBe(0);
    expect(slip.terminal.stderrText()).toBe(
      'amop: warning: no [[amop]] table of pub.toml is about p.tmol: it goes in the clear, to all\n',
    );
  });
});

describe('options that do not fit: exit code 2 and what is missing, before anything is sent', () => {
  test.each([
    [['sub', 't', '--publisher', 'ours.public.pem'], '--publisher needs --private'],
    [['sub', 't', '--private-passphrase-file', 'x'], '--private-passphrase-file needs --private'],
    [['reply', 't', 'x', '--publisher', 'ours.public.pem'], '--publisher needs --private'],
    [['pub', 't', 'x', '--private', 'ours.pem'], '--private needs --private-to'],
    [['request', 't', 'x', '--proof', 'original'], '--proof needs --private-to'],
    [['request', 't', 'x', '--wait', '2'], '--wait needs --private-to'],
    [
      ['pub', 't', 'x', '--private-to', 'theirs.public.pem'],
      "the proof 'bound' needs --private KEYFILE",
    ],
    [['pub', 't', 'x', '--private-to', 'theirs.public.pem', '--proof', 'none'], '--proof'],
    [['pub', 't', 'x', '--sdk-config', 'roles.toml'], 'names no publicKeys'],
    [['sub', 'u', '--sdk-config', 'roles.toml'], 'names no privateKey'],
  ])('%j', async (args, message) => {
    const { cwd } = keyFolder();
    const roles =
      '[[amop]]\ntopicName = "t"\nprivateKey = "theirs.pem"\n[[amop]]\ntopicName = "u"\npublicKeys = ["ours.public.pem"]\n';
    writeFileSync(join(cwd, 'roles.toml'), roles);
    const run = start(cwd, [...args, '--node', '127.0.0.1:1']);
    expect(await run.exitCode).toBe(2);
    expect(run.terminal.stderrText()).toContain(message);
  });

  test('a key that others may read is warned of, an account key too; a wrong one ends it with 3', async () => {
    const { cwd } = keyFolder();
    writeFileSync(join(cwd, 'open.pem'), '01'.repeat(32), { mode: 0o644 });
    const open = start(cwd, [
      'sub',
      't',
      '--private',
      'open.pem',
      '--node',
      '127.0.0.1:1',
      '--certs',
      'nowhere',
    ]);
    expect(await open.exitCode).toBe(3);
    expect(open.terminal.stderrText()).toMatch(
      /amop: warning: others may read \S+open\.pem \(mode 644\)/,
    );
    const wrong = start(cwd, ['sub', 't', '--private', 'ours.public.pem', ...nodes.bankA]);
    expect(await wrong.exitCode).toBe(3);
    expect(wrong.terminal.stderrText()).toMatch(
      /ours\.public\.pem: [^\n]+give the private one \(AMOP_CRYPTO_INVALID_PRIVATE_KEY\)/,
    );
  });

  test.each([
    ['ours.pem', 'ours.pem: The text is no public key: it is the private key of a pair'],
    [`${'ab'.repeat(63)}a`, 'the 127 hex digits given are neither a file nor 128 hex digits'],
    ['05'.repeat(65), 'the 130 hex digits given are neither a file nor 128 hex digits'],
    ['theirs.pub', 'theirs.pub is neither a file nor 128 hex digits'],
  ])('--private-to %s is no public key', async (name, message) => {
    const { cwd } = keyFolder();
    const pub = start(cwd, ['pub', 't', 'x', '--private-to', name, '--private', 'ours.pem']);
    expect(await pub.exitCode).toBe(3);
    expect(pub.terminal.stderrText()).toContain(message);
  });

  test('a request to who only listens says what would answer', async () => {
    const { cwd } = keyFolder();
    const args = ['sub', 'p.listen', '--count', '1', '--private', 'theirs.pem'];
    const sub = start(cwd, [...args, ...nodes.bankB]);
    await sub.terminal.stderrHas('subscribed to p.listen');
    const request = start(cwd, ['request', 'p.listen', 'x', ...SEND, ...nodes.bankA]);
    expect(await request.exitCode).toBe(1);
    expect(request.terminal.stderrText()).toMatch(/ The subscriber only listens \('amop sub'\): /);
    expect(await sub.exitCode).toBe(0);
  });
});

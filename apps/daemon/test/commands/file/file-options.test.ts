import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatPrivateKeyPem, formatPublicKeyPem, generateKeyPair } from '@amop/crypto';
import { expect, test } from 'vitest';
import { runAmop } from '../../../src/commands/program.ts';
import { fakeTerminal } from '../../support/fake-terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** What the command writes to stderr; that nobody can be reached at port 1 must not matter. */
async function refused(args: readonly string[], cwd = temporaryFolder()): Promise<string> {
  const terminal = fakeTerminal({ cwd, stdin: ['x'] });
  expect(await runAmop([...args, '--node', '127.0.0.1:1'], terminal)).toBe(2);
  expect(terminal.stdoutText()).toBe('');
  expect(terminal.stderrText()).toMatch(/^amop: [^\n]+\(AMOP_DAEMON_USAGE\)\. [^\n]+\n$/);
  return terminal.stderrText();
}

const SEND = ['send', 'a.bin', '--topic', 't'];
const RECEIVE = ['receive', '--topic', 't', '--dir', 'inbox'];

test.each([
  [['send', '--topic', 't'], "missing required argument 'file'"],
  [['send', 'a.bin'], "'--topic <topic>' not specified"],
  [[...SEND, '--to', 'some'], 'Allowed choices are one, all'],
  [[...SEND, '--join', 'soon'], 'Give a duration'],
  [[...SEND, 'b.bin', '--name', 'c'], '--name is for one file, 2 are given'],
  [['send', '-', '--topic', 't'], 'what comes from standard input has no name'],
  [['send', 'a.bin', '-', '--topic', 't'], 'Send it by itself, with --name NAME'],
  [['send', '-', '-', '--topic', 't'], 'Send it by itself, with --name NAME'],
  [[...SEND, '--private', 'ours.pem'], '--private needs --private-to'],
  [['receive', '--topic', 't'], "'--dir <dir>' not specified"],
  [['receive', '--dir', 'inbox'], "'--topic <topic>' not specified"],
  [[...RECEIVE, '--max-size', 'large'], 'Give a size like 1500, 10M, 1.5G or 4GiB'],
  [[...RECEIVE, '--quota', '0'], 'Give a size'],
  [[...RECEIVE, '--count', '0'], 'Give a whole number'],
  [[...RECEIVE, '--max-files', '0'], 'Give a whole number'],
  [[...RECEIVE, '--publisher', 'ours.public.pem'], '--publisher needs --private'],
])('%j is wrong usage', async (args, message) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.bin'), 'x');
  writeFileSync(join(cwd, 'b.bin'), 'x');
  expect(await refused(args, cwd)).toContain(message);
});

test.each([
  ['nowhere.bin', 'nowhere.bin cannot be read: there is no such file'],
  ['a.bin/b', 'a.bin/b cannot be read: there is no such file'],
  ['folder', 'folder is a folder (AMOP_DAEMON_USAGE). Send the files in it, or pack it (tar).'],
  ['/dev/null', '/dev/null is neither a file nor a folder'],
])('%s cannot be sent, and nothing before it is', async (file, message) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.bin'), 'x');
  mkdirSync(join(cwd, 'folder'));
  expect(await refused([...SEND, file], cwd)).toContain(message);
});

test.skipIf(process.getuid?.() === 0)('a file without permission cannot be sent', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.bin'), 'x');
  chmodSync(join(cwd, 'a.bin'), 0);
  expect(await refused(SEND, cwd)).toContain('a.bin cannot be read: no permission');
});

test('other proofs than bound are for single messages', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.bin'), 'x');
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  writeFileSync(join(cwd, 'ours.pem'), formatPrivateKeyPem(privateKey), { mode: 0o600 });
  writeFileSync(join(cwd, 'theirs.public.pem'), formatPublicKeyPem(publicKey));
  const to = ['--private-to', 'theirs.public.pem', '--private', 'ours.pem'];
  const text = await refused([...SEND, ...to, '--proof', 'either'], cwd);
  expect(text).toContain('Add --single, or leave --proof out.');
});

import { describe, expect, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const COMMANDS = ['sub', 'pub', 'request', 'reply', 'send', 'receive', 'peers', 'topics', 'certs'];

describe('amop', () => {
  test('--help lists every command with examples, exit code 0', async () => {
    const terminal = fakeTerminal();
    expect(await runAmop(['--help'], terminal)).toBe(0);
    for (const command of COMMANDS) expect(terminal.stdoutText()).toMatch(`  ${command} `);
    expect(terminal.stdoutText()).toContain('Examples:');
    expect(terminal.stderrText()).toBe('');
  });

  test.each(COMMANDS)('%s --help has examples', async (command) => {
    const terminal = fakeTerminal();
    expect(await runAmop([command, '--help'], terminal)).toBe(0);
    expect(terminal.stdoutText()).toContain(`\n  amop ${command} `);
  });

  test('--version is a version number', async () => {
    const terminal = fakeTerminal();
    expect(await runAmop(['--version'], terminal)).toBe(0);
    expect(terminal.stdoutText()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('without a command: the help on stderr, exit code 2', async () => {
    const terminal = fakeTerminal();
    expect(await runAmop([], terminal)).toBe(2);
    expect(terminal.stderrText()).toMatch(/^Usage: amop /);
    expect(terminal.stdoutText()).toBe('');
  });

  test.each([
    [['shout']],
    [['sub']],
    [['sub', 'a', 'b']],
    [['sub', 'a', '--count', '0']],
    [['request', 'a', 'b', '--timeout', 'soon']],
    [['pub', 'a', '--colour']],
    [['reply', 'a', 'fixed', '--echo']],
    [['request', 'a', 'b', '--file', 'c']],
  ])('%j is wrong usage: one line, exit code 2', async (args) => {
    const terminal = fakeTerminal({ cwd: temporaryFolder() });
    expect(await runAmop(args, terminal)).toBe(2);
    expect(terminal.stderrText()).toMatch(/^amop: [^\n]+\(AMOP_DAEMON_USAGE\)[^\n]*\n$/);
  });

  test('no certificates: one line, exit code 3', async () => {
    const terminal = fakeTerminal({ cwd: temporaryFolder() });
    expect(await runAmop(['peers'], terminal)).toBe(3);
    expect(terminal.stderrText()).toMatch(/^amop: no certificates: [^\n]+AMOP_CERTS[^\n]*\n$/);
  });

  test('--json makes an error one JSON object', async () => {
    const cwd = temporaryFolder();
    const terminal = fakeTerminal({ cwd });
    expect(await runAmop(['peers', '--json'], terminal)).toBe(3);
    expect(JSON.parse(terminal.stderrText())).toMatchObject({
      error: { code: 'AMOP_DAEMON_SDK_FOLDER', exitCode: 3, details: { path: cwd } },
    });
  });

  test('--verbose adds the stack', async () => {
    const terminal = fakeTerminal({ cwd: temporaryFolder() });
    await runAmop(['peers', '--verbose'], terminal);
    expect(terminal.stderrText()).toMatch(/\n\s+at /);
  });
});

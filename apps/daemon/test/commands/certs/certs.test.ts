import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAmop } from '../../../src/commands/program.ts';
import { fakeTerminal } from '../../support/fake-terminal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const args = ['certs', '--out', 'net', '--agency', 'bankA', '--agency', 'bankB'];

describe('amop certs', () => {
  test('tells the tree, the node IDs and the next two commands', async () => {
    const terminal = fakeTerminal({ cwd: temporaryFolder() });
    expect(await runAmop(args, terminal)).toBe(0);
    const text = terminal.stdoutText();
    expect(text).toMatch(/^ {2}bankB\/node0\/conf\/ +ca\.crt node\.crt node\.key node\.nodeid$/m);
    expect(text).toMatch(/^ {2}bankA\/node0 {2}[0-9a-f]{128}$/m);
    expect(text).toContain(`amopd --config ${join('net', 'bankA', 'node0', 'config.ini')}\n`);
    expect(text).toContain(
      `amop sub hello --node 127.0.0.1:20200 --certs ${join('net', 'bankA', 'sdk')}\n`,
    );
    expect(terminal.stderrText()).toBe('');
  });

  test('names the programs by their local path where they have one', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'node_modules', '.bin', 'amopd'), { recursive: true });
    const terminal = fakeTerminal({ cwd });
    await runAmop(args, terminal);
    expect(terminal.stdoutText()).toContain(`${join('node_modules', '.bin', 'amopd')} --config`);
  });

  test('--json is one object with paths that exist', async () => {
    const cwd = temporaryFolder();
    const terminal = fakeTerminal({ cwd });
    const code = await runAmop([...args, '--json', '--channel-port', '21000'], terminal);
    expect(code).toBe(0);
    const report = JSON.parse(terminal.stdoutText());
    expect(report).toMatchObject({
      out: join(cwd, 'net'),
      profile: 'secp256k1',
      agencies: [
        { name: 'bankA', nodes: [{ name: 'node0', channel: '127.0.0.1:21000' }] },
        { name: 'bankB', nodes: [{ channel: '127.0.0.1:21001', p2p: '127.0.0.1:30301' }] },
      ],
    });
    for (const agency of report.agencies) {
      expect(existsSync(join(agency.sdk, 'sdk.key'))).toBe(true);
      expect(existsSync(agency.nodes[0].config)).toBe(true);
      expect(agency.nodes[0].nodeId).toMatch(/^[0-9a-f]{128}$/);
    }
  });

  test('a second run refuses with the path and what to do, exit code 3', async () => {
    const cwd = temporaryFolder();
    await runAmop(args, fakeTerminal({ cwd }));
    const before = readdirSync(join(cwd, 'net'), { recursive: true });
    const terminal = fakeTerminal({ cwd });
    expect(await runAmop(args, terminal)).toBe(3);
    expect(terminal.stdoutText()).toBe('');
    expect(terminal.stderrText()).toBe(
      `amop: ${join(cwd, 'net', 'cert')} exists and is not overwritten, it may hold keys in use` +
        ' (AMOP_DAEMON_CERTS_EXIST). Choose another --out, or move it away first.\n',
    );
    expect(readdirSync(join(cwd, 'net'), { recursive: true })).toEqual(before);
  });

  test('a new agency name does not slip past an old chain', async () => {
    const cwd = temporaryFolder();
    await runAmop(args, fakeTerminal({ cwd }));
    const terminal = fakeTerminal({ cwd });
    expect(await runAmop(['certs', '--out', 'net', '--agency', 'bankC'], terminal)).toBe(3);
    expect(existsSync(join(cwd, 'net', 'bankC'))).toBe(false);
  });

  test.each([
    [['certs']],
    [['certs', '--agency', '../x']],
    [['certs', '--agency', 'a', '--profile', 'ed25519']],
    [['certs', '--agency', 'a', '--nodes', '0']],
    [['certs', '--agency', 'a', '--channel-port', '80']],
    [['certs', '--agency', 'a', '--host', 'a b']],
  ])('%j is wrong usage, exit code 2', async (wrong) => {
    const cwd = temporaryFolder();
    const terminal = fakeTerminal({ cwd });
    expect(await runAmop(wrong, terminal)).toBe(2);
    expect(terminal.stderrText()).toMatch(/^amop: .*\(AMOP_DAEMON_USAGE\)\. See amop --help\.\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

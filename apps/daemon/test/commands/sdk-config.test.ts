import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

/** An application of bank A as the Java SDK is configured: `config.toml` beside `conf`. */
function javaFolder(): string {
  const cwd = temporaryFolder();
  const [, address = '', , certs = ''] = nodes.bankA;
  cpSync(certs, join(cwd, 'conf'), { recursive: true });
  const toml = `[cryptoMaterial]\ncertPath = "conf"\n\n[network]\npeers = ["${address}"]\n`;
  writeFileSync(join(cwd, 'config.toml'), toml);
  return cwd;
}

test('--sdk-config is enough to reach a node, before what the environment says', async () => {
  const env = { AMOP_NODE: '127.0.0.1:1', AMOP_CERTS: '/nowhere' };
  const terminal = fakeTerminal({ cwd: javaFolder(), env });
  expect(await runAmop(['peers', '--json', '--sdk-config', 'config.toml'], terminal)).toBe(0);
  expect(JSON.parse(terminal.stdoutText())).toMatchObject({ nodeId: nodes.nodeIdB });
});

test('--node and --certs come before it', async () => {
  const cwd = javaFolder();
  writeFileSync(join(cwd, 'empty.toml'), '');
  const terminal = fakeTerminal({ cwd });
  const args = ['peers', '--json', '--sdk-config', 'empty.toml', ...nodes.bankA];
  expect(await runAmop(args, terminal)).toBe(0);
  expect(JSON.parse(terminal.stdoutText())).toMatchObject({ nodeId: nodes.nodeIdB });
});

test('a file that cannot be used: one line with file, line and what to do, exit code 3', async () => {
  const cwd = javaFolder();
  writeFileSync(join(cwd, 'config.toml'), '[network]\npeers = 17\n');
  const terminal = fakeTerminal({ cwd });
  expect(await runAmop(['peers', '--sdk-config', 'config.toml'], terminal)).toBe(3);
  expect(terminal.stderrText()).toMatch(
    /^amop: \S+config\.toml:2: peers must be a list of texts \(AMOP_DAEMON_SDK_CONFIG\)\. Write peers = [^\n]+\n$/,
  );
});

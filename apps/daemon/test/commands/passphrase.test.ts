import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encryptPrivateKeyPem } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

/** An sdk folder whose key is encrypted, a file with its passphrase and one with another. */
function encryptedFolder(): { readonly cwd: string; readonly args: readonly string[] } {
  const cwd = temporaryFolder();
  const [option = '', address = '', , certs = ''] = nodes.bankA;
  cpSync(certs, join(cwd, 'sdk'), { recursive: true });
  const key = join(cwd, 'sdk', 'sdk.key');
  writeFileSync(key, encryptPrivateKeyPem(readFileSync(key, 'utf8'), 'open sesame'));
  writeFileSync(join(cwd, 'secret'), 'open sesame\n', { mode: 0o600 });
  writeFileSync(join(cwd, 'wrong'), 'abracadabra\n', { mode: 0o600 });
  return { cwd, args: ['peers', option, address, '--certs', 'sdk'] };
}

describe('an encrypted sdk.key', () => {
  test('is opened with --passphrase-file and with AMOP_PASSPHRASE_FILE; the option comes first', async () => {
    const { args, cwd } = encryptedFolder();
    const option = fakeTerminal({ cwd, env: { AMOP_PASSPHRASE_FILE: 'wrong' } });
    expect(await runAmop([...args, '--passphrase-file', 'secret'], option)).toBe(0);
    expect(option.stdoutText()).toContain(nodes.nodeIdB.slice(0, 8));
    const env = fakeTerminal({ cwd, env: { AMOP_PASSPHRASE_FILE: 'secret' } });
    expect(await runAmop(args, env)).toBe(0);
    expect(env.stderrText()).toBe('');
  });

  test.each([
    [undefined, 'sdk.key: The private key is encrypted and no passphrase was given', 'PASSPHRASE'],
    ['wrong', 'sdk.key: The passphrase does not open the encrypted private key', 'PASSPHRASE'],
    ['nowhere', 'no passphrase in', 'PASSPHRASE_FILE'],
  ])('%s: one line with what to do, exit code 3', async (file, message, code) => {
    const { args, cwd } = encryptedFolder();
    const terminal = fakeTerminal({ cwd });
    const secret = file === undefined ? [] : ['--passphrase-file', file];
    expect(await runAmop([...args, ...secret], terminal)).toBe(3);
    expect(terminal.stderrText()).toContain(message);
    expect(terminal.stderrText()).toMatch(new RegExp(`^amop: [^\\n]+_${code}\\)\\. [^\\n]+\\n$`));
    expect(terminal.stderrText()).not.toContain('abracadabra');
  });
});

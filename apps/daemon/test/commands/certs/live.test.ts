import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROFILES } from '../../../src/certs/plan.ts';
import { runAmop } from '../../../src/commands/program.ts';
import { fakeTerminal } from '../../support/fake-terminal.ts';
import { runTwoNodes } from '../../support/two-nodes.ts';
import { amopCerts, made } from './amop-certs.ts';

describe.each(PROFILES)('%s: a network made step by step carries messages', (profile) => {
  let cwd: string;
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'amop-daemon-'));
    writeFileSync(join(cwd, 'secret'), 'open sesame', { mode: 0o600 });
    await made(cwd, 'init', '--out', 'net', '--profile', profile);
    for (const agency of ['bankA', 'bankB']) {
      await made(cwd, 'add-agency', agency, '--out', 'net');
      await made(cwd, 'add-node', '--agency', agency, '--out', 'net');
      const secret = ['--passphrase-file', 'secret'];
      await made(cwd, 'add-sdk', '--agency', agency, '--out', 'net', ...secret);
    }
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  /** Runs both nodes for one request from bank A to bank B; gives back what came. */
  async function exchange(): Promise<string> {
    const nodes = await runTwoNodes(join(cwd, 'net'));
    try {
      const env = { AMOP_PASSPHRASE_FILE: join(cwd, 'secret') };
      const reply = fakeTerminal({ env });
      const replied = runAmop(['reply', 'r', 'yes', '--count', '1', ...nodes.bankB], reply);
      await reply.stderrHas('answering requests on r');
      for (let isRouted = false; !isRouted; ) {
        const topics = fakeTerminal({ env });
        await runAmop(['topics', '--json', ...nodes.bankA], topics);
        isRouted = topics.stdoutText().split('"topic":"r"').length > 1;
      }
      const request = fakeTerminal({ env });
      expect(await runAmop(['request', 'r', 'there?', ...nodes.bankA], request)).toBe(0);
      expect(await replied).toBe(0);
      return request.stdoutText();
    } finally {
      await nodes.stop();
    }
  }

  test('as it was made, after all certificates were renewed, and with a new key', async () => {
    expect(await exchange()).toBe('yes');
    expect((await amopCerts(cwd, 'renew', 'net', '--days', '50')).code).toBe(0);
    expect(await exchange()).toBe('yes');
    expect((await amopCerts(cwd, 'renew', 'net/bankB/node0', '--new-key')).code).toBe(0);
    expect(await exchange()).toBe('yes');
  });
});

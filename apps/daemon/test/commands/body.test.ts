import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBody } from '../../src/commands/body.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('readBody', () => {
  test('takes the argument as UTF-8', async () => {
    const body = await readBody({ argument: 'größe' }, fakeTerminal());
    expect([...body]).toEqual([...bytes('größe')]);
  });

  test('an empty argument is an empty body, also on a terminal', async () => {
    const body = await readBody({ argument: '' }, fakeTerminal({ isTty: { stdin: true } }));
    expect(body).toHaveLength(0);
  });

  test.each([{ argument: '-' }, {}])('reads standard input for %j', async (source) => {
    const stdin = [Uint8Array.of(0, 255), 'tail\n'];
    const body = await readBody(source, fakeTerminal({ stdin }));
    expect([...body]).toEqual([0, 255, ...bytes('tail\n')]);
  });

  test('reads a file, relative to the folder of the terminal', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'body.bin'), Uint8Array.of(1, 2, 254));
    const body = await readBody({ file: 'body.bin' }, fakeTerminal({ cwd }));
    expect([...body]).toEqual([1, 2, 254]);
  });

  test('refuses two sources', async () => {
    await expect(readBody({ argument: 'a', file: 'b' }, fakeTerminal())).rejects.toMatchObject({
      code: 'AMOP_DAEMON_USAGE',
    });
  });

  test('asks for a body instead of waiting at a terminal', async () => {
    const terminal = fakeTerminal({ isTty: { stdin: true } });
    await expect(readBody({}, terminal)).rejects.toMatchObject({ code: 'AMOP_DAEMON_USAGE' });
  });

  test('names a file that cannot be read', async () => {
    const terminal = fakeTerminal({ cwd: temporaryFolder() });
    await expect(readBody({ file: 'missing.bin' }, terminal)).rejects.toMatchObject({
      code: 'AMOP_DAEMON_BODY',
      details: { source: 'missing.bin' },
    });
  });

  test('stops reading above the size of a message', async () => {
    const stdin = Array.from({ length: 120 }, () => new Uint8Array(1_048_576));
    await expect(readBody({}, fakeTerminal({ stdin }))).rejects.toMatchObject({
      code: 'AMOP_DAEMON_BODY',
      details: { source: 'standard input', limitBytes: 104_857_600 },
    });
  });
});

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TreeFile, writeTree } from '../../src/certs/write-tree.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const files: readonly TreeFile[] = [
  { path: 'cert/ca.crt', text: 'certificate', secret: false },
  { path: 'bankA/sdk/sdk.key', text: 'key', secret: true },
];

describe('writeTree', () => {
  test('writes the files, and keys for their owner alone', async () => {
    const out = join(temporaryFolder(), 'new', 'folder');
    await writeTree(out, files);
    expect(readFileSync(join(out, 'cert/ca.crt'), 'utf8')).toBe('certificate');
    expect(readFileSync(join(out, 'bankA/sdk/sdk.key'), 'utf8')).toBe('key');
    if (process.platform !== 'win32') {
      expect(statSync(join(out, 'bankA/sdk/sdk.key')).mode & 0o777).toBe(0o600);
    }
  });

  test('leaves nothing else behind', async () => {
    const out = temporaryFolder();
    await writeTree(out, files);
    expect(readdirSync(out).sort()).toEqual(['bankA', 'cert']);
  });

  test('refuses a folder that exists and touches nothing', async () => {
    const out = temporaryFolder();
    mkdirSync(join(out, 'bankA'));
    await expect(writeTree(out, files)).rejects.toMatchObject({
      code: 'AMOP_DAEMON_CERTS_EXIST',
      details: { path: join(out, 'bankA') },
    });
    expect(readdirSync(out)).toEqual(['bankA']);
    expect(readdirSync(join(out, 'bankA'))).toEqual([]);
  });

  test('names the folder when it cannot write', async () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    await expect(writeTree(join(file, 'out'), files)).rejects.toMatchObject({
      code: 'AMOP_DAEMON_CERTS_WRITE',
      details: { path: join(file, 'out') },
    });
  });
});

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replaceFiles } from '../../../src/certs/renew/replace-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const nowMs = Date.UTC(2026, 10, 5, 23, 59);

describe('replaceFiles', () => {
  test('keeps the old files under the day, and never over another', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'node.crt');
    writeFileSync(path, 'first', { mode: 0o640 });
    for (const text of ['second', 'third', 'fourth']) {
      replaceFiles([{ path, text, secret: false }], nowMs);
    }
    const texts = readdirSync(folder).map((name) => [
      name,
      readFileSync(join(folder, name), 'utf8'),
    ]);
    expect(texts.sort()).toEqual([
      ['node.crt', 'fourth'],
      ['node.crt.old-20261105', 'first'],
      ['node.crt.old-20261105-2', 'second'],
      ['node.crt.old-20261105-3', 'third'],
    ]);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('a key is for its owner alone, also where it was not before', () => {
    const path = join(temporaryFolder(), 'node.key');
    writeFileSync(path, 'old', { mode: 0o644 });
    const kept = replaceFiles([{ path, text: 'new', secret: true }], nowMs);
    expect([...kept]).toEqual([[path, `${path}.old-20261105`]]);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a file that is new has nothing to keep', () => {
    const path = join(temporaryFolder(), 'node.key');
    expect(replaceFiles([{ path, text: 'new', secret: true }], nowMs).size).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test('when one of them cannot be written, none is', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'node.crt'), 'old');
    mkdirSync(join(folder, 'folder.crt'));
    const files = ['node.crt', 'folder.crt'].map((name) => join(folder, name));
    expect(() =>
      replaceFiles(
        files.map((path) => ({ path, text: 'new', secret: false })),
        nowMs,
      ),
    ).toThrow(
      expect.objectContaining({ code: 'AMOP_DAEMON_CERTS_WRITE', details: { path: files[1] } }),
    );
    expect(readdirSync(folder).sort()).toEqual(['folder.crt', 'node.crt']);
    expect(readFileSync(join(folder, 'node.crt'), 'utf8')).toBe('old');
  });
});

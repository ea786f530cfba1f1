import { existsSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRecord } from '@amop/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AuditLog } from '../../src/daemon/audit-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function record(seq: string): AuditRecord {
  const from = { kind: 'peer', nodeId: 'ab', name: 'node0', agency: 'bankA' } as const;
  return { atMs: 0, type: 'multicast', seq, topic: 't', from, bytes: 1, outcome: 'delivered' };
}

function seqsIn(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line).seq);
}

async function openLog(path: string) {
  const failures: Error[] = [];
  const log = await AuditLog.open(path, { onFailed: (error) => failures.push(error) });
  onTestFinished(() => log.close());
  return { log, failures };
}

describe('the audit log', () => {
  test('is a line for each record, in a file of its owner alone, in a folder that it makes', async () => {
    const path = join(temporaryFolder(), 'log', 'audit.jsonl');
    const { log } = await openLog(path);
    log.write(record('1'));
    log.write(record('2'));
    await log.close();
    expect(seqsIn(path)).toEqual(['1', '2']);
    expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '').time).toMatch(
      /^1970-01-01T/,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('loses and doubles nothing when its file is moved away and opened anew', async () => {
    const path = join(temporaryFolder(), 'audit.jsonl');
    const { log } = await openLog(path);
    log.write(record('1'));
    renameSync(path, `${path}.1`);
    const reopened = log.reopen();
    log.write(record('2'));
    await reopened;
    log.write(record('3'));
    await log.close();
    expect([...seqsIn(`${path}.1`), ...seqsIn(path)]).toEqual(['1', '2', '3']);
  });

  test('goes on with the old file while the new one cannot be opened, and says so once', async () => {
    const path = join(temporaryFolder(), 'audit.jsonl');
    const { failures, log } = await openLog(path);
    renameSync(path, `${path}.1`);
    mkdirSync(path);
    for (let tries = 0; tries < 5; tries += 1) await log.reopen();
    log.write(record('1'));
    await log.close();
    expect(seqsIn(`${path}.1`)).toEqual(['1']);
    expect(failures).toHaveLength(1);
  });

  test('is not opened on a folder', async () => {
    await expect(openLog(temporaryFolder())).rejects.toMatchObject({ code: 'AMOP_DAEMON_AUDIT' });
  });

  test.skipIf(!existsSync('/dev/full'))(
    'is not opened on a device, also behind a link (skipped without /dev/full)',
    async () => {
      const path = join(temporaryFolder(), 'full');
      symlinkSync('/dev/full', path);
      await expect(openLog(path)).rejects.toThrow('no ordinary file');
    },
  );
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileChild, servedBytes } from '../src/file/file-child.ts';
import { AGENCY, TwoNodes } from '../src/node/two-nodes.ts';

const MIB = 1_048_576;
const SIZE = 24 * MIB;
/** Killed one after the other, spread over the file. */
const VICTIMS = ['sender', 'A', 'receiver', 'B', 'receiver', 'sender'] as const;
/** What may be on its way as somebody dies, and has to be served again. */
const TWICE_BYTES = 4 * MIB;
const TIMEOUT_MS = 150_000;

describe('a file whose sender, receiver and nodes are killed one after the other', () => {
  let nodes: TwoNodes;
  let folder: string;
  let source: string;
  const counterFiles: string[] = [];
  const children: FileChild[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amop-file-'));
    source = join(folder, 'large.bin');
    writeFileSync(source, randomBytes(SIZE));
    nodes = await TwoNodes.start();
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await nodes?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(role: 'send' | 'receive'): FileChild {
    const node = role === 'send' ? 'A' : 'B';
    const counterFile = join(folder, `served-${children.length}`);
    const more =
      role === 'send'
        ? { role, source, stateDirectory: join(folder, 'state'), counterFile }
        : { role, directory: join(folder, 'in') };
    const child = new FileChild({
      nodes: `127.0.0.1:${nodes[node].config.channelPort}`,
      sdkFolder: nodes.chain.sdkFolder(AGENCY[node]),
      topic: 'files',
      ...more,
    });
    children.push(child);
    if (role === 'send') counterFiles.push(counterFile);
    return child;
  }

  it('arrives whole, and little of it is sent twice', { timeout: TIMEOUT_MS }, async () => {
    let receiver = start('receive');
    await receiver.receiving();
    let sender = start('send');

    for (const [kill, victim] of VICTIMS.entries()) {
      await receiver.received((SIZE * (kill + 0.5)) / VICTIMS.length);
      switch (victim) {
        case 'sender':
          await sender.kill();
          sender = start('send');
          break;
        case 'receiver':
          await receiver.kill();
          receiver = start('receive');
          await receiver.receiving();
          break;
        default:
          await nodes[victim].stop('SIGKILL');
          await nodes[victim].start();
      }
    }
    await sender.sent();

    expect(sha256(join(folder, 'in', 'large.bin'))).toBe(sha256(source));
    const served = counterFiles.reduce((sum, file) => sum + servedBytes(file), 0);
    expect(served).toBeGreaterThanOrEqual(SIZE);
    expect(served).toBeLessThanOrEqual(SIZE + VICTIMS.length * TWICE_BYTES);
  });
});

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

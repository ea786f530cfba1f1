import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileScene } from '../src/file/file-scene.ts';
import { canMount, SmallDiskReceiver } from '../src/file/small-disk.ts';
import { AGENCY, TwoNodes } from '../src/node/two-nodes.ts';

/** Takes longer than it takes to be told of progress, which happens ten times a second. */
const SIZE = 48_000_000;
const CHUNK_BYTES = 65_536;

// Needs to be allowed to mount, as root is in most containers.
describe.skipIf(!canMount())('a disk that is full (needs unshare -m)', () => {
  let nodes: TwoNodes;
  let scene: FileScene;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    scene = new FileScene(nodes);
  });
  afterAll(async () => {
    await scene?.close();
    await nodes?.stop();
  });

  async function receiver(topic: string, size: string): Promise<SmallDiskReceiver> {
    const directory = scene.path(topic);
    mkdirSync(directory);
    const sdkFolder = join(nodes.chain.directory, AGENCY.B, 'sdk');
    const address = `127.0.0.1:${nodes.B.config.channelPort}`;
    return SmallDiskReceiver.start(
      { role: 'receive', nodes: address, sdkFolder, topic, directory },
      size,
    );
  }

  it('is told while a file comes; with room again it goes on, and nothing comes twice', async () => {
    const bytes = scene.file('f', SIZE);
    const disk = await receiver('fills', '96m');
    const sender = await scene.client('A');
    let isFull = false;
    const first = sender.sendFile(
      'fills',
      scene.path('f'),
      scene.with({
        chunkBytes: CHUNK_BYTES,
        onProgress: ({ bytes: had, phase }) => {
          if (phase !== 'sending' || had === 0 || isFull) return;
          isFull = true;
          disk.fill();
        },
      }),
    );
    await expect(first).rejects.toMatchObject({
      code: 'AMOP_CLIENT_FILE_FAILED',
      details: { reason: 'disk-full', retryable: true },
    });
    const before = sender.counters().fileBytesSent;
    expect(before).toBeLessThan(SIZE);
    disk.makeRoom();
    const sent = await sender.sendFile(
      'fills',
      scene.path('f'),
      scene.with({ chunkBytes: CHUNK_BYTES }),
    );
    expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
    expect(disk.read('f').equals(bytes)).toBe(true);
    // What had been written was not sent again; what had no room any more was.
    const twice = sender.counters().fileBytesSent - SIZE;
    expect(twice).toBeLessThan(before);
    await disk.stop();
  });

  it('is told before a file comes that does not fit', async () => {
    scene.file('g', SIZE);
    const disk = await receiver('small', '1m');
    const sender = await scene.client('A');
    await expect(sender.sendFile('small', scene.path('g'), scene.with())).rejects.toMatchObject({
      code: 'AMOP_CLIENT_FILE_REFUSED',
      details: { reason: 'disk-full' },
    });
    await disk.stop();
  });
});

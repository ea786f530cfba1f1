import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Consortium } from '../src/consortium.ts';
import { newTopic, printOf } from '../src/content.ts';
import type { JavaApplication } from '../src/java-application.ts';
import type { OurApplication } from '../src/our-application.ts';

const java = inject('java');
const NAME = 'report-2026.csv';

describe.skipIf(java === null)('files', () => {
  let consortium: Consortium;
  let javaA: JavaApplication;
  let javaB: JavaApplication;
  let oursA: OurApplication;
  let oursB: OurApplication;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'amop-interop-file-'));
    consortium = await Consortium.start(java, {});
    [javaA, javaB, oursA, oursB] = await Promise.all([
      consortium.java(['A']),
      consortium.java(['B']),
      consortium.ours(['A']),
      consortium.ours(['B']),
    ]);
  });
  afterAll(async () => {
    await consortium?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('sendFile in one message: Java reads it, to one and to all', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 11);
    const path = join(folder, NAME);
    writeFileSync(path, bytes);
    for (const to of ['one', 'all'] as const) {
      const topic = newTopic(`single-${to}`);
      await javaB.subscribe(topic);
      await consortium.heard(topic);
      await oursA.client.sendFile(topic, path, { single: true, to });
      await javaB.received(topic, 1);
      const [received] = javaB.inbox(topic);
      expect([received?.file, printOf(received?.content)]).toEqual([NAME, printOf(bytes)]);
    }
  });

  test('receiveFiles takes the file that Java sends in one message, by its own name', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 13);
    const topic = newTopic('from-java');
    const directory = join(folder, 'from-java');
    await oursB.client.receiveFiles(topic, { directory });
    await consortium.heard(topic);
    const hostile = { file: '../../report.csv' };
    expect((await javaA.request(topic, bytes, hostile)).code).toBe(0);
    expect((await javaA.request(topic, bytes, hostile)).code).toBe(0);
    for (const name of ['report.csv', 'report (1).csv']) {
      expect(printOf(readFileSync(join(directory, name)))).toBe(printOf(bytes));
    }
  });

  test('a file in chunks passes Java subscribers by, and finds the receiver among them', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 17);
    const path = join(folder, 'large.bin');
    writeFileSync(path, bytes);
    const topic = newTopic('among-java');
    const directory = join(folder, 'large');
    const stateDirectory = join(folder, 'state');
    await Promise.all([javaA.subscribe(topic), javaB.subscribe(topic)]);
    await consortium.heard(topic);
    await expect(
      oursA.client.sendFile(topic, path, { stateDirectory, joinMs: 1_000 }),
    ).rejects.toMatchObject({
      code: 'AMOP_CLIENT_NO_SUBSCRIBER',
      message: expect.stringContaining('subscribers that do not receive files'),
    });
    await oursB.client.receiveFiles(topic, { directory });
    const sent = await oursA.client.sendFile(topic, path, { stateDirectory });
    expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
    expect(printOf(readFileSync(join(directory, 'large.bin')))).toBe(printOf(bytes));
  });
});

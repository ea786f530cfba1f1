import { expect, test } from 'vitest';
import { kindsOf, TransferScene } from '../support/transfer-scene.ts';

test('a file arrives, nothing of it is left over', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a.bin', 20);
  const { events, party } = await scene.receive();
  const sender = scene.party();
  const sent = await scene.run(scene.send('/out/a.bin', {}, sender), 1_000);
  expect(sent).toMatchObject({ name: 'a.bin', size: bytes.length });
  expect(sent.receivers).toMatchObject([{ outcome: 'done', bytes: bytes.length }]);
  expect(scene.files.readFile('/in/a.bin')).toEqual(bytes);
  expect(kindsOf(events)).toEqual(['started', 'done']);
  expect(scene.files.names('/in')).toEqual(['.amop-files', 'a.bin']);
  expect(scene.files.names('/state')).toEqual([]);
  expect(party.counters).toMatchObject({ fileChunksReceived: 21, filesReceived: 1 });
  expect(sender.counters).toMatchObject({ fileChunksSent: 21, filesSent: 1 });
  expect(scene.post.topics).toEqual(['t']);
  expect(scene.post.spentBytes).toBeGreaterThan(bytes.length);
  await scene.run(party.transfers.close(), 1_000);
  expect([scene.files.openPaths, scene.files.held, scene.clock.timers]).toEqual([[], 0, 0]);
});

test.each([
  ['a Blob', (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], 'b.bin'), {}],
  [
    'a stream',
    async function* (bytes: Uint8Array<ArrayBuffer>) {
      for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
    },
    { name: 'b.bin' },
  ],
] as const)('%s arrives as well', async (_, source, options) => {
  const scene = new TransferScene();
  const bytes = scene.random.bytes(5_000).slice();
  await scene.receive();
  await scene.run(scene.send(source(bytes), options), 1_000);
  expect(scene.files.readFile('/in/b.bin')).toEqual(bytes);
  expect(scene.files.openPaths).toEqual([]);
});

test('an empty file arrives', async () => {
  const scene = new TransferScene();
  scene.files.writeFile('/out/empty', new Uint8Array(0));
  await scene.receive();
  await scene.run(scene.send('/out/empty'), 1_000);
  expect(scene.files.readFile('/in/empty')).toEqual(new Uint8Array(0));
});

test('three receivers get a file to all, each with an outcome', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a', 10);
  for (const name of ['x', 'y', 'z']) await scene.receive({ directory: `/${name}` });
  const sent = await scene.run(scene.send('/out/a', { to: 'all' }), 11_000);
  expect(sent.receivers.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  for (const name of ['x', 'y', 'z']) expect(scene.files.readFile(`/${name}/a`)).toEqual(bytes);
});

test('a receiver whose records were lost begins again, and its sender takes it for the same one', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a.bin', 20);
  const { receiver } = await scene.receive();
  let pulls = 0;
  scene.post.interfere = (topic, _body, pass) => {
    // The way is gone once a few chunks have come.
    if (topic.startsWith('_amop_file_') && ++pulls > 6) return new Promise(() => undefined);
    return pass();
  };
  const sending = scene.send('/out/a.bin');
  await scene.pass(2_000);
  await scene.run(receiver.close(), 1_000);
  pulls = 0;
  const second = await scene.receive();
  await scene.pass(2_000);
  await scene.run(second.receiver.close(), 1_000);
  for (const name of scene.files.names('/in/.amop-files')) {
    if (name.endsWith('.json')) await scene.files.remove(`/in/.amop-files/${name}`);
  }
  scene.post.interfere = (_topic, _body, pass) => pass();
  await scene.receive();
  const sent = await scene.run(sending, 60_000);
  expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
  const whole = scene.files.names('/in').filter((name) => name.endsWith('.bin'));
  expect(whole.map((name) => scene.files.readFile(`/in/${name}`))).toEqual([bytes]);
});

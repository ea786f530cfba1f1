import { encodeFileMessage, encodeTransferOffer, parseOfferAnswer } from '@amop/codec';
import { expect, test } from 'vitest';
import { ClientError } from '../../../src/index.ts';
import { kindsOf, TransferScene } from '../../support/transfer-scene.ts';

/** Nobody on the inbox answers, and nobody says so. */
function silence(scene: TransferScene): void {
  scene.post.interfere = (topic, _, pass) =>
    topic.startsWith('_amop_file_') ? new Promise(() => undefined) : pass();
}

/** After so many requests to the inbox the sender is gone. */
function cutAfter(scene: TransferScene, requests: number, abort: AbortController): void {
  let left = requests;
  scene.post.interfere = (topic, _, pass) => {
    if (topic === 't' || left-- > 0) return pass();
    abort.abort();
    scene.post.interfere = (_topic, _body, later) => later();
    return Promise.reject(new ClientError('AMOP_CLIENT_DISCONNECTED', 'cut', {}));
  };
}

test('close does not wait for a sender that is silent', async () => {
  const scene = new TransferScene();
  const { receiver, events } = await scene.receive();
  silence(scene);
  await scene.offer();
  await scene.settle();
  expect(kindsOf(events)).toEqual(['started']);
  await scene.run(receiver.close());
  expect([scene.files.openPaths, scene.files.held, scene.post.pending]).toEqual([[], 0, 0]);
});

test('close does not wait for a report that nobody takes', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const { receiver } = await scene.receive();
  const abort = new AbortController();
  const sending = scene.send('/out/a', { signal: abort.signal });
  scene.post.interfere = async (topic, body, pass) => {
    // Of what goes to the inbox only a report is so short after the join.
    if (topic.startsWith('_amop_file_') && scene.files.names('/in').includes('a')) {
      return new Promise(() => undefined);
    }
    return pass(body);
  };
  await scene.settle();
  await scene.run(receiver.close());
  expect(scene.files.held).toBe(1);
  abort.abort();
  await expect(scene.run(sending, 1_000)).rejects.toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
});

test('close waits for what is being written down: it would be in the way of the next receiver', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a', 40);
  const { receiver, events } = await scene.receive();
  let release: (() => void) | undefined;
  scene.files.beforeRename = (to) =>
    new Promise((resolve) => {
      const isOfProgress = events.length > 0 && to.startsWith('/in/');
      if (release !== undefined || !isOfProgress) resolve();
      else release = resolve;
    });
  let asked = 0;
  scene.post.interfere = (topic, _, pass) =>
    topic === 't' || ++asked <= 10 ? pass() : new Promise(() => undefined);
  const sending = scene.send('/out/a');
  await scene.settle();
  expect(release).toBeDefined();
  let isClosed = false;
  const closing = receiver.close().then(() => {
    isClosed = true;
  });
  await scene.settle();
  expect(isClosed).toBe(false);
  release?.();
  await scene.run(closing);
  scene.post.interfere = (_topic, _body, pass) => pass();
  const next = await scene.receive();
  await scene.run(sending, 20_000);
  expect(kindsOf(next.events)).toEqual(['started', 'done']);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
});

test('a folder is for one receiver, and free again when that is closed', async () => {
  const scene = new TransferScene();
  const first = await scene.receive();
  await expect(scene.receive()).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_DIRECTORY',
    details: { reason: 'in-use' },
  });
  await scene.run(first.receiver.close());
  await scene.receive();
});

test.each([
  [
    'a file in its place',
    (scene: TransferScene) => scene.files.writeFile('/in', new Uint8Array(1)),
  ],
  ['no permission', (scene: TransferScene) => scene.files.deny('/')],
  ['a disk that fails', (scene: TransferScene) => scene.files.failNext('list', 'EIO')],
])('%s: the folder cannot be used, and nothing is held', async (_, spoil) => {
  const scene = new TransferScene();
  spoil(scene);
  await expect(scene.receive()).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_DIRECTORY',
    details: { reason: 'unusable' },
  });
  expect(scene.files.held).toBe(0);
});

test('what accept says after the end begins nothing', async () => {
  const scene = new TransferScene();
  let decide: (yes: boolean) => void = () => undefined;
  const accept = (): Promise<boolean> =>
    new Promise((resolve) => {
      decide = resolve;
    });
  const { events, receiver } = await scene.receive({ accept });
  const answer = scene.offer();
  await scene.settle();
  await scene.run(receiver.close());
  decide(true);
  await scene.run(answer, 3_000);
  expect(kindsOf(events)).toEqual([]);
  expect(scene.files.names('/in')).toEqual(['.amop-files']);
  expect(scene.files.names('/in/.amop-files')).toEqual(['seed']);
  expect([scene.files.openPaths, scene.post.pending]).toEqual([[], 0]);
});

test('an accept that never says anything is asked once, and answered with later', async () => {
  const scene = new TransferScene();
  let asked = 0;
  const accept = (): Promise<boolean> => {
    asked++;
    return new Promise(() => undefined);
  };
  const { receiver } = await scene.receive({ accept });
  const offer = scene.offerOf();
  for (let round = 0; round < 3; round++) {
    const answer = parseOfferAnswer(await scene.run(scene.offer(offer), 3_000));
    expect(answer).toMatchObject({ verdict: 2, reason: 'deciding' });
  }
  expect(asked).toBe(1);
  await scene.run(receiver.close());
});

test.each([0, 2_500])('one no counts for the offers that follow (after %i ms)', async (takesMs) => {
  const scene = new TransferScene();
  let asked = 0;
  const accept = async (): Promise<boolean> => {
    asked++;
    if (takesMs > 0) await new Promise<void>((resolve) => scene.clock.setTimer(resolve, takesMs));
    return false;
  };
  const { events } = await scene.receive({ accept });
  const offer = scene.offerOf();
  for (let round = 0; round < 5; round++) {
    await scene.run(scene.offer(offer), 3_000);
    await scene.pass(1_000);
  }
  expect([asked, kindsOf(events)]).toEqual([1, ['refused not-wanted']]);
  // Somebody who has thought about it and is offered it anew is asked anew.
  await scene.pass(60_000);
  await scene.run(scene.offer(offer), 3_000);
  await scene.pass(3_000);
  expect(asked).toBe(2);
});

test.each([
  ['throws', () => Promise.reject(new Error('no'))],
  ['says nothing', () => undefined],
  ['gives a name that is none', () => ({ name: 5 })],
])('an accept that %s takes nothing', async (_, accept) => {
  const scene = new TransferScene();
  // A caller without types.
  await scene.receive({ accept: accept as never });
  const answer = parseOfferAnswer(await scene.run(scene.offer()));
  expect(answer).toMatchObject({ verdict: 1, reason: 'not-wanted' });
});

test('a name of accept is made safe, too', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a');
  await scene.receive({ accept: () => ({ name: '../../b' }) });
  await scene.run(scene.send('/out/a'), 1_000);
  expect(scene.files.readFile('/in/b')).toEqual(bytes);
});

test.each([
  [{ maxBytes: 2_999 }, 'too-large'],
  [{ quotaBytes: 3_099 }, 'quota-exceeded'],
  [{ maxFiles: 1 }, 'quota-exceeded'],
] as const)('with %j an offer is refused: %s', async (options, reason) => {
  const scene = new TransferScene();
  scene.files.writeFile('/in/old', new Uint8Array(100));
  await scene.receive(options);
  const answer = parseOfferAnswer(await scene.run(scene.offer({ size: 3_000 })));
  expect(answer).toMatchObject({ verdict: 1, reason });
});

test('files under way count for the quota', async () => {
  const scene = new TransferScene();
  await scene.receive({ quotaBytes: 5_000 });
  silence(scene);
  await scene.run(scene.offer({ size: 3_000 }));
  const answer = parseOfferAnswer(await scene.run(scene.offer({ size: 3_000 })));
  expect(answer).toMatchObject({ verdict: 1, reason: 'quota-exceeded' });
});

test('those that run have the places; more are asked to come again', async () => {
  const scene = new TransferScene();
  await scene.receive({ maxTransfers: 2 });
  silence(scene);
  const answers = [];
  for (let index = 0; index < 3; index++) {
    answers.push(parseOfferAnswer(await scene.run(scene.offer()))?.verdict);
  }
  expect(answers).toEqual([0, 0, 2]);
});

test('transfers whose senders are gone give their places to others, and go on later', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/mine');
  const { events } = await scene.receive({ maxTransfers: 2 });
  for (let index = 0; index < 5; index++) {
    await scene.run(scene.offer({ name: `gone ${index}` }));
    await scene.pass(2_000);
  }
  await scene.run(scene.send('/out/mine'), 20_000);
  expect(scene.files.readFile('/in/mine')).toEqual(bytes);
  expect(kindsOf(events).filter((kind) => kind.startsWith('refused'))).toEqual([]);
});

test('a transfer that gave its place away goes on when its sender is back', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/mine', 40);
  await scene.receive({ maxTransfers: 1 });
  const abort = new AbortController();
  cutAfter(scene, 10, abort);
  const sending = scene.send('/out/mine', { signal: abort.signal });
  await expect(scene.run(sending, 5_000)).rejects.toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  await scene.pass(3_000);
  const other = scene.file('/out/other');
  await scene.run(scene.send('/out/other'), 20_000);
  expect(scene.files.readFile('/in/other')).toEqual(other);
  await scene.run(scene.send('/out/mine'), 20_000);
  expect(scene.files.readFile('/in/mine')).toEqual(bytes);
});

test('a report that nobody hears keeps nobody out', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const { events } = await scene.receive({ maxTransfers: 1 });
  const abort = new AbortController();
  const sending = scene.send('/out/a', { signal: abort.signal });
  scene.post.interfere = (topic, _, pass) => {
    if (topic.startsWith('_amop_file_') && scene.files.names('/in').includes('a')) abort.abort();
    return abort.signal.aborted && topic !== 't' ? new Promise(() => undefined) : pass();
  };
  await expect(scene.run(sending, 5_000)).rejects.toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  expect(kindsOf(events)).toEqual(['started', 'done']);
  const bytes = scene.file('/out/b');
  scene.post.interfere = (_topic, _body, pass) => pass();
  await scene.run(scene.send('/out/b'), 3_000);
  expect(scene.files.readFile('/in/b')).toEqual(bytes);
});

test('offers without end leave no more than a bounded number of records', async () => {
  const scene = new TransferScene();
  await scene.receive({ maxTransfers: 2 });
  for (let index = 0; index < 40; index++) {
    await scene.run(scene.offer({ name: `gone ${index}` }));
    await scene.pass(2_000);
  }
  // Nothing had come of them: nothing of them is worth to be kept.
  expect(scene.files.names('/in').length).toBeLessThan(8);
  expect(scene.files.names('/in/.amop-files').length).toBeLessThan(12);
});

test('of files that were received the last 1 000 are remembered, no more', async () => {
  const scene = new TransferScene();
  await scene.receive();
  const sender = scene.party();
  for (let index = 0; index < 1_010; index++) {
    const file = new File([], `${index}`);
    const sending = scene.send(file, {}, sender);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (scene.files.names('/in').includes(`${index}`)) break;
    }
    await sending;
  }
  await scene.settle();
  const records = scene.files.names('/in/.amop-files').filter((name) => name.endsWith('.json'));
  expect(records.length).toBeLessThanOrEqual(1_000);
}, 60_000);

test('refused multicasts ask no more of the network than a few reports at a time', async () => {
  const scene = new TransferScene();
  await scene.receive({ maxBytes: 1 });
  silence(scene);
  const calls = scene.post.calls();
  for (let index = 0; index < 500; index++) {
    const offer = scene.offerOf({ toAll: true });
    await calls.publish('t', encodeTransferOffer(offer), 1_000);
  }
  await scene.settle();
  expect(scene.post.pending).toBeLessThanOrEqual(64);
});

test('a single message does not get into the part of a transfer', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/doc');
  await scene.receive();
  const small = new TextEncoder().encode('small');
  const calls = scene.post.calls();
  // Both at the same time: the part of the one is not on disk yet when the other looks.
  const sending = scene.send('/out/doc');
  const singles = Array.from({ length: 5 }, () =>
    calls.request('t', encodeFileMessage({ name: 'doc', bytes: small }), 5_000),
  );
  await scene.run(Promise.all([sending, ...singles]), 5_000);
  const contents = scene.files
    .names('/in')
    .filter((name) => name.startsWith('doc'))
    .map((name) => scene.files.readFile(`/in/${name}`));
  expect(contents.filter((content) => content.length === bytes.length)).toEqual([bytes]);
  expect(contents.filter((content) => content.length === small.length)).toHaveLength(5);
});

test.each(['../../x', 'C:\\x', '/x', '.x'])(
  'the name %j of a single message is made safe',
  async (name) => {
    const scene = new TransferScene();
    await scene.receive();
    const bytes = new TextEncoder().encode('small');
    const calls = scene.post.calls();
    const reply = await scene.run(calls.request('t', encodeFileMessage({ name, bytes }), 5_000));
    expect(reply.text()).toBe('received');
    expect(scene.files.readFile('/in/x')).toEqual(bytes);
    expect(scene.files.openPaths).toEqual([]);
  },
);

test('a single message that is not wanted, or does not fit, is told so', async () => {
  const scene = new TransferScene({ capacityBytes: 1_000 });
  await scene.receive({ accept: ({ name }) => name !== 'no' });
  const calls = scene.post.calls();
  const single = (name: string, size: number) =>
    scene.run(calls.request('t', encodeFileMessage({ name, bytes: new Uint8Array(size) }), 5_000));
  await expect(single('no', 1)).rejects.toMatchObject({ details: { remoteMessage: 'not-wanted' } });
  await expect(single('big', 2_000)).rejects.toMatchObject({
    details: { remoteMessage: 'disk-full' },
  });
  expect(scene.files.names('/in')).toEqual(['.amop-files']);
});

test('other messages are handed back', async () => {
  const scene = new TransferScene();
  await scene.receive();
  const calls = scene.post.calls();
  for (const body of ['', 'hello', '\u00a5FT']) {
    const asked = calls.request('t', new TextEncoder().encode(body), 5_000);
    await expect(scene.run(asked)).rejects.toMatchObject({ code: 'AMOP_CLIENT_NO_ANSWER' });
  }
});

test('offers that come before the subscription is confirmed meet what was left', async () => {
  const scene = new TransferScene();
  const first = await scene.receive();
  silence(scene);
  const offer = scene.offerOf();
  await scene.run(scene.offer(offer));
  await scene.run(first.receiver.close());
  const party = scene.party();
  const subscribe = scene.post.subscribe.bind(scene.post);
  let answer: Promise<Uint8Array> | undefined;
  scene.post.subscribe = (topic, handler) => {
    const end = subscribe(topic, handler);
    answer = scene.offer(offer);
    return end;
  };
  const second = await scene.receive({}, party);
  await scene.settle();
  const records = scene.files.names('/in/.amop-files').filter((name) => name.endsWith('.json'));
  expect(records).toHaveLength(1);
  expect(kindsOf(second.events)).toEqual(['started']);
  expect(parseOfferAnswer((await answer) ?? new Uint8Array(0))).toMatchObject({ verdict: 0 });
  await scene.run(second.receiver.close());
  expect(scene.files.openPaths).toEqual([]);
});

test('state that was spoilt by hand keeps nobody from receiving, and is cleared away', async () => {
  const scene = new TransferScene();
  const state = '/in/.amop-files';
  const record = 'ab'.repeat(16);
  scene.files.writeFile(`${state}/${record}.json`, new TextEncoder().encode('{"version":1'));
  scene.files.writeFile(`${state}/${record}.leaves`, new Uint8Array(64));
  scene.files.writeFile(`${state}/${record}.json.new`, new Uint8Array(5));
  scene.files.writeFile(`${state}/other.json`, new Uint8Array(0));
  await scene.files.makeDirectory(`${state}/folder.json`);
  const bytes = scene.file('/out/a');
  await scene.receive();
  expect(scene.files.names(state)).toEqual(['folder.json', 'lock', 'seed']);
  await scene.run(scene.send('/out/a'), 1_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
});

test('an offer of the same content goes on with what is there, whoever sent it before', async () => {
  const scene = new TransferScene();
  const bytes = scene.random.bytes(20 * 1_024).slice();
  const { party } = await scene.receive();
  const abort = new AbortController();
  const blob = new File([bytes], 'b');
  cutAfter(scene, 10, abort);
  const sending = scene.send(blob, { signal: abort.signal });
  await expect(scene.run(sending, 60_000)).rejects.toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  await scene.pass(3_000);
  const had = party.counters.fileChunksReceived;
  expect([had > 3, had < 20]).toEqual([true, true]);
  await scene.run(scene.send(blob), 60_000);
  expect(party.counters.fileChunksReceived).toBe(20);
  expect(scene.files.readFile('/in/b')).toEqual(bytes);
  expect(scene.files.names('/in')).toEqual(['.amop-files', 'b']);
});

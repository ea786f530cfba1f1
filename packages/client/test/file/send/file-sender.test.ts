import { expect, test } from 'vitest';
import type { SendProgress } from '../../../src/index.ts';
import { RawReceiver } from '../../support/raw-transfer.ts';
import { kindsOf, type TransferParty, TransferScene } from '../../support/transfer-scene.ts';

/** What a sender leaves behind it when it is over: state of its own and nothing that is open. */
function leftOf(scene: TransferScene): unknown {
  return [scene.files.openPaths, scene.files.held, scene.post.topics.filter((t) => t !== 't')];
}

/** As a client closes. */
function closeOf({ calls, transfers }: TransferParty): Promise<void> {
  calls.close();
  return transfers.close();
}

const NOTHING = [[], 0, []];

test('nobody is there: it is offered for joinMs', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const sending = scene.send('/out/a', { joinMs: 5_000 });
  await expect(scene.run(sending, 6_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
    details: { reason: 'no-receiver', retryable: true },
  });
  expect(scene.clock.nowMs()).toBeGreaterThanOrEqual(5_000);
  expect(leftOf(scene)).toEqual(NOTHING);
});

test('subscribers that are no receivers are counted, and do not get it', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  scene.post.subscribe('t', () => 'thank you');
  const sending = scene.send('/out/a', { joinMs: 5_000 });
  await expect(scene.run(sending, 10_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
    message: expect.stringContaining('answers came from subscribers that do not receive files'),
  });
});

test('beside a subscriber that is none, a receiver gets it', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a');
  scene.post.subscribe('t', () => 'thank you');
  await scene.receive();
  await scene.run(scene.send('/out/a'), 2_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
});

test.each([
  [{ accept: () => false }, 'not-wanted'],
  [{ maxBytes: 10 }, 'too-large'],
  [{ quotaBytes: 10 }, 'quota-exceeded'],
] as const)('%j: refused with its reason', async (options, reason) => {
  const scene = new TransferScene();
  scene.file('/out/a');
  await scene.receive(options);
  await expect(scene.run(scene.send('/out/a'), 5_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_REFUSED',
    details: { reason },
  });
  expect(leftOf(scene)).toEqual([[], 1, []]);
});

test('receivers that say later say why when nobody has taken it', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  await scene.receive({ accept: () => new Promise<boolean>(() => undefined) });
  await expect(scene.run(scene.send('/out/a', { joinMs: 5_000 }), 9_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
    details: { reason: 'deciding' },
  });
});

test('to all with mixed outcomes: each has its own', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a');
  await scene.receive({ directory: '/x' });
  await scene.receive({ directory: '/y', accept: () => false });
  await scene.receive({ directory: '/z', maxBytes: 5 });
  const raw = RawReceiver.next(scene);
  const sending = scene.send('/out/a', { to: 'all', stallMs: 5_000 });
  await scene.run((await raw).join());
  const { receivers } = await scene.run(sending, 30_000);
  const told = receivers.map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`.trim());
  expect(told.toSorted()).toEqual(
    ['done', 'refused not-wanted', 'refused too-large', 'stalled'].toSorted(),
  );
  expect(scene.files.readFile('/x/a')).toEqual(bytes);
  expect(scene.files.names('/y')).toEqual(['.amop-files']);
});

test('who joins and never pulls is given up after stallMs', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const raw = RawReceiver.next(scene);
  const sending = scene.send('/out/a', { stallMs: 60_000 });
  await scene.settle();
  expect(await scene.run((await raw).join())).toEqual({ kind: 'ok' });
  await expect(scene.run(sending, 70_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_STALLED',
    details: { reason: 'stalled', retryable: true },
  });
  expect(scene.clock.nowMs()).toBeGreaterThanOrEqual(60_000);
  expect(leftOf(scene)).toEqual(NOTHING);
});

test.each([
  ['wrong-hash', 'goes to another'],
  ['disk-full', 'waits for the same'],
])('a file to one whose receiver has failed with %s %s, when it is sent again', async (reason) => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a');
  const raw = RawReceiver.next(scene);
  const sending = scene.send('/out/a');
  await scene.settle();
  const first = await raw;
  await scene.run(first.join());
  await scene.run(first.report(2, reason));
  await expect(scene.run(sending, 1_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_FAILED',
    details: { reason },
  });
  // Long after the time to join.
  await scene.pass(60_000);
  await scene.receive();
  const again = scene.run(scene.send('/out/a', { stallMs: 30_000 }), 40_000);
  if (reason === 'disk-full') {
    await expect(again).rejects.toMatchObject({ code: 'AMOP_CLIENT_FILE_STALLED' });
    expect(scene.files.names('/in')).toEqual(['.amop-files']);
  } else {
    await again;
    expect(scene.files.readFile('/in/a')).toEqual(bytes);
  }
});

test('who pulls without having joined gets nothing', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const raw = RawReceiver.next(scene);
  const party = scene.party();
  const sending = scene.send('/out/a', { joinMs: 3_000 }, party);
  await scene.settle();
  expect(await scene.run((await raw).pull(0))).toEqual({ kind: 'refused', reason: 'not-joined' });
  expect(party.counters.fileChunksSent).toBe(0);
  await expect(scene.run(sending, 5_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
});

test('a receiver that says it is done is believed: it is its file', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const raw = RawReceiver.next(scene);
  const sending = scene.send('/out/a');
  await scene.settle();
  await scene.run((await raw).join());
  await scene.run((await raw).report(1));
  const { receivers } = await scene.run(sending, 2_000);
  expect(receivers).toMatchObject([{ outcome: 'done' }]);
});

test('rubbish on the inbox is handed back and counted', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const next = RawReceiver.next(scene);
  const party = scene.party();
  void scene.send('/out/a', { joinMs: 3_000 }, party);
  await scene.settle();
  const raw = await next;
  const inbox = `_amop_file_${raw.offer.transfer}`;
  const calls = scene.post.calls();
  for (const body of [new Uint8Array(0), scene.random.bytes(100)]) {
    await expect(scene.run(calls.request(inbox, body, 1_000))).rejects.toMatchObject({
      code: 'AMOP_CLIENT_NO_ANSWER',
    });
  }
  const other = new RawReceiver({ ...raw.offer, secret: scene.random.bytes(32) }, scene);
  await expect(scene.run(other.join())).rejects.toMatchObject({ code: 'AMOP_CLIENT_NO_ANSWER' });
  expect(party.counters.fileFramesRejected).toBe(3);
});
test('a source that was changed is told to both, and nothing of it stays', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a', 40);
  const { events } = await scene.receive();
  let asked = 0;
  scene.post.interfere = (topic, _, pass) => {
    if (topic !== 't' && ++asked === 10)
      scene.files.writeFile(
        '/out/a',
        bytes.map((byte) => byte ^ 1),
      );
    return pass();
  };
  await expect(scene.run(scene.send('/out/a'), 5_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_SOURCE',
    details: { reason: 'source-changed' },
  });
  await scene.pass(60_000);
  expect(kindsOf(events)).toEqual(['started', 'failed source-changed']);
  expect(scene.files.names('/in')).toEqual(['.amop-files']);
  // Sent again it is read again, even if the file looks the same.
  await scene.run(scene.send('/out/a'), 20_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes.map((byte) => byte ^ 1));
});

test.each([false, true])(
  'a source that is written to while its hash is made is not sent (single: %s)',
  async (single) => {
    const scene = new TransferScene();
    const bytes = scene.file('/out/a', 40);
    const { events } = await scene.receive();
    const other = bytes.map((byte) => byte ^ 1);
    for (const now of [other, Uint8Array.of(...bytes, 1), bytes.subarray(1)]) {
      scene.files.writeFile('/out/a', bytes);
      scene.files.onRead = () => {
        scene.files.onRead = undefined;
        scene.clock.advanceTo(scene.clock.nowMs() + 1);
        scene.files.writeFile('/out/a', now);
      };
      await expect(scene.run(scene.send('/out/a', { single }), 5_000)).rejects.toMatchObject({
        code: 'AMOP_CLIENT_FILE_SOURCE',
        details: { reason: 'source-changed' },
      });
    }
    expect(events).toEqual([]);
    await scene.run(scene.send('/out/a', { single }), 20_000);
    expect(scene.files.readFile('/in/a')).toEqual(bytes.subarray(1));
  },
);

test('a source that cannot be read for a while costs nobody what he has', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a', 40);
  const { events, party: receiver } = await scene.receive();
  let asked = 0;
  scene.post.interfere = (topic, _, pass) => {
    if (topic !== 't' && ++asked === 10) scene.files.failNext('read', 'EIO');
    return pass();
  };
  await expect(scene.run(scene.send('/out/a'), 5_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_SOURCE',
    details: { reason: 'unreadable' },
  });
  await scene.pass(60_000);
  expect(kindsOf(events)[1]).toBe('failed source-failed');
  await scene.run(scene.send('/out/a'), 20_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
  expect(receiver.counters.fileChunksReceived).toBe(41);
});

test('a disk of a receiver that is full is told, and after room was made it goes on', async () => {
  const scene = new TransferScene({ capacityBytes: 100_000 });
  const bytes = scene.file('/out/a', 30);
  const { events, party: receiver } = await scene.receive();
  let asked = 0;
  scene.post.interfere = (topic, _, pass) => {
    if (topic !== 't' && ++asked === 10) scene.files.failNext('write', 'ENOSPC');
    return pass();
  };
  await expect(scene.run(scene.send('/out/a'), 5_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_FAILED',
    details: { reason: 'disk-full', retryable: true },
  });
  expect(kindsOf(events)).toEqual(['started', 'failed disk-full']);
  const sent = await scene.run(scene.send('/out/a'), 20_000);
  expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
  expect(receiver.counters.fileChunksReceived).toBe(31);
});

test('a second call goes on where the first one was ended', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a', 40);
  const { party: receiver } = await scene.receive();
  const abort = new AbortController();
  let asked = 0;
  scene.post.interfere = (topic, _, pass) => {
    if (topic !== 't' && ++asked === 12) abort.abort();
    return pass();
  };
  const first = scene.send('/out/a', { signal: abort.signal });
  await expect(scene.run(first, 5_000)).rejects.toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
  expect(scene.files.names('/state')).toHaveLength(2);
  await scene.run(scene.send('/out/a'), 20_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
  expect(receiver.counters.fileChunksReceived).toBe(41);
  expect(scene.files.names('/state')).toEqual([]);
});

test.each([
  ['cut hashes', '.tree', (bytes: Uint8Array) => bytes.slice(0, 33)],
  ['other hashes', '.tree', (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1)],
  ['no hashes', '.tree', () => new Uint8Array(0)],
  ['a cut record', '.json', (bytes: Uint8Array) => bytes.slice(0, 40)],
])('%s in its state: it is sent all the same', async (_, ending, spoil) => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a', 40);
  const first = scene.send('/out/a', { joinMs: 1 });
  await expect(scene.run(first, 5_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
  const name = scene.files.names('/state').find((each) => each.endsWith(ending)) ?? '';
  scene.files.writeFile(`/state/${name}`, spoil(scene.files.readFile(`/state/${name}`)));
  await scene.receive();
  await scene.run(scene.send('/out/a'), 5_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
});

test('a file that has arrived has been sent, whatever its state does', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const { events } = await scene.receive({
    onEvent: ({ kind }) => {
      if (kind !== 'done') return;
      // The disk goes bad with the last thing that was written.
      for (const operation of ['remove', 'rename'] as const) {
        scene.files.failNext(operation, 'EIO', 50);
      }
    },
  });
  const sent = await scene.run(scene.send('/out/a'), 5_000);
  expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
  expect(kindsOf(events)).toEqual(['started', 'done']);
});

test('a disk that fails when a file has got its name neither fails nor repeats it', async () => {
  for (const operation of ['syncDirectory', 'rename', 'remove', 'link'] as const) {
    for (let skipped = 0; skipped < 4; skipped++) {
      const scene = new TransferScene();
      const bytes = scene.file('/out/a');
      await scene.receive();
      let asked = 0;
      scene.post.interfere = async (topic, _, pass) => {
        const answer = await pass();
        // The last chunk is on its way: what follows is the name of the file.
        if (topic !== 't' && ++asked === 6) scene.files.failNext(operation, 'EIO', 1 + skipped);
        return answer;
      };
      for (let tries = 0; tries < 6; tries++) {
        const sending = scene.send('/out/a').catch(() => undefined);
        if ((await scene.run(sending, 10_000)) !== undefined) break;
      }
      await scene.pass(60_000);
      const names = scene.files.names('/in').filter((name) => name.startsWith('a'));
      expect(names, `${operation} ${skipped}`).toEqual(['a']);
      expect(scene.files.readFile('/in/a')).toEqual(bytes);
    }
  }
});

test('the same file twice at once: the second is told', async () => {
  const scene = new TransferScene();
  scene.file('/out/a');
  const first = scene.send('/out/a', { joinMs: 1_000 });
  await expect(scene.run(scene.send('/out/a'))).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_STATE',
    details: { reason: 'in-use' },
  });
  await expect(scene.run(first, 3_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_NO_SUBSCRIBER',
  });
  expect(leftOf(scene)).toEqual(NOTHING);
});

test.each([
  ['/none', 'missing-file'],
  ['/out', 'not-a-file'],
])('%s cannot be sent: %s', async (path, reason) => {
  const scene = new TransferScene();
  scene.file('/out/a');
  await expect(scene.run(scene.send(path))).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_SOURCE',
    details: { reason },
  });
  expect(leftOf(scene)).toEqual(NOTHING);
});

test.each([
  ['a name that is too long', new File([], 'x'.repeat(5_000))],
  ['no name', new Blob([])],
])('%s of a Blob is told as an option', async (_, blob) => {
  const scene = new TransferScene();
  await expect(scene.run(scene.send(blob), 1_000)).rejects.toMatchObject({
    code: 'AMOP_CLIENT_OPTIONS',
    details: { option: 'name' },
  });
});

test('a stream that fails, or gives no bytes, leaves nothing', async () => {
  const scene = new TransferScene();
  const failing = (async function* () {
    yield new Uint8Array(10);
    throw new Error('broken');
  })();
  await expect(scene.run(scene.send(failing, { name: 'a' }))).rejects.toMatchObject({
    code: 'AMOP_CLIENT_FILE_SOURCE',
    details: { reason: 'stream-failed' },
  });
  // A caller without types.
  const texts = (async function* () {
    yield 'text';
  })() as never;
  await expect(scene.run(scene.send(texts, { name: 'a' }))).rejects.toMatchObject({
    details: { reason: 'not-bytes' },
  });
  expect(leftOf(scene)).toEqual(NOTHING);
  expect(scene.files.names('/state')).toEqual([]);
});

test.each(['abort', 'close'] as const)(
  '%s ends a stream that gives nothing any more',
  async (how) => {
    const scene = new TransferScene();
    let isReturned = false;
    const stuck: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          isReturned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const abort = new AbortController();
    const party = scene.party();
    const sending = scene.send(stuck, { name: 'a', signal: abort.signal }, party);
    await scene.settle();
    if (how === 'abort') abort.abort();
    else void party.transfers.close();
    await expect(scene.run(sending)).rejects.toMatchObject({
      code: how === 'abort' ? 'AMOP_CLIENT_ABORTED' : 'AMOP_CLIENT_CLOSED',
    });
    expect(isReturned).toBe(true);
    expect(leftOf(scene)).toEqual(NOTHING);
  },
);

test.each(['hashing', 'offering', 'sending', 'waiting'] as const)(
  'close in the phase %s ends it, and leaves nothing open',
  async (wanted) => {
    const scene = new TransferScene();
    scene.file('/out/a', 40);
    const { party: receiver } = await scene.receive(
      wanted === 'offering' ? { accept: () => new Promise<boolean>(() => undefined) } : {},
    );
    const sender = scene.party();
    let closed: Promise<void> | undefined;
    const onProgress = ({ phase }: SendProgress): void => {
      if (phase === wanted) closed ??= closeOf(sender);
    };
    if (wanted === 'waiting') {
      let asked = 0;
      scene.post.interfere = (topic, _, pass) =>
        topic !== 't' && ++asked > 6 ? new Promise(() => undefined) : pass();
    }
    const sending = scene.send('/out/a', { onProgress }, sender);
    await expect(scene.run(sending, 20_000)).rejects.toMatchObject({ code: 'AMOP_CLIENT_CLOSED' });
    await scene.run(closed ?? Promise.reject(new Error('not reached')));
    await scene.run(receiver.transfers.close(), 3_000);
    expect(leftOf(scene)).toEqual(NOTHING);
    expect(scene.logger.entries.filter(({ level }) => level === 'error')).toEqual([]);
  },
);

test('a listener that throws is told of in the log alone', async () => {
  const scene = new TransferScene();
  const bytes = scene.file('/out/a');
  const fail = (): void => {
    throw new Error('listener');
  };
  await scene.receive({ onEvent: fail });
  await scene.run(scene.send('/out/a', { onProgress: fail }), 5_000);
  expect(scene.files.readFile('/in/a')).toEqual(bytes);
});

test('requests that were captured are not answered twice, and keep nobody waiting', async () => {
  const scene = new TransferScene();
  scene.file('/out/a', 4);
  const raw = RawReceiver.next(scene);
  const sender = scene.party();
  const sending = scene.send('/out/a', { stallMs: 20_000 }, sender);
  await scene.settle();
  const receiver = await raw;
  await scene.run(receiver.join());
  await scene.run(receiver.pull(0));
  const inbox = `_amop_file_${receiver.offer.transfer}`;
  const captured = scene.post.asked.filter(({ topic }) => topic === inbox);
  const calls = scene.post.calls();
  const replay = async (): Promise<void> => {
    for (const { body } of captured) await calls.request(inbox, body, 1_000).catch(() => undefined);
  };
  const ended = sending.catch((error: unknown) => error);
  for (let round = 0; round < 10; round++) {
    await scene.run(replay(), 1_000);
    await scene.pass(5_000);
  }
  expect(await scene.run(ended)).toMatchObject({ code: 'AMOP_CLIENT_FILE_STALLED' });
  expect(sender.counters.fileChunksSent).toBe(1);
});

import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { FileEvent, FileOutcome, PrivateTopic } from '@amop/client';
import { formatPublicKeyHex, generateKeyPair, type KeyPair } from '@amop/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileScene, kindsOf } from '../src/file/file-scene.ts';
import { RawSender, told } from '../src/file/raw-sender.ts';
import { GateProxy } from '../src/node/gate-proxy.ts';
import { TwoNodes, until, untilRoutable } from '../src/node/two-nodes.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';

const SIZE = 300_001;

describe('files between clients of running nodes', () => {
  let nodes: TwoNodes;
  let scene: FileScene;
  let topic: string;
  let tests = 0;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());
  beforeEach(() => {
    scene = new FileScene(nodes);
    topic = `files/${tests++}`;
  });
  afterEach(() => scene.close());

  const key = (): KeyPair => generateKeyPair('secp256k1');
  const outcomes = (receivers: readonly FileOutcome[]): string[] =>
    receivers
      .map(({ outcome, reason }) => (reason === undefined ? outcome : `${outcome} ${reason}`))
      .sort();

  it.each(['A', 'B'] as const)('a path arrives at one receiver, at node %s', async (node) => {
    const bytes = scene.file('report.pdf', SIZE);
    const [sender, receiver] = [await scene.client('A'), await scene.client(node)];
    const events: FileEvent[] = [];
    await receiver.receiveFiles(topic, scene.into('in', events));
    const sent = await sender.sendFile(topic, scene.path('report.pdf'), scene.with());
    expect(outcomes(sent.receivers)).toEqual(['done']);
    expect(scene.read('in', 'report.pdf').equals(bytes)).toBe(true);
    expect(kindsOf(events)).toEqual(['started', 'done']);
    const chunks = Math.ceil(SIZE / 16_384);
    expect(sender.counters()).toMatchObject({ fileChunksSent: chunks, fileBytesSent: SIZE });
    expect(receiver.counters()).toMatchObject({ fileChunksReceived: chunks, filesReceived: 1 });
  });

  it('a Blob, a stream and an empty file arrive, and names do not collide', async () => {
    const bytes = scene.file('x', SIZE);
    scene.file('empty', 0);
    const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
    await receiver.receiveFiles(topic, scene.into('in'));
    writeFileSync(scene.path('in/x.bin'), 'mine');
    await sender.sendFile(topic, new File([new Uint8Array(bytes)], 'x.bin'), scene.with());
    const stream = Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]);
    await sender.sendFile(topic, stream, scene.with({ name: '../x.bin' }));
    await sender.sendFile(topic, scene.path('empty'), scene.with());
    expect(scene.names('in')).toEqual(['empty', 'x (1).bin', 'x (2).bin', 'x.bin']);
    expect(scene.read('in', 'x.bin').toString()).toBe('mine');
    for (const name of ['x (1).bin', 'x (2).bin'])
      expect(scene.read('in', name).equals(bytes)).toBe(true);
    expect(scene.read('in', 'empty')).toHaveLength(0);
  });

  it('three receivers at two nodes get a file to all, one refuses it', async () => {
    const bytes = scene.file('f', SIZE);
    const sender = await scene.client('A');
    for (const [at, node] of (['A', 'B', 'B'] as const).entries()) {
      await (await scene.client(node)).receiveFiles(topic, scene.into(`in${at}`));
    }
    const refusing = await scene.client('B');
    await refusing.receiveFiles(topic, scene.into('no', [], { accept: () => false }));
    await until(
      async () => (await sender.getPeers()).some((peer) => peer.Topic.includes(topic)),
      'route',
    );
    const sent = await sender.sendFile(
      topic,
      scene.path('f'),
      scene.with({ to: 'all', joinMs: 3_000 }),
    );
    expect(outcomes(sent.receivers)).toEqual(['done', 'done', 'done', 'refused not-wanted']);
    for (const at of [0, 1, 2]) expect(scene.read(`in${at}`, 'f').equals(bytes)).toBe(true);
    expect(scene.names('no')).toEqual([]);
  });

  it('several receivers and senders share one client', async () => {
    const client = await scene.client('A');
    const topics = ['x', 'y', 'z'].map((name) => `${topic}/${name}`);
    for (const each of topics) await client.receiveFiles(each, scene.into(each.slice(-1)));
    const files = topics.map((each, at) => ({ each, bytes: scene.file(`f${at}`, SIZE + at) }));
    await Promise.all(
      files.map(({ each }, at) => client.sendFile(each, scene.path(`f${at}`), scene.with())),
    );
    for (const [at, { bytes, each }] of files.entries()) {
      expect(scene.read(each.slice(-1), `f${at}`).equals(bytes)).toBe(true);
    }
  });

  it('goes on after the link of the receiver was cut, and sends nothing twice but what was on the way', async () => {
    const bytes = scene.file('f', 4_000_000);
    const sender = await scene.client('A');
    const proxy = await GateProxy.listen(nodes.B.config.channelPort, { bytesPerSecond: 4_000_000 });
    proxy.release();
    const receiver = await scene.client('B', proxy.port);
    let cuts = 0;
    const onEvent = (event: FileEvent): void => {
      if (event.kind !== 'progress' || event.bytes < (cuts + 1) * 1_000_000 || cuts >= 2) return;
      cuts++;
      proxy.cut();
    };
    await receiver.receiveFiles(topic, scene.into('in', [], { onEvent }));
    await sender.sendFile(topic, scene.path('f'), scene.with());
    proxy.close();
    expect(cuts).toBeGreaterThan(0);
    expect(scene.read('in', 'f').equals(bytes)).toBe(true);
    const received = Math.ceil(4_000_000 / 16_384);
    expect(receiver.counters().fileChunksReceived).toBe(received);
    // A window at most for each cut.
    const twice = sender.counters().fileBytesSent - 4_000_000;
    expect(twice).toBeLessThanOrEqual(cuts * 8 * 1024 * 1024);
  });

  it('goes on after the receiver was closed and has come back', async () => {
    const bytes = scene.file('f', 4_000_000);
    const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
    let began: (() => void) | undefined;
    const some = new Promise<void>((resolve) => {
      began = resolve;
    });
    const onEvent = (event: FileEvent): void => {
      if (event.kind === 'progress') began?.();
    };
    const first = await receiver.receiveFiles(topic, scene.into('in', [], { onEvent }));
    const sending = sender.sendFile(topic, scene.path('f'), scene.with());
    await some;
    await first.close();
    const events: FileEvent[] = [];
    await receiver.receiveFiles(topic, scene.into('in', events));
    await sending;
    expect(scene.read('in', 'f').equals(bytes)).toBe(true);
    expect(receiver.counters().fileChunksReceived).toBe(Math.ceil(4_000_000 / 16_384));
    expect(kindsOf(events)).toEqual(['started', 'done']);
    const [started] = events;
    expect(started?.kind === 'started' && started.bytes > 0).toBe(true);
  });

  it('goes on when the sender was aborted and sends the same path again', async () => {
    const bytes = scene.file('f', 16_000_000);
    const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
    await receiver.receiveFiles(topic, scene.into('in'));
    const abort = new AbortController();
    const first = sender.sendFile(
      topic,
      scene.path('f'),
      scene.with({
        signal: abort.signal,
        onProgress: ({ bytes: had, phase }) => {
          if (phase === 'sending' && had > 0) abort.abort();
        },
      }),
    );
    await expect(first).rejects.toMatchObject({ code: 'AMOP_CLIENT_ABORTED' });
    const again = await scene.client('A');
    const sent = await again.sendFile(topic, scene.path('f'), scene.with());
    expect(outcomes(sent.receivers)).toEqual(['done']);
    expect(scene.read('in', 'f').equals(bytes)).toBe(true);
    expect(receiver.counters().fileChunksReceived).toBe(Math.ceil(16_000_000 / 16_384));
    expect(again.counters().fileBytesSent).toBeLessThan(16_000_000);
  });

  it('refusals have their codes', async () => {
    scene.file('f', SIZE);
    const sender = await scene.client('A');
    for (const [at, [options, reason]] of (
      [
        [{ accept: () => false }, 'not-wanted'],
        [{ maxBytes: 10 }, 'too-large'],
        [{ quotaBytes: 10 }, 'quota-exceeded'],
      ] as const
    ).entries()) {
      const receiver = await (await scene.client('A')).receiveFiles(
        `${topic}/${at}`,
        scene.into(`in${at}`, [], options),
      );
      await expect(
        sender.sendFile(`${topic}/${at}`, scene.path('f'), scene.with()),
      ).rejects.toMatchObject({ code: 'AMOP_CLIENT_FILE_REFUSED', details: { reason } });
      await receiver.close();
    }
    await expect(
      sender.sendFile(topic, scene.path('f'), scene.with({ joinMs: 500 })),
    ).rejects.toMatchObject({ code: 'AMOP_CLIENT_NO_SUBSCRIBER' });
  });

  it('a receiver whose places are all taken says busy', async () => {
    scene.file('f', SIZE);
    scene.file('g', SIZE);
    const [sender, receiver] = [await scene.client('A'), await scene.client('A')];
    const raw = await nodes.client('A');
    const events: FileEvent[] = [];
    await receiver.receiveFiles(topic, scene.into('in', events, { maxTransfers: 1 }));
    // A sender that answers the join and then takes its time with every chunk.
    const slow = new RawSender(raw, Buffer.alloc(5_000));
    slow.reply = ({ kind }, honest) => (kind === 'pull' ? told('later', 'busy') : honest());
    await raw.subscribe([slow.inbox]);
    await raw.request(topic, slow.offer());
    await until(async () => slow.requests.some(({ kind }) => kind === 'pull'), 'it is at work');
    await expect(
      sender.sendFile(topic, scene.path('f'), scene.with({ joinMs: 1_000 })),
    ).rejects.toMatchObject({
      code: 'AMOP_CLIENT_NO_SUBSCRIBER',
      details: { reason: 'busy' },
    });
  });

  it('one message in the form of the Java demo, both ways, with hostile names', async () => {
    const bytes = scene.file('small.bin', 5_000);
    const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
    const original = await nodes.subscriber('B', `${topic}/out`);
    await receiver.receiveFiles(`${topic}/in`, scene.into('in'));
    await untilRoutable(await nodes.client('A'), `${topic}/out`);
    const taken = original.byType(Channel.request);
    const sending = sender.sendFile(
      `${topic}/out`,
      scene.path('small.bin'),
      scene.with({ single: true }),
    );
    const frame = await taken;
    const { content } = decodeBody(frame.data);
    expect([content.readInt32BE(0), content.readInt32BE(4)]).toEqual([-128, 9]);
    expect(content.toString('utf8', 8, 17)).toBe('small.bin');
    expect(content.subarray(17).equals(bytes)).toBe(true);
    original.respond(frame, 'ok');
    expect(outcomes((await sending).receivers)).toEqual(['done']);

    for (const name of ['../../escape', '..\\escape', '/etc/escape', '.escape', '']) {
      const text = Buffer.from(name);
      const numbers = Buffer.alloc(8);
      numbers.writeInt32BE(-128, 0);
      numbers.writeInt32BE(text.length, 4);
      const answer = await original.request(`${topic}/in`, Buffer.concat([numbers, text, bytes]));
      expect(decodeBody(answer.data).content.toString()).toBe('received');
    }
    expect(scene.names('in')).toEqual(['escape', 'escape (1)', 'escape (2)', 'escape (3)', 'file']);
    expect(scene.names('')).toEqual(['in', 'small.bin']);
  });

  it('an original subscriber that answers offers with text does not keep a receiver from the file', async () => {
    const bytes = scene.file('f', SIZE);
    const original = await nodes.subscriber('A', topic);
    original.answer(topic, () => 'thank you for your message');
    const [sender, receiver] = [await scene.client('A'), await scene.client('A')];
    await receiver.receiveFiles(topic, scene.into('in'));
    await sender.sendFile(topic, scene.path('f'), scene.with());
    expect(scene.read('in', 'f').equals(bytes)).toBe(true);
  });

  it('a source that changes while it is sent: both know, nothing is in its place', async () => {
    scene.file('f', 2_000_000);
    const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
    const events: FileEvent[] = [];
    await receiver.receiveFiles(topic, scene.into('in', events));
    let isChanged = false;
    const sending = sender.sendFile(
      topic,
      scene.path('f'),
      scene.with({
        onProgress: ({ phase }) => {
          if (phase !== 'sending' || isChanged) return;
          isChanged = true;
          writeFileSync(scene.path('f'), Buffer.alloc(2_000_000, 7));
        },
      }),
    );
    await expect(sending).rejects.toMatchObject({
      code: 'AMOP_CLIENT_FILE_SOURCE',
      details: { reason: 'source-changed' },
    });
    await until(async () => kindsOf(events).length === 2, 'the receiver knows');
    expect(kindsOf(events)).toEqual(['started', 'failed source-changed']);
    expect(scene.names('in')).toEqual([]);
  });

  it('a folder that cannot be used, and one of another receiver, are told', async () => {
    const client = await scene.client('A');
    scene.file('plain', 1);
    for (const name of ['plain', 'plain/below']) {
      await expect(client.receiveFiles(topic, scene.into(name))).rejects.toMatchObject({
        code: 'AMOP_CLIENT_FILE_DIRECTORY',
        details: { reason: 'unusable' },
      });
    }
    const first = await client.receiveFiles(topic, scene.into('in'));
    const other = await scene.client('B');
    await expect(other.receiveFiles(topic, scene.into('in'))).rejects.toMatchObject({
      code: 'AMOP_CLIENT_FILE_DIRECTORY',
      details: { reason: 'in-use' },
    });
    await first.close();
    await other.receiveFiles(topic, scene.into('in'));
  });

  describe('on private topics', () => {
    async function publisher(own: KeyPair, ...allowed: readonly KeyPair[]): Promise<PrivateTopic> {
      const client = await scene.client('A');
      return client.privateTopic(topic, {
        privateKey: own.privateKey,
        publicKeys: allowed.map(({ publicKey }) => publicKey),
      });
    }
    const keysOf = (own: KeyPair, P: KeyPair) => ({
      privateKey: own.privateKey,
      publishers: [P.publicKey],
    });

    it('one of two who have proved a key gets it; strangers on both nodes get nothing', async () => {
      const bytes = scene.file('f', SIZE);
      const [P, S, stranger] = [key(), key(), key()];
      const events: FileEvent[] = [];
      for (const node of ['A', 'B'] as const) {
        const client = await scene.client(node);
        const options = scene.into(`stranger${node}`, events, { privateKey: stranger.privateKey });
        await client.receiveFiles(topic, options);
      }
      const receiver = await scene.client('B');
      await receiver.receiveFiles(topic, scene.into('in', [], keysOf(S, P)));
      const sending = await publisher(P, S);
      await sending.waitForSubscribers({ count: 1 });
      const sent = await sending.sendFile(scene.path('f'), scene.with());
      expect(sent.receivers).toMatchObject([
        { outcome: 'done', key: formatPublicKeyHex(S.publicKey) },
      ]);
      expect(scene.read('in', 'f').equals(bytes)).toBe(true);
      expect(events).toEqual([]);
    });

    it('all who have proved a key get it, each with its own outcome', async () => {
      const bytes = scene.file('f', SIZE);
      const [P, ...S] = [key(), key(), key(), key()];
      for (const [at, own] of S.entries()) {
        const client = await scene.client(at % 2 === 0 ? 'A' : 'B');
        await client.receiveFiles(topic, scene.into(`in${at}`, [], keysOf(own, P)));
      }
      const sending = await publisher(P, ...S);
      await sending.waitForSubscribers({ count: 3 });
      const sent = await sending.sendFile(
        scene.path('f'),
        scene.with({ to: 'all', joinMs: 3_000 }),
      );
      expect(outcomes(sent.receivers)).toEqual(['done', 'done', 'done']);
      expect(sent.receivers.map((each) => each.key).sort()).toEqual(
        S.map(({ publicKey }) => formatPublicKeyHex(publicKey)).sort(),
      );
      for (const at of [0, 1, 2]) expect(scene.read(`in${at}`, 'f').equals(bytes)).toBe(true);
    });

    it('a key that is revoked on the way gets not one chunk more', async () => {
      scene.file('f', 16_000_000);
      const [P, S] = [key(), key()];
      const receiver = await scene.client('B');
      const events: FileEvent[] = [];
      await receiver.receiveFiles(topic, scene.into('in', events, keysOf(S, P)));
      const client = await scene.client('A');
      const sending = client.privateTopic(topic, {
        privateKey: P.privateKey,
        publicKeys: [S.publicKey],
      });
      await sending.waitForSubscribers({ count: 1 });
      let sentBytes: number | undefined;
      const sent = sending.sendFile(
        scene.path('f'),
        scene.with({
          onProgress: ({ bytes, phase }) => {
            if (phase !== 'sending' || bytes === 0 || sentBytes !== undefined) return;
            void sending.revoke(S.publicKey);
            sentBytes = client.counters().fileChunksSent;
          },
        }),
      );
      await expect(sent).rejects.toMatchObject({
        code: 'AMOP_CLIENT_FILE_FAILED',
        details: { reason: 'key-revoked' },
      });
      expect(receiver.counters().fileChunksReceived).toBeLessThanOrEqual(sentBytes ?? 0);
      expect(receiver.counters().fileChunksReceived).toBeLessThan(Math.ceil(16_000_000 / 16_384));
      expect(scene.names('in')).toEqual(['f.part']);
    });
  });
});

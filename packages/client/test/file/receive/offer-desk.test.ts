import { encodeTransferOffer, type OfferAnswer, parseOfferAnswer } from '@amop/codec';
import { MerkleTree, merkleLeafHash } from '@amop/crypto';
import { collectingLogger, MemoryFileSystem, SeededRandom, VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { ClientCounters } from '../../../src/counters.ts';
import { ClientError } from '../../../src/errors.ts';
import type { FileEvent, ReceiveFilesOptions } from '../../../src/file/file-types.ts';
import { FileReceiver } from '../../../src/file/receive/file-receiver.ts';
import { parseReceiveOptions } from '../../../src/file/receive/receive-options.ts';
import { Message } from '../../../src/inbound/message.ts';
import type { MessageHandler } from '../../../src/inbound/subscriber.ts';

const TRANSFER = 'ab'.repeat(16);
const PATH = { answer: () => true, handlerFailed: () => true, declined: () => true };

/** A receiver of `/in` whose senders are not there, and the way to offer it something. */
class Scene {
  readonly files = new MemoryFileSystem();
  readonly clock = new VirtualClock();
  readonly events: FileEvent[] = [];
  readonly inboxes: string[] = [];
  #handler: MessageHandler | undefined;

  open(options: Partial<ReceiveFilesOptions> = {}): Promise<FileReceiver> {
    const settings = parseReceiveOptions({
      directory: '/in',
      onEvent: (event) => this.events.push(event),
      ...options,
    });
    const { clock, files } = this;
    const calls = {
      request: (topic: string) => {
        this.inboxes.push(topic);
        return Promise.reject(new ClientError('AMOP_CLIENT_NO_SUBSCRIBER', 'nobody', {}));
      },
      publish: () => Promise.resolve(),
      subscribe: () => Promise.resolve(() => Promise.resolve()),
      queuedBytes: () => 0,
      onConnected: () => () => undefined,
      closedBy: () => undefined,
    };
    return FileReceiver.open(
      { topic: 't', isPrivate: false, settings, onClosed: () => undefined },
      async (handler) => {
        this.#handler = handler;
        return () => Promise.resolve();
      },
      {
        calls,
        files,
        clock,
        random: new SeededRandom(1),
        logger: collectingLogger(),
        counters: new ClientCounters(),
      },
    );
  }

  /** Offers one chunk with a secret of this byte; gives the reason of the answer, empty when it is taken. */
  async offer(secret: number, transfer: string = TRANSFER): Promise<string | undefined> {
    return (await this.#answer(secret, transfer))?.reason;
  }

  /** The number that it takes for the transfer. */
  async receiverOf(secret: number): Promise<string | undefined> {
    return (await this.#answer(secret, TRANSFER))?.receiver;
  }

  async #answer(secret: number, transfer: string): Promise<OfferAnswer | undefined> {
    const content = encodeTransferOffer({
      transfer,
      toAll: false,
      receiver: undefined,
      secret: new Uint8Array(32).fill(secret),
      root: new MerkleTree(merkleLeafHash(Uint8Array.of(1))).root,
      size: 1,
      chunkBytes: 1_024,
      name: 'a.bin',
    });
    const back = { path: PATH, topicBytes: new Uint8Array(0) };
    const answer = await this.#handler?.(new Message('t', '0'.repeat(32), content, back));
    return answer instanceof Uint8Array ? parseOfferAnswer(answer) : undefined;
  }
}

function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('what is decided after the receiver was closed begins nothing in its folder', async () => {
  const scene = new Scene();
  let decide: (isTaken: boolean) => void = () => undefined;
  const accept = (): Promise<boolean> =>
    new Promise((resolve) => {
      decide = resolve;
    });
  const receiver = await scene.open({ accept });
  const answer = scene.offer(1);
  await turns();
  await receiver.close();
  decide(true);
  expect(await answer).toBe('receiver-closed');
  await turns();
  expect(scene.events).toEqual([]);
  expect(scene.inboxes).toEqual([]);
  expect(scene.files.names('/in')).toEqual(['.amop-files']);
});

test('an offer that nobody answers for gives way to another one under its number', async () => {
  const scene = new Scene();
  const receiver = await scene.open();
  expect(await scene.offer(1)).toBe('');
  await turns();
  expect(await scene.offer(2)).toBe('');
  await turns();
  expect(scene.events).toMatchObject([
    { kind: 'started' },
    { kind: 'failed', reason: 'malformed' },
    { kind: 'started' },
  ]);
  expect(scene.files.names('/in')).toEqual(['.amop-files', 'a.bin.part']);
  expect(await scene.offer(2)).toBe('');
  await receiver.close();
});

test('another offer goes on with a transfer that was killed before it began', async () => {
  const scene = new Scene();
  const first = await scene.open();
  expect(await scene.offer(1)).toBe('');
  await turns();
  await first.close();
  await scene.files.remove(`/in/.amop-files/${TRANSFER}.leaves`);
  const second = await scene.open({ maxTransfers: 1 });
  scene.clock.advance(2_000);
  await turns();
  expect(await scene.offer(2, 'cd'.repeat(16))).toBe('');
  await turns();
  expect(scene.events.at(-1)).toMatchObject({ kind: 'started' });
  await second.close();
});

test('a receiver has the same number in every process, though its record is gone', async () => {
  const scene = new Scene();
  const numbers: (string | undefined)[] = [];
  for (const secret of [1, 2]) {
    const receiver = await scene.open();
    numbers.push(await scene.receiverOf(secret));
    await receiver.close();
    await scene.files.remove(`/in/.amop-files/${TRANSFER}.json`);
  }
  expect(numbers[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(numbers[1]).toBe(numbers[0]);
});

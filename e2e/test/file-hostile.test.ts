import { randomBytes } from 'node:crypto';
import type { FileEvent } from '@amop/client';
import { generateKeyPair } from '@amop/crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileScene, kindsOf } from '../src/file/file-scene.ts';
import { type RawOffer, RawSender, told, verdictOf } from '../src/file/raw-sender.ts';
import { TwoNodes, until, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';

function isInbox(name: string): boolean {
  return name.startsWith('_amop_file_');
}

/** Half of what is asked is lost to a stranger: that takes as long as chance will have it. */
const STRANGER_MS = 90_000;

/** Five chunks, the last one with a byte. */
const FILE = Buffer.from(Array.from({ length: 4 * 1_024 + 1 }, (_, at) => (at * 7) % 251));
const SIZE = 300_001;

/** An `accept` that waits: nobody takes a file before the stranger is on its inbox. */
function shutDoor(): { readonly accept: () => Promise<boolean>; readonly open: () => void } {
  let open = (): void => undefined;
  const isOpen = new Promise<true>((resolve) => {
    open = () => resolve(true);
  });
  return { accept: () => isOpen, open };
}

describe('files in hostile company', () => {
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
    topic = `hostile/${tests++}`;
  });
  const strangers: RawClient[] = [];
  const oldInboxes = new Set<string>();
  afterEach(async () => {
    await Promise.all(strangers.splice(0).map((stranger) => stranger.close()));
    await scene.close();
  });

  describe('a sender that lies', () => {
    let events: FileEvent[];
    let raw: RawClient;
    let sender: RawSender;
    beforeEach(async () => {
      events = [];
      const receiver = await scene.client('A');
      await receiver.receiveFiles(topic, scene.into('in', events));
      raw = await nodes.client('A');
      sender = new RawSender(raw, FILE);
      await raw.subscribe([sender.inbox]);
      oldInboxes.add(sender.inbox);
    });

    /** Offers, waits for the end and gives back what the receiver has reported. */
    async function ended(offer: RawOffer = {}): Promise<string> {
      const answer = await raw.request(topic, sender.offer(offer));
      expect(verdictOf(decodeBody(answer.data).content)).toEqual({ verdict: 0, reason: '' });
      await until(async () => sender.reports.length > 0, 'the receiver has reported', 40_000);
      const [report] = sender.reports;
      return `${['', 'done', 'failed', 'refused'][report?.end ?? 0]} ${report?.reason}`.trim();
    }

    it('an honest one is served, by the documentation alone', async () => {
      expect(await ended({ name: '../../etc/cron.d/x' })).toBe('done');
      expect(scene.read('in', 'x').equals(FILE)).toBe(true);
      expect(kindsOf(events)).toEqual(['started', 'done']);
    });

    it.each<[string, RawOffer]>([
      ['larger by a byte', { size: BigInt(FILE.length + 1) }],
      ['smaller by a byte', { size: BigInt(FILE.length - 1) }],
      ['larger by chunks', { size: BigInt(FILE.length + 5_000) }],
      ['smaller by chunks', { size: 2_000n }],
      ['of another hash', { root: Buffer.alloc(32, 1) }],
      ['of other chunks', { chunkBytes: 2_048 }],
    ])('a file that was said to be %s fails, and nothing of it stays', async (_, offer) => {
      expect(await ended(offer)).toBe('failed wrong-hash');
      expect(kindsOf(events)).toEqual(['started', 'failed wrong-hash']);
      expect(scene.names('in')).toEqual([]);
    });

    const asIs = (sender: RawSender, index: number): Buffer => sender.chunk(index);
    it.each<[string, (sender: RawSender, index: number) => Buffer]>([
      ['a cut chunk', (from, index) => asIs(from, index).subarray(0, -1)],
      [
        'a chunk with a byte more',
        (from, index) => Buffer.concat([asIs(from, index), Buffer.alloc(1)]),
      ],
      ['a foreign chunk', (from, index) => from.chunk(index, randomBytes(1_024))],
      ['another chunk of the file', (from, index) => from.chunk((index + 1) % 4)],
      [
        'a wrong path',
        (from, index) =>
          Buffer.concat([Buffer.from([1, 3]), randomBytes(96), asIs(from, index).subarray(98)]),
      ],
      [
        'no path',
        (from, index) => Buffer.concat([Buffer.from([1, 0]), asIs(from, index).subarray(98)]),
      ],
      ['no bytes', () => Buffer.from([1, 0])],
    ])('%s instead of the third is asked for again, then it fails', async (_, lie) => {
      sender.reply = (request, honest) =>
        request.kind === 'pull' && request.index === 2 ? lie(sender, 2) : honest();
      expect(await ended()).toBe('failed wrong-hash');
      expect(
        sender.requests.filter(({ index, kind }) => kind === 'pull' && index === 2),
      ).toHaveLength(4);
      expect(scene.names('in')).toEqual([]);
    });

    it('a lie that is taken back does no harm', async () => {
      let lies = 0;
      sender.reply = (request, honest) =>
        request.kind === 'pull' && lies++ < 3 ? sender.chunk(0, randomBytes(1_024)) : honest();
      expect(await ended()).toBe('done');
      expect(scene.read('in', 'raw.bin').equals(FILE)).toBe(true);
    });

    it.each<[string, Buffer]>([
      ['a join', Buffer.from([9, 9, 9])],
      ['a chunk to a join', Buffer.concat([Buffer.from([1, 0]), FILE.subarray(0, 1_024)])],
    ])('what is no answer to %s does not end the receiver', async (_, text) => {
      let joins = 0;
      sender.reply = ({ kind }, honest) => (kind === 'join' && joins++ === 0 ? text : honest());
      expect(['done', 'failed malformed']).toContain(await ended());
    });

    it.each([
      ['source-changed', []],
      ['join-over', []],
      ['taken-by-another', []],
      ['source-failed', ['raw.bin.part']],
      ['what-nobody-knows', ['raw.bin.part']],
    ])('a refusal of chunks (%s) is the end, and leaves %j', async (reason, left) => {
      sender.reply = ({ kind }, honest) => (kind === 'pull' ? told('refused', reason) : honest());
      expect(await ended()).toBe(`failed ${reason}`);
      expect(scene.names('in')).toEqual(left);
    });

    it.each<[string, RawOffer]>([
      ['no chunks', { chunkBytes: 0 }],
      ['chunks of a byte', { chunkBytes: 1 }],
      ['chunks of 4 GiB', { chunkBytes: 4_294_967_295 }],
      ['more bytes than there are numbers', { size: 2n ** 64n - 1n }],
      ['2^53 bytes', { size: 2n ** 53n }],
      ['too many chunks', { size: 2n ** 40n, chunkBytes: 1_024 }],
    ])('an offer with %s is no offer', async (_, offer) => {
      const answer = await raw.request(topic, sender.offer(offer));
      expect(answer).toMatchObject({ type: Channel.response, result: 104 });
      expect(sender.requests).toEqual([]);
    });

    it('a file of 2 TiB is too large', async () => {
      const offer = sender.offer({ size: 2n ** 41n, chunkBytes: 8_388_608 });
      const answer = await raw.request(topic, offer);
      expect(verdictOf(decodeBody(answer.data).content)).toEqual({
        verdict: 1,
        reason: 'too-large',
      });
    });

    it('an offer that was cut or changed anywhere ends nothing and nobody', async () => {
      const offer = sender.offer({ size: 0n });
      for (let length = 0; length < offer.length; length++) {
        const answer = await raw.request(topic, offer.subarray(0, length));
        expect(answer.result).toBe(104);
      }
      expect(await ended()).toBe('done');
    });

    it('twenty offers of senders that are not there do not keep an honest one out', async () => {
      for (let each = 0; each < 20; each++) {
        const made = new RawSender(raw, FILE);
        await raw.request(topic, made.offer({ name: `made up ${each}` }));
      }
      const honest = await scene.client('B');
      await untilRoutable(await nodes.client('B'), topic);
      scene.file('f', SIZE);
      await honest.sendFile(topic, scene.path('f'), scene.with());
      expect(scene.names('in')).toContain('f');
    });
  });

  /** Subscribes the inbox of the next file that is offered on the topic. */
  async function intrude(
    node: 'A' | 'B',
    answer: (content: Buffer, stranger: RawClient) => Uint8Array | undefined,
  ): Promise<{ stranger: RawClient; seen: Buffer[]; inboxes: readonly string[] }> {
    const stranger = await nodes.client(node);
    const seen: Buffer[] = [];
    strangers.push(stranger);
    const inboxes = async (): Promise<string[]> => {
      const info = (await stranger.rpc('getPeers')) as readonly { Topic: readonly string[] }[];
      return info.flatMap(({ Topic }) =>
        Topic.filter((name) => isInbox(name) && !oldInboxes.has(name)),
      );
    };
    let known: string[] = [];
    await until(async () => {
      known = await inboxes();
      return known.length > 0;
    }, 'an inbox is told of');
    for (const inbox of known) {
      oldInboxes.add(inbox);
      stranger.answer(inbox, (content) => {
        seen.push(content);
        return answer(content, stranger);
      });
    }
    await stranger.subscribe(known);
    return { stranger, seen, inboxes: known };
  }

  it.each<[string, (seen: readonly Buffer[]) => Uint8Array]>([
    ['rubbish', () => randomBytes(200)],
    ['an empty answer', () => new Uint8Array(0)],
    ['what it was asked', (seen) => seen.at(-1) ?? Buffer.alloc(0)],
    ['an older request', (seen) => seen[0] ?? Buffer.alloc(0)],
  ])(
    'a stranger on the inbox that answers with %s: the file arrives, whole',
    async (_, lie) => {
      const bytes = scene.file('f', 80_000);
      const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
      const events: FileEvent[] = [];
      const { accept, open } = shutDoor();
      await receiver.receiveFiles(topic, scene.into('in', events, { accept }));
      const sending = sender.sendFile(topic, scene.path('f'), scene.with());
      const seen: Buffer[] = [];
      const intruder = await intrude('B', (content) => {
        seen.push(content);
        return lie(seen);
      });
      open();
      const sent = await sending;
      expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
      expect(scene.read('in', 'f').equals(bytes)).toBe(true);
      expect(intruder.seen.length).toBeGreaterThan(0);
      expect(receiver.counters().fileFramesRejected).toBeGreaterThan(0);
      // What it saw says nothing: neither a name nor the bytes.
      const all = Buffer.concat(intruder.seen);
      expect(all.includes(bytes.subarray(1_000, 1_032))).toBe(false);
    },
    STRANGER_MS,
  );

  it(
    'a stranger that sends captured requests again is answered none of them',
    async () => {
      const bytes = scene.file('f', 60_000);
      const [sender, receiver] = [await scene.client('A'), await scene.client('B')];
      const { accept, open } = shutDoor();
      await receiver.receiveFiles(topic, scene.into('in', [], { accept }));
      const sending = sender.sendFile(topic, scene.path('f'), scene.with());
      const relay = await nodes.client('A');
      const answers: Buffer[] = [];
      const sentAgain = new Set<string>();
      const pending: Promise<unknown>[] = [];
      const { inboxes, seen } = await intrude('B', (content, stranger) => {
        const again = async (): Promise<void> => {
          for (let round = 0; round < 2; round++) {
            const frame = await relay.request(inboxes[0] ?? '', content).catch(() => undefined);
            if (frame?.type === Channel.response && frame.result === 0) {
              answers.push(decodeBody(frame.data).content);
            }
          }
        };
        // Of what it sends again, half comes back to it.
        const name = content.toString('hex');
        if (!sentAgain.has(name) && stranger.isOpen) pending.push(again());
        sentAgain.add(name);
        return randomBytes(100);
      });
      open();
      await sending;
      await Promise.all(pending);
      expect(scene.read('in', 'f').equals(bytes)).toBe(true);
      expect(seen.length).toBeGreaterThan(0);
      // It may be the first to bring a request to the sender: the answer is sealed, and there is one.
      const plain = bytes.subarray(1_000, 1_032);
      for (const answer of answers) expect(answer.includes(plain)).toBe(false);
    },
    STRANGER_MS,
  );

  it(
    'on a private topic a stranger on both nodes reads and says nothing',
    async () => {
      const bytes = scene.file('f', 80_000);
      const [P, S] = [generateKeyPair('secp256k1'), generateKeyPair('secp256k1')];
      const receiver = await scene.client('B');
      const { accept, open } = shutDoor();
      const keys = { privateKey: S.privateKey, publishers: [P.publicKey] };
      await receiver.receiveFiles(topic, scene.into('in', [], { ...keys, accept }));
      const client = await scene.client('A');
      const sending = client.privateTopic(topic, {
        privateKey: P.privateKey,
        publicKeys: [S.publicKey],
      });
      await sending.waitForSubscribers({ count: 1 });
      const sent = sending.sendFile(scene.path('f'), scene.with());
      const intruder = await intrude('B', () => randomBytes(200));
      const { seen, stranger } = intruder;
      open();
      await sent;
      expect(stranger.isOpen).toBe(true);
      expect(scene.read('in', 'f').equals(bytes)).toBe(true);
      expect(Buffer.concat(seen).includes(bytes.subarray(1_000, 1_032))).toBe(false);
      expect(client.counters().fileChunksSent).toBeGreaterThan(0);
    },
    STRANGER_MS,
  );

  it('a receiver that accepts and never asks leaves the file to another one', async () => {
    const bytes = scene.file('f', SIZE);
    const sender = await scene.client('A');
    const idle = await nodes.subscriber('A', topic);
    let isAsked = false;
    idle.answer(topic, (offer) => {
      isAsked = true;
      const head = Buffer.from([0xa5, 0x46, 0x54, 0x01, 2]);
      return Buffer.concat([head, offer.subarray(6, 22), Buffer.alloc(16, 5), Buffer.from([0])]);
    });
    const sending = sender.sendFile(topic, scene.path('f'), scene.with());
    await until(async () => isAsked, 'it was offered');
    await (await scene.client('A')).receiveFiles(topic, scene.into('in'));
    await sending;
    expect(scene.read('in', 'f').equals(bytes)).toBe(true);
  });
});

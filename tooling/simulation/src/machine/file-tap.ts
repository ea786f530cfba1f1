import { type ChannelFrame, ChannelFrameDecoder, ChannelType, readAmopBody } from '@amop/codec';
import type { MemorySide } from '@amop/testkit/memory';
import { P2P_PORT } from '../run/cast.ts';
import type { Cable, WireWatch } from './cabling.ts';
import type { RecordedFrame } from './frame-recorder.ts';

/** Beginning of every frame of a transfer. */
const MARK = Buffer.from([0xa5, 0x46, 0x54, 0x01]);
const INBOX = /^_amop_file_([0-9a-f]{32})$/;
/** A reply without a chunk is not larger: head, reason and seal. */
const MAX_PLAIN_REPLY_BYTES = 21 + 65 + 16;
const MAX_FRAMES = 80;
const MAX_INBOXES = 20;

/** A chunk that the sender of a transfer gave to its link. */
export interface ServedChunk {
  readonly sender: string;
  readonly transfer: string;
  /** The application that has asked for it; undefined when only somebody else did with its words. */
  readonly receiver: string | undefined;
}

/** Reads what transfers say to each other, as far as somebody on the way can. */
export class FileTap {
  /** Is told of each chunk. */
  onChunk: (chunk: ServedChunk) => void = () => undefined;
  /** What clients gave to nodes: requests to inboxes, and offers on topics for files. */
  readonly frames: RecordedFrame[] = [];
  /** Topics of the transfers that were seen, the latest last. */
  readonly inboxes: string[] = [];
  readonly #decoders: WeakMap<Cable, Record<MemorySide, ChannelFrameDecoder>> = new WeakMap();
  readonly #topics: ReadonlySet<string>;
  readonly #isClient: (name: string) => boolean;
  /** Requests that were pushed to a sender, by its name and their seq. */
  readonly #asked: Map<string, string> = new Map();
  /** Who has asked, by the seq, which a request keeps on its way. */
  readonly #askers: Map<string, string> = new Map();

  constructor(topics: readonly string[], isClient: (name: string) => boolean) {
    this.#topics = new Set(topics);
    this.#isClient = isClient;
  }

  /** Sees what goes over links. What is written is its writer's memory: it is copied. */
  readonly watch: WireWatch = (cable, side, bytes) => {
    if (cable.link.dialer.remotePort === P2P_PORT || !this.#isClient(cable.from)) return;
    const take = side === 'dialer' ? this.#fromClient : this.#toClient;
    this.#decoderOf(cable, side).push(bytes.slice(), (frame) => {
      if (isOfTransfer(frame.bytes)) take(cable.from, frame);
    });
  };

  #decoderOf(cable: Cable, side: MemorySide): ChannelFrameDecoder {
    const known = this.#decoders.get(cable) ?? {
      dialer: new ChannelFrameDecoder(),
      acceptor: new ChannelFrameDecoder(),
    };
    this.#decoders.set(cable, known);
    return known[side];
  }

  readonly #fromClient = (client: string, frame: ChannelFrame): void => {
    const { data, result, seqKey, type } = frame;
    if (type === ChannelType.response) {
      const key = `${client} ${seqKey}`;
      const transfer = this.#asked.get(key);
      if (transfer === undefined || !this.#asked.delete(key) || result !== 0) return;
      const { content } = readAmopBody(data);
      if (content.length <= MAX_PLAIN_REPLY_BYTES) return;
      this.onChunk({ sender: client, transfer, receiver: this.#askers.get(seqKey) });
    } else if (type === ChannelType.request || type === ChannelType.multicast) {
      const { content, topic } = readAmopBody(data);
      const inbox = INBOX.exec(topic);
      if (inbox === null && !this.#topics.has(topic)) return;
      this.frames.push({ type, topic, content: content.slice() });
      if (this.frames.length > MAX_FRAMES) this.frames.shift();
      if (inbox === null) return;
      if (!this.inboxes.includes(topic)) this.inboxes.push(topic);
      if (this.inboxes.length > MAX_INBOXES) this.inboxes.shift();
      this.#askers.set(seqKey, client);
    }
  };

  readonly #toClient = (client: string, { data, seqKey, type }: ChannelFrame): void => {
    if (type !== ChannelType.request) return;
    const transfer = INBOX.exec(readAmopBody(data).topic)?.[1];
    if (transfer !== undefined) this.#asked.set(`${client} ${seqKey}`, transfer);
  };
}

function isOfTransfer({ buffer, byteOffset, length }: Uint8Array): boolean {
  return Buffer.from(buffer, byteOffset, length).includes(MARK);
}

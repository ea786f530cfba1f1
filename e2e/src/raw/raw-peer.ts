import type { Server, TLSSocket } from 'node:tls';
import { type ChannelFrame, decodeChannel } from '../wire/channel-frame.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import {
  COMPRESSED,
  decodeP2p,
  encodeP2p,
  type P2pFields,
  type P2pFrame,
  Packet,
  Protocol,
} from '../wire/p2p-frame.ts';
import { literalBlock, unpackBlock } from '../wire/snappy-block.ts';
import { DEADLINE_MS, Inbox } from './inbox.ts';
import { dialTls, type Identity, listenTls } from './raw-tls.ts';

/** Interval of the topic heartbeat (spec 13), in ms. */
const HEARTBEAT_MS = 5_000;

/** What a peer does by itself. */
export interface PeerOptions {
  /** Heartbeats, list requests and lists as an original node; default true. */
  readonly synchronise?: boolean;
  /** Topics it lists from the start. */
  readonly topics?: readonly string[];
  /** Sends payloads as snappy blocks with the version bit set. */
  readonly compress?: boolean;
}

/** Makes the whole inner frame of an AMOP answer, or `undefined` to stay silent. */
export type InnerAnswerer = (inner: ChannelFrame, outer: P2pFrame) => Uint8Array | undefined;

/** The network side of an original C++ node: one p2p session in the 16-byte layout. */
export class RawPeer {
  /** Frames that the peer did not handle by itself. */
  readonly inbox: Inbox<P2pFrame> = new Inbox();
  /** Topic lists of the other side, newest last. */
  readonly lists: Inbox<readonly string[]> = new Inbox();
  /** Topic seqs that the other side announced, in order. */
  readonly announced: number[] = [];
  /** Frames under protocol numbers that an original node drops (spec 12.5). */
  readonly dropped: P2pFrame[] = [];
  /** Resolves when the session is gone. */
  readonly closed: Promise<void>;
  readonly #socket: TLSSocket;
  readonly #options: PeerOptions;
  readonly #splitter = new FrameSplitter();
  readonly #listRequests = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #topics: readonly string[];
  #ownSeq = 1;
  #nextSeq = 2;
  #knownSeq = 0;
  #answerer: InnerAnswerer | undefined;

  constructor(socket: TLSSocket, options: PeerOptions = {}) {
    this.#socket = socket;
    this.#options = options;
    this.#topics = options.topics ?? [];
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {
      // 'close' follows.
    });
    socket.on('close', () => {
      clearInterval(this.#timer);
      this.inbox.end(new Error('the node closed the p2p session'));
      this.lists.end(new Error('the node closed the p2p session'));
    });
    socket.on('data', (chunk: Buffer) => {
      for (const bytes of this.#splitter.push(chunk)) this.#handle(decodeP2p(bytes));
    });
    if (options.synchronise === false) return;
    this.heartbeat();
    this.#timer = setInterval(() => this.heartbeat(), HEARTBEAT_MS);
  }

  /** Dials the p2p port of a node on 127.0.0.1. */
  static async dial(port: number, identity: Identity, options?: PeerOptions): Promise<RawPeer> {
    return new RawPeer(await dialTls(port, identity), options);
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends a frame; a missing seq is counted as an original node does. */
  send(fields: Omit<P2pFields, 'seq'> & { readonly seq?: number }): number {
    const seq = fields.seq ?? this.#nextSeq++;
    const packed =
      this.#options.compress && fields.payload
        ? { payload: literalBlock(Buffer.from(fields.payload)), version: COMPRESSED }
        : {};
    this.sendBytes(encodeP2p({ ...fields, ...packed, seq }));
    return seq;
  }

  /** Sends the topic seq now. */
  heartbeat(): void {
    this.sendBytes(
      encodeP2p({
        protocol: Protocol.topics,
        packet: Packet.topicSeq,
        seq: 0,
        payload: String(this.#ownSeq),
      }),
    );
  }

  /** Replaces the topics of this peer and announces them at once. */
  list(topics: readonly string[]): void {
    this.#topics = topics;
    this.#ownSeq++;
    this.heartbeat();
  }

  /** Sends a channel frame as AMOP request and takes the p2p answer. */
  async request(inner: Uint8Array, deadlineMs: number = DEADLINE_MS): Promise<ChannelFrame> {
    const seq = this.send({ protocol: Protocol.amop, packet: Packet.unicast, payload: inner });
    const answer = await this.inbox.take(
      (frame) => frame.protocol === -Protocol.amop && frame.seq === seq,
      `p2p answer ${seq}`,
      deadlineMs,
    );
    return innerOf(answer);
  }

  /** Takes the next AMOP request of the given packet type. */
  async amop(packet: number): Promise<P2pFrame> {
    return await this.inbox.take(
      (frame) => frame.protocol === Protocol.amop && frame.packet === packet,
      `AMOP packet ${packet}`,
    );
  }

  /** Answers AMOP unicasts, instead of leaving them in the inbox. */
  answer(answerer: InnerAnswerer): void {
    this.#answerer = answerer;
  }

  /** Stops reading: a peer that hangs. */
  pause(): void {
    this.#socket.pause();
  }

  /** Ends the session at once and waits until it is gone. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #handle(frame: P2pFrame): void {
    if (this.#options.synchronise !== false && this.#synchronise(frame)) return;
    const unicast = frame.protocol === Protocol.amop && frame.packet === Packet.unicast;
    if (!unicast || !this.#answerer) {
      const known = Math.abs(frame.protocol) <= Protocol.topics;
      if (known) this.inbox.add(frame);
      else this.dropped.push(frame);
      return;
    }
    const payload = this.#answerer(innerOf(frame), frame);
    if (payload) {
      this.send({ protocol: -Protocol.amop, packet: Packet.unicast, seq: frame.seq, payload });
    }
  }

  /** The topic protocol of an original node (spec 13). */
  #synchronise(frame: P2pFrame): boolean {
    const { protocol, packet, seq, payload } = frame;
    if (protocol === Protocol.topics && packet === Packet.topicSeq) {
      const announced = Number(payload.toString());
      this.announced.push(announced);
      if (announced !== this.#knownSeq) {
        this.#listRequests.add(
          this.send({ protocol: Protocol.topics, packet: Packet.listRequest }),
        );
      }
      return true;
    }
    if (protocol === Protocol.topics && packet === Packet.listRequest) {
      const list = [String(this.#ownSeq), ...this.#topics].join('\t');
      this.send({ protocol: -Protocol.topics, packet: Packet.list, seq, payload: list });
      return true;
    }
    if (protocol === -Protocol.topics && this.#listRequests.delete(seq)) {
      const [listSeq = '0', ...topics] = payloadOf(frame).toString().split('\t');
      this.#knownSeq = Number(listSeq);
      this.lists.add(topics);
      return true;
    }
    return false;
  }
}

/** The payload of a frame, unpacked where the version says so. */
export function payloadOf(frame: P2pFrame): Buffer {
  return frame.version & COMPRESSED ? unpackBlock(frame.payload) : frame.payload;
}

/** The channel frame inside an AMOP frame. */
export function innerOf(frame: P2pFrame): ChannelFrame {
  const payload = payloadOf(frame);
  return decodeChannel(payload.subarray(0, payload.readUInt32BE(0)));
}

/** A p2p port of its own: what a node dials that has it in its `[p2p]` section. */
export class RawPeerHost {
  readonly port: number;
  /** Sessions that were opened and not taken yet. */
  readonly sessions: Inbox<RawPeer>;
  readonly #server: Server;
  readonly #open: Set<RawPeer>;

  private constructor(server: Server, port: number, sessions: Inbox<RawPeer>, open: Set<RawPeer>) {
    this.#server = server;
    this.port = port;
    this.sessions = sessions;
    this.#open = open;
  }

  /** Listens on a free port. */
  static async listen(identity: Identity, options?: PeerOptions): Promise<RawPeerHost> {
    const sessions = new Inbox<RawPeer>();
    const open = new Set<RawPeer>();
    const { server, port } = await listenTls(identity, (socket) => {
      const peer = new RawPeer(socket, options);
      open.add(peer);
      sessions.add(peer);
    });
    return new RawPeerHost(server, port, sessions, open);
  }

  /** Takes the next session that a node opened. */
  accept(): Promise<RawPeer> {
    return this.sessions.take(() => true, 'p2p session', 2 * DEADLINE_MS);
  }

  /** Ends all sessions and stops listening. */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.all([...this.#open].map((peer) => peer.close()));
  }
}

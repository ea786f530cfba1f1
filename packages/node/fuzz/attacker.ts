import {
  ChannelFrameDecoder,
  ChannelType,
  encodeChannelFrame,
  encodeP2pFrame,
  encodeTopicList,
  encodeTopicSequence,
  NO_REPLY_SEQ,
  P2pFrameDecoder,
  P2pPacket,
  P2pProtocol,
} from '@amop/codec';
import type { Choices } from '@amop/fuzz';
import type { Connection } from '@amop/ports';
import { channelBytes, p2pBytes } from './frame-grammar.ts';

const LISTENED = ['a', 'b'];

/** A connection that sends what the choices say, and knows whether the node may call it malformed. */
export class Attacker {
  readonly connection: Connection;
  readonly kind: 'session' | 'peer';
  isClosed = false;
  /** Whether what it has sent cannot be decoded. */
  isUndecodable = false;
  /** A peer that says what it listens to when it is asked. */
  #lists = false;
  readonly #pushed: Uint8Array[] = [];
  readonly #asked: number[] = [];
  /** What the node has to make of its bytes. */
  readonly #shadow: ChannelFrameDecoder | P2pFrameDecoder;

  constructor(connection: Connection, kind: 'session' | 'peer') {
    this.connection = connection;
    this.kind = kind;
    const isSession = kind === 'session';
    this.#shadow = isSession ? new ChannelFrameDecoder() : new P2pFrameDecoder();
    const read = isSession ? this.#sessionReader() : this.#peerReader();
    connection.attach({
      onData: read,
      onDrain: () => undefined,
      onClose: () => {
        this.isClosed = true;
      },
    });
  }

  /** Sends one piece, in up to three chunks. */
  send(choices: Choices): void {
    const isSession = this.kind === 'session';
    const bytes = isSession ? channelBytes(choices, this.#pushed) : p2pBytes(choices, this.#asked);
    const cut = choices.below(4) === 0 ? choices.below(bytes.length + 1) : bytes.length;
    for (const part of [bytes.slice(0, cut), bytes.slice(cut)]) {
      if (part.length > 0) this.#write(part);
    }
  }

  /** Begins as one that behaves well would: it listens to shared topics. */
  listen(): void {
    this.#lists = true;
    if (this.kind === 'session') {
      const data = new TextEncoder().encode(JSON.stringify(LISTENED));
      this.#write(encodeChannelFrame({ type: ChannelType.subscribe, seq: NO_REPLY_SEQ, data }));
    } else {
      const { topics } = P2pProtocol;
      const payload = encodeTopicSequence(1);
      const packetType = P2pPacket.topicSequence;
      this.#write(encodeP2pFrame({ protocolId: topics, packetType, seq: 0, payload }));
    }
  }

  #write(bytes: Uint8Array): void {
    this.connection.write(bytes);
    this.#follow(bytes.slice());
  }

  #follow(part: Uint8Array): void {
    if (this.isUndecodable) return;
    try {
      this.#shadow.push(part, () => undefined);
    } catch {
      this.isUndecodable = true;
    }
  }

  // What the node sends has to be frames: a decoder that throws here fails the scene.

  #sessionReader(): (chunk: Uint8Array) => void {
    const decoder = new ChannelFrameDecoder();
    return (chunk) =>
      decoder.push(chunk, ({ bytes, type }) => {
        if (type === ChannelType.request) this.#pushed.push(bytes);
      });
  }

  #peerReader(): (chunk: Uint8Array) => void {
    const decoder = new P2pFrameDecoder();
    return (chunk) =>
      decoder.push(chunk, ({ packetType, protocolId, seq }) => {
        const isRequest = protocolId === P2pProtocol.amop && packetType === P2pPacket.unicast;
        const isListRequest =
          protocolId === P2pProtocol.topics && packetType === P2pPacket.topicListRequest;
        if (isRequest || isListRequest) this.#asked.push(seq);
        if (!isListRequest || !this.#lists) return;
        const payload = encodeTopicList(1, LISTENED);
        const list = { protocolId: -P2pProtocol.topics, packetType: P2pPacket.topicList };
        this.#write(encodeP2pFrame({ ...list, seq, payload }));
      });
  }
}

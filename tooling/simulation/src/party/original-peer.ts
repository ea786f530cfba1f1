import {
  type ChannelFrame,
  encodeChannelFrame,
  encodeP2pFrame,
  encodeTopicList,
  encodeTopicSequence,
  type P2pFrame,
  P2pFrameDecoder,
  P2pPacket,
  P2pProtocol,
  parseTopicList,
  parseTopicName,
  parseTopicSequence,
  readChannelFrame,
} from '@amop/codec';
import { decompress } from '@amop/codec/compression';
import type { Connection } from '@amop/ports';

const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;
const FIRST_SEQ = 2;
const SILENCE_MS = 30_000;

/** What an {@link OriginalPeer} tells its node. */
export interface OriginalPeerHost {
  readonly topics: readonly string[];
  /** Number of changes of the topics. */
  readonly sequence: number;
  readonly nowMs: () => number;
  /** A request came; `answer` may be called once, with a result and the data of a 0x31. */
  onRequest(inner: ChannelFrame, answer: (result: number, data: Uint8Array) => void): void;
  onMulticast(inner: ChannelFrame): void;
  onClose(peer: OriginalPeer): void;
}

/** One connection of an original node to another node: heartbeat, whole lists, unicast and multicast (spec 12, 13). */
export class OriginalPeer {
  readonly nodeId: string;
  /** Topics that the other side has told. */
  remoteTopics: readonly string[] = [];
  isOver = false;
  readonly #connection: Connection;
  readonly #host: OriginalPeerHost;
  readonly #decoder: P2pFrameDecoder = new P2pFrameDecoder();
  readonly #asked: Map<number, (inner: ChannelFrame | undefined) => void> = new Map();
  #seq = FIRST_SEQ;
  #knownSequence = 0;
  #lastReadMs: number;

  constructor(connection: Connection, nodeId: string, host: OriginalPeerHost) {
    this.nodeId = nodeId;
    this.#connection = connection;
    this.#host = host;
    this.#lastReadMs = host.nowMs();
    connection.attach({
      onData: (chunk) => {
        this.#lastReadMs = host.nowMs();
        this.#decoder.push(chunk, (frame) => this.#take(frame));
      },
      onDrain: () => undefined,
      onClose: () => this.#closed(),
    });
  }

  /** The tick of 5 s: tells its number of changes, and gives up a silent other side. */
  beat(): void {
    if (this.#host.nowMs() - this.#lastReadMs > SILENCE_MS) this.close();
    this.#send(
      P2pProtocol.topics,
      P2pPacket.topicSequence,
      0,
      encodeTopicSequence(this.#host.sequence),
    );
  }

  /** Sends an AMOP frame; `answered` is called once, with undefined when the connection ends first. */
  request(inner: Uint8Array, answered: (inner: ChannelFrame | undefined) => void): void {
    const seq = this.#nextSeq();
    this.#asked.set(seq, answered);
    this.#send(P2pProtocol.amop, P2pPacket.unicast, seq, inner);
  }

  multicast(inner: Uint8Array): void {
    this.#send(P2pProtocol.amop, P2pPacket.multicast, this.#nextSeq(), inner);
  }

  close(): void {
    this.#connection.close();
  }

  #closed(): void {
    this.isOver = true;
    for (const answered of this.#asked.values()) answered(undefined);
    this.#asked.clear();
    this.#host.onClose(this);
  }

  #take(frame: P2pFrame): void {
    const { packetType, protocolId, seq } = frame;
    const payload = frame.compressed ? decompress(frame.payload, MAX_PAYLOAD_BYTES) : frame.payload;
    if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicSequence) {
      const sequence = parseTopicSequence(payload);
      if (sequence !== undefined && sequence !== this.#knownSequence) {
        this.#send(P2pProtocol.topics, P2pPacket.topicListRequest, this.#nextSeq());
      }
    } else if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicListRequest) {
      const list = encodeTopicList(this.#host.sequence, this.#host.topics.map(parseTopicName));
      this.#send(-P2pProtocol.topics, P2pPacket.topicList, seq, list);
    } else if (protocolId === -P2pProtocol.topics && packetType === P2pPacket.topicList) {
      const { sequence, topics } = parseTopicList(payload);
      this.#knownSequence = sequence;
      this.remoteTopics = topics;
    } else if (protocolId === P2pProtocol.amop) this.#onAmop(packetType, seq, payload);
    else if (protocolId === -P2pProtocol.amop) this.#onAnswer(seq, payload);
  }

  #onAmop(packetType: number, seq: number, payload: Uint8Array): void {
    const inner = readChannelFrame(payload);
    if (packetType === P2pPacket.multicast) this.#host.onMulticast(inner);
    else {
      this.#host.onRequest(inner, (result, data) => {
        const frame = encodeChannelFrame({ type: 0x31, seq: inner.seq, result, data });
        this.#send(-P2pProtocol.amop, P2pPacket.unicast, seq, frame);
      });
    }
  }

  #onAnswer(seq: number, payload: Uint8Array): void {
    const answered = this.#asked.get(seq);
    this.#asked.delete(seq);
    answered?.(readChannelFrame(payload));
  }

  #nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #send(protocolId: number, packetType: number, seq: number, payload?: Uint8Array): void {
    const fields = { protocolId, packetType, seq, version: 0 };
    this.#connection.write(encodeP2pFrame(payload === undefined ? fields : { ...fields, payload }));
  }
}

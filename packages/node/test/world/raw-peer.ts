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
  readChannelFrame,
} from '@amop/codec';
import type { Connection } from '@amop/ports';

/** A node in the manner of the original, driven by a test: no hello, whole lists. */
export class RawPeer {
  readonly connection: Connection;
  readonly frames: P2pFrame[] = [];
  isClosed = false;
  topics: string[] = [];
  /** What to do with an AMOP request; by default nothing. */
  onRequest: (inner: ChannelFrame, p2pSeq: number) => void = () => undefined;
  readonly #decoder = new P2pFrameDecoder();
  #sequence = 0;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.attach({
      onData: (chunk) => this.#decoder.push(chunk, (frame) => this.#take(frame)),
      onDrain: () => undefined,
      onClose: () => {
        this.isClosed = true;
      },
    });
  }

  send(
    protocolId: number,
    packetType: number,
    seq: number,
    payload?: Uint8Array,
    version = 0,
  ): void {
    const fields = { protocolId, packetType, seq, version };
    this.connection.write(encodeP2pFrame(payload === undefined ? fields : { ...fields, payload }));
  }

  /** Lists these topics from now on and says so. */
  list(...topics: string[]): void {
    this.topics = topics;
    this.#sequence++;
    this.send(P2pProtocol.topics, P2pPacket.topicSequence, 0, encodeTopicSequence(this.#sequence));
  }

  respond(
    p2pSeq: number,
    type: number,
    request: ChannelFrame,
    result: number,
    data: Uint8Array,
  ): void {
    const frame = encodeChannelFrame({ type, seq: request.seq, result, data });
    this.send(-P2pProtocol.amop, P2pPacket.unicast, p2pSeq, frame);
  }

  of(protocolId: number, packetType: number): P2pFrame[] {
    return this.frames.filter(
      (frame) => frame.protocolId === protocolId && frame.packetType === packetType,
    );
  }

  #take(frame: P2pFrame): void {
    this.frames.push(frame);
    const { packetType, protocolId, seq } = frame;
    if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicListRequest) {
      const list = encodeTopicList(this.#sequence, this.topics);
      this.send(-P2pProtocol.topics, P2pPacket.topicList, seq, list);
    } else if (protocolId === P2pProtocol.amop && packetType === P2pPacket.unicast) {
      this.onRequest(readChannelFrame(frame.payload), seq);
    }
  }
}

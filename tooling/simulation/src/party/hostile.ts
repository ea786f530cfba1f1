import {
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  encodeP2pFrame,
  encodeTopicList,
  encodeTopicSequence,
  P2pFrameDecoder,
  P2pPacket,
  P2pProtocol,
  parseTopicName,
  seqFromKey,
} from '@amop/codec';
import type { HostPort } from '@amop/node';
import type { Connection, PeerIdentity } from '@amop/ports';
import type { SeededRandom } from '@amop/testkit/memory';
import type { SimProcess } from '../machine/sim-process.ts';
import type { HostileManner } from '../plan/plan.ts';
import type { Stage } from '../run/stage.ts';

/** Longest life of a hostile connection, in ms. */
const LIFE_MS = 4_000;
const FRAMES = 40;
const MAX_GARBAGE_BYTES = 600;

/** What a {@link Hostile} is made from. */
export interface HostileOptions {
  readonly name: string;
  readonly at: HostPort;
  readonly port: 'channel' | 'p2p';
  readonly manner: HostileManner;
  readonly identity: Partial<PeerIdentity>;
  readonly topics: readonly string[];
}

/**
 * Somebody with a valid certificate who means no good: connects once, does its worst, and is gone.
 *
 * It does not subscribe what others send, so that it has no message to keep back.
 */
export class Hostile {
  readonly #options: HostileOptions;
  readonly #process: SimProcess;
  readonly #stage: Stage;
  readonly #random: SeededRandom;

  constructor(options: HostileOptions, random: SeededRandom, stage: Stage) {
    this.#options = options;
    this.#random = random;
    this.#stage = stage;
    this.#process = stage.process(options.name, 0);
  }

  start(): void {
    const { at, identity } = this.#options;
    this.#stage
      .transport(this.#process, identity)
      .dial(at)
      .then(
        (connection) => this.#act(connection),
        () => undefined,
      );
  }

  #act(connection: Connection): void {
    const { manner } = this.#options;
    let isOver = false;
    const decoder = new P2pFrameDecoder();
    if (manner !== 'deaf') {
      connection.attach({
        onData: (chunk) => {
          if (manner === 'liar' && this.#options.port === 'p2p')
            this.#lie(connection, decoder, chunk);
        },
        onDrain: () => undefined,
        onClose: () => {
          isOver = true;
        },
      });
    }
    for (const bytes of this.#worst()) {
      this.#process.later(this.#random.below(LIFE_MS), () => {
        if (!isOver) connection.write(bytes);
      });
    }
    this.#process.later(LIFE_MS, () => {
      if (this.#random.below(2) === 0) connection.destroy();
      else connection.close();
    });
  }

  #worst(): Uint8Array[] {
    const { manner } = this.#options;
    const count = 1 + this.#random.below(manner === 'flood' ? 4 * FRAMES : FRAMES);
    switch (manner) {
      case 'garbage':
        return [this.#random.bytes(1 + this.#random.below(MAX_GARBAGE_BYTES))];
      case 'half-frame':
        return [this.#frame().subarray(0, 5 + this.#random.below(30))];
      case 'mutated':
        return Array.from({ length: count }, () => this.#mutated(this.#frame()));
      default:
        return Array.from({ length: count }, () => this.#frame());
    }
  }

  /** A whole frame of a type that may be right at another time. */
  #frame(): Uint8Array {
    const { port } = this.#options;
    return port === 'channel' ? this.#channelFrame() : this.#p2pFrame();
  }

  #channelFrame(): Uint8Array {
    // Answers that nobody asked for, topics that nobody has, requests that are none, types that mean nothing.
    const types = [0x31, 0x32, 0x30, 0x35, 0x13, 0x14, 0x12, 0x37, 0x38, 0x15, 0x1002, 0xffff];
    const type = types[this.#random.below(types.length)] ?? ChannelType.response;
    const key = String(this.#random.below(12)).padStart(32, '0');
    const contents = [
      this.#random.bytes(this.#random.below(60)),
      encodeAmopBody('hostile', new Uint8Array(this.#random.below(300))),
      new TextEncoder().encode('["hostile","hostile/\\t", 7, "#!$TopicNeedVerify_x"]'),
      new TextEncoder().encode(
        '{"minimumSupport":1,"maximumSupport":3,"clientType":"x","amop":{"v":1,"want":["batch","ack","deadline","errors"]}}',
      ),
      new TextEncoder().encode('{"add":["hostile"],"remove":["hostile"],"base":3}'),
      new Uint8Array(0),
    ];
    // A subscription must not be one to the topics of others.
    const data = contents[this.#random.below(contents.length)] ?? new Uint8Array(0);
    return encodeChannelFrame({
      type,
      seq: seqFromKey(key),
      result: this.#random.below(200),
      data,
    });
  }

  #p2pFrame(): Uint8Array {
    const inner = this.#channelFrame();
    const protocols = [
      P2pProtocol.amop,
      -P2pProtocol.amop,
      P2pProtocol.topics,
      P2pProtocol.extension,
      9,
      -9,
    ];
    const packets = [0, 1, 2, 3, 4, P2pPacket.hello, P2pPacket.topicCounts, P2pPacket.failure];
    const payloads = [
      inner,
      inner.subarray(0, this.#random.below(inner.length)),
      encodeTopicSequence(this.#random.below(5)),
      this.#random.bytes(this.#random.below(40)),
      new TextEncoder().encode('{"v":1,"software":"x","have":["counts","deadline","errors"]}'),
    ];
    return encodeP2pFrame({
      protocolId: protocols[this.#random.below(protocols.length)] ?? 0,
      packetType: packets[this.#random.below(packets.length)] ?? 0,
      seq: this.#random.below(50),
      version: this.#random.below(4) === 0 ? 8 : 0,
      payload: payloads[this.#random.below(payloads.length)] ?? inner,
    });
  }

  #mutated(bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice();
    for (let change = this.#random.below(3); change >= 0; change -= 1) {
      copy[this.#random.below(copy.length)] = this.#random.below(256);
    }
    return copy;
  }

  /** A node that claims topics, so that requests come, and answers them with what is no answer. */
  #lie(connection: Connection, decoder: P2pFrameDecoder, chunk: Uint8Array): void {
    decoder.push(chunk, ({ packetType, protocolId, seq }) => {
      if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicSequence) {
        const payload = encodeTopicSequence(7);
        connection.write(encodeP2pFrame({ protocolId, packetType, seq: 0, version: 0, payload }));
      } else if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicListRequest) {
        const payload = encodeTopicList(7, this.#options.topics.map(parseTopicName));
        const answer = {
          protocolId: -protocolId,
          packetType: P2pPacket.topicList,
          seq,
          version: 0,
        };
        connection.write(encodeP2pFrame({ ...answer, payload }));
      } else if (protocolId === P2pProtocol.amop && packetType === P2pPacket.unicast) {
        const payload = this.#random.bytes(this.#random.below(60));
        const answer = { protocolId: -protocolId, packetType, seq, version: 0 };
        connection.write(encodeP2pFrame({ ...answer, payload }));
      }
    });
  }
}

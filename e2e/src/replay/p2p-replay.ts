import type { RawClient } from '../raw/raw-client.ts';
import { innerOf, payloadOf, type RawPeer } from '../raw/raw-peer.ts';
import {
  Channel,
  type ChannelFrame,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../wire/channel-frame.ts';
import { decodeP2p, encodeP2p, type P2pFrame, Packet, Protocol } from '../wire/p2p-frame.ts';
import type { P2pLine } from './recording.ts';

/** Topic seq of the node at the start of the recording. */
const RECORDED_TOPIC_SEQ = 36;

/**
 * Plays the peer, and the clients of node A, of `ref-p2p.jsonl` against a running node.
 *
 * Two kinds of numbers are the node's own: the seqs of its requests, and its topic seq. Both are
 * put in relation to the recorded ones, at their first appearance, and must then agree.
 */
export class P2pReplay {
  readonly #peer: RawPeer;
  readonly #publisher: RawClient;
  readonly #subscriber: RawClient;
  /** Seqs of the node's requests: recorded -> real. */
  readonly #seqs = new Map<number, number>();
  #topicSeqBase: number | undefined;

  constructor(peer: RawPeer, publisher: RawClient, subscriber: RawClient) {
    this.#peer = peer;
    this.#publisher = publisher;
    this.#subscriber = subscriber;
  }

  /** Sends a frame of the peer; an answer carries the seq under which the node really asked. */
  send(line: P2pLine): void {
    const frame = decodeP2p(Buffer.from(line.hex, 'hex'));
    const seq = frame.protocol < 0 ? (this.#seqs.get(frame.seq) ?? frame.seq) : frame.seq;
    this.#peer.sendBytes(encodeP2p({ ...frame, seq }));
  }

  /** Takes the node's counterpart of a recorded frame and gives both in comparable form. */
  async receive(line: P2pLine): Promise<{ ours: object; original: object; frame: P2pFrame }> {
    const recorded = decodeP2p(Buffer.from(line.hex, 'hex'));
    const { protocol, packet } = recorded;
    const frame = await this.#peer.inbox.take(
      (candidate) =>
        candidate.protocol === protocol &&
        candidate.packet === packet &&
        (!isOwnRequest(recorded) || !this.#isKnown(candidate.seq)) &&
        (packet !== Packet.topicSeq || !this.#isStale(candidate, recorded)),
      line.case,
    );
    if (isOwnRequest(recorded)) this.#seqs.set(recorded.seq, frame.seq);
    const base = Math.abs(protocol) === Protocol.topics ? this.#topicSeqOf(frame, recorded) : 0;
    return {
      ours: this.#comparable(frame, base, frame.seq),
      original: this.#comparable(recorded, RECORDED_TOPIC_SEQ, this.#real(recorded.seq)),
      frame,
    };
  }

  /** Sends, on the channel, what made node A send this frame to its peer. */
  trigger(line: P2pLine): ChannelFrame {
    const inner = innerOf(decodeP2p(Buffer.from(line.hex, 'hex')));
    this.#publisher.send(inner.bytes);
    return inner;
  }

  /** The connection that asks. */
  get publisher(): RawClient {
    return this.#publisher;
  }

  /** The connection that is asked. */
  get subscriber(): RawClient {
    return this.#subscriber;
  }

  /** Waits until the node has handled all that the peer sent: it answers a request in order. */
  async barrier(): Promise<void> {
    const inner = encodeChannel(Channel.request, newSeq(), encodeBody('nobody at A'));
    const answer = await this.#peer.request(inner);
    if (answer.result !== 104) throw new Error(`the barrier was answered with ${answer.result}`);
  }

  /** Frames of the node that nobody expected, heartbeats left out. */
  get unexpected(): readonly P2pFrame[] {
    return this.#peer.inbox.items.filter(
      ({ protocol, packet }) => protocol !== Protocol.topics || packet !== Packet.topicSeq,
    );
  }

  #isKnown(seq: number): boolean {
    return [...this.#seqs.values()].includes(seq);
  }

  /** True for a heartbeat from before a change that the recorded one already shows. */
  #isStale(frame: P2pFrame, recorded: P2pFrame): boolean {
    if (this.#topicSeqBase === undefined || frame.protocol !== Protocol.topics) return false;
    const change = Number(recorded.payload.toString()) - RECORDED_TOPIC_SEQ;
    return Number(frame.payload.toString()) < this.#topicSeqBase + change;
  }

  #real(seq: number): number {
    return this.#seqs.get(seq) ?? seq;
  }

  #topicSeqOf(frame: P2pFrame, recorded: P2pFrame): number {
    if (isOwnRequest(recorded)) return 0;
    const real = Number(frame.payload.toString().split('\t')[0]);
    const then = Number(recorded.payload.toString().split('\t')[0]);
    this.#topicSeqBase ??= real - (then - RECORDED_TOPIC_SEQ);
    return this.#topicSeqBase;
  }

  #comparable(frame: P2pFrame, topicSeqBase: number, seq: number): object {
    const { version, protocol, packet } = frame;
    if (Math.abs(protocol) === Protocol.amop) {
      return { version, protocol, packet, seq, inner: innerOf(frame).bytes.toString('hex') };
    }
    const [first = '', ...topics] = payloadOf(frame).toString().split('\t');
    const topicSeq = first === '' ? '' : `base+${Number(first) - topicSeqBase}`;
    return { version, protocol, packet, seq, topicSeq, topics };
  }
}

/** True for a frame whose seq the node has chosen. */
function isOwnRequest({ protocol, seq }: P2pFrame): boolean {
  return protocol > 0 && seq !== 0;
}

import {
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  copyChannelFrame,
  MAX_FRAME_BYTES,
  P2P_COMPRESSED,
  P2P_HEADER_BYTES,
  type P2pFrame,
  P2pProtocol,
  setChannelResult,
  setChannelSeq,
  setChannelType,
  writeP2pHeader,
} from '@amop/codec';
import { compress } from '@amop/codec/compression';
import type { Link } from '../flow/link.ts';
import type { NodeContext } from '../node-context.ts';
import type { FrameChanges } from '../session/channel-writer.ts';

/** Payloads above this are compressed if the configuration says so (spec 12.3). */
const COMPRESS_ABOVE_BYTES = 1_024;
/** Bodies from this size on are not copied into the batch. */
const ATTACH_BYTES = 32 * 1024;
const NO_PAYLOAD = new Uint8Array(0);

/** Writes p2p frames to one peer. */
export class PeerWriter {
  readonly #link: Link<P2pFrame>;
  readonly #compress: boolean;
  readonly #context: Pick<NodeContext, 'bandwidth'>;

  constructor(link: Link<P2pFrame>, context: Pick<NodeContext, 'bandwidth' | 'config'>) {
    this.#link = link;
    this.#compress = context.config.p2p.compress;
    this.#context = context;
  }

  /** Queues a frame of any protocol; false when the link takes nothing any more. */
  send(
    protocolId: number,
    packetType: number,
    seq: number,
    payload: Uint8Array = NO_PAYLOAD,
  ): boolean {
    const packed = this.#pack(payload);
    const bytes = P2P_HEADER_BYTES + packed.payload.length;
    if (bytes > MAX_FRAME_BYTES || !this.#link.admit()) return false;
    const slot = this.#link.outbox.open(bytes);
    writeP2pHeader(slot.bytes, slot.offset, bytes, protocolId, packetType, seq, packed.version);
    slot.bytes.set(packed.payload, slot.offset + P2P_HEADER_BYTES);
    this.#queued(protocolId, bytes);
    return true;
  }

  /** Queues a channel frame inside an AMOP frame, with another type, result or seq. */
  sendAmop(
    protocolId: number,
    packetType: number,
    seq: number,
    frame: ChannelFrame,
    changes: FrameChanges,
  ): boolean {
    const inner = frame.bytes.length;
    const bytes = P2P_HEADER_BYTES + inner;
    if (bytes > MAX_FRAME_BYTES) return false;
    if (this.#compress && inner > COMPRESS_ABOVE_BYTES) {
      return this.send(protocolId, packetType, seq, rewritten(frame, changes));
    }
    if (!this.#link.admit()) return false;
    const { outbox } = this.#link;
    const copied = bytes < ATTACH_BYTES;
    const slot = outbox.open(copied ? bytes : P2P_HEADER_BYTES + CHANNEL_HEADER_BYTES);
    const at = slot.offset + P2P_HEADER_BYTES;
    writeP2pHeader(slot.bytes, slot.offset, bytes, protocolId, packetType, seq);
    if (copied) copyChannelFrame(frame, slot.bytes, at);
    else slot.bytes.set(frame.bytes.subarray(0, CHANNEL_HEADER_BYTES), at);
    change(slot.bytes, at, changes);
    if (!copied) outbox.attach(frame.bytes.subarray(CHANNEL_HEADER_BYTES));
    this.#queued(protocolId, bytes);
    return true;
  }

  /** AMOP frames draw on the bandwidth; topics and heartbeats do not. */
  #queued(protocolId: number, bytes: number): void {
    if (Math.abs(protocolId) === P2pProtocol.amop) this.#context.bandwidth?.spend(bytes);
    this.#link.queued(bytes);
  }

  /** Compressed only where that makes it smaller (D-41). */
  #pack(payload: Uint8Array): { readonly payload: Uint8Array; readonly version: number } {
    if (!this.#compress || payload.length <= COMPRESS_ABOVE_BYTES) return { payload, version: 0 };
    const compressed = compress(payload);
    if (compressed.length >= payload.length) return { payload, version: 0 };
    return { payload: compressed, version: P2P_COMPRESSED };
  }
}

function rewritten(frame: ChannelFrame, changes: FrameChanges): Uint8Array {
  const bytes = frame.bytes.slice();
  change(bytes, 0, changes);
  return bytes;
}

function change(bytes: Uint8Array, offset: number, { result, seq, type }: FrameChanges): void {
  setChannelType(bytes, offset, type);
  setChannelResult(bytes, offset, result);
  if (seq !== undefined) setChannelSeq(bytes, offset, seq);
}

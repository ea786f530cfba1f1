import {
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  copyChannelFrame,
  MAX_FRAME_BYTES,
  P2P_COMPRESSED,
  P2P_HEADER_BYTES,
  type P2pFrame,
  P2pPacket,
  P2pProtocol,
  setChannelResult,
  setChannelSeq,
  setChannelType,
  writeP2pHeader,
} from '@amop/codec';
import { compress } from '@amop/codec/compression';
import type { Link } from '../flow/link.ts';
import type { NodeContext } from '../node-context.ts';
import { attachBody, type FrameChanges } from '../session/channel-writer.ts';
import { PUBLISHER_BYTES } from './peer-payload.ts';

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
    this.#queued(protocolId, packetType, bytes);
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
    return this.#sendInner(protocolId, packetType, seq, undefined, frame, changes);
  }

  /** Queues a message on a private topic for a node of ours, with the number of its publisher (u32). */
  sendPrivate(
    packetType: number,
    seq: number,
    publisher: number,
    frame: ChannelFrame,
    changes: FrameChanges,
  ): boolean {
    return this.#sendInner(P2pProtocol.extension, packetType, seq, publisher, frame, changes);
  }

  #sendInner(
    protocolId: number,
    packetType: number,
    seq: number,
    publisher: number | undefined,
    frame: ChannelFrame,
    changes: FrameChanges,
  ): boolean {
    const headBytes = P2P_HEADER_BYTES + (publisher === undefined ? 0 : PUBLISHER_BYTES);
    const inner = frame.bytes.length;
    const bytes = headBytes + inner;
    if (bytes > MAX_FRAME_BYTES) return false;
    if (this.#compress && inner > COMPRESS_ABOVE_BYTES) {
      return this.send(protocolId, packetType, seq, rewritten(publisher, frame, changes));
    }
    if (!this.#link.admit()) return false;
    const { outbox } = this.#link;
    const copied = bytes < ATTACH_BYTES;
    const slot = outbox.open(copied ? bytes : headBytes + CHANNEL_HEADER_BYTES);
    const at = slot.offset + headBytes;
    writeP2pHeader(slot.bytes, slot.offset, bytes, protocolId, packetType, seq);
    if (publisher !== undefined) writePublisher(slot.bytes, at - PUBLISHER_BYTES, publisher);
    if (copied) copyChannelFrame(frame, slot.bytes, at);
    else slot.bytes.set(frame.bytes.subarray(0, CHANNEL_HEADER_BYTES), at);
    change(slot.bytes, at, changes);
    if (!copied) attachBody(outbox, frame, changes);
    this.#queued(protocolId, packetType, bytes);
    return true;
  }

  /** Messages draw on the bandwidth; topics, grants and heartbeats do not. */
  #queued(protocolId: number, packetType: number, bytes: number): void {
    const isPrivate =
      protocolId === P2pProtocol.extension && packetType >= P2pPacket.privateUnicast;
    const isMessage = isPrivate || Math.abs(protocolId) === P2pProtocol.amop;
    if (isMessage) this.#context.bandwidth?.spend(bytes);
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

function rewritten(
  publisher: number | undefined,
  frame: ChannelFrame,
  changes: FrameChanges,
): Uint8Array {
  const at = publisher === undefined ? 0 : PUBLISHER_BYTES;
  const bytes = new Uint8Array(at + frame.bytes.length);
  bytes.set(frame.bytes, at);
  change(bytes, at, changes);
  if (publisher !== undefined) writePublisher(bytes, 0, publisher);
  return bytes;
}

function writePublisher(bytes: Uint8Array, offset: number, publisher: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(offset, publisher);
}

function change(bytes: Uint8Array, offset: number, { result, seq, type }: FrameChanges): void {
  setChannelType(bytes, offset, type);
  setChannelResult(bytes, offset, result);
  if (seq !== undefined) setChannelSeq(bytes, offset, seq);
}

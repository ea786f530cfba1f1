import {
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  copyChannelFrame,
  MAX_FRAME_BYTES,
  setChannelResult,
  setChannelSeq,
  setChannelType,
  writeChannelHeader,
} from '@amop/codec';
import type { Outbox } from '@amop/ports';
import type { Link } from '../flow/link.ts';

/** Bodies from this size on are not copied into the batch. */
const ATTACH_BYTES = 32 * 1024;
const NO_DATA = new Uint8Array(0);

/** Fields of a frame that differ from the one it is made of. */
export interface FrameChanges {
  readonly type: number;
  readonly result: number;
  /** Left out: the seq of the frame. */
  readonly seq?: Uint8Array | undefined;
  /** It goes nowhere else, and nobody looks at it again. */
  readonly isLast?: boolean;
}

/** Queues the body of a frame as it is; memory that is of no use afterwards is given back. */
export function attachBody(
  outbox: Outbox,
  frame: ChannelFrame,
  { isLast }: Pick<FrameChanges, 'isLast'>,
): void {
  outbox.attach(frame.bytes.subarray(CHANNEL_HEADER_BYTES), isLast === true && frame.isAlone);
}

/** Writes channel frames to one session. */
export class ChannelWriter {
  readonly #link: Link<ChannelFrame>;

  constructor(link: Link<ChannelFrame>) {
    this.#link = link;
  }

  /** Queues a frame made here; false when it is no frame any more, or the link takes nothing. */
  send(type: number, seq: Uint8Array, result: number, data: Uint8Array = NO_DATA): boolean {
    const bytes = CHANNEL_HEADER_BYTES + data.length;
    if (bytes > MAX_FRAME_BYTES || !this.#link.admit()) return false;
    const slot = this.#link.outbox.open(bytes);
    writeChannelHeader(slot.bytes, slot.offset, bytes, type, seq, result);
    slot.bytes.set(data, slot.offset + CHANNEL_HEADER_BYTES);
    this.#link.queued(bytes);
    return true;
  }

  /** Queues a frame that came in elsewhere, with another type, result or seq; its data untouched. */
  forward(frame: ChannelFrame, changes: FrameChanges): boolean {
    if (!this.#link.admit()) return false;
    const { outbox } = this.#link;
    const bytes = frame.bytes.length;
    const copied = bytes < ATTACH_BYTES;
    const slot = outbox.open(copied ? bytes : CHANNEL_HEADER_BYTES);
    if (copied) copyChannelFrame(frame, slot.bytes, slot.offset);
    else slot.bytes.set(frame.bytes.subarray(0, CHANNEL_HEADER_BYTES), slot.offset);
    setChannelType(slot.bytes, slot.offset, changes.type);
    setChannelResult(slot.bytes, slot.offset, changes.result);
    if (changes.seq !== undefined) setChannelSeq(slot.bytes, slot.offset, changes.seq);
    if (!copied) attachBody(outbox, frame, changes);
    this.#link.queued(bytes);
    return true;
  }
}

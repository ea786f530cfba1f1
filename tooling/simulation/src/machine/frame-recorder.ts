import { boundKind, type ChannelFrame, ChannelFrameDecoder, readAmopBody } from '@amop/codec';
import type { WireWatch } from './cabling.ts';

const MAX_FRAMES = 60;
/** Beginning of every sealed content and of every offer. */
const BOUND_MARK = Buffer.from([0xa5, 0x50, 0x54, 1]);

/** A message between clients of ours as somebody on the way has it. */
export interface RecordedFrame {
  readonly type: number;
  readonly topic: string;
  readonly content: Uint8Array;
}

/** Keeps the last offers and sealed messages that applications gave to nodes, for who sends them again. */
export class FrameRecorder {
  readonly frames: RecordedFrame[] = [];

  /** Sees what goes over links; whole frames in one write are enough. */
  readonly watch: WireWatch = (_cable, side, bytes) => {
    if (side !== 'dialer' || !Buffer.from(bytes).includes(BOUND_MARK)) return;
    const decoder = new ChannelFrameDecoder();
    try {
      decoder.push(bytes.slice(), (frame) => this.#take(frame));
    } catch {
      // The link between two nodes: its frames have another head.
    }
  };

  #take({ data, type }: ChannelFrame): void {
    if (type !== 0x30 && type !== 0x35) return;
    const { content, topic } = readAmopBody(data);
    if (boundKind(content) === undefined) return;
    this.frames.push({ type, topic, content: content.slice() });
    if (this.frames.length > MAX_FRAMES) this.frames.shift();
  }
}

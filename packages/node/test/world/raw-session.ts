import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  seqFromKey,
} from '@amop/codec';
import type { Connection } from '@amop/ports';

/** An application that sends exactly the frames it is told to, and keeps what it gets. */
export class RawSession {
  readonly connection: Connection;
  readonly frames: ChannelFrame[] = [];
  /** Sizes of the chunks that came in: one per record. */
  readonly chunks: number[] = [];
  isClosed = false;
  /** What to do with each request that comes in; by default nothing. */
  onRequest: (frame: ChannelFrame) => void = () => undefined;
  readonly #decoder = new ChannelFrameDecoder();
  #sent = 0;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.attach({
      onData: (chunk) => {
        this.chunks.push(chunk.length);
        this.#decoder.push(chunk, (frame) => {
          this.frames.push(frame);
          if (frame.type === ChannelType.request) this.onRequest(frame);
        });
      },
      onDrain: () => undefined,
      onClose: () => {
        this.isClosed = true;
      },
    });
  }

  /** Sends a frame and gives its seq key. */
  send(
    type: number,
    data: Uint8Array | string,
    options: { seq?: string; result?: number } = {},
  ): string {
    const key = options.seq ?? String(++this.#sent).padStart(32, '0');
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    const { result = 0 } = options;
    this.connection.write(encodeChannelFrame({ type, seq: seqFromKey(key), result, data: bytes }));
    return key;
  }

  request(topic: string, content = 'ask', options: { seq?: string; result?: number } = {}): string {
    return this.send(ChannelType.request, body(topic, content), options);
  }

  multicast(topic: string, content = 'tell', options: { seq?: string } = {}): string {
    return this.send(ChannelType.multicast, body(topic, content), options);
  }

  subscribe(...topics: string[]): void {
    this.send(ChannelType.subscribe, JSON.stringify(topics));
  }

  answer(request: ChannelFrame, content = 'reply', type: number = ChannelType.response): void {
    const { seq } = request;
    this.connection.write(encodeChannelFrame({ type, seq, data: body('any', content) }));
  }

  /** Answers every request from now on. */
  answering(content = 'reply'): this {
    this.onRequest = (frame) => this.answer(frame, content);
    return this;
  }

  of(type: number): ChannelFrame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Result codes of the 0x31 frames that came in under `seq`. */
  results(seq: string): number[] {
    return this.of(ChannelType.response)
      .filter(({ seqKey }) => seqKey === seq)
      .map(({ result }) => result);
  }
}

export function body(topic: string, content: string): Uint8Array {
  return encodeAmopBody(topic, new TextEncoder().encode(content));
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

import {
  ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
} from '@amop/codec';
import type { Connection, PortsError } from '@amop/ports';

/** What a scripted node knows of one client connection. */
export class ScriptedSession {
  readonly connection: Connection;
  /** Every frame that came in, oldest first. */
  readonly received: ChannelFrame[] = [];
  readonly topics = new Set<string>();
  extended = false;
  closed = false;
  closeError: PortsError | undefined;
  /** Multicasts taken and not yet acknowledged by count. */
  taken = 0;

  constructor(
    connection: Connection,
    onFrame: (session: ScriptedSession, frame: ChannelFrame) => void,
    onClose: (session: ScriptedSession) => void,
  ) {
    this.connection = connection;
    const decoder = new ChannelFrameDecoder();
    connection.attach({
      onData: (chunk) =>
        decoder.push(chunk, (frame) => {
          const own = new ChannelFrame(frame.bytes.slice());
          this.received.push(own);
          onFrame(this, own);
        }),
      onDrain: () => {},
      onClose: (error) => {
        this.closed = true;
        this.closeError = error;
        onClose(this);
      },
    });
  }

  /** Frames of one type that came in. */
  of(type: number): ChannelFrame[] {
    return this.received.filter((frame) => frame.type === type);
  }

  /** The newest frame of one type; throws when there is none. */
  last(type: number): ChannelFrame {
    const frame = this.of(type).at(-1);
    if (frame === undefined) throw new Error(`no frame of type 0x${type.toString(16)} came in`);
    return frame;
  }

  send(type: number, seq: Uint8Array, data?: Uint8Array, result = 0): void {
    this.connection.write(
      encodeChannelFrame({ type, seq, result, ...(data === undefined ? {} : { data }) }),
    );
  }

  /** Answers a request with a body under its topic. */
  answer(request: ChannelFrame, topic: string, body: string): void {
    const data = encodeAmopBody(topic, new TextEncoder().encode(body));
    this.send(ChannelType.response, request.seq, data);
  }

  /** Pushes a message; `seq` is one digit repeated. */
  push(type: number, topic: string, body: string | Uint8Array, seq = 'a'): void {
    const content = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    this.send(type, seqOf(seq), encodeAmopBody(topic, content));
  }
}

/** 32 bytes: the text padded with dots. */
export function seqOf(text: string): Uint8Array {
  return new TextEncoder().encode(text.padEnd(32, '.'));
}

import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  encodeErrorDetail,
  encodeHandshakeResponse,
  encodeMulticastAck,
  encodeRpcResult,
  encodeSubscribeAck,
  seqFromKey,
} from '@amop/codec';
import { type Choices, nearJson } from '@amop/fuzz';
import type { Connection, Listener, Transport } from '@amop/ports';

const TYPES = [...Object.values(ChannelType), 0, 0xffff];
const RESULTS = [0, 0, 0, 1, 99, 100, 103, 104, 105, 120, 121, 3_000, -1, 2 ** 31 - 1];
const EXTENSIONS = [
  ['batch', 'deadline', 'ack', 'errors', 'grant'],
  ['ack'],
  ['errors'],
  [],
  ['other'],
];
const MEMBERS = [
  ...['nodeVersion', 'protocol', 'amop', 'v', 'have', 'seq', 'refused', 'topic', 'reason', 'id'],
  ...[
    'result',
    'error',
    'code',
    'message',
    'Agency',
    'IPAndPort',
    'Node',
    'NodeID',
    'Topic',
    'hop',
  ],
];
const WORDS = ['2.9.1', 'a', 'b', 'ack', 'batch', 'too-many-topics', 'node', 'no', 'x'.repeat(300)];
const INFO = {
  Agency: 'a',
  IPAndPort: '1.2.3.4:5',
  Node: 'n',
  NodeID: '0'.repeat(128),
  Topic: ['a'],
};
/** Frames of the client that may still be answered. */
const REMEMBERED = 8;

const encoder = new TextEncoder();

/** A node that takes connections and says whatever the choices say. */
export class HostileNode {
  readonly endpoint: string;
  /** Whether it answers handshakes, subscriptions and heartbeats of new connections as it should. */
  isPolite = true;
  readonly #port: number;
  readonly #transport: Transport;
  readonly #sessions: { readonly connection: Connection; readonly received: ChannelFrame[] }[] = [];
  #listener: Listener | undefined;
  #extensions: readonly string[] = [];

  constructor(transport: Transport, port: number) {
    this.#transport = transport;
    this.#port = port;
    this.endpoint = `127.0.0.1:${port}`;
  }

  async start(extensions: readonly string[]): Promise<void> {
    this.#extensions = extensions;
    this.#listener = await this.#transport.listen({
      host: '127.0.0.1',
      port: this.#port,
      onConnection: (connection) => this.#accept(connection),
      onRefused: () => undefined,
    });
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
    for (const { connection } of [...this.#sessions]) connection.destroy();
  }

  /** Says something on its newest connection, in one or two chunks. */
  say(choices: Choices): void {
    const session = this.#sessions.at(-1);
    if (session === undefined) return;
    const bytes = bytesOf(choices, session.received);
    const cut = choices.below(4) === 0 ? choices.below(bytes.length + 1) : bytes.length;
    for (const part of [bytes.slice(0, cut), bytes.slice(cut)]) {
      if (part.length > 0) session.connection.write(part);
    }
  }

  /** Ends its newest connection, or stops and begins to read. */
  disturb(choices: Choices): void {
    const connection = this.#sessions.at(-1)?.connection;
    const kind = choices.below(4);
    if (kind === 0) connection?.destroy();
    else if (kind === 1) connection?.close();
    else if (kind === 2) connection?.pause();
    else connection?.resume();
  }

  #accept(connection: Connection): void {
    const session = { connection, received: [] as ChannelFrame[] };
    this.#sessions.push(session);
    // What the client sends has to be frames: a decoder that throws here fails the scene.
    const decoder = new ChannelFrameDecoder();
    connection.attach({
      onData: (chunk) =>
        decoder.push(chunk, (frame) => {
          session.received.push(frame);
          if (session.received.length > REMEMBERED) session.received.shift();
          const data = this.isPolite ? this.#politeAnswer(frame) : undefined;
          if (data === undefined) return;
          connection.write(encodeChannelFrame({ type: frame.type, seq: frame.seq, data }));
        }),
      onDrain: () => undefined,
      onClose: () => {
        this.#sessions.splice(this.#sessions.indexOf(session), 1);
      },
    });
  }

  #politeAnswer({ type }: ChannelFrame): Uint8Array | undefined {
    if (type === ChannelType.handshake) {
      const amop = { v: 1, have: [...this.#extensions] };
      return encodeHandshakeResponse({ nodeVersion: '2.9.1', protocol: 3, amop });
    }
    if (type === ChannelType.heartbeat) return encoder.encode('1');
    if (type !== ChannelType.subscribe || !this.#extensions.includes('ack')) return undefined;
    return encodeSubscribeAck({ sequence: 1, refused: [] });
  }
}

/** The extensions of a node. */
export function extensionsOf(choices: Choices): readonly string[] {
  return choices.of(EXTENSIONS);
}

function bytesOf(choices: Choices, received: readonly ChannelFrame[]): Uint8Array {
  const kind = choices.below(10);
  if (kind === 0) return choices.take(choices.below(50));
  const frame = kind < 7 && received.length > 0 ? answerTo(choices, received) : anyFrame(choices);
  if (kind !== 1 && kind !== 9) return frame;
  for (let count = choices.below(4); count > 0; count--) {
    frame[choices.below(frame.length)] = choices.byte();
  }
  if (choices.below(4) > 0) new DataView(frame.buffer).setUint32(0, frame.length);
  return choices.below(4) === 0 ? frame.slice(0, choices.below(frame.length)) : frame;
}

/** An answer to what the client sent: of the type it waits for, or of another. */
function answerTo(choices: Choices, received: readonly ChannelFrame[]): Uint8Array {
  const asked = choices.of(received.toReversed());
  const { request, response } = ChannelType;
  const right = asked.type === request ? response : asked.type;
  const type = choices.below(5) === 0 ? choices.of(TYPES) : right;
  const data = choices.below(4) === 0 ? asked.data : dataOf(choices, type);
  return encodeChannelFrame({ type, seq: asked.seq, result: choices.of(RESULTS), data });
}

function anyFrame(choices: Choices): Uint8Array {
  const { multicast, multicastAck, request } = ChannelType;
  const type = choices.of([request, multicast, multicastAck, choices.of(TYPES)]);
  const seq = seqFromKey(String(choices.below(3)).repeat(32));
  return encodeChannelFrame({
    type,
    seq,
    result: choices.of(RESULTS),
    data: dataOf(choices, type),
  });
}

function dataOf(choices: Choices, type: number): Uint8Array {
  if (choices.below(5) === 0) return choices.take(choices.below(30));
  if (choices.below(4) === 0) {
    return encoder.encode(JSON.stringify(nearJson(choices, MEMBERS, WORDS)));
  }
  switch (type) {
    case ChannelType.rpc:
      return encodeRpcResult(1, choices.bool() ? INFO : [INFO]);
    case ChannelType.handshake: {
      const amop = { v: choices.below(3), have: [...choices.of(EXTENSIONS)] };
      return encodeHandshakeResponse({ nodeVersion: '2', protocol: choices.below(5), amop });
    }
    case ChannelType.subscribe: {
      const refused = [{ topic: choices.of(['a', 'b', 'zz']), reason: 'too-many-topics' }];
      return encodeSubscribeAck({
        sequence: choices.below(3),
        refused: choices.bool() ? refused : [],
      });
    }
    case ChannelType.multicastAck:
      return encodeMulticastAck(choices.of([0, 1, 2, 70_000]));
    case ChannelType.response:
      if (choices.bool()) return detailOf(choices);
  }
  return encodeAmopBody(choices.of(['a', 'b', '', 'zz']), new Uint8Array(choices.of([0, 5, 900])));
}

function detailOf(choices: Choices): Uint8Array {
  return encodeErrorDetail({
    hop: choices.of(['node', 'peer-node', 'subscriber'] as const),
    reason: choices.of(['no-subscriber', 'stopping', 'too-large', 'other']),
    maybeDelivered: choices.of(['no', 'yes', 'unknown'] as const),
    retryable: choices.bool(),
  });
}

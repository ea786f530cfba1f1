import type { TLSSocket } from 'node:tls';
import {
  Channel,
  type ChannelFrame,
  decodeBody,
  decodeChannel,
  encodeBody,
  encodeChannel,
  newSeq,
} from '../wire/channel-frame.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { DEADLINE_MS, Inbox } from './inbox.ts';
import { dialTls, type Identity } from './raw-tls.ts';

/** Makes the content of an answer, or `undefined` to stay silent. */
export type Answerer = (content: Buffer, frame: ChannelFrame) => Uint8Array | string | undefined;

/** An SDK without any manners: it sends what it is told and keeps what comes. */
export class RawClient {
  /** Frames that no answerer took. */
  readonly inbox: Inbox<ChannelFrame> = new Inbox();
  /** What each TLS record carried, in order of arrival. */
  readonly records: Buffer[] = [];
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #socket: TLSSocket;
  readonly #splitter = new FrameSplitter();
  #endedHere = false;
  readonly #answerers = new Map<string, Answerer>();

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {
      // 'close' follows and says all that the tests want to know.
    });
    socket.on('close', () => this.inbox.end(new Error('the node closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      this.records.push(chunk);
      for (const bytes of this.#splitter.push(chunk)) this.#handle(decodeChannel(bytes));
    });
  }

  /** Connects to the channel port on 127.0.0.1. */
  static async connect(port: number, identity: Identity): Promise<RawClient> {
    return new RawClient(await dialTls(port, identity));
  }

  /** True until the connection has ended. */
  get isOpen(): boolean {
    return !this.#socket.closed;
  }

  /** True when the connection has ended without {@link close}. */
  get wasClosed(): boolean {
    return this.#socket.closed && !this.#endedHere;
  }

  /** Sends bytes as they are. */
  send(...bytes: readonly Uint8Array[]): void {
    this.#socket.write(bytes.length === 1 && bytes[0] ? bytes[0] : Buffer.concat(bytes));
  }

  /** Sends bytes as a TLS record of their own. */
  async sendRecord(bytes: Uint8Array): Promise<void> {
    // Writes that wait for each other are joined by Node; one that was handed over is a record.
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Sends one frame and gives its seq back. */
  sendFrame(type: number, data: Uint8Array | string = '', seq: string = newSeq()): string {
    this.send(encodeChannel(type, seq, data));
    return seq;
  }

  /** Takes the next frame with this seq. */
  bySeq(seq: string, deadlineMs: number = DEADLINE_MS): Promise<ChannelFrame> {
    return this.inbox.take((frame) => frame.seq === seq, `frame with seq ${seq}`, deadlineMs);
  }

  /** Takes the next frame of this type. */
  byType(type: number, deadlineMs: number = DEADLINE_MS): Promise<ChannelFrame> {
    const what = `frame of type 0x${type.toString(16)}`;
    return this.inbox.take((frame) => frame.type === type, what, deadlineMs);
  }

  /** Sends a frame and takes the answer with its seq, whatever its type. */
  call(type: number, data: Uint8Array | string = '', deadlineMs?: number): Promise<ChannelFrame> {
    return this.bySeq(this.sendFrame(type, data), deadlineMs);
  }

  /** Sends a unicast and takes what comes back under its seq. */
  request(topic: string, content: Uint8Array | string, deadlineMs?: number): Promise<ChannelFrame> {
    return this.call(Channel.request, encodeBody(topic, content), deadlineMs);
  }

  /** Sends a multicast and takes its ack. */
  multicast(topic: string, content: Uint8Array | string): Promise<ChannelFrame> {
    return this.call(Channel.multicast, encodeBody(topic, content));
  }

  /** Replaces the topics of this connection and waits until the node has gone on past it. */
  async subscribe(topics: readonly unknown[]): Promise<void> {
    this.sendFrame(Channel.subscribe, JSON.stringify(topics));
    await this.barrier();
  }

  /** Waits until the node has handled everything sent so far: it answers in order (D-37). */
  async barrier(): Promise<void> {
    await this.call(Channel.heartbeat, '0');
  }

  /** Calls a JSON-RPC method. */
  async rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const request = JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 });
    const answer = await this.call(Channel.rpc, request);
    const { result } = JSON.parse(answer.data.toString()) as { result?: unknown };
    return result;
  }

  /** Answers unicasts on a topic, instead of leaving them in the inbox. */
  answer(topic: string, answerer: Answerer): void {
    this.#answerers.set(topic, answerer);
  }

  /** Sends the answer to a unicast that came in. */
  respond(to: ChannelFrame, content: Uint8Array | string, result = 0): void {
    const body = encodeBody(decodeBody(to.data).topic, content);
    this.send(encodeChannel(Channel.response, to.seq, body, result));
  }

  /** Stops reading from the socket: a consumer that does not keep up. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection at once and waits until it is gone. */
  async close(): Promise<void> {
    this.#endedHere = true;
    this.#socket.destroy();
    await this.closed;
  }

  #handle(frame: ChannelFrame): void {
    const answerer =
      frame.type === Channel.request
        ? this.#answerers.get(decodeBody(frame.data).topic)
        : undefined;
    if (!answerer) {
      this.inbox.add(frame);
      return;
    }
    const content = answerer(decodeBody(frame.data).content, frame);
    if (content !== undefined) this.respond(frame, content);
  }
}

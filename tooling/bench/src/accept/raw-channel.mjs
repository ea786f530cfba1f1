// A minimal channel client on node:tls that behaves as an original SDK: no extension, no @amop code.
import { randomUUID } from 'node:crypto';
import { dialTls, write } from './raw-tls.mjs';

const HEADER = 42;
export const HEARTBEAT = 0x13;
export const HANDSHAKE = 0x14;
const REQUEST = 0x30;
const RESPONSE = 0x31;
export const SUBSCRIBE = 0x32;
export const MULTICAST = 0x35;
const RPC = 0x12;

const newSeq = () => randomUUID().replaceAll('-', '');

/** One frame; a missing seq is a new one. */
export function encodeFrame(type, data, seq = newSeq(), result = 0) {
  const body = Buffer.from(data);
  const frame = Buffer.alloc(HEADER + body.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt16BE(type, 4);
  frame.write(seq, 6, 32, 'latin1');
  frame.writeInt32BE(result, 38);
  body.copy(frame, HEADER);
  return frame;
}

/** The data of a unicast or multicast. */
export function encodeBody(topic, content) {
  const name = Buffer.from(topic);
  return Buffer.concat([Buffer.from([name.length + 1]), name, Buffer.from(content)]);
}

export class RawChannel {
  /** Resolves when the connection is gone. */
  closed;
  #socket;
  #rest = Buffer.alloc(0);
  #waiting = new Map();
  #echoes = false;

  constructor(socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('connection closed'));
      this.#waiting.clear();
    });
    socket.on('data', (chunk) => this.#read(chunk));
  }

  /** @returns {Promise<RawChannel>} */
  static async connect(port, sdk) {
    return new RawChannel(await dialTls(port, sdk));
  }

  send(type, data, seq = newSeq()) {
    this.#socket.write(encodeFrame(type, data, seq));
    return seq;
  }

  /** Sends a frame; resolves with the frame that comes back under its seq. */
  call(type, data) {
    const seq = newSeq();
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, { resolve, reject });
      this.send(type, data, seq);
    });
  }

  request(topic, content = 'x') {
    return this.call(REQUEST, encodeBody(topic, content));
  }

  async subscribe(topics) {
    this.send(SUBSCRIBE, JSON.stringify(topics));
    await this.call(HEARTBEAT, '0');
  }

  async rpc(method) {
    const answer = await this.call(
      RPC,
      JSON.stringify({ jsonrpc: '2.0', method, params: [], id: 1 }),
    );
    return JSON.parse(answer.data.toString()).result;
  }

  /** Answers every unicast with its own body. */
  echo() {
    this.#echoes = true;
  }

  /** Sends bytes as they are; resolves when more may be sent. */
  write(bytes) {
    return write(this.#socket, bytes);
  }

  /** Reads nothing more. */
  stopReading() {
    this.#socket.pause();
  }

  /** Reads again. */
  readOn() {
    this.#socket.resume();
  }

  get isClosed() {
    return this.#socket.destroyed;
  }

  close() {
    this.#socket.destroy();
  }

  #read(chunk) {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= HEADER) {
      const length = this.#rest.readUInt32BE(0);
      if (this.#rest.length < length) return;
      this.#handle(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
  }

  #handle(frame) {
    const type = frame.readUInt16BE(4);
    const seq = frame.toString('latin1', 6, 38);
    const data = frame.subarray(HEADER);
    if (type === REQUEST && this.#echoes) {
      this.#socket.write(encodeFrame(RESPONSE, data, seq));
      return;
    }
    const waiter = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    waiter?.resolve({ type, result: frame.readInt32BE(38), data });
  }
}

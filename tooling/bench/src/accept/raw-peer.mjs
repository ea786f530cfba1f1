// A minimal node on node:tls, no @amop code: what an original peer says of its topics.
import { dialTls, write } from './raw-tls.mjs';

const HEADER = 16;
const TOPICS = 2;
const SEQ = 1;
const LIST_REQUEST = 2;
const LIST = 3;

/** One p2p frame in the 16-byte layout. */
function encodeP2p({ protocol, packet, seq = 0, payload = '' }) {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(HEADER + body.length, 0);
  header.writeInt32BE(protocol, 6);
  header.writeUInt16BE(packet, 10);
  header.writeUInt32BE(seq, 12);
  return Buffer.concat([header, body]);
}

export class RawPeer {
  /** Resolves when the session is gone. */
  closed;
  /** Lists that the node has fetched. */
  listsGiven = 0;
  #socket;
  #rest = Buffer.alloc(0);
  #sequence = 0;
  #list = Buffer.alloc(0);
  #onFetched = () => {};

  constructor(socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (chunk) => this.#read(chunk));
  }

  static async dial(port, identity) {
    return new RawPeer(await dialTls(port, identity));
  }

  /** Announces a list: topics with a tab in front of each. Resolves when the node has fetched it. */
  announce(list) {
    this.#list = list;
    this.#sequence++;
    this.#socket.write(
      encodeP2p({ protocol: TOPICS, packet: SEQ, payload: String(this.#sequence) }),
    );
    return new Promise((resolve) => {
      this.#onFetched = resolve;
      this.#socket.once('close', resolve);
    });
  }

  /** Sends bytes as they are; resolves when more may be sent. */
  write(bytes) {
    return write(this.#socket, bytes);
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
    if (frame.readInt32BE(6) !== TOPICS || frame.readUInt16BE(10) !== LIST_REQUEST) return;
    const payload = Buffer.concat([Buffer.from(String(this.#sequence)), this.#list]);
    const seq = frame.readUInt32BE(12);
    this.listsGiven++;
    void this.write(encodeP2p({ protocol: -TOPICS, packet: LIST, seq, payload })).then(
      this.#onFetched,
    );
  }
}

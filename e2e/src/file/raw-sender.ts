import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { RawClient } from '../raw/raw-client.ts';

const MARK = Buffer.from([0xa5, 0x46, 0x54, 0x01]);
const [OFFER, REQUEST, REPLY] = [1, 3, 4];
const TAG_BYTES = 16;
const CHUNK_BYTES = 1_024;

/** What a receiver asks. */
export interface RawRequest {
  readonly kind: 'join' | 'pull' | 'report';
  readonly receiver: string;
  readonly attempt: number;
  /** With `pull`. */
  readonly index: number;
  /** With `report`: 1 done, 2 failed, 3 refused. */
  readonly end: number;
  readonly reason: string;
}

/** What is said of a file; what is left out fits the bytes. */
export interface RawOffer {
  readonly name?: string;
  readonly size?: bigint;
  readonly chunkBytes?: number;
  readonly root?: Buffer;
  readonly toAll?: boolean;
}

/** Makes the sealed text of a reply; undefined: silence. */
export type Replier = (request: RawRequest, honest: () => Buffer) => Buffer | undefined;

/** The sender of one file after docs/files.md alone, as honest as the test wants. */
export class RawSender {
  readonly transfer: Buffer = randomBytes(16);
  readonly secret: Buffer = randomBytes(32);
  readonly requests: RawRequest[] = [];
  readonly #bytes: Buffer;
  readonly #run = randomBytes(8);
  #counter = 0n;
  /** By default it is honest. */
  reply: Replier = (_, honest) => honest();

  constructor(client: RawClient, bytes: Buffer) {
    this.#bytes = bytes;
    client.answer(this.inbox, (content) => this.#answer(content));
  }

  get inbox(): string {
    return `_amop_file_${this.transfer.toString('hex')}`;
  }

  /** How often the receiver has said how it ended, and as what. */
  get reports(): readonly RawRequest[] {
    return this.requests.filter(({ kind }) => kind === 'report');
  }

  /** The content of an offer. */
  offer({ chunkBytes = CHUNK_BYTES, name = 'raw.bin', root, size, toAll }: RawOffer = {}): Buffer {
    const numbers = Buffer.alloc(12);
    numbers.writeBigUInt64BE(size ?? BigInt(this.#bytes.length), 0);
    numbers.writeUInt32BE(chunkBytes, 8);
    const text = Buffer.from(name);
    const nameBytes = Buffer.alloc(2);
    nameBytes.writeUInt16BE(text.length);
    const nobody = Buffer.alloc(16);
    const head = Buffer.from([...MARK, OFFER, toAll === true ? 1 : 0]);
    const hash = root ?? rootOf(chunksOf(this.#bytes).map(leafOf));
    return Buffer.concat([
      head,
      this.transfer,
      this.secret,
      hash,
      numbers,
      nobody,
      nameBytes,
      text,
    ]);
  }

  /** The chunk of the file and its path, as a reply. */
  chunk(index: number, bytes: Buffer = chunksOf(this.#bytes)[index] ?? Buffer.alloc(0)): Buffer {
    const path = pathOf(chunksOf(this.#bytes).map(leafOf), index);
    return Buffer.concat([Buffer.from([1, path.length]), ...path, bytes]);
  }

  #answer(content: Buffer): Buffer | undefined {
    const head = content.subarray(0, 29);
    if (content[4] !== REQUEST) return undefined;
    const text = open(
      this.#key('request', head.subarray(13, 21)),
      head.subarray(21),
      content.subarray(29),
      [head, this.transfer],
    );
    const request = readRequest(text);
    this.requests.push(request);
    const sealed = this.reply(request, () =>
      request.kind === 'pull' ? this.chunk(request.index) : Buffer.from([0]),
    );
    if (sealed === undefined) return undefined;
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(this.#counter++);
    const replyHead = Buffer.concat([MARK, Buffer.from([REPLY]), this.#run, counter]);
    const cipher = createCipheriv('aes-256-gcm', this.#key('reply', this.#run), nonceOf(counter));
    cipher.setAAD(Buffer.concat([replyHead, this.transfer, head]));
    return Buffer.concat([replyHead, cipher.update(sealed), cipher.final(), cipher.getAuthTag()]);
  }

  #key(direction: 'request' | 'reply', run: Buffer): Buffer {
    const info = `amop file ${direction} ${run.toString('hex')}`;
    return Buffer.from(hkdfSync('sha256', this.secret, this.transfer, info, 32));
  }
}

/** Refused or later, with a reason. */
export function told(kind: 'refused' | 'later', reason: string): Buffer {
  return Buffer.concat([Buffer.from([kind === 'refused' ? 2 : 3]), Buffer.from(reason)]);
}

/** Verdict and reason in the answer to an offer. */
export function verdictOf(content: Buffer): { verdict: number | undefined; reason: string } {
  return { verdict: content[37], reason: content.toString('latin1', 38) };
}

function readRequest(text: Buffer): RawRequest {
  const kind = (['join', 'pull', 'report'] as const)[(text[0] ?? 0) - 1];
  if (kind === undefined) throw new Error(`no operation ${text[0]}`);
  return {
    kind,
    receiver: text.toString('hex', 1, 17),
    attempt: text.readUInt32BE(17),
    index: kind === 'pull' ? text.readUInt32BE(25) : 0,
    end: kind === 'report' ? (text[21] ?? 0) : 0,
    reason: kind === 'report' ? text.toString('latin1', 22) : '',
  };
}

function open(key: Buffer, counter: Buffer, sealed: Buffer, bound: readonly Buffer[]): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(counter));
  decipher.setAAD(Buffer.concat(bound));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
}

function nonceOf(counter: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(4), counter]);
}

function chunksOf(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, at) =>
    bytes.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES),
  );
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function leafOf(chunk: Buffer): Buffer {
  return sha256(Buffer.from([0]), chunk);
}

/** Leaves on the left of the highest power of two below their number (RFC 6962, 2.1). */
function splitOf(leaves: readonly Buffer[]): number {
  return 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return first;
  const left = splitOf(leaves);
  return sha256(Buffer.from([1]), rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)));
}

function pathOf(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length <= 1) return [];
  const left = splitOf(leaves);
  return index < left
    ? [...pathOf(leaves.slice(0, left), index), rootOf(leaves.slice(left))]
    : [...pathOf(leaves.slice(left), index - left), rootOf(leaves.slice(0, left))];
}

import { FrameSplitter } from '../wire/frame-splitter.ts';

/** Bytes that the Go SDK takes from TLS in one read. */
const GO_READ_BYTES = 4096;
const LENGTH_BYTES = 4;

/** How a client takes frames out of what TLS hands it. */
export interface ReadingHabit {
  readonly name: string;
  /** A reader without anything read: takes one TLS record, gives the frames that it makes of it. */
  create(): (record: Buffer) => Buffer[];
}

/**
 * How the original SDKs read (spec 2.4), from the specification alone, with their faults: each of
 * them goes wrong when two frames share a record, or a frame begins within one.
 */
export const READING_HABITS: readonly ReadingHabit[] = [
  { name: 'java: any length, any split', create: () => createSplitReader() },
  { name: 'go: 4096 bytes and one frame a read', create: () => createGoReader() },
  { name: 'python: a frame ends where the buffer ends', create: () => createSwallowingReader() },
  { name: 'nodejs: what follows a frame is thrown away', create: () => createDroppingReader() },
];

function createSplitReader(): (record: Buffer) => Buffer[] {
  const splitter = new FrameSplitter();
  return (record) => splitter.push(record);
}

/** What is left after the one frame of a read waits for the next read, whenever that comes. */
function createGoReader(): (record: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  const read = (bytes: Buffer): Buffer[] => {
    rest = Buffer.concat([rest, bytes]);
    if (rest.length < LENGTH_BYTES) throw new Error('the SDK would allocate 4 GiB');
    const length = rest.readUInt32BE(0);
    if (rest.length < length) return [];
    const frame = rest.subarray(0, length);
    rest = rest.subarray(length);
    return [frame];
  };
  return (record) => {
    const frames: Buffer[] = [];
    for (let at = 0; at < record.length; at += GO_READ_BYTES) {
      frames.push(...read(record.subarray(at, at + GO_READ_BYTES)));
    }
    return frames;
  };
}

/** The data of a frame is all that was read after its header. */
function createSwallowingReader(): (record: Buffer) => Buffer[] {
  let buffer = Buffer.alloc(0);
  return (record) => {
    buffer = Buffer.concat([buffer, record]);
    if (buffer.length < LENGTH_BYTES || buffer.length < buffer.readUInt32BE(0)) return [];
    const frame = buffer;
    buffer = Buffer.alloc(0);
    return [frame];
  };
}

/** The first frame is taken, the buffer emptied. */
function createDroppingReader(): (record: Buffer) => Buffer[] {
  let buffer = Buffer.alloc(0);
  return (record) => {
    buffer = Buffer.concat([buffer, record]);
    if (buffer.length < LENGTH_BYTES) return [];
    const length = buffer.readUInt32BE(0);
    if (buffer.length < length) return [];
    const frame = buffer.subarray(0, length);
    buffer = Buffer.alloc(0);
    return [frame];
  };
}

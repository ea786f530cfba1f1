import { i32be, viewOf, writeU32be } from '../bytes/big-endian.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.ts';
import { invalidArgument } from '../errors.ts';

/** What the content of a file message begins with. */
const FILE_MARK = -128;
const NAME_OFFSET = 8;

/** A file that travels as the content of one message, as between applications of the Java demo. */
export interface FileMessage {
  /**
   * As the sender wrote it, and as hostile as that: it may be empty or a path. Take the last part of
   * it at the most, and choose the folder yourself.
   */
  readonly name: string;
  /** View on the content, not a copy. */
  readonly bytes: Uint8Array;
}

/**
 * The content of a message that carries a file.
 *
 * Shape: i32be -128 | u32be bytes of the name | name in UTF-8 | bytes of the file.
 * The Java demo counts characters instead of bytes: towards it, name files in ASCII.
 *
 * @returns fresh bytes
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` for a name with a lone surrogate
 * @see spec 25
 */
export function encodeFileMessage({ name, bytes }: FileMessage): Uint8Array {
  const nameBytes = encodeUtf8(name);
  if (decodeUtf8(nameBytes) !== name) throw invalidArgument('name', 'well-formed text');
  const content = new Uint8Array(NAME_OFFSET + nameBytes.length + bytes.length);
  writeU32be(content, 0, FILE_MARK);
  writeU32be(content, 4, nameBytes.length);
  content.set(nameBytes, NAME_OFFSET);
  content.set(bytes, NAME_OFFSET + nameBytes.length);
  return content;
}

/** The file in the content of a message; undefined when it carries none, or its name cannot be read. */
export function parseFileMessage(content: Uint8Array): FileMessage | undefined {
  if (content.length < NAME_OFFSET || i32be(content, 0) !== FILE_MARK) return undefined;
  const nameBytes = i32be(content, 4);
  if (nameBytes < 0 || nameBytes > content.length - NAME_OFFSET) return undefined;
  const end = NAME_OFFSET + nameBytes;
  const name = decodeUtf8(viewOf(content, NAME_OFFSET, end));
  return name === undefined ? undefined : { name, bytes: viewOf(content, end, content.length) };
}

/** What every frame of a transfer begins with: 0xa5, `FT`, version 1. */
const MARK: readonly number[] = [0xa5, 0x46, 0x54, 0x01];

/** Bytes of the head of each frame: mark (4) | kind u8. */
export const FILE_HEAD_BYTES = 5;

/** What a frame of a transfer is. docs/files.md, "On the wire". */
export const FileFrameKind = { offer: 1, verdict: 2, request: 3, reply: 4 } as const;

/** One of the known kinds; a later version may send others, which are nobody's. */
export type FileFrameKind = (typeof FileFrameKind)[keyof typeof FileFrameKind];

/** Bytes of the number of a transfer, and of the one that a receiver chooses for itself. */
export const TRANSFER_ID_BYTES = 16;

/** Bytes of the secret in an offer. */
export const TRANSFER_SECRET_BYTES = 32;

/** Bytes of a hash: SHA-256. */
export const FILE_HASH_BYTES = 32;

/** Smallest and largest chunk that may be offered. */
export const MIN_CHUNK_BYTES = 1024;
export const MAX_CHUNK_BYTES = 8_388_608;

/** Most chunks of a file: a path in their tree has 18 hashes at the most. */
export const MAX_CHUNKS = 262_144;

/** Largest file that can be sent, in bytes: 2 TiB. */
export const MAX_FILE_BYTES: number = MAX_CHUNKS * MAX_CHUNK_BYTES;

const INBOX_PREFIX = '_amop_file_';

/** The topic on which the sender of a transfer is asked for it. `transfer`: 32 lower-case hex digits. */
export function fileInboxTopic(transfer: string): string {
  return `${INBOX_PREFIX}${transfer}`;
}

/** What a frame is by its head; undefined for any other content and for kinds we do not know. */
export function fileFrameKind(content: Uint8Array): FileFrameKind | undefined {
  if (content.length < FILE_HEAD_BYTES) return undefined;
  for (let at = 0; at < MARK.length; at++) if (content[at] !== MARK[at]) return undefined;
  const kind = content[MARK.length] ?? 0;
  // The kinds are the integers from offer to reply.
  return kind >= FileFrameKind.offer && kind <= FileFrameKind.reply
    ? (kind as FileFrameKind)
    : undefined;
}

/** Writes the head of a frame at the start of `target`. */
export function writeFileHead(target: Uint8Array, kind: FileFrameKind): void {
  target.set(MARK, 0);
  target[MARK.length] = kind;
}

/** How many chunks a file has; none when it is empty. */
export function chunkCount(size: number, chunkBytes: number): number {
  return Math.ceil(size / chunkBytes);
}

/** Bytes of one chunk of a file: the last one has what is left. */
export function chunkSize(index: number, size: number, chunkBytes: number): number {
  return Math.min(chunkBytes, size - index * chunkBytes);
}

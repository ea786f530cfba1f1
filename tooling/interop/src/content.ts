import { createHash, randomBytes } from 'node:crypto';

const MIB = 1024 * 1024;
const SUFFIX_BYTES = 4;

/** Names and contents of the cells. */
export interface Kind {
  readonly name: string;
  /** What the topic begins with; the rest makes it another one in each test. */
  readonly prefix: string;
  readonly content: Uint8Array;
}

/** What each row of the matrix sends. */
export const KINDS: readonly Kind[] = [
  {
    name: 'binary',
    prefix: 'binary',
    content: Uint8Array.from({ length: 256 }, (_, byte) => byte),
  },
  { name: 'empty', prefix: 'empty', content: new Uint8Array(0) },
  { name: '1 MiB', prefix: 'large', content: new Uint8Array(randomBytes(MIB)) },
  { name: 'UTF-8 topic', prefix: '链上信使/Größe/🏦', content: text('内容 with ü and 🏦') },
];

/** A topic that no other test uses. */
export function newTopic(prefix: string): string {
  return `${prefix}-${randomBytes(SUFFIX_BYTES).toString('hex')}`;
}

/** The UTF-8 bytes of a text. */
export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** What a content is, in a form that compares quickly and reads well when it differs. */
export function printOf(content: Uint8Array | undefined): string {
  if (content === undefined) return 'no content';
  return `${content.length} bytes, SHA-256 ${createHash('sha256').update(content).digest('hex')}`;
}

import { createHash } from 'node:crypto';
import { SEALED_MARK } from './message-text.ts';

const encoder = new TextEncoder();

/** The bytes of one version of a file: other ones for each, and the mark of what travels sealed all over them. */
export function fileContent(file: string, version: number, bytes: number): Uint8Array {
  let text = '';
  for (let line = 0; text.length < bytes; line += 1) {
    text += `${SEALED_MARK}${file}.${version} line ${line}\n`;
  }
  return encoder.encode(text.slice(0, bytes));
}

/** Names a content: 16 hex digits. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

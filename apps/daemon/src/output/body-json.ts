import { printableJson, utf8Text } from './text.ts';

/** A body as members of a JSON object. */
export interface BodyJson {
  /** Length of the body itself. */
  readonly bytes: number;
  /** How `body` is to be read. */
  readonly encoding: 'utf8' | 'base64';
  readonly body: string;
}

/** The body as text where it is valid UTF-8, else in base64; `encoding` tells which. */
export function bodyJson(body: Uint8Array): BodyJson {
  const text = utf8Text(body);
  if (text !== undefined) return { bytes: body.byteLength, encoding: 'utf8', body: text };
  const base64 = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64');
  return { bytes: body.byteLength, encoding: 'base64', body: base64 };
}

/** One JSON object as one line, newline included; safe to show on a terminal. */
export function jsonLine(value: object): string {
  return `${printableJson(JSON.stringify(value))}\n`;
}

import { readFileSync } from 'node:fs';

/** What the vectors say about their bytes, each in its own way: to be narrowed by the test. */
export interface VectorFields {
  readonly content_hex?: unknown;
  readonly content_utf8?: unknown;
  readonly data_utf8?: unknown;
  readonly expect_frames?: unknown;
  readonly layer?: unknown;
  readonly layout?: unknown;
  readonly packetType?: unknown;
  readonly payload_compressed_hex?: unknown;
  readonly payload_hex?: unknown;
  readonly protocolID?: unknown;
  readonly random_hex?: unknown;
  readonly reply_hex?: unknown;
  readonly reply_type?: unknown;
  readonly reply_utf8?: unknown;
  readonly request_utf8?: unknown;
  readonly result?: unknown;
  readonly seq?: unknown;
  readonly subscriber_node_id?: unknown;
  readonly topic?: unknown;
  readonly topicForCert?: unknown;
  readonly topic_byte_length?: unknown;
  readonly topic_utf8?: unknown;
  readonly topics?: unknown;
  readonly type?: unknown;
  readonly valid?: unknown;
  readonly version?: unknown;
}

/** One entry of a vector file. */
export interface Vector {
  readonly name: string;
  readonly source: string;
  readonly fields: VectorFields;
  readonly hex: string;
}

/** One recorded frame, or run of bytes, of the original network code. */
export interface Recorded {
  readonly group?: string;
  readonly case: string;
  readonly dir: string;
  readonly what: string;
  readonly hex: string;
}

/** The vectors of one file; they were produced by other implementations, see its `source`. */
export function loadVectors(file: string): Vector[] {
  return JSON.parse(readText(file)) as Vector[]; // published test data of known shape
}

/** The lines of one recording. */
export function loadRecording(file: string): Recorded[] {
  const lines = readText(file).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Recorded); // published test data of known shape
}

/** The bytes of a hex text. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** The bytes as hex text: two of them compare with a readable difference. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** A field that has to be a text. */
export function textField(vector: Vector, name: keyof VectorFields): string {
  const value = vector.fields[name];
  if (typeof value !== 'string') throw new TypeError(`${vector.name} has no text ${name}`);
  return value;
}

/** A field that has to be a number. */
export function numberField(vector: Vector, name: keyof VectorFields): number {
  const value = vector.fields[name];
  if (typeof value !== 'number') throw new TypeError(`${vector.name} has no number ${name}`);
  return value;
}

function readText(file: string): string {
  return readFileSync(new URL(`./vectors/${file}`, import.meta.url), 'utf8');
}

import { readFileSync } from 'node:fs';

interface VectorFields {
  readonly input_hex?: string;
  readonly random_hex?: string;
  readonly private_key_hex?: string;
  readonly public_key_64_hex?: string;
  readonly public_key_uncompressed_hex?: string;
  readonly keccak256_hex?: string;
  readonly verify_java_style?: boolean;
  readonly verify_go_style?: boolean;
}

/** One published vector. */
export interface Vector {
  readonly name: string;
  readonly fields: VectorFields;
  readonly hex: string;
}

/** Gives back the published vectors whose name begins with `prefix`. */
export function vectors(prefix: string): Vector[] {
  const text = readFileSync(new URL('./vectors/private-topic.json', import.meta.url), 'utf8');
  // A file of this repository, shaped as its documentation says.
  return (JSON.parse(text) as Vector[]).filter(({ name }) => name.startsWith(prefix));
}

/** Bytes of hex digits; a field that the vector lacks is an error of the test. */
export function bytes(hex: string | undefined): Uint8Array {
  if (hex === undefined) throw new Error('the vector lacks a field');
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

import { MAX_FRAME_BYTES } from '../constants.ts';
import { invalidArgument } from '../errors.ts';
import { compareUtf8, decodeUtf8, encodeUtf8 } from './utf8.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;

/** What a JSON text from outside may hold; what is beyond it is not parsed at all. */
export interface JsonLimits {
  readonly maxBytes: number;
  /** Arrays and objects together. */
  readonly maxNested: number;
  /** Commas and colons together: elements and members. */
  readonly maxItems: number;
}

/** For payloads of a fixed, small form. */
export const SMALL_JSON: JsonLimits = { maxBytes: 65_536, maxNested: 1_024, maxItems: 4_096 };
/** For lists of topics. */
export const TOPIC_LIST_JSON: JsonLimits = {
  maxBytes: 32 * 1024 * 1024,
  maxNested: 65_536,
  maxItems: 262_144,
};
/** For what a node that was chosen by its user answers: bounded by the frame. */
export const TRUSTED_JSON: JsonLimits = {
  maxBytes: MAX_FRAME_BYTES,
  maxNested: Number.POSITIVE_INFINITY,
  maxItems: Number.POSITIVE_INFINITY,
};

/**
 * The value of a JSON text; undefined if `bytes` are not strict JSON in UTF-8, or beyond `limits`.
 *
 * The limits are checked in one pass over the bytes before anything is parsed: a parser takes a
 * minute and gigabytes for 100 MiB of `[[],[],…`.
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  if (bytes.length > limits.maxBytes || !isWithin(bytes, limits)) return undefined;
  const text = decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Counts brackets, commas and colons outside of strings. */
function isWithin(bytes: Uint8Array, { maxItems, maxNested }: JsonLimits): boolean {
  if (maxItems === Number.POSITIVE_INFINITY) return true;
  let inString = false;
  let nested = 0;
  let items = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) {
      if (++nested > maxNested) return false;
    } else if (byte === COMMA || byte === COLON) {
      if (++items > maxItems) return false;
    }
  }
  return true;
}

/**
 * The JSON of `value` as SDKs write it: members in the order given, nothing appended.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` if it has no JSON form (cyclic, a bigint)
 */
export function encodeJson(value: unknown): Uint8Array {
  return encodeUtf8(stringify(value));
}

/**
 * The JSON of `value` as the original node writes it: members in ascending byte order of their
 * names, no spaces, a newline at the end. Spec 3.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` if it has no JSON form (cyclic, a bigint)
 */
export function encodeNodeJson(value: unknown): Uint8Array {
  return encodeUtf8(`${stringify(value, ascendingMembers)}\n`);
}

/** Whether `value` is an object with members: neither null nor an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The items of an array, each through `parseItem`; undefined unless `value` is an array and every
 * item passes. Stops at the first that does not: a hostile array of millions costs one look.
 */
export function parseItems<Item>(
  value: unknown,
  parseItem: (item: unknown) => Item | undefined,
): Item[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: Item[] = [];
  for (const raw of value as unknown[]) {
    const item = parseItem(raw);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** Whether `value` is an array of strings only. */
export function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function stringify(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer) ?? 'null';
  } catch (cause) {
    const error = invalidArgument('value', 'something with a JSON form');
    error.cause = cause;
    throw error;
  }
}

function ascendingMembers(_key: string, value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareUtf8(a, b)));
}

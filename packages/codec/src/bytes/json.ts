import { invalidArgument } from '../errors.ts';
import { compareUtf8, decodeUtf8, encodeUtf8 } from './utf8.ts';

/** The value of a JSON text; undefined if `bytes` are not strict JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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

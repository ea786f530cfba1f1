import { z } from 'zod';
import { encodeJson, encodeNodeJson, parseJson, SMALL_JSON } from '../bytes/json.ts';
import { encodeUtf8 } from '../bytes/utf8.ts';

const ZERO = 0x30;

/** 0 asks, 1 answers. */
export type HeartbeatValue = 0 | 1;

/** A heartbeat that says something; most SDKs send none or an empty one. */
export interface Heartbeat {
  /** 1: one ASCII digit. 2: JSON, of protocol 2 and 3. */
  readonly form: 1 | 2;
  /** 0 asks, 1 answers, others are possible in form 2. */
  readonly value: number;
}

const heartbeatSchema = z.object({ heartBeat: z.int() });

/**
 * The data of a 0x13: one digit in protocol 1, `{"heartBeat":n}` in 2 and 3, where the answer (1)
 * ends with a newline as the original's. Spec 5.2.
 */
export function encodeHeartbeat(protocol: number, value: HeartbeatValue): Uint8Array {
  if (protocol < 2) return encodeUtf8(String(value));
  return value === 0 ? encodeJson({ heartBeat: value }) : encodeNodeJson({ heartBeat: value });
}

/**
 * Whether this data of a 0x13 is answered in protocol 1: exactly `0`. In protocol 2 and 3 any data
 * is, none included. Spec 5.2.
 */
export function isHeartbeatRequest(data: Uint8Array): boolean {
  return data.length === 1 && data[0] === ZERO;
}

/** The heartbeat in the data of a 0x13; undefined if it has neither form. */
export function parseHeartbeat(data: Uint8Array): Heartbeat | undefined {
  const digit = (data[0] ?? 0) - ZERO;
  if (data.length === 1 && (digit === 0 || digit === 1)) return { form: 1, value: digit };
  const parsed = heartbeatSchema.safeParse(parseJson(data, SMALL_JSON));
  return parsed.success ? { form: 2, value: parsed.data.heartBeat } : undefined;
}

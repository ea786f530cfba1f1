import { z } from 'zod';
import { encodeJson, type JsonLimits, parseJson } from '../bytes/json.ts';
import { EXTENSION_VERSION } from '../constants.ts';

const OPENING_BRACE = 0x7b;
const MAX_WORD = 64;
const MAX_NODE_ID = 128;
const MAX_MESSAGE = 1_024;
/** Room for the longest message with every character escaped. */
const DETAIL_JSON: JsonLimits = { maxBytes: 16_384, maxNested: 16, maxItems: 64 };

/** Data of a 0x31 with a non-zero result made by our node or client, where `errors` was negotiated. */
export interface ErrorDetail {
  /** Where it failed, seen from the sender: its node, the subscriber's node, the subscriber. */
  readonly hop: 'node' | 'peer-node' | 'subscriber';
  /** Node that reports it, 128 lower-case hex digits. */
  readonly node?: string;
  /** Kebab-case word, such as `no-subscriber`. */
  readonly reason: string;
  /** Whether a subscriber may have got the message. */
  readonly maybeDelivered: 'no' | 'yes' | 'unknown';
  /** Whether sending it again makes sense. */
  readonly retryable: boolean;
  /** Text for people, only what the other side chose to tell. */
  readonly message?: string;
}

const detailSchema = z.object({
  v: z.int().min(1),
  hop: z.enum(['node', 'peer-node', 'subscriber']),
  node: z.string().max(MAX_NODE_ID).optional().catch(undefined),
  reason: z.string().max(MAX_WORD),
  maybeDelivered: z.enum(['no', 'yes', 'unknown']),
  retryable: z.boolean(),
  message: z
    .string()
    .transform((text) => text.slice(0, MAX_MESSAGE))
    .optional()
    .catch(undefined),
});

/**
 * The detail in the data of a non-zero 0x31; undefined when it is none: original nodes send no data,
 * or echo the request, original subscribers send anything.
 */
export function parseErrorDetail(data: Uint8Array): ErrorDetail | undefined {
  if (data[0] !== OPENING_BRACE) return undefined; // an echo may have 100 MiB: no parsing for it
  const parsed = detailSchema.safeParse(parseJson(data, DETAIL_JSON));
  if (!parsed.success) return undefined;
  const { hop, node, reason, maybeDelivered, retryable, message } = parsed.data;
  return {
    hop,
    ...(node !== undefined && { node }),
    reason,
    maybeDelivered,
    retryable,
    ...(message !== undefined && { message }),
  };
}

/** The data of a non-zero 0x31 for a receiver that negotiated `errors`; a message is cut to 1 024 characters. */
export function encodeErrorDetail(detail: ErrorDetail): Uint8Array {
  const { hop, node, reason, maybeDelivered, retryable, message } = detail;
  return encodeJson({
    v: EXTENSION_VERSION,
    hop,
    node,
    reason,
    maybeDelivered,
    retryable,
    message: message?.slice(0, MAX_MESSAGE),
  });
}

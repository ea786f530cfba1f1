import { bodyBytes } from '../body.ts';
import { MAX_MESSAGE_BYTES } from '../call/pending-call.ts';
import { ClientError } from '../errors.ts';
import { parseTimeout } from './options.ts';

/** Header of a frame, length byte and longest topic: what comes on top of a body. */
const MESSAGE_OVERHEAD_BYTES = 42 + 255;

/** Options of every call that waits. */
export interface CallOptions {
  /** Ends the call by then, in ms. Default `requestTimeoutMs` of `connect`. */
  readonly timeoutMs?: number;
  /** Ends the call with `AMOP_CLIENT_ABORTED`. */
  readonly signal?: AbortSignal;
}

/**
 * The time of a call.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
export function parseCallTimeout(
  options: { readonly timeoutMs?: number } | undefined,
  fallbackMs: number,
): number {
  if (options === undefined) return fallbackMs;
  if (typeof options === 'object' && options !== null) {
    return parseTimeout(options.timeoutMs, 'timeoutMs', fallbackMs);
  }
  throw new ClientError('AMOP_CLIENT_OPTIONS', 'options of a call must be an object', {
    option: 'options',
    reason: 'bad-option',
  });
}

/**
 * The bytes of a body that one message takes.
 *
 * @param spareBytes what is put around it beside frame and topic
 * @throws ClientError `AMOP_CLIENT_OPTIONS`, `AMOP_CLIENT_TOO_LARGE`
 */
export function checkedBody(body: Uint8Array | string, spareBytes = 0): Uint8Array {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new ClientError('AMOP_CLIENT_OPTIONS', 'body must be a Uint8Array or a string', {
      option: 'body',
      reason: 'bad-body',
    });
  }
  const bytes = bodyBytes(body);
  const maxBytes = MAX_MESSAGE_BYTES - MESSAGE_OVERHEAD_BYTES - spareBytes;
  if (bytes.length <= maxBytes) return bytes;
  throw new ClientError(
    'AMOP_CLIENT_TOO_LARGE',
    `the body has ${bytes.length} bytes; one message takes ${maxBytes}: send it in parts`,
    { hop: 'client', reason: 'body-too-large' },
  );
}

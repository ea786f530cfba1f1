const HEAD = /^amop-sim ([\w./-]{1,80}) (\d{1,9})\n/;
/** Longest head, in bytes. */
const MAX_HEAD_BYTES = 110;
const MULTIPLIER = 31;

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

/**
 * A body that tells which message it is and whether it is whole.
 *
 * Shape: `amop-sim <id> <bytes of the filler>` and a newline, then a filler that follows from the id.
 *
 * @param id letters, digits and `._/-`, at most 80
 * @param bytes size of the whole body; a smaller one than the head is stretched to it
 */
export function encodeMessageText(id: string, bytes: number): Uint8Array {
  const fillerBytes = Math.max(0, bytes - encoder.encode(`amop-sim ${id} ${bytes}\n`).length);
  const head = encoder.encode(`amop-sim ${id} ${fillerBytes}\n`);
  const body = new Uint8Array(head.length + fillerBytes);
  body.set(head);
  const start = startOf(id);
  for (let index = 0; index < fillerBytes; index += 1) {
    body[head.length + index] = (start + index * MULTIPLIER) & 0xff;
  }
  return body;
}

/** How the ids of messages begin that travel sealed, and the runs of their handlers. */
export const SEALED_MARK = 'sealed/';

/** {@link SEALED_MARK} for the id of such a message, else nothing. */
export function sealOf(id: string): string {
  return id.startsWith(SEALED_MARK) ? SEALED_MARK : '';
}

/** Id of the message whose whole body this is; undefined when it is none, or not whole. */
export function readMessageText(body: Uint8Array): string | undefined {
  const match = HEAD.exec(decoder.decode(body.subarray(0, MAX_HEAD_BYTES)));
  const [head = '', id, filler] = match ?? [];
  if (id === undefined || body.length !== head.length + Number(filler)) return undefined;
  const start = startOf(id);
  for (let at = head.length, index = 0; at < body.length; at += 1, index += 1) {
    if (body[at] !== ((start + index * MULTIPLIER) & 0xff)) return undefined;
  }
  return id;
}

/** The answer of a handler: names its run. */
export function encodeAnswerText(run: string): Uint8Array {
  return encoder.encode(`amop-run ${run}`);
}

/** The run that an answer speaks of; undefined when it is none. */
export function readAnswerText(body: Uint8Array): string | undefined {
  return /^amop-run ([\w./-]{1,120})$/.exec(decoder.decode(body))?.[1];
}

/** What an answer holds: the run that it speaks of, or what it is instead. */
export function readAnswer(body: Uint8Array): { readonly run: string } | { readonly held: string } {
  const run = readAnswerText(body);
  if (run !== undefined) return { run };
  const message = readMessageText(body);
  return { held: message === undefined ? `${body.length} other bytes` : `the body of ${message}` };
}

function startOf(id: string): number {
  let sum = 7;
  for (let index = 0; index < id.length; index += 1) sum = (sum * 33 + id.charCodeAt(index)) | 0;
  return sum & 0xff;
}

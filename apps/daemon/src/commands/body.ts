import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DaemonError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

/** A frame holds at most 100 MiB (spec 2.2); nothing larger is worth reading. */
const MAX_BODY_BYTES = 104_857_600;

/** Where the body of a message may come from. */
export interface BodySource {
  /** The argument: the text itself, or `-` for standard input. */
  readonly argument?: string | undefined;
  /** Path of a file, relative to the terminal's folder. */
  readonly file?: string | undefined;
}

/**
 * The bytes of a message's body: the argument as UTF-8, a file, or standard input (`-`, or nothing given and
 * standard input is not a terminal). Bytes are taken as they are, a final newline included.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE` (two sources, or none), `AMOP_DAEMON_BODY` (unreadable, too large)
 */
export async function readBody(source: BodySource, terminal: Terminal): Promise<Uint8Array> {
  const { argument, file } = source;
  if (file !== undefined) {
    if (argument !== undefined) {
      throw new DaemonError(
        'AMOP_DAEMON_USAGE',
        'the body is given twice, as argument and by --file',
        { argument: '--file' },
      );
    }
    return readBodyFile(file, terminal);
  }
  if (argument !== undefined && argument !== '-') return new TextEncoder().encode(argument);
  if (argument === undefined && terminal.isTty.stdin) {
    throw new DaemonError(
      'AMOP_DAEMON_USAGE',
      "no body: give it as argument ('' for an empty one), with --file, or pipe it in",
      { argument: 'body' },
    );
  }
  return readStdin(terminal);
}

async function readBodyFile(file: string, terminal: Terminal): Promise<Uint8Array> {
  try {
    return checkSize(await readFile(resolve(terminal.cwd, file)), file);
  } catch (cause) {
    if (cause instanceof DaemonError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DaemonError(
      'AMOP_DAEMON_BODY',
      `the body cannot be read: ${reason}`,
      { source: file },
      { cause },
    );
  }
}

async function readStdin(terminal: Terminal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of terminal.stdin()) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) break;
  }
  return checkSize(Buffer.concat(chunks), 'standard input');
}

function checkSize(body: Uint8Array, source: string): Uint8Array {
  if (body.byteLength <= MAX_BODY_BYTES) return body;
  throw new DaemonError(
    'AMOP_DAEMON_BODY',
    `the body from ${source} is larger than a message may be, ${MAX_BODY_BYTES} bytes`,
    { source, limitBytes: MAX_BODY_BYTES },
  );
}

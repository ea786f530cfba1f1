import {
  chunkCount,
  isFileShape,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_FILE_BYTES,
  MAX_OFFERED_NAME_BYTES,
  MIN_CHUNK_BYTES,
} from '@amop/codec';
import { bodyBytes } from '../../body.ts';
import { ClientError } from '../../errors.ts';
import { parseTimeout } from '../../options/options.ts';
import { badOption } from '../file-error.ts';
import type { FileAudience, SendFileOptions } from '../file-types.ts';
import { defaultStateDirectory } from './send-store.ts';

const DEFAULT_CHUNK_BYTES = 512 * 1024;
const JOIN_MS: Readonly<Record<FileAudience, number>> = { one: 30_000, all: 10_000 };
const LONE_SURROGATE = /\p{Surrogate}/u;
const STALL_MS = 300_000;
const NAMES: readonly string[] = [
  'to',
  'name',
  'joinMs',
  'stallMs',
  'stateDirectory',
  'restart',
  'chunkBytes',
  'single',
  'onProgress',
  'signal',
];

/** Checked options of `sendFile`. */
export interface SendSettings {
  readonly to: FileAudience;
  readonly name: string | undefined;
  readonly joinMs: number;
  readonly stallMs: number;
  readonly stateDirectory: string;
  readonly restart: boolean;
  readonly chunkBytes: number | undefined;
  readonly single: boolean;
  readonly onProgress: SendFileOptions['onProgress'];
  readonly signal: AbortSignal | undefined;
}

/** @throws ClientError `AMOP_CLIENT_OPTIONS` */
export function parseSendOptions(options: SendFileOptions = {}): SendSettings {
  if (typeof options !== 'object' || options === null) {
    throw badOption('options', 'must be an object');
  }
  const slip = Object.keys(options).find((name) => !NAMES.includes(name));
  if (slip !== undefined) throw badOption(slip, `is not an option; there are ${NAMES.join(', ')}`);
  const { chunkBytes, name, onProgress, restart, signal, single, stateDirectory, to } = options;
  if (to !== undefined && to !== 'one' && to !== 'all') {
    throw badOption('to', "must be 'one' or 'all'");
  }
  if (name !== undefined) checkName(name);
  if (stateDirectory !== undefined && (typeof stateDirectory !== 'string' || !stateDirectory)) {
    throw badOption('stateDirectory', 'must be the path of a folder');
  }
  if (chunkBytes !== undefined && !isFileShape(0, chunkBytes)) {
    throw badOption(
      'chunkBytes',
      `must be a whole number of ${MIN_CHUNK_BYTES}..${MAX_CHUNK_BYTES}`,
    );
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw badOption('onProgress', 'must be a function');
  }
  const audience = to ?? 'one';
  return {
    to: audience,
    name,
    joinMs: parseTimeout(options.joinMs, 'joinMs', JOIN_MS[audience]),
    stallMs: parseTimeout(options.stallMs, 'stallMs', STALL_MS),
    stateDirectory: stateDirectory ?? defaultStateDirectory(),
    restart: restart === true,
    chunkBytes,
    single: single === true,
    onProgress,
    signal,
  };
}

/**
 * Bytes of the chunks of a file: as asked for, or 512 KiB and, for files above 128 GiB, so many that
 * there are 2^18 at most.
 *
 * @throws ClientError `AMOP_CLIENT_TOO_LARGE`
 */
export function chunkBytesFor(size: number, asked: number | undefined): number {
  if (size > MAX_FILE_BYTES) {
    throw new ClientError(
      'AMOP_CLIENT_TOO_LARGE',
      `the file has ${size} bytes; ${MAX_FILE_BYTES} can be sent: split it`,
      { hop: 'client', reason: 'file-too-large' },
    );
  }
  if (asked !== undefined && chunkCount(size, asked) > MAX_CHUNKS) {
    throw badOption('chunkBytes', `is too small for ${size} bytes: ${MAX_CHUNKS} chunks at most`);
  }
  if (asked !== undefined) return asked;
  let chunkBytes = DEFAULT_CHUNK_BYTES;
  while (chunkCount(size, chunkBytes) > MAX_CHUNKS) chunkBytes *= 2;
  return chunkBytes;
}

/** @throws ClientError `AMOP_CLIENT_OPTIONS` */
export function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '') throw badOption('name', 'must be a name');
  if (LONE_SURROGATE.test(name) || bodyBytes(name).length > MAX_OFFERED_NAME_BYTES) {
    throw badOption('name', `must be text of ${MAX_OFFERED_NAME_BYTES} bytes of UTF-8 at most`);
  }
}

import { resolve } from 'node:path';
import { parseTimeout } from '../../options/options.ts';
import { badOption } from '../file-error.ts';
import type { AcceptFile, FileEvent, ReceiveFilesOptions } from '../file-types.ts';

const GIBIBYTE = 1024 ** 3;
const MAX_BYTES = 16 * GIBIBYTE;
const QUOTA_BYTES = 64 * GIBIBYTE;
const MAX_FILES = 100_000;
const MAX_TRANSFERS = 8;
const MOST_TRANSFERS = 1024;
const KEEP_MS = 7 * 24 * 3_600_000;
const NAMES: readonly string[] = [
  'directory',
  'accept',
  'maxBytes',
  'quotaBytes',
  'maxFiles',
  'maxTransfers',
  'keepMs',
  'onEvent',
  'privateKey',
  'publishers',
  'timeoutMs',
  'signal',
];

/** Checked options of `receiveFiles`, but for keys and the time of the call. */
export interface ReceiveSettings {
  /** Absolute. */
  readonly directory: string;
  readonly accept: AcceptFile;
  readonly maxBytes: number;
  readonly quotaBytes: number;
  readonly maxFiles: number;
  readonly maxTransfers: number;
  readonly keepMs: number;
  readonly onEvent: ((event: FileEvent) => void) | undefined;
}

/** @throws ClientError `AMOP_CLIENT_OPTIONS` */
export function parseReceiveOptions(options: ReceiveFilesOptions): ReceiveSettings {
  if (typeof options !== 'object' || options === null) {
    throw badOption('options', "must be an object with 'directory'");
  }
  const slip = Object.keys(options).find((name) => !NAMES.includes(name));
  if (slip !== undefined) throw badOption(slip, `is not an option; there are ${NAMES.join(', ')}`);
  const { accept, directory, onEvent } = options;
  if (typeof directory !== 'string' || directory === '') {
    throw badOption('directory', 'must be the path of the folder where files go');
  }
  if (accept !== undefined && typeof accept !== 'function') {
    throw badOption('accept', 'must be a function');
  }
  if (onEvent !== undefined && typeof onEvent !== 'function') {
    throw badOption('onEvent', 'must be a function');
  }
  if (options.privateKey === undefined && options.publishers !== undefined) {
    throw badOption('publishers', 'needs privateKey: only on a private topic senders are known');
  }
  return {
    directory: resolve(directory),
    accept: accept ?? (() => true),
    maxBytes: whole(options.maxBytes, 'maxBytes', MAX_BYTES),
    quotaBytes: whole(options.quotaBytes, 'quotaBytes', QUOTA_BYTES),
    maxFiles: whole(options.maxFiles, 'maxFiles', MAX_FILES),
    maxTransfers: whole(options.maxTransfers, 'maxTransfers', MAX_TRANSFERS, MOST_TRANSFERS),
    keepMs: parseTimeout(options.keepMs, 'keepMs', KEEP_MS),
    onEvent,
  };
}

function whole(
  value: number | undefined,
  option: string,
  fallback: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw badOption(option, `must be a whole number of 1..${most}`);
}

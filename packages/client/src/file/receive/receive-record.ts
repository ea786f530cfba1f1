import { isFileShape, type TransferOffer } from '@amop/codec';
import { z } from 'zod';
import { bytesOfHex, hexOf } from '../../hex.ts';
import type { FileOffer } from '../file-types.ts';
import { hexField } from '../hex-field.ts';
import { safeName } from './safe-name.ts';

/** What has to survive the receiver's process. Times in ms since 1970, bytes in hex digits. */
export interface ReceiveRecord {
  readonly version: 1;
  readonly topic: string;
  readonly transfer: string;
  readonly secret: string;
  readonly root: string;
  readonly size: number;
  readonly chunkBytes: number;
  readonly toAll: boolean;
  readonly offeredName: string;
  readonly sender?: string | undefined;
  /** Name that it gets, unless another file has it by then: a part of no path. */
  readonly name: string;
  /** Name of the unfinished file. */
  readonly part: string;
  /** This receiver in this transfer. */
  readonly receiver: string;
  readonly attempt: number;
  /**
   * `pulling`; `placing`: whole, and may have its name; `done`: in its place; `failed`: it may be
   * gone on with.
   */
  readonly phase: 'pulling' | 'placing' | 'done' | 'failed';
  readonly reason?: string | undefined;
  /** With `placing`: which file it is, under whatever name. */
  readonly identity?: string | undefined;
  /** When something last came. */
  readonly newsMs: number;
}

/** One more must be a u32. */
const MAX_ATTEMPT = 0xffff_fffe;

const plainName = z.string().refine((name) => safeName(name) === name);

const receiveRecord: z.ZodType<ReceiveRecord> = z
  .object({
    version: z.literal(1),
    topic: z.string(),
    transfer: hexField(16),
    secret: hexField(32),
    root: hexField(32),
    size: z.int().nonnegative(),
    chunkBytes: z.int().positive(),
    toAll: z.boolean(),
    offeredName: z.string(),
    sender: z.string().optional(),
    name: plainName,
    part: z.string().regex(/^[^/\\]+\.part$/),
    receiver: hexField(16),
    attempt: z.int().nonnegative().max(MAX_ATTEMPT),
    phase: z.enum(['pulling', 'placing', 'done', 'failed']),
    reason: z.string().optional(),
    identity: z.string().optional(),
    newsMs: z.number(),
  })
  .refine(({ chunkBytes, size }) => isFileShape(size, chunkBytes));

/** The record in the bytes of a file; undefined for anything else. */
export function parseReceiveRecord(bytes: Uint8Array): ReceiveRecord | undefined {
  try {
    return receiveRecord.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** What of a record is the offer that it began with. */
export function recordOfOffer(
  offer: TransferOffer,
): Pick<
  ReceiveRecord,
  'transfer' | 'secret' | 'root' | 'size' | 'chunkBytes' | 'toAll' | 'offeredName'
> {
  const { chunkBytes, name, root, secret, size, toAll, transfer } = offer;
  return {
    transfer,
    secret: hexOf(secret),
    root: hexOf(root),
    size,
    chunkBytes,
    toAll,
    offeredName: name,
  };
}

/** What applications are told of it. */
export function offerOfRecord(record: ReceiveRecord): FileOffer {
  const { name, offeredName, root, sender, size, toAll, topic, transfer } = record;
  return {
    transfer,
    topic,
    name,
    offeredName,
    size,
    hash: root,
    to: toAll ? 'all' : 'one',
    sender,
  };
}

/** The secret of a record. */
export function secretOf(record: ReceiveRecord): Uint8Array {
  return bytesOfHex(record.secret);
}

import { isFileShape } from '@amop/codec';
import { z } from 'zod';
import type { FileAudience, FileOutcome } from '../file-types.ts';
import { hexField } from '../hex-field.ts';

/** What has to survive the sender's process. Times in ms since 1970, bytes in hex digits. */
export interface SendRecord {
  readonly version: 1;
  readonly topic: string;
  readonly to: FileAudience;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly identity: string;
  readonly chunkBytes: number;
  readonly transfer: string;
  readonly secret: string;
  readonly root: string;
  /** Until then receivers may join a transfer to all. */
  readonly joinUntilMs: number;
  readonly receivers: readonly SentReceiver[];
}

/** One receiver in a record. */
export interface SentReceiver {
  readonly receiver: string;
  readonly key?: string | undefined;
  readonly attempt: number;
  readonly have: number;
  readonly outcome?: FileOutcome['outcome'] | undefined;
  readonly reason?: string | undefined;
}

const sendRecord: z.ZodType<SendRecord> = z
  .object({
    version: z.literal(1),
    topic: z.string(),
    to: z.enum(['one', 'all']),
    name: z.string(),
    path: z.string(),
    size: z.int().nonnegative(),
    modifiedMs: z.number(),
    identity: z.string(),
    chunkBytes: z.int().positive(),
    transfer: hexField(16),
    secret: hexField(32),
    root: hexField(32),
    joinUntilMs: z.number(),
    receivers: z.array(
      z.object({
        receiver: hexField(16),
        key: hexField(64).optional(),
        attempt: z.int().nonnegative(),
        have: z.int().nonnegative(),
        outcome: z.enum(['done', 'failed', 'refused', 'stalled', 'revoked']).optional(),
        reason: z.string().optional(),
      }),
    ),
  })
  .refine(({ chunkBytes, size }) => isFileShape(size, chunkBytes));

/** The record in the bytes of a file; undefined for anything else. */
export function parseSendRecord(bytes: Uint8Array): SendRecord | undefined {
  try {
    return sendRecord.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

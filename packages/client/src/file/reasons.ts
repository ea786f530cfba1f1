/** Why a transfer does not go on; what is told between clients and to applications. docs/files.md, "Reasons". */
export const TransferReason = {
  /** `accept` said no. */
  notWanted: 'not-wanted',
  /** Above `maxBytes` of the receiver. */
  tooLarge: 'too-large',
  /** Above `quotaBytes` of the receiver. */
  quota: 'quota-exceeded',
  /** The disk of the receiver has not so much room, or has run out of it. */
  diskFull: 'disk-full',
  /** The receiver may not write where files go. */
  notWritable: 'not-writable',
  /** The disk of the receiver failed otherwise. */
  diskFailed: 'disk-failed',
  /** As many files as the receiver takes at a time are under way. */
  busy: 'busy',
  /** The application of the receiver has not decided yet. */
  deciding: 'deciding',
  /** Another receiver has it. */
  taken: 'taken-by-another',
  /** The time to join is over. */
  joinOver: 'join-over',
  /** Chunks did not fit the hash that was offered. */
  wrongHash: 'wrong-hash',
  /** The source is not what was offered any more. */
  sourceChanged: 'source-changed',
  /** The source cannot be read any more. */
  sourceFailed: 'source-failed',
  /** The sender has to be told first that the receiver goes on. */
  notJoined: 'not-joined',
  /** No news for as long as unfinished files are kept. */
  expired: 'expired',
  /** The receiver was given what it does not understand. */
  malformed: 'malformed',
  /** The receiver was closed. */
  closed: 'receiver-closed',
} as const;

/** One of the known reasons. */
export type TransferReason = (typeof TransferReason)[keyof typeof TransferReason];

/** Reasons after which nothing of a file is left at its receiver: going on makes no sense. */
const FINAL_REASONS: ReadonlySet<string> = new Set<TransferReason>([
  TransferReason.taken,
  TransferReason.joinOver,
  TransferReason.sourceChanged,
  TransferReason.wrongHash,
  TransferReason.malformed,
  TransferReason.expired,
]);

/** Whether a receiver that failed for that reason has nothing left to go on with. */
export function isFinalReason(reason: string): boolean {
  return FINAL_REASONS.has(reason);
}

const DISK_REASONS: Readonly<Record<string, TransferReason | undefined>> = {
  ENOSPC: TransferReason.diskFull,
  EDQUOT: TransferReason.diskFull,
  EFBIG: TransferReason.diskFull,
  EACCES: TransferReason.notWritable,
  EPERM: TransferReason.notWritable,
  EROFS: TransferReason.notWritable,
};

/** The POSIX code of what a disk answered; undefined for anything else that was thrown. */
export function diskCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What is told of a disk that failed. */
export function diskReason(error: unknown): TransferReason {
  return DISK_REASONS[diskCode(error) ?? ''] ?? TransferReason.diskFailed;
}

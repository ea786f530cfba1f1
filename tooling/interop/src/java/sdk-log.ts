/**
 * What the SDK logs as an error for each acknowledgement of a multicast of its own: it sends them
 * without a callback, and cannot find one.
 */
export const MULTICAST_ACK_ERROR = 'can not found response callback';

/** The log of the SDK by level. */
export interface SdkLog {
  /** Lines of level ERROR. */
  readonly errors: readonly string[];
}

/** Reads a log that `slf4j-simple` has written: `[thread] LEVEL logger - message`. */
export function readLog(text: string): SdkLog {
  return { errors: text.split('\n').filter((line) => /^\[[^\]]+\] ERROR /.test(line)) };
}

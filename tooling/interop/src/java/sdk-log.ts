/**
 * What the SDK logs as an error for each acknowledgement of a multicast of its own: it sends them
 * without a callback, and cannot find one.
 */
export const MULTICAST_ACK_ERROR = 'can not found response callback';

/** The lines of level ERROR in a log that `slf4j-simple` has written: `[thread] LEVEL logger - message`. */
export function errorsOf(log: string): string[] {
  return log.split('\n').filter((line) => /^\[[^\]]+\] ERROR /.test(line));
}

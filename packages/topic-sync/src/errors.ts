/**
 * What went wrong, as a stable word: `AMOP_TOPIC_SYNC_OPTIONS` (a limit or an interval is not a
 * positive whole number) or `AMOP_TOPIC_SYNC_EVENT_ORDER` (an event before `open`, or `open` twice).
 *
 * Both are faults of the calling program. Nothing that a peer or a client sends throws.
 */
export type TopicSyncErrorCode = 'AMOP_TOPIC_SYNC_OPTIONS' | 'AMOP_TOPIC_SYNC_EVENT_ORDER';

/** Facts about one error, JSON-safe, without secrets. */
export type TopicSyncErrorDetails = Readonly<Record<string, string | number>>;

/** The only error class of this package; match on `code`, not on the message or the class. */
export class TopicSyncError extends Error {
  override readonly name: string = 'TopicSyncError';
  readonly code: TopicSyncErrorCode;
  readonly details: TopicSyncErrorDetails;

  constructor(code: TopicSyncErrorCode, message: string, details: TopicSyncErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/**
 * Gives back `value` when it is a whole number of 1 or more.
 *
 * @throws TopicSyncError `AMOP_TOPIC_SYNC_OPTIONS`, naming the option and the value
 */
export function positiveInteger(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TopicSyncError(
    'AMOP_TOPIC_SYNC_OPTIONS',
    `Option ${option} must be a whole number of 1 or more, not ${value}`,
    { option, value: String(value) },
  );
}

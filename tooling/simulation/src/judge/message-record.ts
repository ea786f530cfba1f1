import type { FailureEvent, PublishEvent, RequestEvent } from '../history/history-event.ts';

/** A run of a handler. */
export interface Run {
  readonly message: string;
  readonly client: string;
  readonly repeats: boolean;
  answered: boolean;
}

/** What is known of one message. */
export interface MessageRecord {
  readonly sent: RequestEvent | PublishEvent;
  /** By which it must have ended. */
  deadlineMs: number;
  outcome: 'open' | 'success' | 'lost' | FailureEvent;
  readonly runs: Run[];
  /** Who got it as a multicast. */
  readonly receivers: Set<string>;
  /** Who may get it; undefined: everybody who wants it. */
  readonly audience: Set<string> | undefined;
}

/** For people: `request r17 of bank2 on "prices"`. */
export function describeMessage({ sent }: MessageRecord): string {
  return `${sent.kind} ${sent.message} of ${sent.client} on ${JSON.stringify(sent.topic)}`;
}

import type { LogLimiter } from '../log-limiter.ts';
import { type RefusalReason, refusalText } from './refusal-reason.ts';

/** One refusal with what is known of who was refused. */
export interface RefusalFacts {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly commonName?: string | undefined;
  /** Common name of the certificate's issuer. */
  readonly agency?: string | undefined;
  /** Node ID. */
  readonly peer?: string | undefined;
  /** What the transport says, where it is more than the reason. */
  readonly detail?: string | undefined;
}

/** Where refusals are noted. */
export interface RefusalNotes {
  readonly counts: Record<RefusalReason, number>;
  readonly limited: LogLimiter;
}

/** Counts a refusal and writes it to the log: who, what is wrong, what to do. */
export function noteRefusal(
  kind: 'application' | 'peer',
  reason: RefusalReason,
  facts: RefusalFacts,
  { counts, limited }: RefusalNotes,
): void {
  counts[reason]++;
  const { fix, message } = refusalText(reason);
  const line =
    reason === 'refuses-this-node'
      ? `${kind} does not accept this node's certificate`
      : `${kind} refused: ${message}`;
  limited.warn({ ...facts, reason, fix }, line);
}

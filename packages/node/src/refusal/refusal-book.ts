import type { Clock } from '@amop/ports';
import type { LogLimiter } from '../log-limiter.ts';
import { createRefusalCounts, type RefusalReason, refusalText } from './refusal-reason.ts';

/** Refusals that are remembered. */
const MAX_REMEMBERED = 100;

/** One refusal with what is known of who was refused. */
export interface RefusalFacts {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly commonName?: string | undefined;
  /** Common name of the certificate's issuer. */
  readonly agency?: string | undefined;
  /** Node ID. */
  readonly peer?: string | undefined;
  /** SHA-256 fingerprint of the certificate of an application. */
  readonly certificate?: string | undefined;
  /** What the transport says, where it is more than the reason. */
  readonly detail?: string | undefined;
}

/** A refusal that is remembered. */
export interface Refused extends RefusalFacts {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly kind: RefusedKind;
  readonly reason: RefusalReason;
}

/** Who was refused. */
export type RefusedKind = 'application' | 'peer';

/** Every refusal: counted, written to the log with what to do, the last ones remembered. */
export class RefusalBook {
  readonly counts: Readonly<Record<RefusedKind, Record<RefusalReason, number>>> = {
    application: createRefusalCounts(),
    peer: createRefusalCounts(),
  };
  readonly #clock: Clock;
  readonly #limited: LogLimiter;
  readonly #recent: Refused[] = [];

  constructor(dependencies: { readonly clock: Clock; readonly limited: LogLimiter }) {
    this.#clock = dependencies.clock;
    this.#limited = dependencies.limited;
  }

  /** The last {@link MAX_REMEMBERED}, oldest first. */
  get recent(): readonly Refused[] {
    return this.#recent;
  }

  note(kind: RefusedKind, reason: RefusalReason, facts: RefusalFacts): void {
    this.remember(kind, reason, facts);
    const { fix, message } = refusalText(reason);
    const line =
      reason === 'refuses-this-node'
        ? `${kind} does not accept this node's certificate`
        : `${kind} refused: ${message}`;
    this.#limited.warn({ ...facts, reason, fix }, line);
  }

  /** As {@link note}, where the caller writes the line. */
  remember(kind: RefusedKind, reason: RefusalReason, facts: RefusalFacts): void {
    this.counts[kind][reason]++;
    if (this.#recent.length >= MAX_REMEMBERED) this.#recent.shift();
    this.#recent.push({ atMs: this.#clock.wallMs(), kind, reason, ...facts });
  }
}

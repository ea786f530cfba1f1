import type { NodeLimits } from '../limits.ts';
import type { Refused } from '../refusal/refusal-book.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import type { PeerState, SessionState } from './connection-state.ts';

/** A configured node that is not connected. */
export interface UnreachedState {
  /** `host:port` as it was configured. */
  readonly endpoint: string;
  /** Why not; left out before the first attempt has failed. */
  readonly failure?: string;
  readonly reason?: RefusalReason;
  readonly fix?: string;
}

/** Who gets the messages of one topic. */
export interface SubscriberState {
  readonly kind: 'application' | 'peer';
  readonly name: string;
  readonly agency: string;
  /** Of an application. */
  readonly session?: number;
  readonly certificate?: string;
  /** Of a node. */
  readonly nodeId?: string;
  /** 1 for an application; of a node as many as it says. */
  readonly subscribers: number;
  /** On the private topic of that name: so many of them have proved a key, or need not. */
  readonly proven?: number;
}

/** One of the node's own certificates. */
export interface CertificateState {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 fingerprint, lower-case hex. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** A refusal with its words. */
export type RefusedState = Refused & { readonly message: string; readonly fix: string };

/** What an operator sees of a node at one moment; JSON-safe. */
export interface NodeState {
  readonly nodeId: string;
  /** From its certificate. */
  readonly name: string;
  readonly agency: string;
  /** `host:port` */
  readonly channel: string;
  readonly p2p: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly isStopping: boolean;
  readonly supportedVersion: string;
  /** As they count now. */
  readonly limits: NodeLimits;
  readonly sessions: readonly SessionState[];
  readonly peers: readonly PeerState[];
  readonly unreached: readonly UnreachedState[];
  readonly certificates: readonly CertificateState[];
  /** The last ones, oldest first. */
  readonly refusals: readonly RefusedState[];
}

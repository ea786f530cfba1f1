import type { Party } from './party.ts';

/** One message for the audit log: who sent what size to whom, and what came of it. No payload. */
export interface AuditRecord {
  /** When its outcome was known; milliseconds since 1970. */
  readonly atMs: number;
  readonly type: 'request' | 'multicast';
  /** Seq of the message, 32 characters. */
  readonly seq: string;
  readonly topic: string;
  /** Undefined when the sender was gone already. */
  readonly from: Party | undefined;
  /** Who answered, or was asked last; undefined when nobody was, and for a multicast. */
  readonly to?: Party | undefined;
  /** Bytes of the frame. */
  readonly bytes: number;
  /** `delivered`: a multicast was queued for all that listen; `duplicate`: it was a copy and went no further. */
  readonly outcome: 'answered' | 'failed' | 'abandoned' | 'refused' | 'delivered' | 'duplicate';
  /** Result code of the wire. */
  readonly code?: number;
  readonly reason?: string;
  /** Bytes of the answer's frame. */
  readonly answerBytes?: number;
  /** From the moment it came in, in ms. */
  readonly ms?: number;
  /** Of a multicast: how many applications of this node and how many nodes it was queued for. */
  readonly toApplications?: number;
  readonly toPeers?: number;
}

/** Takes each record at once; must be quick and must not throw. */
export type AuditSink = (record: AuditRecord) => void;

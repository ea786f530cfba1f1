import { BOUND_HEAD_BYTES, BoundKind, boundKind, writeBoundHead } from './bound-frame.ts';

/** Why a subscriber gives no proof. */
export const BoundRefusal = {
  /** Not an offer, or a key or signature in it does not hold. */
  malformed: 1,
  /** Topic or route are not those of the subscriber. */
  otherRoute: 2,
  /** The offer was made for a route of another node. */
  otherNode: 3,
  /** The times in it do not fit the clock of the subscriber. */
  expired: 4,
  /** The key is not among the publishers that the subscriber trusts. */
  publisherNotAllowed: 5,
  /** The offer was answered before. */
  repeated: 6,
  /** More offers in a second than are answered. */
  tooMany: 7,
  /** The subscriber does not speak the suite. */
  suite: 8,
  /** Whoever holds the subscriber's key did not sign. */
  signerFailed: 9,
} as const;

/** A known reason; on the wire it is a u8. */
export type BoundRefusal = (typeof BoundRefusal)[keyof typeof BoundRefusal];

const REASONS: ReadonlySet<number> = new Set(Object.values(BoundRefusal));

/** A refusal. Shape: head | reason u8. */
export function encodeBoundRefusal(reason: BoundRefusal): Uint8Array {
  const content = new Uint8Array(BOUND_HEAD_BYTES + 1);
  writeBoundHead(content, BoundKind.refusal);
  content[BOUND_HEAD_BYTES] = reason;
  return content;
}

/** The reason in a refusal; undefined for any other content, and for reasons we do not know. */
export function parseBoundRefusal(content: Uint8Array): BoundRefusal | undefined {
  if (boundKind(content) !== BoundKind.refusal) return undefined;
  const reason = content[BOUND_HEAD_BYTES];
  if (content.length !== BOUND_HEAD_BYTES + 1 || !isReason(reason)) return undefined;
  return reason;
}

function isReason(reason: number | undefined): reason is BoundRefusal {
  return reason !== undefined && REASONS.has(reason);
}

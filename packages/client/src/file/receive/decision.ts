import { OfferVerdict } from '@amop/codec';

/** What becomes of an offer. */
export interface Decision {
  readonly verdict: OfferVerdict;
  /** Empty with `accepted`. */
  readonly reason: string;
}

export const ACCEPTED: Decision = { verdict: OfferVerdict.accepted, reason: '' };

/** Not now, and not later. */
export function refused(reason: string): Decision {
  return { verdict: OfferVerdict.refused, reason };
}

/** The same offer may be taken later. */
export function later(reason: string): Decision {
  return { verdict: OfferVerdict.later, reason };
}

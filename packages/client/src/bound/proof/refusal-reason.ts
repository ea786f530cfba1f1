import { BoundRefusal } from '@amop/codec';

/** Why a subscriber gave no proof, in a word. */
export type RefusalReason =
  | 'malformed'
  | 'other-route'
  | 'other-node'
  | 'expired'
  | 'publisher-not-allowed'
  | 'repeated'
  | 'too-many'
  | 'suite'
  | 'signer-failed';

const WORDS: Readonly<Record<BoundRefusal, RefusalReason>> = {
  [BoundRefusal.malformed]: 'malformed',
  [BoundRefusal.otherRoute]: 'other-route',
  [BoundRefusal.otherNode]: 'other-node',
  [BoundRefusal.expired]: 'expired',
  [BoundRefusal.publisherNotAllowed]: 'publisher-not-allowed',
  [BoundRefusal.repeated]: 'repeated',
  [BoundRefusal.tooMany]: 'too-many',
  [BoundRefusal.suite]: 'suite',
  [BoundRefusal.signerFailed]: 'signer-failed',
};

/** The word for a reason on the wire. */
export function refusalReason(reason: BoundRefusal): RefusalReason {
  return WORDS[reason];
}

import type { PublicKey } from '@amop/crypto';
import type { PublisherSeal } from '../../../bound/seal/publisher-seal.ts';

/** What came out of asking the owner of a route for a proof. */
export type ProofOutcome =
  | {
      readonly kind: 'proven';
      readonly key: PublicKey;
      /** Undefined for an original subscriber. */
      readonly seal: PublisherSeal | undefined;
    }
  /** It said that it does not prove anything to this publisher. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It said something that the holder of an allowed key does not say. */
  | { readonly kind: 'refuted'; readonly reason: string }
  /** It certainly was not asked: another connection may reach it. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Nothing came back. */
  | { readonly kind: 'silent'; readonly reason: string };

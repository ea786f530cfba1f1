import type { Behaviour } from './plan.ts';

/** Which proofs a publisher of ours takes. */
export type SecretProof = 'bound' | 'either' | 'original';

/** How a {@link SpyPlan} goes about it. */
export type SpyManner =
  | 'listens'
  | 'routed'
  | 'imitates'
  | 'relays'
  | 'unasked'
  | 'publishes'
  | 'replays';

/**
 * A session on a node of ours that wants what it has no right to, from the beginning to the end.
 *
 * `listens` has the payload topic alone, `routed` a route of its own as well, `imitates` the routes of others; `relays`
 * passes the challenges for its route on to others and gives back their answers, `unasked` says to have proved
 * everything, `publishes` has the marker and does so too, `replays` sends recorded frames again.
 */
export interface SpyPlan {
  readonly name: string;
  readonly node: string;
  readonly topic: string;
  readonly manner: SpyManner;
}

/** What an application on an original SDK does on a private topic. */
export interface SdkSecretPlan {
  readonly topic: string;
  readonly role: 'publishes' | 'subscribes';
  /** Number of its key. */
  readonly key: number;
  /** Keys whose holders it lets receive. */
  readonly allows: readonly number[];
  /** All its routes change with each change of its topics, as in the Java SDK. */
  readonly changesRoutes: boolean;
}

interface OfTopic {
  readonly client: string;
  readonly topic: string;
}

/** Something that an application on our client does on a private topic. */
export type SecretStep = OfTopic &
  (
    | {
        readonly kind: 'secret-open';
        readonly proof: SecretProof;
        readonly allows: readonly number[];
      }
    | { readonly kind: 'secret-close' }
    | { readonly kind: 'secret-allow' | 'secret-revoke'; readonly key: number }
    | {
        readonly kind: 'secret-subscribe';
        readonly behaviour: Behaviour;
        /** Keys of the publishers that may send; undefined: all. */
        readonly trusts: readonly number[] | undefined;
      }
    | { readonly kind: 'secret-unsubscribe' }
    /** An application on an original SDK sends its topics again. */
    | { readonly kind: 'secret-touch' }
    | { readonly kind: 'secret-request'; readonly bytes: number; readonly timeoutMs: number }
    | { readonly kind: 'secret-publish'; readonly bytes: number }
  );

/** Whether a step is one on a private topic. */
export function isSecretStep<Step extends { readonly kind: string }>(
  step: Step,
): step is Extract<Step, SecretStep> {
  return step.kind.startsWith('secret-');
}

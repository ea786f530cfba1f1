import { parseChallengeRoute, privateTopicName, type TopicName } from '@amop/codec';
import type { SessionEndpoint } from '../pending.ts';
import type { OfferedRoute, Setback, Verification } from './verification.ts';

/** Digits of a route's ID that tell it apart for people; the first ones are alike. */
const SHORT_ROUTE_DIGITS = 8;

/**
 * How it stands between a publisher and a route.
 *
 * - `proven`: the publisher has taken a proof; what it sends gets there
 * - `asked`: it was asked (0x37) and has not said its 0x38
 * - `refused`, `unanswered`, `voided`: it said no, or nothing in time, or the subscriber's side ended the proof; it is
 *   asked again
 * - `waiting`: it has not been asked yet, as other questions come first
 * - `not-listening`: whoever owns the route does not subscribe the payload topic
 * - `no-publisher`: nobody here publishes on the topic
 * - `no-subscriber`: no node lists a route of the topic
 */
export type PrivatePairState =
  | 'proven'
  | 'asked'
  | Setback
  | 'waiting'
  | 'not-listening'
  | 'no-publisher'
  | 'no-subscriber';

/** One publisher of this node and one challenge route, for people; either may be missing. */
export interface PrivatePair {
  /** The name that applications know the topic by. */
  readonly topic: string;
  /** Id of the publisher's session. */
  readonly publisher?: number;
  /** Node that lists the route, 128 lower-case hex digits. */
  readonly place?: string;
  /** The last digits of the route's ID. */
  readonly route?: string;
  readonly state: PrivatePairState;
  /** `proven`: end of the proof; `asked`: of the wait; after a setback: next question. By the clock of the router. */
  readonly untilMs?: number;
}

/** What a pair is made of. */
export interface PairParts {
  readonly payload: TopicName;
  readonly publisher?: SessionEndpoint;
  readonly offer?: OfferedRoute;
  readonly verification?: Verification;
}

/** The pair for people; `standing` is what it says when neither question nor proof is under way. */
export function privatePair(
  { offer, payload, publisher, verification }: PairParts,
  standing: PrivatePairState,
  nowMs: number,
): PrivatePair {
  return {
    topic: privateTopicName(payload),
    ...(publisher && { publisher: publisher.id }),
    ...(offer && { place: offer.place, route: shortRoute(offer.route) }),
    ...stateOf(verification, standing, nowMs),
  };
}

function stateOf(
  verification: Verification | undefined,
  standing: PrivatePairState,
  nowMs: number,
): Pick<PrivatePair, 'state' | 'untilMs'> {
  if (verification === undefined) return { state: standing };
  const { askEndsMs, askKey, lapsesMs, nextAskMs, provenUntilMs, setback } = verification;
  if (verification.isProven) {
    return { state: 'proven', untilMs: lapsesMs > 0 ? lapsesMs : provenUntilMs };
  }
  if (standing !== 'waiting') return { state: standing };
  if (askKey !== undefined) return { state: 'asked', untilMs: askEndsMs };
  if (setback === undefined) return { state: 'waiting' };
  return nextAskMs > nowMs ? { state: setback, untilMs: nextAskMs } : { state: setback };
}

function shortRoute(route: TopicName): string {
  return parseChallengeRoute(route)?.id.slice(-SHORT_ROUTE_DIGITS) ?? '';
}

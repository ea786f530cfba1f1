import type { TopicName } from '@amop/codec';
import { WheelEntry } from '@amop/ports';
import type { SessionEndpoint } from '../pending.ts';
import { FIRST_RETRY_MS, LAST_RETRY_MS } from './limits.ts';

/** One challenge route as one node lists it. */
export interface OfferedRoute {
  readonly route: TopicName;
  readonly payload: TopicName;
  /** Node that lists it, 128 lower-case hex digits; this node's own for its own sessions. */
  readonly place: string;
  /** By the publisher's session. */
  readonly verifications: Map<SessionEndpoint, Verification>;
}

/** Why a question came to nothing, or a proof ended before its time. */
export type Setback = 'refused' | 'unanswered' | 'voided';

/** What one publisher knows of one route: a question, a proof, or a wait until the next question. */
export class Verification extends WheelEntry {
  readonly kind = 'verification';
  readonly publisher: Publisher;
  readonly offer: OfferedRoute;
  /** Seq of the 0x37 that has no outcome yet. */
  askKey: string | undefined = undefined;
  /** That 0x37 was acknowledged: only then a 0x38 counts. */
  acknowledged = false;
  /** The publisher's challenge came to nothing: it says no 0x38 about that (spec 10.3). */
  challengeFailed = false;
  /** End of the wait for the acknowledgement, or for the 0x38. */
  askEndsMs = 0;
  /** Session of this node that owned the route when it was asked about; 0: the route is elsewhere. */
  askedOwner = 0;
  /** Whether it was asked about at all. */
  everAsked = false;
  /**
   * Another node lists the same route, or has since it was asked about: what the publisher says late
   * may follow from what that one's owner has signed.
   */
  isContested = false;
  /** Not asked before. */
  nextAskMs = 0;
  /** End of the proof; 0 without one. */
  provenUntilMs = 0;
  /** Questions in a row that came to nothing. */
  failures = 0;
  /** What was the last of them; undefined after a proof. */
  setback: Setback | undefined = undefined;
  /** The route is not listed any more: the proof ends then; 0 while it is listed. */
  lapsesMs = 0;

  constructor(publisher: Publisher, offer: OfferedRoute) {
    super();
    this.publisher = publisher;
    this.offer = offer;
  }

  get isProven(): boolean {
    return this.provenUntilMs > 0;
  }

  /** When something is to be done without an event; 0: never. */
  dueMs(nowMs: number): number {
    if (this.askKey !== undefined) return this.askEndsMs;
    if (this.lapsesMs > 0) return this.lapsesMs;
    const asksAgain = this.nextAskMs > nowMs;
    if (!this.isProven) return asksAgain ? this.nextAskMs : 0;
    return asksAgain ? Math.min(this.provenUntilMs, this.nextAskMs) : this.provenUntilMs;
  }

  /** The question came to nothing: the next one waits, longer each time. */
  backOff(nowMs: number, setback: Setback): void {
    this.setback = setback;
    const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 16);
    this.nextAskMs = nowMs + waitMs;
  }
}

/**
 * The questions of one publisher about one topic at one node, where its 0x38 does not say which route
 * it speaks of: one at a time, and a pause after one that got no answer (extensions, section 3).
 */
export class Lane extends WheelEntry {
  readonly kind = 'lane';
  readonly publisher: Publisher;
  current: Verification | undefined = undefined;
  /** The question that ended with its route before its time: its 0x38 may come until {@link freeAtMs}. */
  open: Verification | undefined = undefined;
  freeAtMs = 0;
  readonly waiting: Set<Verification> = new Set();

  constructor(publisher: Publisher) {
    super();
    this.publisher = publisher;
  }
}

/** Questions to one publisher about the routes of one node. */
export interface PlaceQueue {
  asked: number;
  readonly waiting: Set<Verification>;
}

/** One session that owns publisher markers, with all that it was asked. */
export class Publisher {
  readonly session: SessionEndpoint;
  /** Payload topics whose marker it owns. */
  readonly payloads: Set<TopicName> = new Set();
  /** Questions without an outcome by the seq of their 0x37. */
  readonly asks: Map<string, Verification> = new Map();
  /** The same by route: its challenge goes to the node that is asked about and to no other. */
  readonly askedRoutes: Map<TopicName, Verification> = new Map();
  /** Nodes at which each route is proven: what is sealed for it goes there and nowhere else. */
  readonly provenPlaces: Map<TopicName, Set<string>> = new Map();
  /** Questions without an outcome, and those that wait for them, by the node that lists the route. */
  readonly places: Map<string, PlaceQueue> = new Map();
  /** What waits until a question about the same route at another node is over, by route. */
  readonly blocked: Map<TopicName, Set<Verification>> = new Map();
  /** By node and payload topic. */
  readonly lanes: Map<string, Lane> = new Map();

  constructor(session: SessionEndpoint) {
    this.session = session;
  }

  /** Whether its 0x38 says which route it speaks of. */
  get namesRoutes(): boolean {
    return this.session.target.namesRoutes;
  }
}

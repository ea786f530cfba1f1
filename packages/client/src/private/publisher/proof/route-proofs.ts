import { privateTopicName, type TopicName } from '@amop/codec';
import { formatPublicKeyHex, type PublicKey } from '@amop/crypto';
import type { Clock, Logger } from '@amop/ports';
import type { ClientCounters } from '../../../counters.ts';
import type { EventHub } from '../../../events.ts';
import type { KnownRoute, RouteFailure } from '../known-route.ts';
import type { PublisherLink } from '../publisher-link.ts';
import type { RouteBook } from '../route-book.ts';
import type { ProofMode } from '../topic-options.ts';
import type { Verdicts } from '../verdicts.ts';
import type { ProofOutcome } from './proof-outcome.ts';
import type { ProofRun, ProofRunner } from './proof-runner.ts';
import { type ProofWay, wayOf } from './proof-way.ts';
import { RetiredSeals } from './retired-seals.ts';

/** Collaborators of {@link RouteProofs}. */
export interface RouteProofsDependencies {
  readonly runner: ProofRunner;
  readonly verdicts: Verdicts;
  readonly clock: Clock;
  readonly counters: ClientCounters;
  readonly events: EventHub;
  readonly logger: Logger;
  /** Who has proved what may have changed. */
  readonly onChange: () => void;
}

/** Begins and ends what the owners of routes have proved, and tells nodes and application of it. */
export class RouteProofs {
  readonly #topic: TopicName;
  readonly #mode: ProofMode;
  readonly #keys: ReadonlyMap<string, PublicKey>;
  readonly #book: RouteBook;
  readonly #deps: RouteProofsDependencies;
  readonly #retired = new RetiredSeals();

  /** `keys` that count, by their hex digits, and `book` with the routes: both change over time. */
  constructor(
    options: {
      readonly topic: TopicName;
      readonly proof: ProofMode;
      readonly keys: ReadonlyMap<string, PublicKey>;
      readonly book: RouteBook;
    },
    dependencies: RouteProofsDependencies,
  ) {
    this.#topic = options.topic;
    this.#mode = options.proof;
    this.#keys = options.keys;
    this.#book = options.book;
    this.#deps = dependencies;
  }

  /** Whether no keys of ended proofs wait to be overwritten. */
  get isIdle(): boolean {
    return this.#retired.size === 0;
  }

  /** Overwrites the keys of ended proofs whose time is over. */
  sweep(nowMs: number): void {
    this.#retired.sweep(nowMs);
  }

  /** Asks the owner of the route, unless it is being asked or cannot be. */
  start(route: KnownRoute): void {
    const way = wayOf(route, this.#mode);
    if (typeof way === 'string' && this.#keys.size > 0) this.#run(route, way);
  }

  /**
   * Asks the owner of the route for a node that waits to be told. The answer to what was asked before
   * may be that of an owner before, and each node sends the question where it has asked about: where
   * nothing is sealed an answer does for the node alone over which it came, if that asked in time.
   */
  startFor(link: PublisherLink, route: KnownRoute): void {
    const isOriginal = wayOf(route, this.#mode) === 'original';
    if (isOriginal && route.isChallenged) {
      route.waiting.delete(link);
      route.askedAgain.add(link);
    } else {
      route.waiting.add(link);
    }
    if (isOriginal && link.line.grants && !route.isInQuestion) {
      route.isInQuestion = true;
      this.#deps.onChange();
    }
    this.start(route);
  }

  /** A route that is not asked is told of once. */
  passOver(route: KnownRoute, failure: RouteFailure): void {
    if (route.failure !== undefined) return;
    route.failure = failure;
    this.#report(route, 'failed', failure);
  }

  /** What the route has proved counts no more; false if it had proved nothing. */
  expire(route: KnownRoute, reason: string): boolean {
    const { proof } = route;
    if (proof === undefined) return false;
    route.proof = undefined;
    this.#retired.add(proof);
    for (const link of [...route.granted]) this.#deps.verdicts.deny(link, route);
    this.#report(route, 'expired', { reason, key: proof.key });
    this.#deps.onChange();
    return true;
  }

  #run(route: KnownRoute, way: ProofWay): void {
    if (route.proving || route.links.size === 0) return;
    route.proving = true;
    const isWanted = (): boolean => this.#book.has(route);
    this.#deps.runner
      .run(route, way, isWanted)
      .then((run) => {
        route.proving = false;
        if (isWanted()) this.#settle(route, way, run);
      })
      .catch((error: unknown) => {
        // Nothing that comes over the wire leads here.
        route.proving = false;
        this.#deps.logger.error({ topic: this.#topic, error }, 'proof of a subscriber ended badly');
      });
  }

  #settle(route: KnownRoute, way: ProofWay, { outcome, tried }: ProofRun): void {
    const told: PublisherLink[] = [];
    const left: PublisherLink[] = [];
    for (const link of route.waiting) {
      if (way === 'bound' || link === tried.at(-1)) told.push(link);
      else if (!tried.includes(link)) left.push(link);
    }
    const isAsked = route.isInQuestion || route.waiting.size > 0;
    route.isInQuestion = [...route.askedAgain].some((link) => link.line.grants);
    route.waiting.clear();
    for (const link of [...left, ...route.askedAgain]) route.waiting.add(link);
    route.askedAgain.clear();
    if (outcome.kind === 'proven') this.#prove(route, outcome, told);
    else this.#refute(route, outcome, told, isAsked);
    if ([...route.waiting].some((link) => link.line.open)) this.start(route);
  }

  #refute(
    route: KnownRoute,
    { kind, reason }: Exclude<ProofOutcome, { kind: 'proven' }>,
    waiting: readonly PublisherLink[],
    isAsked: boolean,
  ): void {
    const isAnswered = kind === 'refuted' || kind === 'refused';
    this.#fail(route, { reason, isTransient: !isAnswered });
    const { proof } = route;
    // Its owner is somebody else by now, or nobody knows. A refusal is not signed (a node on the way
    // may have made it up), and nothing that is sealed is lost by waiting for who says nothing.
    const isOver = kind === 'refuted' || (isAsked && proof?.seal === undefined);
    // Who said nothing may yet: only an answer is told to the node, and that a proof is over.
    if (!isAnswered && (!isOver || proof === undefined)) return;
    for (const link of waiting) this.#deps.verdicts.deny(link, route);
    if (!isOver) return;
    this.expire(route, reason);
    if (route.links.size === 0) this.#book.remove(route);
  }

  #prove(
    route: KnownRoute,
    outcome: Extract<ProofOutcome, { kind: 'proven' }>,
    waiting: readonly PublisherLink[],
  ): void {
    const key = formatPublicKeyHex(outcome.key);
    if (!this.#keys.has(key)) {
      this.#fail(route, { reason: 'key-not-allowed', key, isTransient: false });
      if (route.proof !== undefined) this.expire(route, 'key-changed');
      for (const link of waiting) this.#deps.verdicts.deny(link, route);
      return;
    }
    this.#succeed(route, key, outcome.seal, waiting);
  }

  #succeed(
    route: KnownRoute,
    key: string,
    seal: NonNullable<KnownRoute['proof']>['seal'],
    waiting: readonly PublisherLink[],
  ): void {
    const { clock, counters, onChange, verdicts } = this.#deps;
    if (route.proof !== undefined && route.proof.key !== key) this.expire(route, 'key-changed');
    if (route.proof !== undefined) this.#retired.add(route.proof);
    route.succeed({ key, seal }, { nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    counters.proofs++;
    for (const link of waiting) verdicts.grant(link, route);
    for (const link of route.links) verdicts.grantOriginal(link, route);
    this.#report(route, 'succeeded', { key });
    onChange();
  }

  #fail(route: KnownRoute, failure: RouteFailure): void {
    route.fail(failure, this.#deps.clock.nowMs());
    this.#deps.counters.proofFailures++;
    this.#report(route, 'failed', failure);
  }

  #report(
    route: KnownRoute,
    outcome: 'succeeded' | 'failed' | 'expired',
    details: { readonly reason?: string; readonly key?: string },
  ): void {
    const { key, reason } = details;
    this.#deps.events.emit('proof', {
      topic: privateTopicName(this.#topic),
      node: route.nodeId,
      outcome,
      ...(key === undefined ? {} : { key }),
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

import { type ChallengeRoute, challengeRoute, privateTopicName, type TopicName } from '@amop/codec';
import { formatPublicKeyHex, type PublicKey } from '@amop/crypto';
import type { Clock, Logger } from '@amop/ports';
import type { ClientCounters } from '../../counters.ts';
import type { EventHub } from '../../events.ts';
import type { KnownRoute, RouteFailure } from './known-route.ts';
import type { ProofOutcome } from './proof/proof-outcome.ts';
import type { ProofRunner } from './proof/proof-runner.ts';
import { type ProofWay, wayOf } from './proof/proof-way.ts';
import type { PublisherLink } from './publisher-link.ts';
import { RetiredSeals } from './retired-seals.ts';
import { RouteBook } from './route-book.ts';
import type { ListedNode } from './route-scan.ts';
import type { ProofMode } from './topic-options.ts';
import type { Verdicts } from './verdicts.ts';

/** Collaborators of {@link RouteKeeper}. */
export interface RouteKeeperDependencies {
  readonly runner: ProofRunner;
  readonly verdicts: Verdicts;
  readonly clock: Clock;
  readonly counters: ClientCounters;
  readonly events: EventHub;
  readonly logger: Logger;
  /** Who has proved what may have changed. */
  readonly onChange: () => void;
  /** A key handed to all members of an epoch must not be used any more. */
  readonly onWithdrawn: () => void;
}

/**
 * Who may receive on one private topic: which routes there are, what their owners have proved, and
 * what the nodes are told about it.
 */
export class RouteKeeper {
  readonly book: RouteBook = new RouteBook();
  readonly #topic: TopicName;
  readonly #mode: ProofMode;
  readonly #keys: Map<string, PublicKey>;
  readonly #deps: RouteKeeperDependencies;
  readonly #retired = new RetiredSeals();
  #closed = false;

  /** @param keys owned by the keeper from now on */
  constructor(
    options: {
      readonly topic: TopicName;
      readonly proof: ProofMode;
      readonly keys: Map<string, PublicKey>;
    },
    dependencies: RouteKeeperDependencies,
  ) {
    this.#topic = options.topic;
    this.#mode = options.proof;
    this.#keys = options.keys;
    this.#deps = dependencies;
  }

  /** Keys whose holders receive. */
  get keyCount(): number {
    return this.#keys.size;
  }

  /** Whether there is anything that `maintain` may have to end or renew. */
  get isIdle(): boolean {
    return this.book.size === 0 && this.#retired.size === 0;
  }

  /** The routes that may be sent to at this moment. */
  proven(): KnownRoute[] {
    const nowMs = this.#deps.clock.nowMs();
    return [...this.book.all].filter((route) => route.isProven(nowMs));
  }

  /** A node asks about a route (0x37). */
  asked(link: PublisherLink, { id }: ChallengeRoute, nodeId: string): void {
    const route = this.#seen(link, id, nodeId);
    if (route === undefined) return;
    const { clock, verdicts } = this.#deps;
    verdicts.asked(link, nodeId);
    const nowMs = clock.nowMs();
    const way = wayOf(route, this.#mode);
    if (typeof way === 'object') {
      this.#passOver(route, way);
      verdicts.deny(link, route);
    } else if (this.#keys.size === 0) {
      route.failure = { reason: 'no-keys', isTransient: false };
      verdicts.deny(link, route);
    } else if (route.isProven(nowMs)) {
      verdicts.grant(link, route);
      if (route.isDue(nowMs)) this.#prove(route, way);
    } else if (this.book.isProvenElsewhere(route, nowMs)) {
      // Whoever lists it there lies. Said at once: while a node waits for the outcome, it may send
      // there what is meant for the true one.
      this.#passOver(route, { reason: 'route-of-another-node', isTransient: false });
      verdicts.deny(link, route);
    } else if (link.line.grants || nowMs >= route.retryAtMs) {
      route.waiting.add(link);
      this.#prove(route, way);
    }
  }

  /**
   * What an original node lists: it asks only for the first route of each node, and for none once one
   * has proved a key (spec 10.2, 10.3).
   *
   * @param sinceMs when it was asked: a route seen later may be missing in the answer
   */
  listed(link: PublisherLink, nodes: readonly ListedNode[], sinceMs: number): void {
    const { clock, verdicts } = this.#deps;
    const open = nodes.filter((node) => node.sendsTopic).map((node) => node.nodeId);
    verdicts.listed(link, open, sinceMs);
    const listed = new Set<KnownRoute>();
    for (const { nodeId, routes } of nodes) {
      for (const { id } of routes) {
        const route = this.#seen(link, id, nodeId);
        if (route === undefined) continue;
        listed.add(route);
        this.#consider(link, route, clock.nowMs());
      }
    }
    for (const route of [...this.book.all]) {
      if (!route.links.has(link) || listed.has(route) || route.seenAtMs >= sinceMs) continue;
      this.#leave(link, route);
    }
  }

  /** A node of ours says that a route is not there any more (0x38). */
  gone(link: PublisherLink, { id }: ChallengeRoute, nodeId: string): void {
    const route = this.book.get(challengeRoute({ payload: this.#topic, id }), nodeId);
    if (route?.links.has(link)) this.#leave(link, route);
  }

  /** A message for the route did not get there by this connection, and certainly not to its owner. */
  unreachable(link: PublisherLink, route: KnownRoute): void {
    if (!this.book.has(route)) return;
    if (route.links.size > 1) {
      route.unlink(link);
      this.#deps.onChange();
      return;
    }
    // It may be back in a moment, and nobody might say so: what it has proved is asked for again.
    if (this.#expire(route, 'unreachable')) this.#proveAgain(route);
  }

  /** What came back was not sealed by who has proved the key: it is asked once more. */
  doubted(route: KnownRoute): void {
    if (this.book.has(route)) this.#proveAgain(route);
  }

  /** A connection is over. What was proved over it counts again when the node comes back. */
  linkLost(link: PublisherLink): void {
    this.#deps.verdicts.linkLost(link);
    for (const route of [...this.book.all]) {
      if (!route.links.has(link)) continue;
      route.unlink(link);
      if (route.links.size === 0 && route.proof === undefined) this.book.remove(route);
    }
    this.#deps.onChange();
  }

  /** Ends what is too old, renews what is half as old, tries again what failed by itself. */
  maintain(): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#retired.sweep(nowMs);
    for (const route of [...this.book.all]) {
      if (route.proof !== undefined && nowMs >= route.proof.expiresMs) {
        this.#expire(route, 'not-renewed');
        this.#deps.onWithdrawn();
        if (route.links.size === 0) this.book.remove(route);
      } else if (route.isDue(nowMs) || route.isWorthATry(nowMs)) {
        this.#proveAgain(route);
      }
    }
  }

  /** The holder of one more key receives; routes that showed it before are asked at once. */
  allow(hex: string, key: PublicKey): void {
    this.#keys.set(hex, key);
    for (const route of this.book.all) {
      if (route.proof !== undefined || typeof wayOf(route, this.#mode) === 'object') continue;
      route.forgive();
      const shown = route.failure?.key;
      if (wayOf(route, this.#mode) === 'bound' && (shown === undefined || shown === hex)) {
        this.#proveAgain(route);
      }
    }
  }

  /**
   * The holder of a key receives no longer: nothing is sealed for it from here on, nodes of ours
   * withhold from its routes what is sent on the topic.
   *
   * @returns the routes that had proved it, with what they had proved
   */
  revoke(hex: string): { route: KnownRoute; proof: NonNullable<KnownRoute['proof']> }[] {
    if (!this.#keys.delete(hex)) return [];
    const ended = [...this.book.all].flatMap((route) =>
      route.proof?.key === hex ? [{ route, proof: route.proof }] : [],
    );
    for (const { route } of ended) {
      this.#expire(route, 'revoked');
      route.failure = { reason: 'revoked', key: hex, isTransient: false };
    }
    this.#deps.onWithdrawn();
    return ended;
  }

  /** Nothing is asked, told or remembered any more. */
  close(): void {
    this.#closed = true;
    this.book.clear();
  }

  /** The route as listed by the node of `link`; undefined where there are too many. */
  #seen(link: PublisherLink, id: string, nodeId: string): KnownRoute | undefined {
    const route = this.book.add(challengeRoute({ payload: this.#topic, id }), id, nodeId);
    if (route === undefined) {
      this.#deps.counters.ignoredFrames++;
      return undefined;
    }
    route.seenAtMs = this.#deps.clock.nowMs();
    if (!route.links.has(link)) {
      route.links.add(link);
      this.#deps.onChange();
    }
    return route;
  }

  #consider(link: PublisherLink, route: KnownRoute, nowMs: number): void {
    const way = wayOf(route, this.#mode);
    if (typeof way === 'object') {
      this.#passOver(route, way);
      return;
    }
    if (route.isProven(nowMs)) {
      this.#grantOriginal(link, route);
      return;
    }
    if (this.#keys.size === 0 || nowMs < route.retryAtMs) return;
    if (this.book.isProvenElsewhere(route, nowMs)) return;
    // What an original subscriber has proved is of no use while its node does not get the topic.
    if (way === 'original' && !this.#deps.verdicts.isConcerned(link, route.nodeId)) return;
    this.#prove(route, way);
  }

  /** A route that is not asked is told of once. */
  #passOver(route: KnownRoute, failure: RouteFailure): void {
    if (route.failure !== undefined) return;
    route.failure = failure;
    this.#report(route, 'failed', failure);
  }

  #proveAgain(route: KnownRoute): void {
    const way = wayOf(route, this.#mode);
    if (typeof way === 'string' && this.#keys.size > 0) this.#prove(route, way);
  }

  #prove(route: KnownRoute, way: ProofWay): void {
    if (route.proving || route.links.size === 0) return;
    route.proving = true;
    const isWanted = (): boolean => !this.#closed && this.book.has(route);
    this.#deps.runner
      .run(route, way, isWanted)
      .then((outcome) => {
        route.proving = false;
        if (isWanted()) this.#settle(route, outcome);
      })
      .catch((error: unknown) => {
        // Nothing that comes over the wire leads here.
        route.proving = false;
        this.#deps.logger.error({ topic: this.#topic, error }, 'proof of a subscriber ended badly');
      });
  }

  #settle(route: KnownRoute, outcome: ProofOutcome): void {
    const waiting = [...route.waiting];
    route.waiting.clear();
    if (outcome.kind !== 'proven') {
      const { kind, reason } = outcome;
      this.#fail(route, { reason, isTransient: kind !== 'refuted' });
      // Who said nothing may yet: only a wrong answer is told to the node.
      if (kind !== 'refuted') return;
      for (const link of waiting) this.#deps.verdicts.deny(link, route);
      return;
    }
    const key = formatPublicKeyHex(outcome.key);
    if (!this.#keys.has(key)) {
      this.#fail(route, { reason: 'key-not-allowed', key, isTransient: false });
      if (route.proof !== undefined) this.#expire(route, 'key-changed');
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
    const { clock, counters, onChange } = this.#deps;
    if (route.proof !== undefined && route.proof.key !== key) this.#expire(route, 'key-changed');
    if (route.proof !== undefined) this.#retired.add(route.proof);
    route.succeed({ key, seal }, { nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    counters.proofs++;
    for (const link of waiting) this.#deps.verdicts.grant(link, route);
    for (const link of route.links) this.#grantOriginal(link, route);
    this.#report(route, 'succeeded', { key });
    onChange();
  }

  #fail(route: KnownRoute, failure: RouteFailure): void {
    route.fail(failure, this.#deps.clock.nowMs());
    this.#deps.counters.proofFailures++;
    this.#report(route, 'failed', failure);
  }

  /** An original node asked about the first route of a node; any other one there opens it as well. */
  #grantOriginal(link: PublisherLink, route: KnownRoute): void {
    if (!link.line.grants) this.#deps.verdicts.grant(link, route);
  }

  /** The route is not at the node of `link` any more. */
  #leave(link: PublisherLink, route: KnownRoute): void {
    route.unlink(link);
    if (route.links.size === 0) {
      this.book.remove(route);
      if (route.proof !== undefined) this.#expire(route, 'route-gone');
    }
    this.#deps.onChange();
  }

  /** What the route has proved counts no more; false if it had proved nothing. */
  #expire(route: KnownRoute, reason: string): boolean {
    const { proof } = route;
    if (proof === undefined) return false;
    route.proof = undefined;
    this.#retired.add(proof);
    for (const link of [...route.granted]) this.#deps.verdicts.deny(link, route);
    this.#report(route, 'expired', { reason, key: proof.key });
    this.#deps.onChange();
    return true;
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

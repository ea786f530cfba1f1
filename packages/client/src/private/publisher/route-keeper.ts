import { type ChallengeRoute, challengeRoute, type TopicName } from '@amop/codec';
import type { PublicKey } from '@amop/crypto';
import type { Random } from '@amop/ports';
import type { KnownRoute } from './known-route.ts';
import { wayOf } from './proof/proof-way.ts';
import { RouteProofs, type RouteProofsDependencies } from './proof/route-proofs.ts';
import type { PublisherLink } from './publisher-link.ts';
import { RouteBook } from './route-book.ts';
import type { ListedNode } from './route-scan.ts';
import type { ProofMode } from './topic-options.ts';

/** Collaborators of {@link RouteKeeper}. */
export interface RouteKeeperDependencies extends RouteProofsDependencies {
  readonly random: Random;
  /** A key handed to all members of an epoch must not be used any more. */
  readonly onWithdrawn: () => void;
}

/**
 * Who may receive on one private topic: which routes there are, what their owners have proved, and
 * what the nodes are told about it.
 */
export class RouteKeeper {
  readonly book: RouteBook;
  readonly #topic: TopicName;
  readonly #mode: ProofMode;
  readonly #keys: Map<string, PublicKey>;
  readonly #deps: RouteKeeperDependencies;
  readonly #proofs: RouteProofs;

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
    this.book = new RouteBook(dependencies);
    this.#proofs = new RouteProofs({ ...options, book: this.book }, dependencies);
  }

  /** Keys whose holders receive. */
  get keyCount(): number {
    return this.#keys.size;
  }

  /** The keys whose holders receive, 128 lower-case hex digits each. */
  get keys(): Iterable<string> {
    return this.#keys.keys();
  }

  /** Whether the holder of a key receives. */
  isAllowed(hex: string): boolean {
    return this.#keys.has(hex);
  }

  /** Whether there is anything that `maintain` may have to end or renew. */
  get isIdle(): boolean {
    return this.book.size === 0 && this.#proofs.isIdle;
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
      this.#proofs.passOver(route, way);
      verdicts.deny(link, route);
    } else if (this.#keys.size === 0) {
      route.failure = { reason: 'no-keys', isTransient: false };
      verdicts.deny(link, route);
    } else if (route.answers(link, nowMs)) {
      verdicts.grant(link, route);
    } else if (!route.isProven(nowMs) && this.book.isProvenElsewhere(route, nowMs)) {
      // Whoever lists it there lies. Said at once: while a node waits for the outcome, it may send
      // there what is meant for the true one.
      this.#proofs.passOver(route, { reason: 'route-of-another-node', isTransient: false });
      verdicts.deny(link, route);
    } else if (link.line.grants || nowMs >= route.retryAtMs) {
      this.#proofs.startFor(link, route);
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
    if (this.#proofs.expire(route, 'unreachable')) this.#proofs.start(route);
  }

  /** The keys of the proof have sealed all that they may. */
  usedUp(route: KnownRoute): void {
    if (this.book.has(route)) this.#proofs.start(route);
  }

  /**
   * What came back was not sealed by who has proved the key: somebody else may have the route. Nothing
   * is sent there any more before it is proved anew.
   *
   * @param proof the one that what was sent is sealed for
   */
  notSealed(route: KnownRoute, proof: KnownRoute['proof']): void {
    if (!this.book.has(route)) return;
    if (route.proof === proof) this.#proofs.expire(route, 'not-sealed');
    this.#proofs.start(route);
  }

  /**
   * A connection is over. What was proved over it counts again when the node comes back, unless it is
   * without a seal: nobody said meanwhile who has the route.
   */
  linkLost(link: PublisherLink): void {
    this.#deps.verdicts.linkLost(link);
    for (const route of [...this.book.all]) {
      if (!route.links.has(link)) continue;
      route.unlink(link);
      if (route.links.size > 0 || route.proof?.seal !== undefined) continue;
      this.book.remove(route);
      this.#proofs.expire(route, 'unreachable');
    }
    this.#deps.onChange();
  }

  /** Ends what is too old, renews what is half as old, tries again what failed by itself. */
  maintain(): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#proofs.sweep(nowMs);
    for (const route of [...this.book.all]) {
      if (route.proof !== undefined && nowMs >= route.proof.expiresMs) {
        this.#proofs.expire(route, 'not-renewed');
        this.#deps.onWithdrawn();
        if (route.links.size === 0) this.book.remove(route);
      } else if (route.isDue(nowMs) || route.isWorthATry(nowMs)) {
        this.#proofs.start(route);
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
        this.#proofs.start(route);
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
      this.#proofs.expire(route, 'revoked');
      route.failure = { reason: 'revoked', key: hex, isTransient: false };
    }
    this.#deps.onWithdrawn();
    return ended;
  }

  /** Nothing is asked, told or remembered any more. */
  close(): void {
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
      this.#proofs.passOver(route, way);
      return;
    }
    if (route.isProven(nowMs)) {
      // It has asked about this one: it gets the answer to that.
      if (route.waiting.has(link) || route.askedAgain.has(link)) return;
      this.#deps.verdicts.grantOriginal(link, route);
      return;
    }
    if (this.#keys.size === 0 || nowMs < route.retryAtMs) return;
    if (this.book.isProvenElsewhere(route, nowMs)) return;
    // What an original subscriber has proved is of no use while its node does not get the topic.
    if (way === 'original' && !this.#deps.verdicts.isConcerned(link, route.nodeId)) return;
    this.#proofs.start(route);
  }

  /** The route is not at the node of `link` any more. */
  #leave(link: PublisherLink, route: KnownRoute): void {
    route.unlink(link);
    if (route.links.size === 0) {
      this.book.remove(route);
      if (route.proof !== undefined) this.#proofs.expire(route, 'route-gone');
    }
    this.#deps.onChange();
  }
}

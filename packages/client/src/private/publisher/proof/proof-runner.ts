import type { TopicName } from '@amop/codec';
import type { PublicKey } from '@amop/crypto';
import type { KnownRoute } from '../known-route.ts';
import type { PublisherLink } from '../publisher-link.ts';
import type { ProofOutcome } from './proof-outcome.ts';
import type { ProofSlots } from './proof-slots.ts';
import type { ProofWay } from './proof-way.ts';
import type { Prover } from './prover.ts';

/** Collaborators of {@link ProofRunner}. */
export interface ProofRunnerDependencies {
  readonly prover: Prover;
  readonly slots: ProofSlots;
  /** Every connection, in order of preference. */
  readonly links: () => readonly PublisherLink[];
  /** The keys that count, at this moment. */
  readonly keys: () => Iterable<PublicKey>;
}

/** What came of a proof, and by which connections it was asked for: the last one has the outcome. */
export interface ProofRun {
  readonly outcome: ProofOutcome;
  readonly tried: readonly PublisherLink[];
}

/** Has a route proved, one connection after the other as long as its owner was certainly not asked. */
export class ProofRunner {
  readonly #topic: TopicName;
  readonly #deps: ProofRunnerDependencies;

  constructor(options: { readonly topic: TopicName }, dependencies: ProofRunnerDependencies) {
    this.#topic = options.topic;
    this.#deps = dependencies;
  }

  /** `isWanted` is looked at when a slot is free: it may have been a while. */
  async run(route: KnownRoute, way: ProofWay, isWanted: () => boolean): Promise<ProofRun> {
    const { slots } = this.#deps;
    const queue = route.nodeId + this.#topic;
    // What is proven is renewed before anything new is tried.
    const rank = route.proof === undefined ? route.failures : -1;
    let outcome: ProofOutcome = { kind: 'unreachable', reason: 'no-link' };
    const tried: PublisherLink[] = [];
    if (!(await slots.take(queue, { rank, isWanted }))) return { outcome, tried };
    try {
      while (isWanted()) {
        const link = this.#nextLink(route, tried);
        if (link === undefined) break;
        tried.push(link);
        route.isChallenged = true;
        outcome = await this.#prove(route, link, way);
        if (outcome.kind !== 'unreachable') break;
      }
      return { outcome, tried };
    } finally {
      route.isChallenged = false;
      slots.release(queue);
    }
  }

  #prove(route: KnownRoute, link: PublisherLink, way: ProofWay): Promise<ProofOutcome> {
    const { keys, prover } = this.#deps;
    return way === 'bound'
      ? prover.proveBound(route, link)
      : prover.proveOriginal(route, link, keys);
  }

  /** Who asked comes first; a connection need not be ready: its node asks before that. */
  #nextLink(route: KnownRoute, tried: readonly PublisherLink[]): PublisherLink | undefined {
    const open = [...route.waiting, ...this.#deps.links()].filter((link) => link.line.open);
    return open.find((link) => route.links.has(link) && !tried.includes(link));
  }
}

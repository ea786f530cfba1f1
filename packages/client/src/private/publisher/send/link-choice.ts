import type { KnownRoute } from '../known-route.ts';
import type { PublisherLink } from '../publisher-link.ts';
import type { Verdicts } from '../verdicts.ts';

/** Who gets a multicast on the topic, by which connection. */
export interface TopicCover {
  /** Connections to send it on, each with those who get it there. */
  readonly groups: ReadonlyMap<PublisherLink, readonly KnownRoute[]>;
  /** Who does not get it. */
  readonly uncovered: readonly KnownRoute[];
}

/**
 * Chooses connections: the most preferred one that does. It need not be ready for other calls: that
 * a route is known there says that the handshake is done.
 */
export class LinkChoice {
  readonly #links: () => readonly PublisherLink[];
  readonly #verdicts: Verdicts;

  /** `links`: every connection, in order of preference. */
  constructor(dependencies: {
    readonly links: () => readonly PublisherLink[];
    readonly verdicts: Verdicts;
  }) {
    this.#links = dependencies.links;
    this.#verdicts = dependencies.verdicts;
  }

  /** Whether any node can be sent to. */
  get isConnected(): boolean {
    return this.#links().some((link) => link.line.ready);
  }

  /** For what goes to the route itself. */
  toRoute(route: KnownRoute): PublisherLink | undefined {
    return this.#links().find((link) => link.line.open && route.links.has(link));
  }

  /** For what goes to the topic and must reach the owner of the route. */
  toTopic(route: KnownRoute): PublisherLink | undefined {
    return this.#links().find((link) => link.line.open && this.#verdicts.reaches(link, route));
  }

  /** For a multicast on the topic: as few connections as it takes, so that few get it twice. */
  cover(routes: readonly KnownRoute[]): TopicCover {
    const groups = new Map<PublisherLink, readonly KnownRoute[]>();
    let uncovered = routes;
    for (const link of this.#links()) {
      if (!link.line.open || uncovered.length === 0) continue;
      const covered = uncovered.filter((route) => this.#verdicts.reaches(link, route));
      if (covered.length === 0) continue;
      groups.set(link, covered);
      const isCovered = new Set(covered);
      uncovered = uncovered.filter((route) => !isCovered.has(route));
    }
    return { groups, uncovered };
  }
}

import {
  MAX_GRANTS_PER_FRAME,
  type PeerGrant,
  type PeerGrants,
  parseChallengeRoute,
  type TopicName,
} from '@amop/codec';
import type { PrivateTopicCounters } from '../counters.ts';
import type { SessionEndpoint } from '../pending.ts';
import { Grant, type GrantBook } from './grant-book.ts';
import { MAX_GRANTS_PER_PEER } from './limits.ts';

/** Collaborators of {@link RemoteGrants}. */
export interface RemoteGrantsDependencies {
  readonly book: GrantBook;
  readonly counters: PrivateTopicCounters;
  /** The session that owns the route and listens to its payload topic. */
  readonly ownerOf: (route: TopicName, payload: TopicName) => SessionEndpoint | undefined;
  /** A number that no session, peer or other audience has. */
  readonly nextId: () => number;
  /** There is something to {@link RemoteGrants.flush}: soon after. */
  readonly onVoided: (remote: RemoteGrants) => void;
  /** Tells the peer that these grants count no more. */
  readonly sendVoid: (grants: readonly PeerGrant[]) => void;
}

/** What the publishers at one peer have granted to sessions of this node. */
export class RemoteGrants {
  readonly #deps: RemoteGrantsDependencies;
  readonly #audiences: Map<number, number> = new Map();
  readonly #publishers: Map<number, number> = new Map();
  readonly #routes: Map<number, Set<TopicName>> = new Map();
  /** Sessions that owned a route when a publisher was asked about it, by publisher and route. */
  readonly #asked: Map<string, number> = new Map();
  /** Grants that the peer has not been told to be void. */
  #voided: PeerGrant[] = [];
  #size = 0;

  constructor(dependencies: RemoteGrantsDependencies) {
    this.#deps = dependencies;
  }

  /** The audience of a publisher, as its node numbers it; undefined when it has granted nothing. */
  audienceOf(publisher: number): number | undefined {
    return this.#audiences.get(publisher);
  }

  /** Takes what the peer says. */
  take({ asked, fresh, granted, withdrawn }: PeerGrants): void {
    if (fresh) this.clear();
    for (const [publisher, route] of withdrawn) {
      this.#asked.delete(askKey(publisher, route));
      this.#remove(publisher, route);
    }
    for (const [publisher, route] of asked) this.#noteOwner(publisher, route);
    for (const grant of granted) if (!this.#add(...grant)) this.#noteVoid(grant);
  }

  /** Tells the peer which grants count no more. */
  flush(): void {
    const voided = this.#voided;
    this.#voided = [];
    for (let start = 0; start < voided.length; start += MAX_GRANTS_PER_FRAME) {
      this.#deps.sendVoid(voided.slice(start, start + MAX_GRANTS_PER_FRAME));
    }
  }

  #noteVoid(grant: PeerGrant): void {
    if (this.#voided.push(grant) === 1) this.#deps.onVoided(this);
  }

  /** Ends all grants. */
  clear(): void {
    for (const [publisher, routes] of [...this.#routes]) {
      for (const route of [...routes]) this.#remove(publisher, route);
    }
  }

  #add(publisher: number, route: TopicName): boolean {
    const { book, counters, nextId, ownerOf } = this.#deps;
    const payload = parseChallengeRoute(route)?.payload;
    const session = payload && ownerOf(route, payload);
    if (payload === undefined || session === undefined) return false;
    // The proof was that of who owned the route when it was asked for.
    if (this.#asked.get(askKey(publisher, route)) !== session.id) return false;
    this.#remove(publisher, route);
    if (this.#size >= MAX_GRANTS_PER_PEER) {
      counters.overLimit++;
      return false;
    }
    let audience = this.#audiences.get(publisher);
    if (audience === undefined) {
      audience = nextId();
      this.#audiences.set(publisher, audience);
      this.#publishers.set(audience, publisher);
      this.#routes.set(publisher, new Set());
    }
    this.#routes.get(publisher)?.add(route);
    this.#size++;
    book.add(new Grant({ audience, payload, route, session, onVoid: this.#onVoid }));
    return true;
  }

  #noteOwner(publisher: number, route: TopicName): void {
    const payload = parseChallengeRoute(route)?.payload;
    const session = payload && this.#deps.ownerOf(route, payload);
    const key = askKey(publisher, route);
    if (session === undefined) this.#asked.delete(key);
    else if (this.#asked.has(key) || this.#asked.size < MAX_GRANTS_PER_PEER) {
      this.#asked.set(key, session.id);
    }
  }

  #remove(publisher: number, route: TopicName): void {
    const audience = this.#audiences.get(publisher);
    if (audience === undefined || !this.#forget(publisher, audience, route)) return;
    this.#deps.book.remove(audience, route);
  }

  readonly #onVoid = (audience: number, route: TopicName): void => {
    const publisher = this.#publishers.get(audience);
    if (publisher === undefined || !this.#forget(publisher, audience, route)) return;
    this.#noteVoid([publisher, route]);
  };

  #forget(publisher: number, audience: number, route: TopicName): boolean {
    const routes = this.#routes.get(publisher);
    if (routes === undefined || !routes.delete(route)) return false;
    this.#size--;
    if (routes.size === 0) {
      this.#routes.delete(publisher);
      this.#audiences.delete(publisher);
      this.#publishers.delete(audience);
    }
    return true;
  }
}

function askKey(publisher: number, route: TopicName): string {
  return `${publisher} ${route}`;
}

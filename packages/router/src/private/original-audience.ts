import type { TopicName } from '@amop/codec';
import type { SessionEndpoint } from '../pending.ts';
import type { PrivateRoutes } from './private-routes.ts';

/** Whom publishers of original nodes reach: these do not say who has proved what. */
export const ORIGINAL_AUDIENCE = 0;

/** Collaborators of {@link OriginalAudience}. */
export interface OriginalAudienceDependencies {
  readonly routes: PrivateRoutes;
  readonly listens: (session: SessionEndpoint, payload: TopicName) => boolean;
}

/**
 * Who receives what an original node sends on a private topic: sessions that own an exactly formed
 * route of it. The original delivers to whoever subscribes the payload topic (D-05).
 */
export class OriginalAudience {
  readonly #deps: OriginalAudienceDependencies;
  /** Routes that each session owns of each payload topic. */
  readonly #owned: Map<SessionEndpoint, Map<TopicName, number>> = new Map();

  constructor(dependencies: OriginalAudienceDependencies) {
    this.#deps = dependencies;
  }

  routeAdded(session: SessionEndpoint, payload: TopicName): void {
    let owned = this.#owned.get(session);
    if (owned === undefined) {
      owned = new Map();
      this.#owned.set(session, owned);
    }
    owned.set(payload, (owned.get(payload) ?? 0) + 1);
    this.update(session, payload);
  }

  routeRemoved(session: SessionEndpoint, payload: TopicName): void {
    const owned = this.#owned.get(session);
    const left = (owned?.get(payload) ?? 0) - 1;
    if (left > 0) owned?.set(payload, left);
    else owned?.delete(payload);
    if (owned?.size === 0) this.#owned.delete(session);
    this.update(session, payload);
  }

  /** How many routes of a payload topic the session owns. */
  routesOf(session: SessionEndpoint, payload: TopicName): number {
    return this.#owned.get(session)?.get(payload) ?? 0;
  }

  /** The session has begun or ended to listen to the payload topic, or its routes have changed. */
  update(session: SessionEndpoint, payload: TopicName): void {
    const { listens, routes } = this.#deps;
    const receives = listens(session, payload) && this.#owned.get(session)?.has(payload) === true;
    if (receives) routes.addSession(payload, ORIGINAL_AUDIENCE, session);
    else routes.removeSession(payload, ORIGINAL_AUDIENCE, session);
  }
}

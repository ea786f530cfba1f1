import type { TopicName } from '@amop/codec';
import type { SessionEndpoint } from '../pending.ts';
import type { PrivateRoutes } from './private-routes.ts';

/** Collaborators of {@link TrustedAudience}. */
export interface TrustedAudienceDependencies {
  readonly routes: PrivateRoutes;
  readonly listenersOf: (payload: TopicName) => readonly SessionEndpoint[];
  readonly publishersOf: (payload: TopicName) => Iterable<SessionEndpoint>;
}

/**
 * Where one node is one organisation, as in the original (D-11): all that listen to a payload topic
 * receive what publishers of the same node send on it, unproved.
 */
export class TrustedAudience {
  readonly #deps: TrustedAudienceDependencies;

  constructor(dependencies: TrustedAudienceDependencies) {
    this.#deps = dependencies;
  }

  listenerAdded(session: SessionEndpoint, payload: TopicName): void {
    for (const { id } of this.#deps.publishersOf(payload)) {
      this.#deps.routes.addSession(payload, id, session);
    }
  }

  listenerRemoved(session: SessionEndpoint, payload: TopicName): void {
    for (const { id } of this.#deps.publishersOf(payload)) {
      this.#deps.routes.removeSession(payload, id, session);
    }
  }

  publisherAdded({ id }: SessionEndpoint, payload: TopicName): void {
    for (const session of this.#deps.listenersOf(payload)) {
      this.#deps.routes.addSession(payload, id, session);
    }
  }

  publisherRemoved({ id }: SessionEndpoint, payload: TopicName): void {
    for (const session of [...this.#deps.listenersOf(payload)]) {
      this.#deps.routes.removeSession(payload, id, session);
    }
  }
}

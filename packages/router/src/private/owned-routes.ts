import type { TopicName } from '@amop/codec';
import type { SessionEndpoint } from '../pending.ts';

/** How many challenge routes each session owns for each payload topic. */
export class OwnedRoutes {
  readonly #counts: Map<SessionEndpoint, Map<TopicName, number>> = new Map();

  has(session: SessionEndpoint, payload: TopicName): boolean {
    return this.#counts.get(session)?.has(payload) === true;
  }

  add(session: SessionEndpoint, payload: TopicName): void {
    let counts = this.#counts.get(session);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(session, counts);
    }
    counts.set(payload, (counts.get(payload) ?? 0) + 1);
  }

  remove(session: SessionEndpoint, payload: TopicName): void {
    const counts = this.#counts.get(session);
    const left = (counts?.get(payload) ?? 0) - 1;
    if (left > 0) counts?.set(payload, left);
    else counts?.delete(payload);
    if (counts?.size === 0) this.#counts.delete(session);
  }
}

import type { TopicName } from '@amop/codec';
import { WheelEntry } from '@amop/ports';
import type { SessionEndpoint } from '../pending.ts';
import { LAPSE_MS } from './limits.ts';
import type { PrivateRoutes } from './private-routes.ts';
import type { PrivateWheel } from './private-wheel.ts';

/** Hears that a grant counts no more, for a reason on the side of the subscriber. */
export type GrantVoided = (audience: number, route: TopicName) => void;

/** One sender's grant for the route of one session of this node. */
export class Grant extends WheelEntry {
  readonly kind = 'grant';
  readonly audience: number;
  readonly payload: TopicName;
  readonly route: TopicName;
  readonly session: SessionEndpoint;
  readonly onVoid: GrantVoided;
  /** The session has given the route up and receives for a short time more. */
  lapsing = false;

  constructor(options: Pick<Grant, 'audience' | 'payload' | 'route' | 'session' | 'onVoid'>) {
    super();
    this.audience = options.audience;
    this.payload = options.payload;
    this.route = options.route;
    this.session = options.session;
    this.onVoid = options.onVoid;
  }
}

/**
 * The grants for sessions of this node: who of them receives from which sender.
 *
 * A grant belongs to the session that owned the route when it was given, and no other session ever
 * inherits it, whatever it subscribes (D-05). A session that replaces its routes, as the Java SDK does
 * with each subscription, receives for {@link LAPSE_MS} more while the new one is proved.
 */
export class GrantBook {
  readonly #routes: PrivateRoutes;
  readonly #wheel: PrivateWheel;
  readonly #byRoute: Map<TopicName, Map<number, Grant>> = new Map();
  readonly #bySession: Map<SessionEndpoint, Map<TopicName, Map<number, Set<Grant>>>> = new Map();

  constructor(routes: PrivateRoutes, wheel: PrivateWheel) {
    this.#routes = routes;
    this.#wheel = wheel;
  }

  /** From now on the session receives what `audience` sends. */
  add(grant: Grant): void {
    this.remove(grant.audience, grant.route);
    const { audience, payload, route, session } = grant;
    let grants = this.#byRoute.get(route);
    if (grants === undefined) {
      grants = new Map();
      this.#byRoute.set(route, grants);
    }
    grants.set(audience, grant);
    let topics = this.#bySession.get(session);
    if (topics === undefined) {
      topics = new Map();
      this.#bySession.set(session, topics);
    }
    let audiences = topics.get(payload);
    if (audiences === undefined) {
      audiences = new Map();
      topics.set(payload, audiences);
    }
    const own = audiences.get(audience);
    if (own === undefined) audiences.set(audience, new Set([grant]));
    else own.add(grant);
    this.#routes.addSession(payload, audience, session);
  }

  /** Ends a grant; nothing is told. False when there is none. */
  remove(audience: number, route: TopicName): boolean {
    const grants = this.#byRoute.get(route);
    const grant = grants?.get(audience);
    if (grants === undefined || grant === undefined) return false;
    const { payload, session } = grant;
    grants.delete(audience);
    if (grants.size === 0) this.#byRoute.delete(route);
    this.#wheel.remove(grant);
    const topics = this.#bySession.get(session);
    const audiences = topics?.get(payload);
    const own = audiences?.get(audience);
    own?.delete(grant);
    if (own?.size === 0) {
      audiences?.delete(audience);
      this.#routes.removeSession(payload, audience, session);
    }
    if (audiences?.size === 0) topics?.delete(payload);
    if (topics?.size === 0) this.#bySession.delete(session);
    return true;
  }

  /** The session has taken up a route that it had given up shortly before. */
  routeAdded(session: SessionEndpoint, route: TopicName): void {
    for (const grant of this.#byRoute.get(route)?.values() ?? []) {
      if (grant.session !== session || !grant.lapsing) continue;
      grant.lapsing = false;
      this.#wheel.remove(grant);
    }
  }

  /** The session has given up a route: its grants end in a while, if no other proof comes before. */
  routeDropped(session: SessionEndpoint, route: TopicName, nowMs: number): void {
    for (const grant of this.#byRoute.get(route)?.values() ?? []) {
      if (grant.session !== session || grant.lapsing) continue;
      grant.lapsing = true;
      this.#wheel.add(grant, nowMs + LAPSE_MS);
    }
  }

  /** The session has given up a payload topic: it receives nothing of it from now on. */
  payloadDropped(session: SessionEndpoint, payload: TopicName): void {
    const audiences = [...(this.#bySession.get(session)?.get(payload)?.values() ?? [])];
    for (const grants of audiences) for (const grant of [...grants]) this.expired(grant);
  }

  /** The time of a grant is over. */
  expired(grant: Grant): void {
    if (this.remove(grant.audience, grant.route)) grant.onVoid(grant.audience, grant.route);
  }
}

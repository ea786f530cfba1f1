import {
  type AmopBody,
  BoundKind,
  boundKind,
  type ChannelFrame,
  challengeRoute,
  createBoundRouteId,
  type TopicName,
  topicNameBytes,
} from '@amop/codec';
import type { AnswerPath } from '../../inbound/answer-path.ts';
import type { PrivateTopic } from './private-topic.ts';
import { RouteProver, type RouteProverDependencies } from './route-prover.ts';
import { SealedInbox, type SealedInboxDependencies } from './sealed-inbox.ts';

const ROUTE_ID_BYTES = 16;

/** Collaborators of {@link PrivateRoute}. */
export type PrivateRouteDependencies = RouteProverDependencies & SealedInboxDependencies;

/** What a route is for. */
export interface PrivateRouteOptions {
  readonly topic: PrivateTopic;
  /** ID of the connection's node; undefined where nothing says it. */
  readonly nodeId: string | undefined;
  /** The node as logs and events name it. */
  readonly node: string;
}

/** Who deals with what comes in on a route. */
interface RouteDesk {
  readonly inbox: SealedInbox;
  readonly prover: RouteProver;
}

/**
 * The route on which one connection is challenged for one private topic, and by which publishers of
 * ours reach it: nobody but this connection has it, and it dies with it.
 */
export class PrivateRoute {
  readonly topic: PrivateTopic;
  readonly name: TopicName;
  readonly #options: PrivateRouteOptions;
  readonly #routeId: string;
  readonly #deps: PrivateRouteDependencies;
  /** Made when somebody asks: a client may have thousands of topics on which nobody does. */
  #desk: RouteDesk | undefined;

  constructor(options: PrivateRouteOptions, dependencies: PrivateRouteDependencies) {
    const { topic } = options;
    this.#routeId = createBoundRouteId(dependencies.random.bytes(ROUTE_ID_BYTES));
    this.#options = options;
    this.#deps = dependencies;
    this.topic = topic;
    this.name = challengeRoute({ payload: topic.payload, id: this.#routeId });
  }

  /** A frame of type 0x30 on the route. It is answered in any case. */
  request(frame: ChannelFrame, body: AmopBody, path: AnswerPath): void {
    this.#desk ??= this.#openDesk();
    const { inbox, prover } = this.#desk;
    switch (boundKind(body.content)) {
      case BoundKind.sealed:
        inbox.request(frame, body, path);
        break;
      case BoundKind.offer:
        prover.offer(frame, body, path);
        break;
      default:
        // Whatever is no challenge either is declined there.
        prover.challenge(frame, body, path);
    }
  }

  /** Nobody subscribes any more: answers under way are still sealed, nothing else is. */
  retire(): void {
    this.#desk?.prover.close();
    this.#desk?.inbox.retire();
  }

  /** The connection is over, and with it every key. */
  close(): void {
    this.#desk?.prover.close();
    this.#desk?.inbox.close();
  }

  #openDesk(): RouteDesk {
    const deps = this.#deps;
    const routeBytes = topicNameBytes(this.name);
    const inbox = new SealedInbox({ topic: this.topic, routeBytes }, deps);
    const options = { ...this.#options, routeId: this.#routeId, routeBytes };
    return { inbox, prover: new RouteProver(options, inbox.seals, deps) };
  }
}

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

/**
 * The route on which one connection is challenged for one private topic, and by which publishers of
 * ours reach it: nobody but this connection has it, and it dies with it.
 */
export class PrivateRoute {
  readonly topic: PrivateTopic;
  readonly name: TopicName;
  readonly #inbox: SealedInbox;
  readonly #prover: RouteProver;

  constructor(
    options: {
      readonly topic: PrivateTopic;
      readonly nodeId: string | undefined;
      readonly node: string;
    },
    dependencies: PrivateRouteDependencies,
  ) {
    const { topic } = options;
    const routeId = createBoundRouteId(dependencies.random.bytes(ROUTE_ID_BYTES));
    this.topic = topic;
    this.name = challengeRoute({ payload: topic.payload, id: routeId });
    const routeBytes = topicNameBytes(this.name);
    this.#inbox = new SealedInbox({ topic, routeBytes }, dependencies);
    const proverOptions = { ...options, routeId, routeBytes };
    this.#prover = new RouteProver(proverOptions, this.#inbox.seals, dependencies);
  }

  /** A frame of type 0x30 on the route. It is answered in any case. */
  request(frame: ChannelFrame, body: AmopBody, path: AnswerPath): void {
    switch (boundKind(body.content)) {
      case BoundKind.sealed:
        this.#inbox.request(frame, body, path);
        break;
      case BoundKind.offer:
        this.#prover.offer(frame, body, path);
        break;
      default:
        // Whatever is no challenge either is declined there.
        this.#prover.challenge(frame, body, path);
    }
  }

  /** Nobody subscribes any more: answers under way are still sealed, nothing else is. */
  retire(): void {
    this.#prover.close();
    this.topic.epochs.release(this.#inbox);
  }

  /** The connection is over, and with it every key. */
  close(): void {
    this.#prover.close();
    this.#inbox.close();
  }
}

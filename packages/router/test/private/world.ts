import {
  challengeRoute,
  payloadTopic,
  publisherMarker,
  type TopicName,
  type VerifyTopic,
} from '@amop/codec';
import type { Router } from '../../src/index.ts';
import {
  createRouter,
  MemoryPeer,
  MemorySession,
  multicast,
  OWN_NODE_ID,
  request,
} from '../builders.ts';

export const T: TopicName = payloadTopic('prices');
export const MARKER: TopicName = publisherMarker(T);

/** A challenge route of `payload` that is told from others by one hex digit. */
export function route(digit: string, payload: TopicName = T): TopicName {
  return challengeRoute({ payload, id: digit.repeat(32) });
}

/** A router with sessions and peers that act as SDKs and nodes do, and a clock of its own. */
export class PrivateWorld {
  readonly router: Router;
  nowMs = 0;
  #sent = 0;

  constructor(options: { readonly verifiesOwnNode?: boolean } = {}) {
    this.router = createRouter(1, {}, options);
  }

  session(...topics: string[]): MemorySession {
    const session = new MemorySession(this.router);
    this.topics(session, topics, []);
    return session;
  }

  publisher(options: { readonly namesRoutes?: boolean } = {}, ...topics: string[]): MemorySession {
    const session = new MemorySession(this.router);
    session.namesRoutes = options.namesRoutes ?? false;
    this.topics(session, topics.length > 0 ? topics : [MARKER], []);
    return session;
  }

  peer(
    options: { readonly ours?: boolean; readonly nodeId?: string } = {},
    ...topics: string[]
  ): MemoryPeer {
    const ours = options.ours ?? false;
    const named = options.nodeId === undefined ? {} : { nodeId: options.nodeId };
    const peer = new MemoryPeer(this.router, { extended: ours, takesGrants: ours, ...named });
    this.lists(peer, ...topics);
    return peer;
  }

  topics(session: MemorySession, added: string[], removed: string[]): void {
    this.router.updateSession(session.endpoint, added, removed, this.nowMs);
  }

  lists(peer: MemoryPeer, ...topics: string[]): void {
    this.router.updatePeer(
      peer.endpoint,
      topics.map((topic) => [topic, 1]),
      this.nowMs,
    );
  }

  drops(peer: MemoryPeer, ...topics: string[]): void {
    this.router.updatePeer(
      peer.endpoint,
      topics.map((topic) => [topic, 0]),
      this.nowMs,
    );
  }

  /** Acknowledges the question and says what came of it. */
  says(
    publisher: MemorySession,
    ask: (VerifyTopic & { seqKey: string }) | undefined,
    checkResult = 0,
  ): boolean {
    if (ask === undefined) throw new Error('there is no such question');
    const { nodeId, seqKey, topic, topicForCert } = ask;
    this.router.verificationAcknowledged(publisher.endpoint, seqKey, this.nowMs);
    const route = publisher.namesRoutes ? { topicForCert } : {};
    const status = { checkResult, nodeId, topic, ...route };
    return this.router.topicStatus(publisher.endpoint, status, this.nowMs);
  }

  /** Accepts every question that the publisher has not answered. */
  saysYes(publisher: MemorySession): void {
    for (const ask of publisher.asks.splice(0)) this.says(publisher, ask);
  }

  passes(ms: number): void {
    this.nowMs += ms;
    this.router.sweepPrivateTopics(this.nowMs);
  }

  /** Sends a unicast; the code that it failed with, undefined when somebody got it. */
  request(
    from: MemorySession,
    topic: string = T,
    content: string | Uint8Array = 'ask',
  ): number | undefined {
    const asking = request(`${++this.#sent}`, topic, content);
    this.router.requestFromSession(from, asking, topic, 1_000, this.nowMs);
    const failed = from.outcomes.find(
      (outcome) => outcome.kind === 'failure' && outcome.seqKey === asking.seqKey,
    );
    return failed?.kind === 'failure' ? failed.failure.code : undefined;
  }

  /** Sends a multicast; the number of sessions and peers that it was queued for. */
  multicast(from: MemorySession, topic: string = T): number {
    const sent = multicast(`${++this.#sent}`, topic);
    return this.router.multicast(from.id, sent, topic, false, this.nowMs);
  }
}

export { OWN_NODE_ID };

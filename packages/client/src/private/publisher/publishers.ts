import {
  type ChannelFrame,
  ChannelType,
  parseChallengeRoute,
  parseTopicStatus,
  parseVerifyTopic,
  publisherMarker,
  ResultCode,
  type TopicName,
} from '@amop/codec';
import type { TimerHandle } from '@amop/ports';
import { ClientError } from '../../errors.ts';
import type { FileTransfers } from '../../file/file-transfers.ts';
import type { Subscriptions } from '../../inbound/subscriptions.ts';
import type { PrivateName } from '../private-name.ts';
import { PrivateTopic } from './private-topic.ts';
import { ProofSlots } from './proof/proof-slots.ts';
import type { PublisherLink } from './publisher-link.ts';
import { type ListedNode, RouteScan } from './route-scan.ts';
import type { TopicSettings } from './topic-options.ts';
import { TopicPublisher, type TopicPublisherDependencies } from './topic-publisher.ts';

/** How often proofs are looked after, and original nodes looked at. */
const ROUND_MS = 5_000;
const NO_BYTES = new Uint8Array(0);
const NODE_ID = /^[0-9a-f]{128}$/;

/** Collaborators of {@link Publishers}. */
export interface PublishersDependencies extends Omit<TopicPublisherDependencies, 'slots'> {
  readonly subscriptions: Subscriptions;
  readonly transfers: FileTransfers;
}

/** An open topic, and what takes its marker from the nodes. */
interface OpenTopic {
  readonly publisher: TopicPublisher;
  readonly release: () => Promise<void>;
}

/** The private topics that a client publishes on: hears the nodes, and keeps one timer for all. */
export class Publishers {
  readonly #timeoutMs: number;
  readonly #deps: PublishersDependencies;
  readonly #slots = new ProofSlots();
  readonly #scan: RouteScan;
  /** By payload topic. */
  readonly #topics = new Map<TopicName, OpenTopic>();
  #timer: TimerHandle | undefined;
  #closedBy: ClientError | undefined;

  /** `timeoutMs`: of calls that name none. */
  constructor(options: { readonly timeoutMs: number }, dependencies: PublishersDependencies) {
    const { clock, logger } = dependencies;
    this.#timeoutMs = options.timeoutMs;
    this.#deps = dependencies;
    this.#scan = new RouteScan({
      clock,
      logger,
      receive: (link, lists, sinceMs) => this.#listed(link, lists, sinceMs),
    });
  }

  /**
   * Opens a topic: its marker is on every connection from now on.
   *
   * @throws ClientError `AMOP_CLIENT_OPTIONS` when it is open
   */
  open(name: PrivateName, settings: TopicSettings): PrivateTopic {
    const { counters, logger, subscriptions, transfers } = this.#deps;
    const { payload } = name;
    const topic = name.name;
    if (this.#topics.has(payload)) {
      throw new ClientError(
        'AMOP_CLIENT_OPTIONS',
        `private topic ${JSON.stringify(topic)} is open in this client: use that one, or close it`,
        { topic, option: 'topic', reason: 'already-open' },
      );
    }
    if (settings.proof !== 'bound') {
      const { proof } = settings;
      logger.warn({ topic, proof }, 'original subscribers get plain text that nodes can read');
    }
    const dependencies = { ...this.#deps, slots: this.#slots };
    const publisher = new TopicPublisher(name, settings, dependencies);
    const open = { publisher, release: subscriptions.hold(publisherMarker(payload)) };
    this.#topics.set(payload, open);
    this.linksChanged();
    this.#lookAround();
    return new PrivateTopic(topic, publisher, {
      counters,
      transfers,
      requestTimeoutMs: this.#timeoutMs,
      closedBy: () =>
        this.#closedBy ?? (this.#topics.get(payload) === open ? undefined : topicClosed(topic)),
      close: () => this.#close(payload, open, topicClosed(topic)),
      keysChanged: () => {
        this.linksChanged();
        this.#lookAround();
      },
    });
  }

  /** A node asks to have a route proved (0x37); the acknowledgement says only that it was heard. */
  asked(link: PublisherLink, frame: ChannelFrame): void {
    const { counters } = this.#deps;
    link.line.sendFrame(ChannelType.verifyTopic, frame.seq, ResultCode.ok, NO_BYTES);
    const question = parseVerifyTopic(frame.data);
    const nodeId = question?.nodeId.toLowerCase() ?? '';
    const route = parseChallengeRoute(question?.topicForCert ?? '');
    // Exactly a route of this topic: `T1` is not asked for in the name of `T10` (D-10).
    const open =
      route?.payload === question?.topic ? route && this.#topics.get(route.payload) : undefined;
    if (route === undefined || open === undefined || !NODE_ID.test(nodeId)) {
      counters.ignoredFrames++;
      return;
    }
    open.publisher.keeper.asked(link, route, nodeId);
    if (!link.line.grants) this.#scan.start(link);
    this.linksChanged();
  }

  /** A node of ours says that a route which it was told of is gone (0x38). */
  told(link: PublisherLink, frame: ChannelFrame): void {
    const { counters } = this.#deps;
    const status = parseTopicStatus(frame.data);
    const route = parseChallengeRoute(status?.topicForCert ?? '');
    const open = route && this.#topics.get(route.payload);
    if (
      !link.line.grants ||
      status === undefined ||
      status.checkResult === 0 ||
      route?.payload !== status.topic ||
      open === undefined
    ) {
      counters.ignoredFrames++;
      return;
    }
    open.publisher.keeper.gone(link, route, status.nodeId.toLowerCase());
  }

  /** A connection is over. */
  linkLost(link: PublisherLink): void {
    for (const { publisher } of this.#topics.values()) publisher.keeper.linkLost(link);
  }

  /** There may be something to look after that was not there before. */
  linksChanged(): void {
    if (this.#timer !== undefined || !this.#isNeeded()) return;
    this.#timer = this.#deps.clock.setTimer(this.#round, ROUND_MS);
  }

  /** Ends everything; nothing is opened any more. */
  close(error: ClientError): void {
    this.#closedBy = error;
    if (this.#timer !== undefined) this.#deps.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    for (const { publisher } of this.#topics.values()) publisher.close(error);
    this.#topics.clear();
  }

  async #close(payload: TopicName, open: OpenTopic, error: ClientError): Promise<void> {
    if (this.#topics.get(payload) !== open) return;
    this.#topics.delete(payload);
    open.publisher.close(error);
    await open.release();
  }

  readonly #round = (): void => {
    this.#timer = undefined;
    for (const { publisher } of this.#topics.values()) publisher.keeper.maintain();
    this.#lookAround();
    this.linksChanged();
  };

  /** Original nodes are looked at; ours ask by themselves. */
  #lookAround(): void {
    if (!this.#hasKeys()) return;
    for (const link of this.#deps.links()) {
      if (link.line.ready && !link.line.grants) this.#scan.start(link);
    }
  }

  #listed(
    link: PublisherLink,
    lists: ReadonlyMap<TopicName, readonly ListedNode[]>,
    sinceMs: number,
  ): void {
    if (!link.line.open) return;
    for (const [payload, { publisher }] of this.#topics) {
      publisher.keeper.listed(link, lists.get(payload) ?? [], sinceMs);
    }
    this.linksChanged();
  }

  #isNeeded(): boolean {
    if (this.#hasKeys() && this.#deps.links().some((link) => !link.line.grants)) return true;
    for (const { publisher } of this.#topics.values()) if (!publisher.keeper.isIdle) return true;
    return false;
  }

  #hasKeys(): boolean {
    for (const { publisher } of this.#topics.values())
      if (publisher.keeper.keyCount > 0) return true;
    return false;
  }
}

function topicClosed(topic: string): ClientError {
  return new ClientError(
    'AMOP_CLIENT_CLOSED',
    `private topic ${JSON.stringify(topic)} was closed`,
    { topic, hop: 'client', reason: 'topic-closed' },
  );
}

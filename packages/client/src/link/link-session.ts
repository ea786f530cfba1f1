import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  decodeMulticastAck,
  encodeHeartbeat,
  NO_REPLY_SEQ,
  type RefusedTopic,
  ResultCode,
  type TopicName,
} from '@amop/codec';
import { releaseMemory } from '@amop/crypto';
import type { Clock, Connection, Logger, PortsError, Scheduler } from '@amop/ports';
import type { CallRouter } from '../call/call-router.ts';
import type { ClientCounters } from '../counters.ts';
import { ClientError } from '../errors.ts';
import { AnswerPath } from '../inbound/answer-path.ts';
import type { ConnectionInbox } from '../inbound/delivery.ts';
import type { CertificateIssuer } from '../options/options.ts';
import type { Publishers } from '../private/publisher/publishers.ts';
import type {
  PrivateConnection,
  PrivateConnectionOptions,
} from '../private/subscriber/private-connection.ts';
import { DeltaReplica, type SendDelta } from '../replica/delta-replica.ts';
import { PairedReplica } from '../replica/paired-replica.ts';
import { sendDelta, sendWhole } from '../replica/topic-confirmation.ts';
import type { ReplicaEvents, TopicReplica, WantedTopics } from '../replica/topic-replica.ts';
import { WantedUnion } from '../replica/wanted-union.ts';
import { type SendWhole, WholeReplica } from '../replica/whole-replica.ts';
import { Delay } from './delay.ts';
import { FrameLine } from './frame-line.ts';
import { type Agreement, shakeHands } from './handshake.ts';
import { Heartbeat } from './heartbeat.ts';
import { linkError } from './link-error.ts';
import { type AskNode, queryNodeId } from './node-query.ts';

/** What a session hands to the application's side. */
interface SessionInbox {
  /** A frame of type 0x30; `path` takes the answer. */
  request(frame: ChannelFrame, path: AnswerPath, connection: ConnectionInbox): void;
  /** A frame of type 0x35; `sourceId` tells connections apart. */
  multicast(frame: ChannelFrame, sourceId: number, connection: ConnectionInbox): void;
}

/** Collaborators of {@link LinkSession}; the same for every session of a client but `connection`. */
export interface LinkSessionDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly counters: ClientCounters;
  readonly router: CallRouter;
  readonly inbox: SessionInbox;
  readonly publishers: Publishers;
  /** Topics that are the same on every connection. */
  readonly wanted: WantedTopics;
  /** The part of one connection in the private subscriptions. */
  readonly openPrivate: (options: PrivateConnectionOptions) => PrivateConnection;
  readonly replicaEvents: Omit<ReplicaEvents, 'onLost' | 'onRefused'> & {
    readonly onRefused: (session: LinkSession, refused: RefusedTopic) => void;
  };
}

/**
 * One connection to a node from TLS to its end: handshake, replay of the subscriptions, then frames
 * in both directions. It dies with the connection; the next one begins from nothing.
 */
export class LinkSession {
  /** Tells sessions apart: a copy of a multicast is one that came in by another. */
  readonly id: number;
  readonly line: FrameLine;
  /** Resolves once the connection is over, with the reason. */
  readonly closed: Promise<ClientError>;
  readonly #endpoint: string;
  readonly #clientType: string;
  readonly #connection: Connection;
  readonly #deps: LinkSessionDependencies;
  readonly #answers: AnswerPath;
  readonly #private: PrivateConnection;
  readonly #decoder = new ChannelFrameDecoder({ onSpent: releaseMemory });
  readonly #heartbeat: Heartbeat;
  readonly #delay: Delay;
  #resolveClosed: ((error: ClientError) => void) | undefined;
  #error: ClientError | undefined;
  #agreement: Agreement | undefined;
  #replica: TopicReplica | undefined;
  #paused = false;
  #heard = false;

  constructor(
    options: { readonly id: number; readonly endpoint: string; readonly clientType: string },
    connection: Connection,
    dependencies: LinkSessionDependencies,
  ) {
    const { clock, scheduler, counters } = dependencies;
    this.id = options.id;
    this.#endpoint = options.endpoint;
    this.#clientType = options.clientType;
    this.#connection = connection;
    this.#deps = dependencies;
    const node = connection.identity.nodeId ?? options.endpoint;
    this.line = new FrameLine({ node }, { connection, scheduler, counters });
    this.#answers = new AnswerPath(this.line, { counters });
    this.#private = dependencies.openPrivate({ sourceId: options.id, node });
    this.#delay = new Delay(clock);
    this.#heartbeat = new Heartbeat(
      { beat: () => this.#beat(), dead: () => this.destroy(this.#silent()) },
      { clock },
    );
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    connection.attach({
      onData: (chunk) => this.#received(chunk),
      onDrain: () => this.line.handleDrain(),
      onClose: (error) => this.#ended(error),
    });
  }

  /** Issuer of the node's certificate. */
  get issuer(): CertificateIssuer {
    return this.#connection.identity;
  }

  /** True once a byte came in. */
  get heard(): boolean {
    return this.#heard;
  }

  /** True while new calls may be written. */
  get ready(): boolean {
    return this.line.ready;
  }

  /** What the handshake agreed on; undefined before. */
  get agreement(): Agreement | undefined {
    return this.#agreement;
  }

  /** The node's ID; undefined when its certificate shows none. */
  get nodeId(): string | undefined {
    return this.#connection.identity.nodeId;
  }

  /**
   * Handshake, then every subscription; `line.ready` when it resolves.
   *
   * @throws ClientError why the link cannot be used; the caller destroys the session
   */
  async start(): Promise<void> {
    const agreement = await shakeHands(this.ask, this.#clientType);
    this.#agreement = agreement;
    this.line.agree(agreement);
    this.#heartbeat.start();
    const nodeId = this.nodeId ?? (await queryNodeId(this.ask, this.#deps.logger));
    if (this.#error !== undefined) throw this.#error;
    this.#private.start(nodeId);
    const replica = this.#makeReplica();
    this.#replica = replica;
    await replica.replay();
    if (this.#error !== undefined) throw this.#error;
    this.line.ready = true;
    if (this.#paused) this.#connection.pause();
  }

  /** Asks the node; the answer has the same type and any result. */
  readonly ask: AskNode = (type, data, timeoutMs) =>
    this.line.open
      ? this.#deps.router.ask(this.line, type, data, timeoutMs)
      : Promise.reject(this.#error ?? linkError(undefined, this.#endpoint));

  /** A topic may have changed; it goes out with the next `flushTopics`. */
  topicChanged(topic: TopicName): void {
    if (this.#error === undefined) this.#replica?.changed(topic);
  }

  /** Sends what has changed of the topics. */
  flushTopics(): void {
    if (this.#error === undefined) this.#replica?.flush();
  }

  /** Whether the node has the topic; undefined while that is not known. */
  hasTopic(topic: TopicName): boolean | undefined {
    return this.#replica?.has(topic);
  }

  /** Stops reading once the link is ready: the handshake must get through. */
  pause(): void {
    this.#paused = true;
    this.#heartbeat.setReading(false);
    if (this.line.ready) this.#connection.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#paused = false;
    this.#heartbeat.setReading(true);
    this.#connection.resume();
  }

  /** Writes what is queued, then ends the connection. */
  close(): void {
    this.line.close();
  }

  /** Ends the connection at once. */
  destroy(error: ClientError): void {
    this.#connection.destroy();
    this.#finish(error);
  }

  #makeReplica(): TopicReplica {
    const { wanted, replicaEvents, clock, logger } = this.#deps;
    const { ask } = this;
    const partners = this.#private;
    const events = {
      wanted: new WantedUnion([wanted, partners]),
      onApplied: (topics: readonly TopicName[]) =>
        replicaEvents.onApplied(topics.map((topic) => partners.ownerOf(topic))),
      onRefused: ({ topic, reason }: RefusedTopic) =>
        replicaEvents.onRefused(this, { topic: partners.ownerOf(topic), reason }),
      onLost: (error: unknown) => this.destroy(linkError(error, this.#endpoint)),
    };
    if (this.line.acks) {
      const send: SendDelta = (add, remove) => sendDelta(ask, add, remove);
      return new PairedReplica(new DeltaReplica({ ...events, send }), partners);
    }
    const tell = (type: number, data: Uint8Array): void =>
      this.line.sendFrame(type, NO_REPLY_SEQ, ResultCode.ok, data);
    const wait = (delayMs: number): Promise<void> => this.#delay.wait(delayMs);
    const send: SendWhole = (topics) => sendWhole(topics, { ask, tell, wait, clock, logger });
    return new PairedReplica(new WholeReplica({ ...events, send }), partners);
  }

  #received(chunk: Uint8Array): void {
    this.#heard = true;
    this.#heartbeat.heard();
    this.#deps.counters.bytesReceived += chunk.length;
    try {
      this.#decoder.push(chunk, this.#dispatch);
    } catch (cause) {
      this.#deps.counters.malformedFrames++;
      const text = cause instanceof Error ? cause.message : 'not a frame';
      this.destroy(
        new ClientError(
          'AMOP_CLIENT_PROTOCOL',
          `node ${this.#endpoint} does not send channel frames, is it the channel port? ${text}`,
          { hop: 'node', node: this.line.node, reason: 'bad-frame', retryable: true },
          { cause },
        ),
      );
    }
  }

  readonly #dispatch = (frame: ChannelFrame): void => {
    switch (frame.type) {
      case ChannelType.request:
        this.#deps.inbox.request(frame, this.#answers, this.#private);
        break;
      case ChannelType.multicast:
        this.#deps.inbox.multicast(frame, this.id, this.#private);
        break;
      case ChannelType.response:
      case ChannelType.rpc:
      case ChannelType.handshake:
      case ChannelType.subscribe:
        this.#deps.router.answered(this.line, frame);
        break;
      case ChannelType.verifyTopic:
        this.#deps.publishers.asked(this, frame);
        break;
      case ChannelType.topicStatus:
        this.#deps.publishers.told(this, frame);
        break;
      case ChannelType.multicastAck:
        this.#counted(frame);
        break;
      case ChannelType.heartbeat:
        break;
      default:
        // An original SDK dies of a type that it does not know (D-13).
        this.#deps.counters.ignoredFrames++;
    }
  };

  #counted(frame: ChannelFrame): void {
    const count = decodeMulticastAck(frame.data);
    if (count !== undefined && this.#deps.router.multicastsTaken(this.line, count)) return;
    this.#deps.counters.malformedFrames++;
    this.#deps.logger.warn({ node: this.line.node, count }, 'node counts multicasts never sent');
  }

  #beat(): void {
    const data = encodeHeartbeat(this.#agreement?.protocol ?? 1, 0);
    this.line.sendFrame(ChannelType.heartbeat, NO_REPLY_SEQ, ResultCode.ok, data);
  }

  #silent(): ClientError {
    return new ClientError(
      'AMOP_CLIENT_NOT_CONNECTED',
      `node ${this.#endpoint} has been silent for more than 30 s`,
      { hop: 'node', node: this.line.node, reason: 'silent', retryable: true },
    );
  }

  #ended(error: PortsError | undefined): void {
    this.#finish(linkError(error, this.#endpoint));
  }

  #finish(error: ClientError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.line.ready = false;
    this.line.open = false;
    this.#decoder.stop();
    this.#heartbeat.stop();
    this.#delay.cancel();
    this.#private.close();
    this.#deps.router.lineLost(this.line, error);
    this.#deps.publishers.linkLost(this);
    this.#resolveClosed?.(error);
  }
}

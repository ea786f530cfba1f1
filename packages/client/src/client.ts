import type { NodeInfo, PeerInfo } from '@amop/codec';
import type { Reply } from './call/reply.ts';
import type { ClientCore } from './client-core.ts';
import { closedError } from './closed-error.ts';
import type { CounterSnapshot } from './counters.ts';
import { ClientError } from './errors.ts';
import type { ClientEventListener, ClientEventName } from './events.ts';
import type {
  FileSource,
  ReceiveFilesOptions,
  SendFileOptions,
  SentFile,
} from './file/file-types.ts';
import type { FileReceiver } from './file/receive/file-receiver.ts';
import { parseReceiveOptions } from './file/receive/receive-options.ts';
import type { MessageHandler } from './inbound/subscriber.ts';
import type { Subscription } from './inbound/subscription.ts';
import type { LinkSession } from './link/link-session.ts';
import { queryNodeInfo, queryPeers } from './link/node-query.ts';
import { type NodeStatus, statusOf } from './link/node-status.ts';
import { type CallOptions, checkedBody, parseCallTimeout } from './options/call-options.ts';
import { parseTimeout } from './options/options.ts';
import { parsePrivateName } from './private/private-name.ts';
import type { PrivateTopic } from './private/publisher/private-topic.ts';
import { type PrivateTopicOptions, parseTopicOptions } from './private/publisher/topic-options.ts';
import {
  type PrivateSubscribeOptions,
  parsePrivateKeys,
} from './private/subscriber/private-keys.ts';
import type { PrivateSubscription } from './private/subscriber/private-subscription.ts';
import { parseTopic, TopicMemory } from './topic.ts';

/** Time that `close` gives to what is under way and to the bytes that are queued. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Options of a question to one node. */
export interface QueryOptions {
  readonly timeoutMs?: number;
  /** Which node, as in `nodes` of `connect`. Default: the preferred one that is connected. */
  readonly node?: string;
}

/**
 * A client of one or several nodes, made by `connect`.
 *
 * It keeps a link to each node: subscriptions live on all of them; requests and publishes go to the
 * first in the list that is connected, and to the next one only when certainly nothing was
 * delivered. While no node is connected, calls wait for one until their time is up.
 */
export class AmopClient {
  readonly #core: ClientCore;
  readonly #topics = new TopicMemory();

  /** Made by `connect`. */
  constructor(core: ClientCore) {
    this.#core = core;
  }

  /**
   * Sends a message to one subscriber, chosen by the nodes, and waits for its answer.
   *
   * It ends exactly once, by the deadline. The body must not be changed before it has ended.
   *
   * @param topic 1..254 bytes of UTF-8
   * @throws ClientError `_NO_SUBSCRIBER`, `_NO_ANSWER`, `_HANDLER_FAILED`, `_TIMEOUT`, `_DISCONNECTED`,
   *   `_NOT_CONNECTED`, `_NOT_PERMITTED`, `_BANDWIDTH`, `_MALFORMED`, `_REFUSED`, `_OVERLOADED`,
   *   `_ABORTED`, `_TOPIC`, `_TOO_LARGE`, `_OPTIONS`, `_CLOSED` (each with `AMOP_CLIENT` in front)
   */
  request(topic: string, body: Uint8Array | string, options?: CallOptions): Promise<Reply> {
    try {
      this.#core.counters.requests++;
      const timeoutMs = this.#timeoutMs(options);
      const name = this.#topics.parse(topic);
      return this.#core.router.request(name, checkedBody(body), timeoutMs, options?.signal);
    } catch (error) {
      this.#core.counters.requestErrors++;
      return Promise.reject(error);
    }
  }

  /**
   * Sends a message to every subscriber. Resolves when the node has taken it, which says nothing
   * about who got it. The body must not be changed before it has ended.
   *
   * @throws ClientError as `request`, but for what only a subscriber can cause
   */
  publish(topic: string, body: Uint8Array | string, options?: CallOptions): Promise<void> {
    try {
      this.#core.counters.publishes++;
      const timeoutMs = this.#timeoutMs(options);
      const name = this.#topics.parse(topic);
      return this.#core.router.publish(name, checkedBody(body), timeoutMs, options?.signal);
    } catch (error) {
      this.#core.counters.publishErrors++;
      return Promise.reject(error);
    }
  }

  /**
   * Subscribes a topic; resolves when every connected node has applied it, at least one. Nodes that
   * connect later get it before they are used.
   *
   * @param handler answers requests; without it the subscription is iterated
   * @throws ClientError `AMOP_CLIENT_TOPIC` before anything is sent; `_SUBSCRIBE_FAILED` with the
   *   node's reason; `_TIMEOUT`, `_NOT_CONNECTED`, `_ABORTED`, `_OPTIONS`, `_CLOSED`
   */
  subscribe(topic: string, handler: MessageHandler, options?: CallOptions): Promise<Subscription>;
  subscribe(topic: string, options?: CallOptions): Promise<Subscription>;
  async subscribe(
    topic: string,
    first?: MessageHandler | CallOptions,
    second?: CallOptions,
  ): Promise<Subscription> {
    const { subscriptions } = this.#core;
    const [handler, options] =
      typeof first === 'function' ? [first, second] : [undefined, first ?? second];
    const { name } = parseTopic(topic);
    const timeoutMs = this.#timeoutMs(options);
    this.#checkOpen();
    return subscriptions.subscribe(name, handler, timeoutMs, options?.signal);
  }

  /**
   * Subscribes a private topic: only publishers that allow the key of this subscriber send to it.
   * Resolves when every connected node has applied it, at least one; that says nothing of publishers.
   *
   * What publishers of ours send is sealed from end to end, and `message.sender` is the key that
   * sealed it. Without `publishers` messages of original publishers come too, readable for every
   * node on the way: their sender is `'unverified'`.
   *
   * @param topic 1..185 bytes of UTF-8 (168 with Go publishers)
   * @param handler as in `subscribe`
   * @throws ClientError as `subscribe`; `AMOP_CLIENT_OPTIONS` also for a topic that this client has
   *   subscribed with other keys
   */
  subscribePrivate(
    topic: string,
    keys: PrivateSubscribeOptions,
    handler: MessageHandler,
    options?: CallOptions,
  ): Promise<PrivateSubscription>;
  subscribePrivate(
    topic: string,
    keys: PrivateSubscribeOptions,
    options?: CallOptions,
  ): Promise<PrivateSubscription>;
  async subscribePrivate(
    topic: string,
    keys: PrivateSubscribeOptions,
    first?: MessageHandler | CallOptions,
    second?: CallOptions,
  ): Promise<PrivateSubscription> {
    const { privateSubscriptions } = this.#core;
    const [handler, options] =
      typeof first === 'function' ? [first, second] : [undefined, first ?? second];
    const name = parsePrivateName(topic);
    const parsed = parsePrivateKeys(keys);
    const timeoutMs = this.#timeoutMs(options);
    this.#checkOpen();
    return privateSubscriptions.subscribe(name, parsed, handler, timeoutMs, options?.signal);
  }

  /**
   * Opens a private topic for publishing: only who proves one of `publicKeys` receives what is sent
   * on it. From now on subscribers are asked for their proofs; `waitForSubscribers` waits for them.
   *
   * With `proof: 'bound'`, the default, everything is sealed from end to end: nodes on the way read
   * nothing. With `'either'` and `'original'` original subscribers get what is sent in plain text.
   *
   * @param topic 1..185 bytes of UTF-8 (subscribers with the Go SDK: 168)
   * @throws ClientError `AMOP_CLIENT_TOPIC`, `AMOP_CLIENT_OPTIONS` (also when it is open), `_CLOSED`
   */
  privateTopic(topic: string, options: PrivateTopicOptions): PrivateTopic {
    const name = parsePrivateName(topic);
    const settings = parseTopicOptions(options);
    this.#checkOpen();
    return this.#core.publishers.open(name, settings);
  }

  /**
   * Sends a file of any size; resolves when every receiver has an outcome.
   *
   * Receivers pull it: each takes what it has room for, at its own pace, and goes on after a lost
   * link or a crash where it stopped. A path is found again by the next process that sends the same
   * file on the same topic: it goes on, too. A `Blob` and a stream are gone with this process; a
   * receiver keeps what it has got, so that sending the same bytes again goes on there.
   *
   * With `to: 'one'` it is for the one that takes it first, and it rejects unless that one has the
   * whole file. With `to: 'all'` it is for everybody who comes within `joinMs`, and resolves with
   * the outcome of each.
   *
   * @param topic as in `request`
   * @throws ClientError `AMOP_CLIENT_FILE_SOURCE`, `_FILE_REFUSED`, `_FILE_FAILED`,
   *   `_FILE_STALLED`, `_FILE_STATE`, `_NO_SUBSCRIBER` (nobody took it), `_TOO_LARGE`,
   *   `_NOT_PERMITTED`, `_SUBSCRIBE_FAILED`, `_ABORTED`, `_OPTIONS`, `_TOPIC`, `_CLOSED`
   */
  async sendFile(topic: string, source: FileSource, options?: SendFileOptions): Promise<SentFile> {
    parseTopic(topic);
    this.#checkOpen();
    return this.#core.files.sendOnTopic(topic, source, options);
  }

  /**
   * Receives the files that are sent on a topic into a folder; resolves when every connected node
   * has applied the subscription. With `privateKey` it is a private topic.
   *
   * Names are made safe, nothing is overwritten, and a file has its name only once it is whole,
   * verified and written out. What was left unfinished in the folder is gone on with. Other messages
   * on the topic are handed back: files want a topic of their own.
   *
   * @throws ClientError `AMOP_CLIENT_FILE_DIRECTORY`, and those of `subscribe` or
   *   `subscribePrivate`
   */
  async receiveFiles(topic: string, options: ReceiveFilesOptions): Promise<FileReceiver> {
    const settings = parseReceiveOptions(options);
    const { privateKey, publishers, signal } = options;
    const timeoutMs = parseTimeout(
      options.timeoutMs,
      'timeoutMs',
      this.#core.settings.requestTimeoutMs,
    );
    const call = { timeoutMs, ...(signal !== undefined && { signal }) };
    const keys =
      privateKey === undefined
        ? undefined
        : { privateKey, ...(publishers !== undefined && { publishers }) };
    this.#checkOpen();
    return this.#core.files.receive(
      {
        topic,
        isPrivate: keys !== undefined,
        subscribe: async (handler) => {
          const subscription = await (keys === undefined
            ? this.subscribe(topic, handler, call)
            : this.subscribePrivate(topic, keys, handler, call));
          return () => subscription.unsubscribe().catch(() => undefined);
        },
      },
      settings,
    );
  }

  /**
   * Ends every subscription to a topic, not to a private one. Resolves when every connected node has applied it.
   *
   * @throws ClientError `AMOP_CLIENT_TIMEOUT`: ended here, but a node does not confirm
   */
  async unsubscribe(topic: string): Promise<void> {
    await this.#core.subscriptions.unsubscribe(parseTopic(topic).name);
  }

  /**
   * What the node knows of itself, with every topic that its own clients subscribe.
   *
   * @throws ClientError `AMOP_CLIENT_NODE_QUERY`, `_NOT_CONNECTED`, `_TIMEOUT`, `_OPTIONS`, `_CLOSED`
   */
  async getNodeInfo(options?: QueryOptions): Promise<NodeInfo> {
    return queryNodeInfo(this.#sessionFor(options).ask, this.#timeoutMs(options));
  }

  /** The nodes that the node is connected to, with their topics. Errors as `getNodeInfo`. */
  async getPeers(options?: QueryOptions): Promise<readonly PeerInfo[]> {
    return queryPeers(this.#sessionFor(options).ask, this.#timeoutMs(options));
  }

  /** The state of each link, in the order of `nodes`. */
  nodes(): readonly NodeStatus[] {
    return this.#core.group.links.map(statusOf);
  }

  /** What the client has done so far and what it holds at this moment. */
  counters(): CounterSnapshot {
    const { counters, calls, budget, table, privateSubscriptions, group } = this.#core;
    return {
      ...counters,
      pendingCalls: calls.size,
      queuedBytes: budget.usedBytes,
      subscribedTopics: table.size + privateSubscriptions.table.size,
      connectedNodes: group.lines.filter((line) => line.ready).length,
    };
  }

  /** Adds a listener for an event; see `ClientEvents`. */
  on<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): void {
    this.#core.events.on(name, listener);
  }

  /** Removes a listener. */
  off<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): void {
    this.#core.events.off(name, listener);
  }

  /**
   * Closes the client. New calls are refused, iterators end, requests that still come are handed
   * back. Calls and handlers under way get `timeoutMs` to end (default 1 000) and end with
   * `AMOP_CLIENT_CLOSED` otherwise; what is queued is written in what is left of it, or a quarter of
   * it. Never rejects for what was under way; more calls wait for the first.
   */
  async close(options?: { readonly timeoutMs?: number }): Promise<void> {
    await this.#core.close(parseTimeout(options?.timeoutMs, 'timeoutMs', CLOSE_TIMEOUT_MS));
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #timeoutMs(options: CallOptions | QueryOptions | undefined): number {
    return parseCallTimeout(options, this.#core.settings.requestTimeoutMs);
  }

  #checkOpen(): void {
    if (this.#core.closing) throw closedError();
  }

  #sessionFor(options: QueryOptions | undefined): LinkSession {
    this.#checkOpen();
    const { links } = this.#core.group;
    const node = options?.node;
    const candidates =
      node === undefined ? links : links.filter((link) => link.endpoint.text === node);
    if (candidates.length === 0) {
      throw new ClientError(
        'AMOP_CLIENT_OPTIONS',
        `node: ${JSON.stringify(node)} is none of ${links.map((link) => link.endpoint.text).join(', ')}`,
        { option: 'node', reason: 'unknown-node' },
      );
    }
    const session = candidates.map((link) => link.session).find((each) => each?.ready);
    if (session !== undefined) return session;
    throw new ClientError('AMOP_CLIENT_NOT_CONNECTED', `no connection to ${node ?? 'any node'}`, {
      hop: 'client',
      reason: 'no-link',
      retryable: true,
    });
  }
}

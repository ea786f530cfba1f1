import { SEALED_OVERHEAD_BYTES, type TopicName } from '@amop/codec';
import { formatPublicKeyHex, type PublicKey } from '@amop/crypto';
import type { Reply } from '../../call/reply.ts';
import type { ClientCounters } from '../../counters.ts';
import { ClientError } from '../../errors.ts';
import type { FileTransfers } from '../../file/file-transfers.ts';
import type { FileSource, SendFileOptions, SentFile } from '../../file/file-types.ts';
import { type CallOptions, checkedBody, parseCallTimeout } from '../../options/call-options.ts';
import { parseTopicKey } from '../topic-key.ts';
import { FileGate } from './send/file-gate.ts';
import { noKeys } from './send/private-error.ts';
import type { TopicPublisher } from './topic-publisher.ts';

/** What sealing puts around a body: message and multicast. */
const SEAL_BYTES = SEALED_OVERHEAD_BYTES + 16;
/** Digits of a route's ID that tell it apart for people; the first ones are alike. */
const SHORT_ROUTE_DIGITS = 8;

/** A subscriber that has proved an allowed key. One with several connections is there several times. */
export interface PrivateSubscriber {
  /** The key that it holds, 128 lower-case hex digits. */
  readonly key: string;
  /** Its node, 128 lower-case hex digits. */
  readonly node: string;
  /** The end of the ID of its route, another one for each of its connections. */
  readonly route: string;
  /** When it last proved the key, ms since 1970. */
  readonly provenAtMs: number;
  /** `bound`: what it gets is sealed. `original`: plain text. */
  readonly proof: 'bound' | 'original';
}

/** Options of `PrivateTopic.waitForSubscribers`. */
export interface SubscriberWaitOptions extends CallOptions {
  /** Default 1. */
  readonly count?: number;
}

/** What a private topic needs of its client. */
export interface PrivateTopicOwner {
  readonly counters: ClientCounters;
  readonly transfers: FileTransfers;
  readonly requestTimeoutMs: number;
  /** Why nothing is sent any more; undefined while the topic is open. */
  closedBy(): ClientError | undefined;
  /** Ends it; resolves when every connected node has applied it. */
  close(): Promise<void>;
  /** More keys than before, or fewer. */
  keysChanged(): void;
}

/**
 * A private topic that is open for publishing, made by `AmopClient.privateTopic`: only subscribers
 * that have proved an allowed key receive.
 *
 * Proofs are asked for in the background, renewed every five minutes and dead after ten. What is
 * sent goes to who has proved a key at that moment: nothing waits, `waitForSubscribers` does.
 */
export class PrivateTopic {
  /** As given to `privateTopic`. */
  readonly topic: TopicName;
  readonly #publisher: TopicPublisher;
  readonly #owner: PrivateTopicOwner;

  /** Made by the client. */
  constructor(topic: TopicName, publisher: TopicPublisher, owner: PrivateTopicOwner) {
    this.topic = topic;
    this.#publisher = publisher;
    this.#owner = owner;
  }

  /**
   * Asks one of those who have proved a key, each as likely as the others; another one as long as
   * certainly nobody got the request. The body must not be changed before it has ended.
   *
   * @throws ClientError `AMOP_CLIENT_NO_KEYS` before a byte leaves; `_NO_SUBSCRIBER` with reason
   *   `no-proven-subscriber`; `_SEAL` for an answer that is not the subscriber's; otherwise as
   *   `AmopClient.request`
   */
  async request(body: Uint8Array | string, options?: CallOptions): Promise<Reply> {
    const { counters } = this.#owner;
    counters.requests++;
    try {
      const timeoutMs = this.#begin(options);
      const bytes = checkedBody(body, SEAL_BYTES);
      const reply = await this.#publisher.request.send(bytes, timeoutMs, options?.signal);
      counters.replies++;
      return reply;
    } catch (error) {
      counters.requestErrors++;
      throw error;
    }
  }

  /**
   * Sends to all who have proved a key. Resolves when each of them has got it or cannot be reached;
   * with more than eight keys, when their nodes have taken it; at once when there is nobody.
   *
   * With holders of more than eight keys, all share one for ten minutes at most: then one of them could
   * write in the name of the publisher to the others.
   *
   * @throws ClientError `AMOP_CLIENT_NO_KEYS` before a byte leaves; otherwise as `AmopClient.publish`
   */
  async publish(body: Uint8Array | string, options?: CallOptions): Promise<void> {
    const { counters } = this.#owner;
    counters.publishes++;
    try {
      const timeoutMs = this.#begin(options);
      const bytes = checkedBody(body, SEAL_BYTES);
      await this.#publisher.multicast.send(bytes, timeoutMs, options?.signal);
      counters.publishAcks++;
    } catch (error) {
      counters.publishErrors++;
      throw error;
    }
  }

  /**
   * Sends a file, as `AmopClient.sendFile`, to those who have proved an allowed key in the bound way:
   * each of them gets an offer of its own, sealed, and pulls with keys that nobody else has. A key
   * that is revoked meanwhile gets nothing more.
   *
   * @throws ClientError as `AmopClient.sendFile`, `_NO_KEYS`
   */
  async sendFile(source: FileSource, options?: SendFileOptions): Promise<SentFile> {
    this.#checkOpen();
    if (this.#publisher.keeper.keyCount === 0) throw noKeys(this.topic);
    return this.#owner.transfers.send(
      {
        topic: this.topic,
        gate: new FileGate(this.#publisher, () => this.#owner.closedBy()),
        request: (body, timeoutMs, signal) => this.request(body, callOf(timeoutMs, signal)),
        publish: (body, timeoutMs, signal) => this.publish(body, callOf(timeoutMs, signal)),
      },
      source,
      options,
    );
  }

  /** Those who have proved an allowed key and can be reached. */
  subscribers(): PrivateSubscriber[] {
    return this.#publisher.keeper.proven().flatMap(({ proof, id, nodeId }) =>
      proof === undefined
        ? []
        : {
            key: proof.key,
            node: nodeId,
            route: id.slice(-SHORT_ROUTE_DIGITS),
            provenAtMs: proof.provenAtMs,
            proof: proof.seal === undefined ? 'original' : 'bound',
          },
    );
  }

  /**
   * Resolves when `count` subscribers have proved a key, with all who have.
   *
   * @throws ClientError `AMOP_CLIENT_TIMEOUT`, `_ABORTED`, `_OPTIONS`, `_CLOSED`
   */
  async waitForSubscribers(options?: SubscriberWaitOptions): Promise<PrivateSubscriber[]> {
    this.#checkOpen();
    const timeoutMs = parseCallTimeout(options, this.#owner.requestTimeoutMs);
    const count = options?.count ?? 1;
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new ClientError('AMOP_CLIENT_OPTIONS', 'count must be an integer above 0', {
        option: 'count',
        reason: 'bad-option',
      });
    }
    if (this.#publisher.keeper.proven().length < count) {
      await this.#publisher.waits.wait({ count, timeoutMs, signal: options?.signal });
    }
    return this.subscribers();
  }

  /**
   * The holder of one more key receives, from the moment on that it has proved it.
   *
   * @param key 128 hex digits, PEM (`PUBLIC KEY`) or a key
   * @throws ClientError `AMOP_CLIENT_OPTIONS`, `_CLOSED`
   */
  allow(key: PublicKey | string): void {
    this.#checkOpen();
    const parsed = parseTopicKey(key, 'key');
    this.#publisher.allow(formatPublicKeyHex(parsed), parsed);
    this.#owner.keysChanged();
  }

  /**
   * The holder of a key receives no longer. When it resolves, nothing is sealed for it any more, a new
   * key is used for all others, and nodes of ours are told. What was sent cannot be called back; an
   * original node that was opened by an original subscriber's proof stays open for plain text.
   *
   * @throws ClientError `AMOP_CLIENT_OPTIONS`, `_CLOSED`
   */
  async revoke(key: PublicKey | string): Promise<void> {
    this.#checkOpen();
    this.#publisher.revoke(formatPublicKeyHex(parseTopicKey(key, 'key')));
    this.#owner.keysChanged();
  }

  /** Nobody is asked or sent to any more. Resolves when every connected node has applied it. */
  async close(): Promise<void> {
    await this.#owner.close();
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Checks what every call checks, and gives back its time. */
  #begin(options: CallOptions | undefined): number {
    this.#checkOpen();
    if (this.#publisher.keeper.keyCount === 0) throw noKeys(this.topic);
    return parseCallTimeout(options, this.#owner.requestTimeoutMs);
  }

  #checkOpen(): void {
    const error = this.#owner.closedBy();
    if (error !== undefined) throw error;
  }
}

function callOf(timeoutMs: number, signal: AbortSignal | undefined): CallOptions {
  return { timeoutMs, ...(signal !== undefined && { signal }) };
}

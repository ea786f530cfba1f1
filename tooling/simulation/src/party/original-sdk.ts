import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  encodeHandshakeRequest,
  encodeHeartbeat,
  encodeSubscribe,
  parseTopicName,
  ResultCode,
  seqFromKey,
} from '@amop/codec';
import type { HostPort } from '@amop/node';
import type { Connection } from '@amop/ports';
import { encodeAnswerText, encodeMessageText } from '../history/message-text.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { SdkPlan } from '../plan/plan.ts';
import type { Stage } from '../run/stage.ts';
import { RawSubscriber } from './raw-subscriber.ts';
import { SdkSecrets } from './sdk-secrets.ts';

/** Time after which an original SDK gives up, in ms. */
const TIMEOUT_MS = 5_000;
/** By then a node has answered, whatever became of the request (30 s and its steps), in ms. */
const ANSWER_DUE_MS = 36_000;
const HEARTBEAT_MS = 5_000;
const REDIAL_MS = 2_000;
/** Seqs of SDKs that take small numbers. */
const SMALL_SEQS = 12;
const PROTOCOL = 3;
/** One request of so many has a body that is none. */
const CLUMSY_ONE_IN = 10;
const CLUMSY_BODIES = 4;

interface Asked {
  readonly message: string;
  readonly atMs: number;
  /** Its body is none: the node must say so. */
  readonly isClumsy: boolean;
  isGivenUp: boolean;
}

/**
 * An application in the manner of the original SDKs: whole topic sets, no acknowledgements, 5 s of patience.
 *
 * One kind looks for a seq of its own before it looks at the type, as Java does; the other takes its seqs from
 * a small space, so that two applications meet with the same one.
 */
export class OriginalSdk {
  readonly name: string;
  readonly plan: SdkPlan;
  readonly #at: HostPort;
  readonly #fingerprint: string;
  readonly #stage: Stage;
  readonly #process: SimProcess;
  readonly #subscriber: RawSubscriber;
  readonly #seqBeforeType: boolean;
  readonly #asked: Map<string, Asked> = new Map();
  /** Topics that it must not send on since it runs. */
  readonly #lost: Set<string> = new Set();
  /** Its part in a private topic, if it has one. */
  readonly secrets: SdkSecrets | undefined;
  #connection: Connection | undefined;
  #sent = 0;
  #isEnding = false;

  constructor(
    plan: SdkPlan,
    options: {
      readonly at: HostPort;
      readonly fingerprint: string;
      /** Two may not meet with one seq: an original node that has clients mixes their answers up. */
      readonly ownSeqs: boolean;
    },
    stage: Stage,
  ) {
    this.name = plan.name;
    this.plan = plan;
    this.#at = options.at;
    this.#fingerprint = options.fingerprint;
    this.#stage = stage;
    this.#process = stage.process(plan.name, 0);
    const { behaviour, name } = plan;
    this.#subscriber = new RawSubscriber({ name, behaviour, repeats: false }, stage);
    this.secrets = this.#makeSecrets();
    this.#seqBeforeType = options.ownSeqs || stage.seedOf(`${name} kind`) % 2 === 0;
  }

  get process(): SimProcess {
    return this.#process;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  start(): void {
    for (const topic of this.plan.topics) {
      this.#stage.record({ kind: 'subscribe', client: this.name, topic });
    }
    const { secret } = this.plan;
    if (secret?.role === 'subscribes') {
      this.#stage.record({ kind: 'subscribe', client: this.name, topic: secret.topic });
    }
    for (const key of secret?.role === 'publishes' ? secret.allows : []) {
      const { topic } = secret ?? { topic: '' };
      const holders = this.#stage.holdersOf(key);
      this.#stage.record({ kind: 'allow', client: this.name, topic, holders });
    }
    this.#dial();
  }

  /** Closes for good. */
  close(): void {
    this.#isEnding = true;
    this.#connection?.close();
  }

  /** The rules of its node do not let it use the topic any more, and it has had time to connect again. */
  forbid(use: 'publish' | 'subscribe', topic: string): void {
    if (use === 'publish') this.#lost.add(topic);
    else this.#stage.record({ kind: 'unsubscribe', client: this.name, topic });
  }

  /** Sends a request, unless there is no connection or no seq. */
  request(topic: string, bytes: number, mustSucceed: boolean, group?: string): void {
    const key = this.#freeKey();
    if (this.#connection === undefined || key === undefined) return;
    const message = this.#nextMessage();
    this.#stage.record({
      kind: 'request',
      client: this.name,
      message,
      topic,
      timeoutMs: TIMEOUT_MS,
      repeats: true,
      ...(this.#lost.has(topic) && { forbidden: true }),
      ...this.#secrecy(topic),
      ...(mustSucceed && { mustSucceed }),
      ...(group !== undefined && { group }),
    });
    const { random } = this.#process;
    const isClumsy = !mustSucceed && random.below(CLUMSY_ONE_IN) === 0;
    const asked = { message, atMs: this.#stage.loop.nowMs, isClumsy, isGivenUp: false };
    this.#asked.set(key, asked);
    const body = encodeAmopBody(this.#wireTopic(topic), encodeMessageText(message, bytes));
    const data = isClumsy ? clumsyBody(random.below(CLUMSY_BODIES), body) : body;
    this.#send(ChannelType.request, key, data);
    this.#process.later(TIMEOUT_MS, () => {
      if (this.#asked.get(key) === asked && !asked.isGivenUp) this.#giveUp(asked, 'timeout');
    });
  }

  publish(topic: string, bytes: number, mustReach?: readonly string[]): void {
    if (this.#connection === undefined) return;
    const message = this.#nextMessage();
    this.#stage.record({
      kind: 'publish',
      client: this.name,
      message,
      topic,
      ...this.#secrecy(topic),
      ...(mustReach && { mustReach }),
    });
    const key = this.#stage.random(`${this.name} ${message}`).bytes(16);
    const data = encodeAmopBody(this.#wireTopic(topic), encodeMessageText(message, bytes));
    this.#send(ChannelType.multicast, hexOf(key), data);
    // What an original SDK learns of a multicast is nothing.
    this.#stage.record({ kind: 'success', client: this.name, message });
  }

  /** Looks whether the node owes it an answer: call at the end. */
  checkAnswers(): void {
    const { nowMs } = this.#stage.loop;
    for (const { atMs, message } of this.#asked.values()) {
      if (nowMs - atMs < ANSWER_DUE_MS) continue;
      const seconds = Math.round((nowMs - atMs) / 1_000);
      this.#stage.found('no-answer', `${this.name}: no 0x31 for ${message} after ${seconds} s`);
    }
  }

  #dial(): void {
    if (this.#isEnding) return;
    const identity = { fingerprint256: this.#fingerprint, commonName: this.name };
    this.#stage
      .transport(this.#process, identity)
      .dial(this.#at)
      .then(
        (connection) => this.#opened(connection),
        () => this.#redial(),
      );
  }

  #redial(): void {
    this.#process.later(REDIAL_MS / 2 + this.#process.random.below(REDIAL_MS), () => this.#dial());
  }

  #opened(connection: Connection): void {
    const decoder = new ChannelFrameDecoder();
    this.#connection = connection;
    connection.attach({
      onData: (chunk) => decoder.push(chunk, (frame) => this.#take(frame)),
      onDrain: () => undefined,
      onClose: () => this.#closed(),
    });
    this.secrets?.connected();
    const hello = { minimumSupport: 1, maximumSupport: PROTOCOL, clientType: 'original' };
    this.#send(ChannelType.handshake, this.#ownKey(), encodeHandshakeRequest(hello));
    this.#sendTopics();
    this.#beat(connection);
    if (this.#isEnding) connection.close();
  }

  #closed(): void {
    this.#connection = undefined;
    for (const asked of this.#asked.values())
      if (!asked.isGivenUp) this.#giveUp(asked, 'disconnected');
    this.#asked.clear();
    this.#redial();
  }

  #sendTopics(): void {
    const all = [...this.plan.topics.map(parseTopicName), ...(this.secrets?.topics ?? [])];
    this.#send(ChannelType.subscribe, this.#ownKey(), encodeSubscribe(all));
  }

  #makeSecrets(): SdkSecrets | undefined {
    const { secret } = this.plan;
    if (secret === undefined) return undefined;
    return new SdkSecrets(secret, {
      random: this.#process.random,
      send: (type, key, data) => this.#send(type, key, data),
      newKey: () => this.#ownKey(),
      topicsChanged: () => this.#sendTopics(),
    });
  }

  /** Who may get what it sends: on a private topic those that it allows, unless an original node lets others. */
  #secrecy(topic: string): { isSecret?: true } {
    const isSecret = topic === this.plan.secret?.topic && !this.#stage.hasOriginals;
    return isSecret ? { isSecret } : {};
  }

  #wireTopic(topic: string): string {
    return topic === this.secrets?.plan.topic ? this.secrets.payload : topic;
  }

  #beat(connection: Connection): void {
    this.#process.later(HEARTBEAT_MS, () => {
      if (this.#connection !== connection) return;
      this.#send(ChannelType.heartbeat, this.#ownKey(), encodeHeartbeat(PROTOCOL, 0));
      this.#beat(connection);
    });
  }

  #take(frame: ChannelFrame): void {
    const asked = this.#asked.get(frame.seqKey);
    const isAnswer = frame.type === ChannelType.response;
    if (asked !== undefined && (isAnswer || this.#seqBeforeType)) this.#answered(frame, asked);
    else if (this.secrets?.take(frame) === true) return;
    else if (frame.type === ChannelType.request) this.#onRequest(frame);
    else if (frame.type === ChannelType.multicast) {
      this.#subscriber.received('multicast', frame.data, (limit) =>
        this.#process.random.below(limit),
      );
    } else if (isAnswer && this.#isSmall(frame.seqKey)) {
      this.#stage.found('no-answer', `${this.name}: a second 0x31 under seq ${frame.seqKey}`);
    }
  }

  #answered(frame: ChannelFrame, asked: Asked): void {
    this.#asked.delete(frame.seqKey);
    if (asked.isClumsy && frame.result !== ResultCode.malformed) {
      const text = `a request without a body got result ${frame.result}`;
      this.#stage.record({ kind: 'strange', client: this.name, text });
    }
    if (asked.isGivenUp) return;
    if (frame.result !== ResultCode.ok) this.#giveUp(asked, `result ${frame.result}`);
    else this.#subscriber.answered(asked.message, frame.data);
  }

  #onRequest(frame: ChannelFrame): void {
    const { random } = this.#process;
    const task = this.#subscriber.received('request', frame.data, (limit) => random.below(limit));
    const connection = this.#connection;
    if (task === undefined) return;
    this.#process.later(task.afterMs, () => {
      this.#stage.record({ kind: 'answered', client: this.name, run: task.run });
      if (this.#connection !== connection) return;
      this.#send(
        ChannelType.response,
        frame.seqKey,
        encodeAmopBody('answer', encodeAnswerText(task.run)),
      );
    });
  }

  #giveUp(asked: Asked, code: string): void {
    asked.isGivenUp = true;
    const { message } = asked;
    this.#stage.record({ kind: 'failure', client: this.name, message, code, told: 'unknown' });
  }

  #send(type: number, key: string, data: Uint8Array): void {
    this.#connection?.write(encodeChannelFrame({ type, seq: seqFromKey(key), data }));
  }

  /** A seq under which nothing is under way; small numbers are used again. */
  #freeKey(): string | undefined {
    if (this.#seqBeforeType) return this.#ownKey();
    for (let number = 0; number < SMALL_SEQS; number += 1) {
      const key = String(number).padStart(32, '0');
      if (!this.#asked.has(key)) return key;
    }
    return undefined;
  }

  #ownKey(): string {
    return hexOf(this.#process.random.bytes(16));
  }

  #isSmall(key: string): boolean {
    return key.startsWith('0'.repeat(28));
  }

  #nextMessage(): string {
    this.#sent += 1;
    return `${this.name}-${this.#sent}`;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What the original aborts over, or reads beyond the end of (D-01). */
function clumsyBody(kind: number, body: Uint8Array): Uint8Array {
  switch (kind) {
    case 0:
      return new Uint8Array(0);
    case 1:
      return Uint8Array.of(0);
    case 2:
      return body.subarray(0, 2);
    default: {
      const copy = body.slice();
      copy[0] = 0;
      return copy;
    }
  }
}

import {
  type ChannelFrame,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  ResultCode,
  readAmopTopic,
  seqFromKey,
} from '@amop/codec';
import type { HostPort } from '@amop/node';
import type { Connection } from '@amop/ports';
import { encodeAnswerText, encodeMessageText } from '../history/message-text.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { OriginalPlan } from '../plan/plan.ts';
import type { MemberCredentials } from '../run/members.ts';
import type { Stage } from '../run/stage.ts';
import { OriginalPeer, type OriginalPeerHost } from './original-peer.ts';
import { RawSubscriber } from './raw-subscriber.ts';

const HEARTBEAT_MS = 5_000;
const REDIAL_MS = 10_000;
/** A subscriber that says nothing for so long is given up with 104, in ms. */
const PUSH_TIMEOUT_MS = 5_000;
/** An asking node is given up with 100, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;

/** What an original node is made from, beside its plan. */
export interface OriginalNodeOptions {
  readonly p2p: HostPort;
  readonly peers: readonly HostPort[];
  readonly member: MemberCredentials;
}

/**
 * A node in the manner of the original, with one application on it: a tick every 5 s, no extension, the second of two
 * connections to a node is closed at once.
 */
export class OriginalNode implements OriginalPeerHost {
  readonly name: string;
  readonly plan: OriginalPlan;
  readonly #options: OriginalNodeOptions;
  readonly #stage: Stage;
  readonly #process: SimProcess;
  readonly #subscriber: RawSubscriber;
  readonly #peers: Map<string, OriginalPeer> = new Map();
  #sent = 0;
  #isEnding = false;
  #closePort: (() => void) | undefined;

  constructor(plan: OriginalPlan, options: OriginalNodeOptions, stage: Stage) {
    this.name = plan.name;
    this.plan = plan;
    this.#options = options;
    this.#stage = stage;
    this.#process = stage.process(plan.name, 0);
    const { behaviour, name } = plan;
    this.#subscriber = new RawSubscriber({ name, behaviour, repeats: true }, stage);
  }

  get process(): SimProcess {
    return this.#process;
  }

  get nodeId(): string {
    return this.#options.member.nodeId;
  }

  get p2p(): HostPort {
    return this.#options.p2p;
  }

  get topics(): readonly string[] {
    return this.plan.topics;
  }

  /** Node IDs of those it is connected to. */
  connected(): string[] {
    return [...this.#peers.keys()];
  }

  /** Whether it has heard that the node has the topic. */
  knows(nodeId: string, topic: string): boolean {
    return this.#peers.get(nodeId)?.remoteTopics.includes(topic) === true;
  }

  readonly nowMs = (): number => this.#stage.loop.nowMs;

  start(): void {
    for (const topic of this.topics) {
      this.#stage.record({ kind: 'subscribe', client: this.name, topic });
    }
    const { name } = this;
    this.#transport()
      .listen({
        ...this.#options.p2p,
        onConnection: (connection) => this.#accept(connection),
        onRefused: () => undefined,
      })
      .then(
        (listener) => {
          this.#closePort = () => {
            listener.close().catch((error: unknown) => this.#stage.crashed(name, error));
          };
        },
        (error: unknown) => this.#stage.crashed(name, error),
      );
    this.#tick(HEARTBEAT_MS, () => {
      for (const peer of this.#peers.values()) peer.beat();
    });
    this.#dialAll();
    this.#tick(REDIAL_MS, () => this.#dialAll());
  }

  close(): void {
    this.#isEnding = true;
    this.#closePort?.();
    for (const peer of this.#peers.values()) peer.close();
  }

  request(topic: string, bytes: number): void {
    const able = [...this.#peers.values()].filter((peer) => peer.remoteTopics.includes(topic));
    const peer = able[this.#process.random.below(Math.max(1, able.length))];
    if (peer === undefined) return;
    const message = this.#nextMessage();
    const client = this.name;
    this.#stage.record({
      kind: 'request',
      client,
      message,
      topic,
      timeoutMs: REQUEST_TIMEOUT_MS,
      repeats: true,
    });
    let isOver = false;
    const ended = (answer: ChannelFrame | undefined): void => {
      if (isOver) return;
      isOver = true;
      if (answer?.result === ResultCode.ok) this.#subscriber.answered(message, answer.data);
      else {
        const code = answer === undefined ? 'no answer' : `result ${answer.result}`;
        this.#stage.record({ kind: 'failure', client, message, code, told: 'unknown' });
      }
    };
    peer.request(this.#frame(ChannelType.request, topic, message, bytes), ended);
    this.#process.later(REQUEST_TIMEOUT_MS, () => ended(undefined));
  }

  publish(topic: string, bytes: number): void {
    const message = this.#nextMessage();
    const client = this.name;
    this.#stage.record({ kind: 'publish', client, message, topic });
    const frame = this.#frame(ChannelType.multicast, topic, message, bytes);
    for (const peer of this.#peers.values()) {
      if (peer.remoteTopics.includes(topic)) peer.multicast(frame);
    }
    this.#stage.record({ kind: 'success', client, message });
  }

  // As host of its peers

  onRequest(inner: ChannelFrame, answer: (result: number, data: Uint8Array) => void): void {
    const topic = readAmopTopic(inner.data);
    if (topic === undefined || !this.topics.includes(topic)) {
      answer(ResultCode.noAnswer, inner.data);
      return;
    }
    let isOver = false;
    const end = (result: number, data: Uint8Array): void => {
      if (isOver) return;
      isOver = true;
      answer(result, data);
    };
    const { random } = this.#process;
    const task = this.#subscriber.received('request', inner.data, (limit) => random.below(limit));
    this.#process.later(PUSH_TIMEOUT_MS, () => end(ResultCode.noAnswer, inner.data));
    if (task === undefined) return;
    this.#process.later(task.afterMs, () => {
      this.#stage.record({ kind: 'answered', client: this.name, run: task.run });
      end(ResultCode.ok, encodeAmopBody(topic, encodeAnswerText(task.run)));
    });
  }

  onMulticast(inner: ChannelFrame): void {
    const topic = readAmopTopic(inner.data);
    if (topic === undefined || !this.topics.includes(topic)) return;
    this.#subscriber.received('multicast', inner.data, () => 0);
  }

  onClose(peer: OriginalPeer): void {
    if (this.#peers.get(peer.nodeId) === peer) this.#peers.delete(peer.nodeId);
  }

  #transport(): ReturnType<Stage['transport']> {
    return this.#stage.transport(this.#process, this.#options.member.identity);
  }

  #dialAll(): void {
    for (const at of this.#options.peers) {
      this.#transport()
        .dial(at)
        .then(
          (connection) => this.#accept(connection),
          () => undefined,
        );
    }
  }

  #accept(connection: Connection): void {
    const { nodeId } = connection.identity;
    if (nodeId === undefined || this.#isEnding || this.#peers.has(nodeId)) {
      connection.close();
      return;
    }
    this.#peers.set(nodeId, new OriginalPeer(connection, nodeId, this));
  }

  #tick(ms: number, run: () => void): void {
    this.#process.later(ms, () => {
      if (this.#isEnding) return;
      run();
      this.#tick(ms, run);
    });
  }

  #frame(type: number, topic: string, message: string, bytes: number): Uint8Array {
    const key = Array.from(this.#process.random.bytes(16), (byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    const data = encodeAmopBody(topic, encodeMessageText(message, bytes));
    return encodeChannelFrame({ type, seq: seqFromKey(key.join('')), data });
  }

  #nextMessage(): string {
    this.#sent += 1;
    return `${this.name}-${this.#sent}`;
  }
}

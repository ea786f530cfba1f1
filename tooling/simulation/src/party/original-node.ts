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
import { OriginalSession, type OriginalSessionHost } from './original-session.ts';
import { RawSubscriber } from './raw-subscriber.ts';

const HEARTBEAT_MS = 5_000;
const REDIAL_MS = 10_000;
/** A subscriber that says nothing for so long is given up, in ms. */
const PUSH_TIMEOUT_MS = 5_000;
/** Another node that says nothing for so long is given up, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Is called once, with the result and data of a 0x31. */
type Answer = (result: number, data: Uint8Array) => void;

/** Whom an original node may push a request to: an application on its port, or the one that is part of it. */
type Local = OriginalSession | 'own';

/** What an original node is made from, beside its plan. */
export interface OriginalNodeOptions {
  readonly channel: HostPort;
  readonly p2p: HostPort;
  readonly peers: readonly HostPort[];
  readonly member: MemberCredentials;
}

/**
 * A node in the manner of the original: a tick every 5 s, no extension, the second of two connections to a node is
 * closed at once, 5 s for a subscriber and then the next one, 104 of another node is final. One application is part of
 * it; others connect to its channel port.
 */
export class OriginalNode implements OriginalPeerHost, OriginalSessionHost {
  readonly name: string;
  readonly plan: OriginalPlan;
  readonly #options: OriginalNodeOptions;
  readonly #stage: Stage;
  readonly #process: SimProcess;
  readonly #subscriber: RawSubscriber;
  readonly #peers: Map<string, OriginalPeer> = new Map();
  readonly #sessions: Set<OriginalSession> = new Set();
  /** Number of changes of its topics. */
  sequence = 1;
  #sent = 0;
  #isEnding = false;
  readonly #closePorts: (() => void)[] = [];

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

  get topics(): readonly string[] {
    const theirs = [...this.#sessions].flatMap(({ topics }) => topics);
    return [...new Set([...this.plan.topics, ...theirs])];
  }

  /** Whether it has heard that the node has the topic. */
  knows(nodeId: string, topic: string): boolean {
    return this.#peers.get(nodeId)?.remoteTopics.includes(topic) === true;
  }

  readonly nowMs = (): number => this.#stage.loop.nowMs;

  start(): void {
    for (const topic of this.plan.topics) {
      this.#stage.record({ kind: 'subscribe', client: this.name, topic });
    }
    const { channel, p2p } = this.#options;
    this.#listen(p2p, (connection) => this.#accept(connection));
    this.#listen(channel, (connection) => {
      this.#sessions.add(new OriginalSession(connection, this));
    });
    this.#tick(HEARTBEAT_MS, () => {
      for (const peer of this.#peers.values()) peer.beat();
    });
    this.#dialAll();
    this.#tick(REDIAL_MS, () => this.#dialAll());
  }

  close(): void {
    this.#isEnding = true;
    for (const closePort of this.#closePorts) closePort();
    for (const peer of this.#peers.values()) peer.close();
    for (const session of this.#sessions) session.close();
  }

  /** Sends a request of its own application to another node. */
  request(topic: string, bytes: number): void {
    const peer = this.#draw(this.#peersWith(topic));
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
    const frame = this.#frame(ChannelType.request, topic, message, bytes);
    this.#ask(peer, frame, (result, data) => {
      if (result === ResultCode.ok) this.#subscriber.answered(message, data);
      else {
        const code = `result ${result}`;
        this.#stage.record({ kind: 'failure', client, message, code, told: 'unknown' });
      }
    });
  }

  /** Sends a multicast of its own application to other nodes. */
  publish(topic: string, bytes: number): void {
    const message = this.#nextMessage();
    const client = this.name;
    this.#stage.record({ kind: 'publish', client, message, topic });
    const frame = this.#frame(ChannelType.multicast, topic, message, bytes);
    for (const peer of this.#peersWith(topic)) peer.multicast(frame);
    this.#stage.record({ kind: 'success', client, message });
  }

  // As host of its peers

  onRequest(inner: ChannelFrame, answer: Answer): void {
    const topic = readAmopTopic(inner.data) ?? '';
    this.#push(inner, this.#localsWith(topic), answer);
  }

  onMulticast(inner: ChannelFrame): void {
    this.#pushToAll(inner, readAmopTopic(inner.data) ?? '');
  }

  onClose(peer: OriginalPeer): void {
    if (this.#peers.get(peer.nodeId) === peer) this.#peers.delete(peer.nodeId);
  }

  // As host of its sessions

  topicsChanged(): void {
    this.sequence += 1;
  }

  sessionEnded(session: OriginalSession): void {
    this.#sessions.delete(session);
    this.sequence += 1;
  }

  /** One node at random, this one among them; the next one while they cannot be reached. */
  route(_session: OriginalSession, frame: ChannelFrame, topic: string, answer: Answer): void {
    const locals = this.#localsWith(topic);
    const peers = this.#peersWith(topic);
    const drawn = this.#process.random.below(peers.length + (locals.length > 0 ? 1 : 0) || 1);
    const peer = peers[drawn];
    if (peer !== undefined) this.#ask(peer, frame.bytes, answer);
    else if (locals.length > 0) this.#push(frame, locals, answer);
    else answer(ResultCode.noSubscriber, new Uint8Array(0));
  }

  spread(frame: ChannelFrame, topic: string): void {
    this.#pushToAll(frame, topic);
    for (const peer of this.#peersWith(topic)) peer.multicast(frame.bytes);
  }

  /** Asks one local application after the other, 5 s each; then 104. */
  #push(frame: ChannelFrame, locals: readonly Local[], answer: Answer): void {
    const local = this.#draw(locals);
    if (local === undefined) {
      answer(ResultCode.noAnswer, frame.data);
      return;
    }
    let isOver = false;
    const end = (result: number, data: Uint8Array): void => {
      if (isOver) return;
      isOver = true;
      answer(result, data);
    };
    if (local === 'own') this.#handle(frame, end);
    else local.push(frame, ({ data, result }) => end(result, data));
    this.#process.later(PUSH_TIMEOUT_MS, () => {
      if (isOver) return;
      isOver = true;
      if (local !== 'own') local.giveUp(frame.seqKey);
      const rest = locals.filter((each) => each !== local);
      this.#push(frame, rest, answer);
    });
  }

  #handle(frame: ChannelFrame, end: Answer): void {
    const { random } = this.#process;
    const task = this.#subscriber.received('request', frame.data, (limit) => random.below(limit));
    if (task === undefined) return;
    this.#process.later(task.afterMs, () => {
      this.#stage.record({ kind: 'answered', client: this.name, run: task.run });
      end(ResultCode.ok, encodeAmopBody('answer', encodeAnswerText(task.run)));
    });
  }

  #pushToAll(frame: ChannelFrame, topic: string): void {
    for (const local of this.#localsWith(topic)) {
      if (local === 'own') this.#subscriber.received('multicast', frame.data, () => 0);
      else local.pushMulticast(frame);
    }
  }

  #ask(peer: OriginalPeer, frame: Uint8Array, answer: Answer): void {
    let isOver = false;
    const ended = (inner: ChannelFrame | undefined): void => {
      if (isOver) return;
      isOver = true;
      if (inner === undefined) answer(ResultCode.noSubscriber, new Uint8Array(0));
      else answer(inner.result, inner.data);
    };
    peer.request(frame, ended);
    this.#process.later(REQUEST_TIMEOUT_MS, () => ended(undefined));
  }

  #localsWith(topic: string): Local[] {
    const sessions = [...this.#sessions].filter(({ topics }) => topics.includes(topic));
    return this.plan.topics.includes(topic) ? [...sessions, 'own'] : sessions;
  }

  #peersWith(topic: string): OriginalPeer[] {
    return [...this.#peers.values()].filter((peer) => peer.remoteTopics.includes(topic));
  }

  #draw<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#process.random.below(Math.max(1, items.length))];
  }

  #transport(): ReturnType<Stage['transport']> {
    return this.#stage.transport(this.#process, {
      ...this.#options.member.identity,
      commonName: this.name,
    });
  }

  #listen(at: HostPort, onConnection: (connection: Connection) => void): void {
    const { name } = this;
    this.#transport()
      .listen({ ...at, onConnection, onRefused: () => undefined })
      .then(
        (listener) => {
          this.#closePorts.push(() => {
            listener.close().catch((error: unknown) => this.#stage.crashed(name, error));
          });
        },
        (error: unknown) => this.#stage.crashed(name, error),
      );
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

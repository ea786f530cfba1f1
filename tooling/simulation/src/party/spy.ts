import {
  boundKind,
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  challengeRoute,
  encodeAmopBody,
  encodeChannelFrame,
  encodeHandshakeRequest,
  encodeSubscribe,
  encodeTopicStatus,
  parseVerifyTopic,
  payloadTopic,
  publisherMarker,
  readAmopBody,
  seqFromKey,
  type TopicName,
} from '@amop/codec';
import type { HostPort } from '@amop/node';
import type { Connection } from '@amop/ports';
import { encodeMessageText } from '../history/message-text.ts';
import type { RecordedFrame } from '../machine/frame-recorder.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { SpyManner, SpyPlan } from '../plan/secret-plan.ts';
import type { Stage } from '../run/stage.ts';

const REDIAL_MS = 2_000;
/** Pause between two acts, in ms: in a long wait for proofs it must not be all that happens. */
const ACT_MS = 1_500;
const SIGNATURE_BYTES = 65;
const OFFER_PAUSE_ACTS = 3;

/** Manners with a route of their own, exactly formed. */
const HAS_ROUTE: ReadonlySet<SpyManner> = new Set(['routed', 'relays', 'unasked', 'publishes']);
/** Manners with the marker of a publisher, which say yes to whatever they are asked. */
export const HAS_MARKER: ReadonlySet<SpyManner> = new Set(['publishes', 'replays']);

/** What a {@link Spy} is made from, beside its plan. */
export interface SpyOptions {
  readonly at: HostPort;
  readonly fingerprint: string;
  /** Routes of others on its topic, wherever they are. */
  readonly routes: () => readonly TopicName[];
  /** Node IDs of all nodes of ours. */
  readonly nodeIds: readonly string[];
  readonly recorded: readonly RecordedFrame[];
  /** A spy is among the publishers, and lets everybody have what it sends: recorded frames. */
  readonly isGranted: boolean;
}

/** An application with a valid certificate that wants to read a private topic without a key that is allowed. */
export class Spy {
  readonly name: string;
  readonly plan: SpyPlan;
  readonly payload: TopicName;
  readonly #options: SpyOptions;
  readonly #stage: Stage;
  readonly #process: SimProcess;
  /** Its own route. */
  readonly route: TopicName;
  /** Seqs of its own requests to routes of others, with the seq of the question that it passes on. */
  readonly #relayed: Map<string, string> = new Map();
  #hasRelayed = false;
  #connection: Connection | undefined;
  #isEnding = false;
  #acts = 0;

  constructor(plan: SpyPlan, options: SpyOptions, stage: Stage) {
    this.name = plan.name;
    this.plan = plan;
    this.payload = payloadTopic(plan.topic);
    this.#options = options;
    this.#stage = stage;
    this.#process = stage.process(plan.name, 0);
    this.route = challengeRoute({ payload: this.payload, id: this.#hex(16) });
  }

  get process(): SimProcess {
    return this.#process;
  }

  start(): void {
    this.#dial();
  }

  /** Closes for good. */
  close(): void {
    this.#isEnding = true;
    this.#connection?.close();
  }

  #dial(): void {
    if (this.#isEnding) return;
    this.#stage
      .transport(this.#process, {
        fingerprint256: this.#options.fingerprint,
        commonName: this.name,
      })
      .dial(this.#options.at)
      .then(
        (connection) => this.#opened(connection),
        () => this.#process.later(REDIAL_MS, () => this.#dial()),
      );
  }

  #opened(connection: Connection): void {
    const decoder = new ChannelFrameDecoder();
    this.#connection = connection;
    connection.attach({
      onData: (chunk) => decoder.push(chunk, (frame) => this.#take(frame)),
      onDrain: () => undefined,
      onClose: () => {
        this.#connection = undefined;
        this.#process.later(REDIAL_MS, () => this.#dial());
      },
    });
    const hello = { minimumSupport: 1, maximumSupport: 3, clientType: 'spy' };
    // Of two with the same manner one may name routes in its 0x38.
    const isOurs = this.#process.random.below(2) === 0;
    this.#send(
      ChannelType.handshake,
      encodeHandshakeRequest(isOurs ? { ...hello, amop: { v: 1, want: ['grant'] } } : hello),
    );
    this.#act(connection);
  }

  #act(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#acts += 1;
    this.#subscribe();
    const { manner } = this.plan;
    if (manner === 'unasked') this.#sayYes();
    if (manner === 'replays' || manner === 'publishes') this.#replay();
    if (manner !== 'listens') this.#writeToRoutes();
    this.#process.later(ACT_MS, () => this.#act(connection));
  }

  #subscribe(): void {
    const { manner } = this.plan;
    const topics: TopicName[] = [this.payload];
    if (HAS_ROUTE.has(manner)) topics.push(this.route);
    if (HAS_MARKER.has(manner)) topics.push(publisherMarker(this.payload));
    if (manner === 'imitates') topics.push(...this.#options.routes());
    this.#send(ChannelType.subscribe, encodeSubscribe(topics));
  }

  /** Says of its own route, and of those of others, that they have proved a key; nobody has asked. */
  #sayYes(): void {
    for (const nodeId of this.#options.nodeIds) {
      for (const route of [this.route, ...this.#options.routes().slice(0, 3)]) {
        this.#tell(nodeId, this.payload, route);
      }
    }
  }

  #tell(nodeId: string, topic: string, topicForCert: string): void {
    const status = encodeTopicStatus({ checkResult: 0, nodeId, topic, topicForCert });
    this.#send(ChannelType.topicStatus, status);
  }

  /** What was sealed for others, once more: to the same route, and as a publisher of its own. */
  #replay(): void {
    const { recorded } = this.#options;
    for (let count = 0; count < 3 && recorded.length > 0; count += 1) {
      const frame = recorded[this.#process.random.below(recorded.length)];
      if (frame === undefined) continue;
      const { content, topic, type } = frame;
      const changed = content.slice();
      const at = this.#process.random.below(changed.length);
      if (this.#process.random.below(3) === 0) changed[at] = (changed[at] ?? 0) ^ 1;
      this.#send(type, encodeAmopBody(topic, changed));
    }
  }

  /** A message in the clear to a route is no message, a sealed one to another route neither. */
  #writeToRoutes(): void {
    if (this.#acts % OFFER_PAUSE_ACTS !== 0) return;
    const { recorded, routes } = this.#options;
    const all = routes();
    const route = all[this.#process.random.below(Math.max(1, all.length))];
    if (route === undefined) return;
    const frame = recorded[this.#process.random.below(Math.max(1, recorded.length))];
    const content = frame?.content ?? encodeMessageText(`${this.name}-${this.#acts}`, 0);
    this.#send(ChannelType.request, encodeAmopBody(route, content));
  }

  #take(frame: ChannelFrame): void {
    if (frame.type === ChannelType.verifyTopic) this.#asked(frame);
    else if (frame.type === ChannelType.response) this.#relayBack(frame);
    else if (frame.type === ChannelType.request || frame.type === ChannelType.multicast) {
      this.#got(frame);
    }
  }

  #asked({ data, seqKey }: ChannelFrame): void {
    const asked = parseVerifyTopic(data);
    this.#sendUnder(seqKey, ChannelType.verifyTopic, new Uint8Array(0));
    if (asked !== undefined) this.#tell(asked.nodeId, asked.topic, asked.topicForCert);
  }

  #got(frame: ChannelFrame): void {
    const { content, topic } = readAmopBody(frame.data);
    if (topic === this.payload) this.#gotPayload(content);
    if (topic === this.payload || frame.type !== ChannelType.request) return;
    const [victim] = this.#options.routes();
    if (this.plan.manner === 'relays' && topic === this.route && victim !== undefined) {
      const key = this.#hex(16);
      this.#relayed.set(key, frame.seqKey);
      this.#sendUnder(key, ChannelType.request, encodeAmopBody(victim, content));
      return;
    }
    const answer = encodeAmopBody(topic, this.#process.random.bytes(SIGNATURE_BYTES));
    this.#sendUnder(frame.seqKey, ChannelType.response, answer);
  }

  #relayBack({ data, result, seqKey }: ChannelFrame): void {
    const question = this.#relayed.get(seqKey);
    if (question === undefined) return;
    this.#relayed.delete(seqKey);
    if (result !== 0) return;
    const { content } = readAmopBody(data);
    // A signature says nothing of the route that it is for: this one counts with original publishers (D-04).
    if (content.length === SIGNATURE_BYTES) this.#hasRelayed = true;
    this.#sendUnder(question, ChannelType.response, encodeAmopBody(this.route, content));
  }

  /** Something on the topic: what it says itself comes back, where it has granted itself. */
  #gotPayload(content: Uint8Array): void {
    if (this.#hasRelayed) return;
    const hasRoute = HAS_ROUTE.has(this.plan.manner) || this.plan.manner === 'imitates';
    if (hasRoute && this.#stage.hasOriginals) return;
    if (this.#options.isGranted && boundKind(content) !== undefined) return;
    const { manner, topic } = this.plan;
    const text = `${this.name}, a spy that ${manner}, got ${content.length} bytes on ${topic} without a proof`;
    this.#stage.found('not-proven', text);
  }

  #send(type: number, data: Uint8Array): void {
    this.#sendUnder(this.#hex(16), type, data);
  }

  #sendUnder(key: string, type: number, data: Uint8Array): void {
    this.#connection?.write(encodeChannelFrame({ type, seq: seqFromKey(key), data }));
  }

  #hex(bytes: number): string {
    return Array.from(this.#process.random.bytes(bytes), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
  }
}

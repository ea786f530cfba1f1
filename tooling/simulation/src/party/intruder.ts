import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  encodeHandshakeRequest,
  encodeSubscribe,
  parseTopicName,
  readAmopBody,
  seqFromKey,
} from '@amop/codec';
import type { HostPort } from '@amop/node';
import type { Connection } from '@amop/ports';
import type { SimProcess } from '../machine/sim-process.ts';
import type { IntruderPlan } from '../plan/file-plan.ts';
import type { Stage } from '../run/stage.ts';

const REDIAL_MS = 1_000;
const MIN_ACT_MS = 100;
const MAX_ACT_MS = 900;
const FRAMES_PER_ACT = 3;
const MAX_RUBBISH_BYTES = 1_500;
/** Beginning of every frame of a transfer. */
const MARK = [0xa5, 0x46, 0x54, 0x01] as const;

/** What an {@link Intruder} is made from, beside its plan. */
export interface IntruderOptions {
  readonly at: HostPort;
  readonly fingerprint: string;
}

/** An application with a valid certificate that disturbs transfers of others: it has seen all that clients sent. */
export class Intruder {
  readonly name: string;
  readonly plan: IntruderPlan;
  readonly #options: IntruderOptions;
  readonly #stage: Stage;
  readonly #process: SimProcess;
  #connection: Connection | undefined;
  #isEnding = false;
  /** How many of the inboxes it has subscribed. */
  #subscribed = 0;

  constructor(plan: IntruderPlan, options: IntruderOptions, stage: Stage) {
    this.name = plan.name;
    this.plan = plan;
    this.#options = options;
    this.#stage = stage;
    this.#process = stage.process(plan.name, 0);
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
    const { at, fingerprint } = this.#options;
    this.#stage
      .transport(this.#process, { fingerprint256: fingerprint, commonName: this.name })
      .dial(at)
      .then(
        (connection) => this.#opened(connection),
        () => this.#process.later(REDIAL_MS, () => this.#dial()),
      );
  }

  #opened(connection: Connection): void {
    if (this.#isEnding) {
      connection.close();
      return;
    }
    const decoder = new ChannelFrameDecoder();
    this.#connection = connection;
    this.#subscribed = 0;
    connection.attach({
      onData: (chunk) => decoder.push(chunk, (frame) => this.#take(frame)),
      onDrain: () => undefined,
      onClose: () => {
        this.#connection = undefined;
        this.#process.later(REDIAL_MS, () => this.#dial());
      },
    });
    const hello = { minimumSupport: 1, maximumSupport: 3, clientType: 'intruder' };
    this.#send(ChannelType.handshake, encodeHandshakeRequest(hello));
    this.#act(connection);
  }

  #act(connection: Connection): void {
    if (this.#connection !== connection || this.#isEnding) return;
    const { manner } = this.plan;
    if (manner === 'answers' || manner === 'silent') this.#subscribe();
    if (manner === 'replays') this.#replay();
    if (manner === 'rubbish') this.#sendRubbish();
    const pauseMs = MIN_ACT_MS + this.#process.random.below(MAX_ACT_MS - MIN_ACT_MS);
    this.#process.later(pauseMs, () => this.#act(connection));
  }

  #subscribe(): void {
    const inboxes = this.#stage.tap?.inboxes ?? [];
    if (inboxes.length === this.#subscribed) return;
    this.#subscribed = inboxes.length;
    this.#send(ChannelType.subscribe, encodeSubscribe(inboxes.map(parseTopicName)));
  }

  #replay(): void {
    const frames = this.#stage.tap?.frames ?? [];
    for (let count = 0; count < FRAMES_PER_ACT && frames.length > 0; count += 1) {
      const frame = frames[this.#below(frames.length)];
      if (frame === undefined) continue;
      const { topic, type } = frame;
      const content = frame.content.slice();
      const at = this.#below(content.length);
      if (this.#below(3) === 0) content[at] = (content[at] ?? 0) ^ 1;
      this.#send(type, encodeAmopBody(topic, content));
    }
  }

  #sendRubbish(): void {
    const inboxes = this.#stage.tap?.inboxes ?? [];
    const inbox = inboxes[this.#below(Math.max(1, inboxes.length))];
    if (inbox === undefined) return;
    this.#send(ChannelType.request, encodeAmopBody(inbox, this.#rubbish()));
    this.#send(ChannelType.multicast, encodeAmopBody(inbox, this.#rubbish()));
  }

  #rubbish(): Uint8Array {
    const bytes = this.#process.random.bytes(this.#below(MAX_RUBBISH_BYTES));
    if (this.#below(2) === 0) bytes.set([...MARK, 1 + this.#below(4)].slice(0, bytes.length));
    return bytes;
  }

  #take(frame: ChannelFrame): void {
    if (frame.type !== ChannelType.request || this.plan.manner === 'silent') return;
    const { topic } = readAmopBody(frame.data);
    this.#sendUnder(frame.seqKey, ChannelType.response, encodeAmopBody(topic, this.#rubbish()));
  }

  #send(type: number, data: Uint8Array): void {
    const key = Array.from(this.#process.random.bytes(16), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    this.#sendUnder(key, type, data);
  }

  #sendUnder(key: string, type: number, data: Uint8Array): void {
    this.#connection?.write(encodeChannelFrame({ type, seq: seqFromKey(key), data }));
  }

  #below(limit: number): number {
    return this.#process.random.below(limit);
  }
}

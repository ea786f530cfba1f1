import {
  type AmopClient,
  ClientError,
  connect,
  type Message,
  type Subscription,
} from '@amop/client';
import { encodeMessageText, readAnswer } from '../history/message-text.ts';
import { SimDisk } from '../machine/sim-disk.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { Behaviour, ClientPlan } from '../plan/plan.ts';
import type { Stage } from '../run/stage.ts';
import type { FileScene } from './file-context.ts';
import { OwnFiles } from './own-files.ts';
import { isIterator, OwnReceiver } from './own-receiver.ts';
import { OwnSecrets } from './own-secrets.ts';

/** A client that cannot connect keeps trying for the whole run, in ms. */
const CONNECT_MS = 3_600_000;
const CLOSE_MS = 1_000;
const PUBLISH_MS = 5_000;
/** Bytes of messages that wait from which on a tight client does not read: less than one large message. */
const TIGHT_BYTES = 8 * 1024;
const DEFAULT_QUEUED_BYTES = 64 * 1024 * 1024;
/** What may come in after the limit was reached: all that was read with it, and what was on its way to ready links. */
const OVERRUN_BYTES = 1024 * 1024;

/** What a request is sent with. */
export interface RequestOptions {
  readonly bytes: number;
  readonly timeoutMs: number;
  readonly abortAfterMs?: number | undefined;
  readonly mustSucceed?: boolean;
  readonly willing?: readonly string[];
  readonly group?: string;
}

interface Wish {
  readonly behaviour: Behaviour;
  /** Ends the call that is under way. */
  readonly giveUp: AbortController;
  subscription: Subscription | undefined;
}

/** An application on the shipped client, which writes down all that it does and sees. */
export class OwnClient {
  readonly name: string;
  readonly plan: ClientPlan;
  readonly #stage: Stage;
  readonly #endpoints: readonly string[];
  readonly #fingerprint: string;
  /** An original node, which repeats what gets no answer, is among its nodes. */
  readonly #isAtOriginal: boolean;
  /** Topics that it wants, also after a crash. */
  readonly #wishes: Map<string, Wish> = new Map();
  #process: SimProcess;
  #client: AmopClient | undefined;
  #lives = 0;
  #receiver: OwnReceiver;
  /** Topics that it must not send on since it runs. */
  readonly #lost: Set<string> = new Set();
  #sent = 0;
  /** What it does on private topics. */
  readonly secrets: OwnSecrets;
  /** What it does with files; undefined where nobody does anything. */
  readonly files: OwnFiles | undefined;

  /** `endpoints`: `host:port` of its nodes, in the order of the plan. */
  constructor(
    plan: ClientPlan,
    options: {
      readonly endpoints: readonly string[];
      readonly fingerprint: string;
      readonly isAtOriginal: boolean;
      /** Undefined in a run without files. */
      readonly files: FileScene | undefined;
    },
    stage: Stage,
  ) {
    this.name = plan.name;
    this.plan = plan;
    this.#endpoints = options.endpoints;
    this.#fingerprint = options.fingerprint;
    this.#isAtOriginal = options.isAtOriginal;
    this.#stage = stage;
    this.#process = stage.process(plan.name, 0);
    this.#receiver = this.#newReceiver();
    this.secrets = new OwnSecrets(plan.name, stage, {
      client: () => this.#client,
      receiver: () => this.#receiver,
      mayRepeat: options.isAtOriginal,
      nextMessage: () => this.#nextMessage(),
      failed: (message, error) => this.#failed(message, error),
      watch: (promise) => this.#watch(promise),
    });
    this.files = options.files && this.#newFiles(options.files);
  }

  get process(): SimProcess {
    return this.#process;
  }

  /** The client of this life; undefined while it connects. */
  get client(): AmopClient | undefined {
    return this.#client;
  }

  /** Bytes of waiting messages that it may hold in one link's chunks beyond its limit. */
  get maxQueuedBytes(): number {
    return this.plan.tight ? TIGHT_BYTES + OVERRUN_BYTES : DEFAULT_QUEUED_BYTES + OVERRUN_BYTES;
  }

  /** Whether all that it gets goes to handlers, for which `close` waits. */
  get hasOnlyHandlers(): boolean {
    const all = [...this.#wishes.values()].every(({ behaviour }) => !isIterator(behaviour));
    return all && this.secrets.hasOnlyHandlers;
  }

  /** Whether it holds messages for handlers that never answer. */
  get hasSilentRuns(): boolean {
    return this.#receiver.silentRuns > 0;
  }

  /** Names of the nodes to which it has a link that can be used, preferred first. */
  readyNodes(): string[] {
    const states = this.#client?.nodes() ?? [];
    return this.plan.nodes.filter((_, index) => states[index]?.state === 'ready');
  }

  /** Topics that it has and that its nodes know of, unless they are forbidden. */
  topics(): string[] {
    return [...this.#wishes].flatMap(([topic, { subscription }]) =>
      subscription === undefined ? [] : [topic],
    );
  }

  /** Whether all its links are usable and all its wishes fulfilled. */
  isSettled(): boolean {
    const isReady = this.readyNodes().length === this.plan.nodes.length;
    const isFulfilled = [...this.#wishes].every(([topic, wish]) => this.#isFulfilled(topic, wish));
    return (
      isReady &&
      isFulfilled &&
      this.secrets.isSettled() &&
      this.files?.receiving.isSettled() !== false
    );
  }

  /** What it still waits for, for people. */
  waitsFor(): string {
    const missing = [...this.#wishes].filter(([topic, wish]) => !this.#isFulfilled(topic, wish));
    const nodes = this.#client
      ?.nodes()
      .map(({ endpoint, error, state }) => `${endpoint} ${state} ${error?.message ?? ''}`);
    return `${this.name}: links ${nodes?.join('; ') ?? 'none'}; topics not there: ${missing.map(([topic]) => topic).join(' ')}`;
  }

  /** Begins a life: connects, and subscribes what it wants. */
  start(): void {
    const life = this.#lives;
    this.#lives += 1;
    if (life > 0) {
      this.#stage.record({ kind: 'killed', client: this.name });
      this.#process = this.#stage.process(this.name, life);
    }
    this.#receiver = this.#newReceiver();
    const process = this.#process;
    const { clock, random, scheduler } = process;
    const transport = this.#stage.transport(process, {
      fingerprint256: this.#fingerprint,
      commonName: this.name,
    });
    const connected = connect({
      nodes: this.#endpoints,
      connectTimeoutMs: CONNECT_MS,
      ports: {
        transport,
        clock,
        random,
        scheduler,
        ...(this.files && { files: this.files.disk.mount(process) }),
      },
      logger: this.#stage.logger(this.name),
      name: this.name,
      ...(this.plan.tight && { limits: { maxQueuedBytes: TIGHT_BYTES } }),
    });
    this.#watch(
      connected.then((client) => {
        if (this.#process !== process) return;
        this.#client = client;
        for (const [topic, wish] of this.#wishes) this.#subscribe(topic, wish);
        this.secrets.begin();
        this.files?.begin();
      }),
    );
  }

  /** The process is killed. */
  crash(silent: boolean): void {
    this.#process.die();
    this.#client = undefined;
    for (const wish of this.#wishes.values()) wish.subscription = undefined;
    this.secrets.forget();
    this.files?.crashed(silent);
    this.#stage.cabling.died(this.name, silent);
    this.#stage.record({ kind: 'killed', client: this.name });
  }

  /** Whether it is connected and not about to end. */
  get isRunning(): boolean {
    return this.#client !== undefined;
  }

  /** Ends as a well-behaved application does, and knows what it wants in its next life. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    for (const [topic, wish] of this.#wishes) {
      this.#stage.record({ kind: 'unsubscribe', client: this.name, topic });
      wish.subscription = undefined;
    }
    this.secrets.end();
    this.files?.end();
    await client?.close({ timeoutMs: CLOSE_MS });
    this.files?.ended();
  }

  /** Ends for good; resolves when nothing of it is left. */
  close(): Promise<void> {
    const stopped = this.stop();
    this.#wishes.clear();
    this.secrets.clear();
    return stopped;
  }

  subscribe(topic: string, behaviour: Behaviour): void {
    if (this.#wishes.has(topic)) return;
    const wish: Wish = { behaviour, giveUp: new AbortController(), subscription: undefined };
    this.#wishes.set(topic, wish);
    this.#subscribe(topic, wish);
  }

  unsubscribe(topic: string): void {
    const wish = this.#wishes.get(topic);
    if (wish === undefined) return;
    this.#wishes.delete(topic);
    this.#stage.record({ kind: 'unsubscribe', client: this.name, topic });
    wish.giveUp.abort();
    if (wish.subscription !== undefined) this.#watch(wish.subscription.unsubscribe());
  }

  request(topic: string, options: RequestOptions): void {
    const client = this.#client;
    if (client === undefined) return;
    const { bytes, timeoutMs, abortAfterMs, ...expected } = options;
    const message = this.#nextMessage();
    const abort = abortAfterMs === undefined ? undefined : new AbortController();
    if (abort !== undefined) this.#process.later(abortAfterMs ?? 0, () => abort.abort());
    this.#stage.record({
      kind: 'request',
      client: this.name,
      message,
      topic,
      timeoutMs,
      ...(this.#isAtOriginal && { repeats: true }),
      ...(this.#mayNot(topic) && { forbidden: true }),
      ...expected,
    });
    const body = encodeMessageText(message, bytes);
    const ended = client.request(topic, body, {
      timeoutMs,
      ...(abort && { signal: abort.signal }),
    });
    this.#watch(
      ended.then(
        (reply) => {
          const answer = readAnswer(reply.body);
          this.#stage.record({ kind: 'success', client: this.name, message, ...answer });
        },
        (error: unknown) => this.#failed(message, error),
      ),
    );
  }

  /**
   * A second subscription to a topic that it has, for some time: the first one must not notice. Its handler answers
   * requests; of multicasts the first one speaks.
   */
  twin(topic: string, forMs: number): void {
    const client = this.#client;
    if (client === undefined || this.#wishes.get(topic)?.subscription === undefined) return;
    const handler = (message: Message): Promise<Uint8Array | undefined> | undefined =>
      message.awaitsAnswer ? this.#receiver.handle(message, 'prompt') : undefined;
    const ended = client.subscribe(topic, handler).then(async (subscription) => {
      await this.#pauseFor(forMs);
      await subscription.unsubscribe();
    });
    ended.catch((error: unknown) => {
      this.#stage.found(
        'should-succeed',
        `${this.name}: a second subscription to ${topic}: ${error}`,
      );
    });
  }

  /** The rules of all nodes do not let it use the topic any more, and it has had time to hear of it. */
  forbid(use: 'publish' | 'subscribe', topic: string): void {
    if (use === 'publish') this.#lost.add(topic);
    else this.#stage.record({ kind: 'unsubscribe', client: this.name, topic });
  }

  publish(topic: string, bytes: number, mustReach?: readonly string[]): void {
    const client = this.#client;
    if (client === undefined) return;
    const message = this.#nextMessage();
    this.#stage.record({
      kind: 'publish',
      client: this.name,
      message,
      topic,
      ...(this.#mayNot(topic) && { forbidden: true }),
      timeoutMs: PUBLISH_MS,
      ...(mustReach && { mustReach }),
    });
    const options = { timeoutMs: PUBLISH_MS };
    this.#watch(
      client.publish(topic, encodeMessageText(message, bytes), options).then(
        () => this.#stage.record({ kind: 'success', client: this.name, message }),
        (error: unknown) => this.#failed(message, error),
      ),
    );
  }

  #failed(message: string, error: unknown): void {
    if (error instanceof ClientError) {
      const { code, details } = error;
      if (details.reason === 'receiver-lost' && this.#stage.mustKeepLinks) {
        const text = `${message} of ${this.name} lost its receiver though nothing went wrong`;
        this.#stage.found('lost-link', text);
      }
      this.#stage.record({
        kind: 'failure',
        client: this.name,
        message,
        code: details.reason === undefined ? code : `${code} (${details.reason})`,
        told: details.maybeDelivered,
      });
    } else this.#stage.crashed(this.name, error);
  }

  #subscribe(topic: string, wish: Wish): void {
    const client = this.#client;
    if (client === undefined) return;
    const { name } = this;
    if (!this.plan.forbidden.includes(topic)) {
      this.#stage.record({ kind: 'subscribe', client: name, topic });
    }
    const receiver = this.#receiver;
    const options = { timeoutMs: CONNECT_MS, signal: wish.giveUp.signal };
    const subscribed = isIterator(wish.behaviour)
      ? client.subscribe(topic, options)
      : client.subscribe(topic, (message) => receiver.handle(message, wish.behaviour), options);
    this.#watch(
      subscribed.then((subscription) => this.#subscribed(client, topic, wish, subscription)),
    );
  }

  #subscribed(client: AmopClient, topic: string, wish: Wish, subscription: Subscription): void {
    if (this.#client !== client) return;
    if (this.#wishes.get(topic) !== wish) {
      // It came in the same turn in which it was given up.
      this.#watch(subscription.unsubscribe());
      return;
    }
    wish.subscription = subscription;
    this.#stage.record({ kind: 'subscribed', client: this.name, topic });
    if (!isIterator(wish.behaviour)) return;
    // Given up: what still waits is handed back.
    const isWanted = (): boolean =>
      this.#wishes.get(topic) === wish && wish.subscription === subscription;
    this.#watch(this.#receiver.iterate(subscription, wish.behaviour, isWanted));
  }

  #newFiles(scene: FileScene): OwnFiles {
    const { name } = this;
    const stage = this.#stage;
    // Wall clocks of processes jump, those of disks do not: files do not become older than they are.
    const { clock } = stage.process(`disk of ${name}`, 0);
    const disk = new SimDisk(() => clock.wallMs(), stage.random(`disk of ${name}`));
    const host = {
      client: () => this.#client,
      process: () => this.#process,
      watch: (promise: Promise<unknown>) => this.#watch(promise),
    };
    return new OwnFiles(name, scene, { disk, stage, host });
  }

  #newReceiver(): OwnReceiver {
    const { name } = this;
    const { tight } = this.plan;
    const options = { name, life: this.#lives, repeats: this.#isAtOriginal, tight };
    return new OwnReceiver(options, this.#process, this.#stage);
  }

  #pauseFor(ms: number): Promise<void> {
    return new Promise((resolve) => this.#process.later(ms, resolve));
  }

  #mayNot(topic: string): boolean {
    return this.plan.forbidden.includes(topic) || this.#lost.has(topic);
  }

  #isFulfilled(topic: string, { subscription }: Wish): boolean {
    return subscription !== undefined || this.plan.forbidden.includes(topic);
  }

  #nextMessage(): string {
    this.#sent += 1;
    return `${this.name}-${this.#sent}`;
  }

  /** A promise of ours that fails in a living process is a fault; in a dead one nobody asks. */
  #watch(promise: Promise<unknown>): void {
    const process = this.#process;
    promise.catch((error: unknown) => {
      if (process.isDead) return;
      if (error instanceof ClientError) this.#stage.note(this.name, String(error));
      else this.#stage.crashed(this.name, error);
    });
  }
}

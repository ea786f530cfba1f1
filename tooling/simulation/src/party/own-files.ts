import {
  type AmopClient,
  ClientError,
  type FileEvent,
  type FileOffer,
  type FileReceiver,
  type PrivateTopic,
  type SentFile,
} from '@amop/client';
import { MerkleTree, merkleLeafHash } from '@amop/crypto';
import { digestOf, fileContent } from '../history/file-content.ts';
import type { SimDisk } from '../machine/sim-disk.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { FileStep, FileTopicPlan, ReceiverManner, SourceChange } from '../plan/file-plan.ts';
import type { Stage } from '../run/stage.ts';
import { topicKey } from './topic-keys.ts';

/** A receiver waits for its nodes for the whole run, in ms. */
const SUBSCRIBE_MS = 3_600_000;
const RETRY_MS = 500;
const MAX_RETRY_MS = 2_000;
const MAX_DECIDE_MS = 4_000;
const LAST_DISK_MS = 200;
const STATE = '/state';

/** What {@link OwnFiles} need of their application. */
export interface OwnFilesHost {
  /** Undefined while it connects. */
  readonly client: () => AmopClient | undefined;
  readonly process: () => SimProcess;
  readonly watch: (promise: Promise<unknown>) => void;
}

/** What is planned for all. */
export interface FileScene {
  readonly topics: readonly FileTopicPlan[];
  /** Numbers of the keys of all clients, and their names. */
  readonly keys: ReadonlyMap<number, string>;
  /** Who receives on a topic at some time. */
  receivers(topic: string): readonly { readonly client: string; readonly manner: ReceiverManner }[];
  /** Looks at the folders of everybody for a topic. */
  look(topic: string): void;
}

type SendPlan = Extract<FileStep, { kind: 'file-send' }>;
type ReceivePlan = Extract<FileStep, { kind: 'file-receive' }>;

/** A file that it wants to have sent, also after a crash. */
interface Task {
  readonly plan: SendPlan;
  readonly path: string;
  version: number;
  calls: number;
  phase: 'idle' | 'running' | 'settled';
  /** The next attempt forgets what is left of this one. */
  isAnew: boolean;
  abort: AbortController | undefined;
  sent: SentFile | undefined;
  /** Why calls have failed that began in the calm. */
  readonly errors: string[];
}

/** A folder that it wants to receive into, also after a crash. */
interface Wish {
  readonly plan: ReceivePlan;
  phase: 'idle' | 'opening' | 'open' | 'ended';
  receiver: FileReceiver | undefined;
  /** The receiver of before, once it has closed. */
  closed: FileReceiver | undefined;
}

/** A private topic that it sends files on. */
interface OpenTopic {
  readonly allowed: Set<number>;
  topic: PrivateTopic | undefined;
}

/** What an application on the shipped client does with files; writes down all that it does and sees. */
export class OwnFiles {
  readonly disk: SimDisk;
  readonly #name: string;
  readonly #stage: Stage;
  readonly #host: OwnFilesHost;
  readonly #scene: FileScene;
  readonly #tasks: Map<string, Task> = new Map();
  readonly #wishes: Map<string, Wish> = new Map();
  readonly #open: Map<string, OpenTopic> = new Map();
  #isCalm = false;

  constructor(
    name: string,
    scene: FileScene,
    dependencies: { readonly disk: SimDisk; readonly stage: Stage; readonly host: OwnFilesHost },
  ) {
    this.#name = name;
    this.#scene = scene;
    this.disk = dependencies.disk;
    this.#stage = dependencies.stage;
    this.#host = dependencies.host;
  }

  /** Whether every receiver is there. */
  isSettled(): boolean {
    return [...this.#wishes.values()].every(({ phase }) => phase === 'open' || phase === 'ended');
  }

  /** How it receives on a topic, now or after its next start; undefined: it does not. */
  mannerOn(topic: string): ReceiverManner | undefined {
    return this.#wishes.get(topic)?.plan.manner;
  }

  /** Whether it receives what is sent on a topic. */
  takesOn(topic: string): boolean {
    const wish = this.#wishes.get(topic);
    return wish?.phase === 'open' && wish.plan.manner !== 'refuses';
  }

  /** What has not come to its end, for people. */
  unfinished(): string[] {
    return [...this.#tasks.values()].flatMap(({ errors, phase, plan }) =>
      phase === 'settled' ? [] : `${plan.file} of ${this.#name} (${errors.join('; ') || phase})`,
    );
  }

  /** Files that have failed more often in the calm than `most` times. */
  failing(most: number): string[] {
    return [...this.#tasks.values()].flatMap(({ errors, plan }) =>
      errors.length > most ? plan.file : [],
    );
  }

  /** What became of a file that was sent; undefined while it has not arrived. */
  sentOf(file: string): SentFile | undefined {
    return this.#tasks.get(file)?.sent;
  }

  /** Does what a step says. */
  perform(step: FileStep): void {
    const { kind, topic } = step;
    switch (kind) {
      case 'file-send':
        this.send(step);
        break;
      case 'file-receive':
        this.receive(step);
        break;
      case 'file-unreceive':
        this.#unreceive(topic);
        break;
      case 'file-abort':
        this.abort(step.file);
        break;
      case 'file-anew': {
        const task = this.#tasks.get(step.file);
        if (task !== undefined) task.isAnew = true;
        this.abort(step.file);
        break;
      }
      case 'file-change':
        this.change(step.file, step.change);
        break;
      case 'file-revoke':
        this.#revoke(topic, step.key);
        break;
      case 'file-allow':
        this.#allow(topic, step.key);
        break;
      default:
        kind satisfies never;
    }
  }

  /** A life begins: what was under way goes on. */
  begin(): void {
    for (const wish of this.#wishes.values()) this.#receive(wish);
    for (const task of this.#tasks.values()) this.#send(task);
  }

  /** The process is gone, and with `isPowerLost` its machine. */
  crashed(isPowerLost: boolean): void {
    this.disk.unplug(isPowerLost);
    this.#stage.recordFile({ kind: 'file-killed', client: this.#name });
    this.#forget();
    for (const topic of this.#wishes.keys()) this.look(topic);
  }

  /** The client is about to close: what is open ends with it. */
  end(): void {
    for (const wish of this.#wishes.values()) {
      if (wish.phase === 'open' || wish.phase === 'opening') wish.phase = 'ended';
    }
  }

  /** The client has closed: nothing of it may be left. */
  ended(): void {
    // One that was frozen may have run out of time before its disk had answered.
    this.#host.process().later(LAST_DISK_MS, () => {
      const held = this.disk.held();
      if (held !== '') this.#stage.found('left-over', `${this.#name} has closed: ${held}`);
    });
    for (const topic of this.#wishes.keys()) this.look(topic);
    this.#stage.recordFile({ kind: 'file-killed', client: this.#name });
    this.#forget();
  }

  /** No fault from here on: everything that was given up is taken up again. */
  calm(): void {
    this.#isCalm = true;
    this.disk.heal();
    for (const topic of this.#open.keys()) {
      for (const key of this.#scene.keys.keys()) this.#allow(topic, key);
    }
    for (const wish of this.#wishes.values()) {
      if (wish.phase === 'ended') wish.phase = 'idle';
      this.#receive(wish);
    }
    for (const task of this.#tasks.values()) this.#send(task);
  }

  /** Sends nothing more and receives nothing more; resolves when that has ended. */
  async close(): Promise<void> {
    const closing = [...this.#wishes.values()].map(async (wish) => {
      wish.phase = 'ended';
      await wish.receiver?.close();
    });
    const topics = [...this.#open.values()].map(({ topic }) => topic?.close());
    await Promise.all([...closing, ...topics]);
    this.#open.clear();
    this.#tasks.clear();
    this.#wishes.clear();
  }

  /** Writes down what a folder holds. */
  look(topic: string): void {
    if (!this.#wishes.has(topic)) return;
    const { memory } = this.disk;
    const folder = folderOf(topic);
    const names = memory.names(folder).filter((name) => !/^\.amop-files$|\.part$/.test(name));
    const files = Object.fromEntries(
      names.map((name) => [name, digestOf(memory.readFile(`${folder}/${name}`))]),
    );
    this.#stage.recordFile({ kind: 'file-folder', client: this.#name, topic, files });
  }

  send(plan: SendPlan): void {
    if (this.#tasks.has(plan.file)) return;
    const path = `/out/${plan.file}.bin`;
    const task: Task = {
      plan,
      path,
      version: 0,
      calls: 0,
      phase: 'idle',
      isAnew: false,
      abort: undefined,
      sent: undefined,
      errors: [],
    };
    this.#tasks.set(plan.file, task);
    this.#lay(task, plan.bytes);
    this.#send(task);
  }

  receive(plan: ReceivePlan): void {
    const { laid, topic } = plan;
    if (this.#wishes.has(topic)) return;
    const folder = folderOf(topic);
    this.disk.memory.writeFile(`${folder}/.keep`, new Uint8Array(0));
    void this.disk.memory.remove(`${folder}/.keep`);
    if (laid !== undefined) {
      const bytes = new TextEncoder().encode(`of ${this.#name}`);
      const name = `${laid}.bin`;
      this.disk.memory.writeFile(`${folder}/${name}`, bytes);
      const digest = digestOf(bytes);
      this.#stage.recordFile({ kind: 'file-laid', client: this.#name, topic, name, digest });
    }
    const wish: Wish = { plan, phase: 'idle', receiver: undefined, closed: undefined };
    this.#wishes.set(topic, wish);
    this.#receive(wish);
  }

  /** The application ends the call that is under way; later it sends the file again. */
  abort(file: string): void {
    this.#tasks.get(file)?.abort?.abort();
  }

  /** One of the keys that may receive a file may not any more, until the calm. */
  revokeOne(file: string, number: number): void {
    const { topic = '' } = this.#tasks.get(file)?.plan ?? {};
    const allowed = [...(this.#open.get(topic)?.allowed ?? [])];
    const key = allowed[number % Math.max(1, allowed.length)];
    if (key !== undefined) this.#revoke(topic, key);
  }

  /** Somebody writes into a source. */
  change(file: string, change: SourceChange): void {
    const task = this.#tasks.get(file);
    if (task === undefined || task.phase === 'settled') return;
    const size = this.disk.memory.readFile(task.path).length;
    if (change !== 'same') task.version += 1;
    const bytes = { other: size, same: size, longer: size + 700, shorter: size >> 1 };
    this.#stage.note(this.#name, `the source of ${file} changes: ${change}`);
    this.#lay(task, bytes[change]);
  }

  /** Whether a source lies in a folder of its own. */
  #holds({ path, plan }: Task): boolean {
    if (!this.#wishes.has(plan.topic)) return false;
    const { memory } = this.disk;
    const digest = digestOf(memory.readFile(path));
    const folder = folderOf(plan.topic);
    return memory
      .names(folder)
      .some(
        (name) =>
          name !== '.amop-files' && digestOf(memory.readFile(`${folder}/${name}`)) === digest,
      );
  }

  #lay({ path, plan, version }: Task, bytes: number): void {
    const content = fileContent(plan.file, version, bytes);
    this.disk.memory.writeFile(path, content);
    this.#stage.recordFile({
      kind: 'file-source',
      client: this.#name,
      file: plan.file,
      digest: digestOf(content),
      hash: hashOf(content, plan.chunkBytes),
      chunks: Math.ceil(bytes / plan.chunkBytes),
    });
  }

  #send(task: Task): void {
    const client = this.#host.client();
    if (client === undefined || task.phase !== 'idle') return;
    const { calls, path, plan } = task;
    const { chunkBytes, file, joinMs, stallMs, to, topic } = plan;
    const isPrivate = this.#isPrivate(topic);
    const sender = isPrivate ? this.#topicFor(client, topic) : undefined;
    task.phase = 'running';
    task.calls += 1;
    task.abort = new AbortController();
    const call = `${file}#${calls}`;
    const options = {
      to,
      joinMs,
      stallMs,
      chunkBytes,
      stateDirectory: STATE,
      signal: task.abort.signal,
      ...(task.isAnew && { restart: true }),
      // Names are sealed, too; what is before the last slash is no part of the name.
      ...(isPrivate && { name: `sealed/${file}.bin` }),
    };
    task.isAnew = false;
    const of = { client: this.#name, file, call };
    this.#stage.recordFile({ kind: 'file-sending', ...of, topic, to });
    const process = this.#host.process();
    const isOfCalm = this.#isCalm;
    const sending = sender?.sendFile(path, options) ?? client.sendFile(topic, path, options);
    this.#host.watch(
      sending.then(
        (sent) => {
          if (process.isDead) return;
          this.#scene.look(topic);
          const outcomes = sent.receivers.map(({ outcome }) => outcome);
          const { hash, transfer = '' } = sent;
          this.#stage.recordFile({ kind: 'file-sent', ...of, transfer, hash, outcomes });
          task.phase = 'settled';
          task.sent = sent;
        },
        (error: unknown) => {
          if (!process.isDead) this.#failed(task, call, isOfCalm, error);
        },
      ),
    );
  }

  #failed(task: Task, call: string, isOfCalm: boolean, error: unknown): void {
    if (!(error instanceof ClientError)) {
      this.#stage.crashed(this.#name, error);
      return;
    }
    const { file, topic } = task.plan;
    const { code, details } = error;
    const { reason = '' } = details;
    const of = { client: this.#name, file, call };
    this.#stage.recordFile({ kind: 'file-send-failed', ...of, code, reason });
    task.phase = 'idle';
    // A key that is not proved yet may take minutes.
    const isUnproven = this.#isPrivate(topic) && code === 'AMOP_CLIENT_NO_SUBSCRIBER';
    if (isOfCalm && !isUnproven) task.errors.push(`${code} ${reason}`);
    const others = this.#scene.receivers(topic).filter(({ client }) => client !== this.#name);
    const hasRefuser = others.some(({ manner }) => manner === 'refuses');
    const isRefused = code === 'AMOP_CLIENT_FILE_REFUSED' && reason === 'not-wanted' && hasRefuser;
    // Its own receiver has it, which its node does not offer it again.
    const isOwn = code === 'AMOP_CLIENT_FILE_STALLED' && this.#holds(task);
    if (others.length === 0 || isRefused || isOwn) task.phase = 'settled';
    else this.#later(RETRY_MS, MAX_RETRY_MS, () => this.#send(task));
  }

  #receive(wish: Wish): void {
    const client = this.#host.client();
    if (client === undefined || wish.phase !== 'idle') return;
    wish.phase = 'opening';
    const { manner, maxTransfers, topic } = wish.plan;
    let own: FileReceiver | undefined;
    const opened = client.receiveFiles(topic, {
      directory: folderOf(topic),
      maxTransfers,
      timeoutMs: SUBSCRIBE_MS,
      accept: (offer) => this.#accept(offer, manner),
      onEvent: (event) => {
        if (own !== undefined && wish.closed === own) {
          const text = `${this.#name}: a receiver of ${topic} that was closed says ${event.kind}`;
          this.#stage.found('left-over', text);
        }
        this.#told(topic, event);
      },
      ...(this.#isPrivate(topic) && { privateKey: topicKey(this.#number).privateKey }),
    });
    const process = this.#host.process();
    this.#host.watch(
      opened.then(
        (receiver) => {
          if (process.isDead) return;
          own = receiver;
          wish.receiver = receiver;
          if (wish.phase === 'opening') wish.phase = 'open';
          else this.#host.watch(receiver.close());
        },
        (error: unknown) => {
          if (process.isDead) return;
          if (!(error instanceof ClientError)) this.#stage.crashed(this.#name, error);
          else this.#stage.note(this.#name, `receiveFiles: ${error.message}`);
          if (wish.phase !== 'opening') return;
          wish.phase = 'idle';
          this.#later(RETRY_MS, MAX_RETRY_MS, () => this.#receive(wish));
        },
      ),
    );
  }

  #unreceive(topic: string): void {
    const wish = this.#wishes.get(topic);
    if (wish === undefined) return;
    wish.phase = 'ended';
    const { receiver } = wish;
    wish.receiver = undefined;
    if (receiver === undefined) return;
    const closed = receiver.close().then(() => {
      wish.closed = receiver;
    });
    this.#host.watch(closed);
  }

  #accept(
    { name }: FileOffer,
    manner: ReceiverManner,
  ): boolean | { readonly name: string } | Promise<boolean> {
    if (manner === 'renames') return { name: `new ${name}` };
    if (manner !== 'decides' || this.#stage.isCalm) return manner !== 'refuses';
    return new Promise((resolve) => this.#later(0, MAX_DECIDE_MS, () => resolve(true)));
  }

  #told(topic: string, event: FileEvent): void {
    const { kind: what, offer } = event;
    if (what === 'progress') return;
    if (what === 'done') this.look(topic);
    const { hash = '', to, transfer } = offer;
    this.#stage.recordFile({
      kind: 'file-event',
      client: this.#name,
      topic,
      what,
      transfer,
      hash,
      to,
      ...('reason' in event && { reason: event.reason }),
    });
  }

  #topicFor(client: AmopClient, topic: string): PrivateTopic {
    const { keys } = this.#scene;
    const open = this.#open.get(topic) ?? { allowed: new Set(keys.keys()), topic: undefined };
    this.#open.set(topic, open);
    open.topic ??= client.privateTopic(topic, {
      publicKeys: [...open.allowed].map((key) => topicKey(key).hex),
      proof: 'bound',
      privateKey: topicKey(this.#number).privateKey,
    });
    return open.topic;
  }

  #allow(topic: string, key: number): void {
    const open = this.#open.get(topic);
    if (open === undefined || open.allowed.has(key)) return;
    open.allowed.add(key);
    this.#audience('file-allow', topic, key);
    open.topic?.allow(topicKey(key).hex);
  }

  #revoke(topic: string, key: number): void {
    const open = this.#open.get(topic);
    if (open === undefined || !open.allowed.delete(key) || open.topic === undefined) return;
    const revoked = open.topic.revoke(topicKey(key).publicKey).then(() => {
      if (!open.allowed.has(key)) this.#audience('file-revoke', topic, key);
    });
    this.#host.watch(revoked);
  }

  #audience(kind: 'file-allow' | 'file-revoke', topic: string, key: number): void {
    const holder = this.#scene.keys.get(key);
    if (holder === undefined) return;
    this.#stage.recordFile({ kind, client: this.#name, topic, holder });
  }

  #forget(): void {
    for (const task of this.#tasks.values()) if (task.phase === 'running') task.phase = 'idle';
    for (const wish of this.#wishes.values()) {
      // One that has ended stays so until the calm, but for those that ended with their client.
      wish.receiver = undefined;
      wish.phase = 'idle';
    }
    for (const open of this.#open.values()) open.topic = undefined;
  }

  get #number(): number {
    return Number(this.#name.slice(1));
  }

  #isPrivate(topic: string): boolean {
    return this.#scene.topics.some(({ isPrivate, name }) => isPrivate && name === topic);
  }

  #later(minMs: number, maxMs: number, run: () => void): void {
    const process = this.#host.process();
    process.later(minMs + process.random.below(maxMs - minMs), run);
  }
}

function folderOf(topic: string): string {
  return `/in/${topic}`;
}

function hashOf(content: Uint8Array, chunkBytes: number): string {
  const count = Math.ceil(content.length / chunkBytes);
  const leaves = Array.from({ length: count }, (_, index) =>
    merkleLeafHash(content.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  );
  return Buffer.from(new MerkleTree(new Uint8Array(Buffer.concat(leaves))).root).toString('hex');
}

import { type AmopClient, ClientError, type PrivateTopic, type SentFile } from '@amop/client';
import { MerkleTree, merkleLeafHash } from '@amop/crypto';
import { digestOf, fileContent } from '../history/file-content.ts';
import type { FileStep, SourceChange } from '../plan/file-plan.ts';
import type { FileContext } from './file-context.ts';
import { topicKey } from './topic-keys.ts';

const RETRY_MS = 500;
const MAX_RETRY_MS = 2_000;
const STATE = '/state';

type SendPlan = Extract<FileStep, { kind: 'file-send' }>;

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

/** A private topic that it sends files on. */
interface OpenTopic {
  readonly allowed: Set<number>;
  topic: PrivateTopic | undefined;
}

/** The files that an application wants to have sent, and who may receive them. */
export class OwnSending {
  readonly #context: FileContext;
  readonly #tasks: Map<string, Task> = new Map();
  readonly #open: Map<string, OpenTopic> = new Map();
  #isCalm = false;

  constructor(context: FileContext) {
    this.#context = context;
  }

  /** What has not come to its end, for people. */
  unfinished(): string[] {
    return [...this.#tasks.values()].flatMap(({ errors, phase, plan }) =>
      phase === 'settled'
        ? []
        : `${plan.file} of ${this.#context.name} (${errors.join('; ') || phase})`,
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

  /** The application ends the call that is under way; later it sends the file again. */
  abort(file: string): void {
    this.#tasks.get(file)?.abort?.abort();
  }

  /** As `abort`, and the next call begins anew. */
  abortForGood(file: string): void {
    const task = this.#tasks.get(file);
    if (task !== undefined) task.isAnew = true;
    this.abort(file);
  }

  /** Somebody writes into a source. */
  change(file: string, change: SourceChange): void {
    const { disk, name, stage } = this.#context;
    const task = this.#tasks.get(file);
    if (task === undefined || task.phase === 'settled') return;
    const size = disk.memory.readFile(task.path).length;
    if (change !== 'same') task.version += 1;
    const bytes = { other: size, same: size, longer: size + 700, shorter: size >> 1 };
    stage.note(name, `the source of ${file} changes: ${change}`);
    this.#lay(task, bytes[change]);
  }

  /** One of the keys that may receive a file may not any more, until the calm. */
  revokeOne(file: string, number: number): void {
    const { topic = '' } = this.#tasks.get(file)?.plan ?? {};
    const allowed = [...(this.#open.get(topic)?.allowed ?? [])];
    const key = allowed[number % Math.max(1, allowed.length)];
    if (key !== undefined) this.revoke(topic, key);
  }

  revoke(topic: string, key: number): void {
    const open = this.#open.get(topic);
    if (open === undefined || !open.allowed.delete(key) || open.topic === undefined) return;
    const revoked = open.topic.revoke(topicKey(key).publicKey).then(() => {
      if (!open.allowed.has(key)) this.#audience('file-revoke', topic, key);
    });
    this.#context.host.watch(revoked);
  }

  allow(topic: string, key: number): void {
    const open = this.#open.get(topic);
    if (open === undefined || open.allowed.has(key)) return;
    open.allowed.add(key);
    this.#audience('file-allow', topic, key);
    open.topic?.allow(topicKey(key).hex);
  }

  /** A life begins: what was under way goes on. */
  begin(): void {
    for (const task of this.#tasks.values()) this.#send(task);
  }

  /** Its client is gone. */
  forget(): void {
    for (const task of this.#tasks.values()) if (task.phase === 'running') task.phase = 'idle';
    for (const open of this.#open.values()) open.topic = undefined;
  }

  /** No fault from here on, and all keys are allowed. */
  calm(): void {
    this.#isCalm = true;
    for (const topic of this.#open.keys()) {
      for (const key of this.#context.scene.keys.keys()) this.allow(topic, key);
    }
  }

  /** Sends nothing more; resolves when its topics are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ topic }) => topic?.close()));
    this.#open.clear();
    this.#tasks.clear();
  }

  #lay({ path, plan, version }: Task, bytes: number): void {
    const content = fileContent(plan.file, version, bytes);
    this.#context.disk.memory.writeFile(path, content);
    this.#context.stage.recordFile({
      kind: 'file-source',
      client: this.#context.name,
      file: plan.file,
      digest: digestOf(content),
      hash: hashOf(content, plan.chunkBytes),
      chunks: Math.ceil(bytes / plan.chunkBytes),
    });
  }

  #send(task: Task): void {
    const { host, name, scene, stage } = this.#context;
    const client = host.client();
    if (client === undefined || task.phase !== 'idle') return;
    const { calls, path, plan } = task;
    const { chunkBytes, file, joinMs, stallMs, to, topic } = plan;
    const isPrivate = this.#context.isPrivate(topic);
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
    const of = { client: name, file, call };
    stage.recordFile({ kind: 'file-sending', ...of, topic, to });
    const process = host.process();
    const isOfCalm = this.#isCalm;
    const sending = sender?.sendFile(path, options) ?? client.sendFile(topic, path, options);
    host.watch(
      sending.then(
        (sent) => {
          if (process.isDead) return;
          scene.look(topic);
          const outcomes = sent.receivers.map(({ outcome }) => outcome);
          const { hash, transfer = '' } = sent;
          stage.recordFile({ kind: 'file-sent', ...of, transfer, hash, outcomes });
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
    const { name, scene, stage } = this.#context;
    if (!(error instanceof ClientError)) {
      stage.crashed(name, error);
      return;
    }
    const { file, topic } = task.plan;
    const { code, details } = error;
    const { reason = '' } = details;
    stage.recordFile({ kind: 'file-send-failed', client: name, file, call, code, reason });
    task.phase = 'idle';
    // A key that is not proved yet may take minutes: nobody is there then, or who refuses alone.
    const isRefusal = code === 'AMOP_CLIENT_FILE_REFUSED' && reason === 'not-wanted';
    const isUnproven =
      this.#context.isPrivate(topic) && (code === 'AMOP_CLIENT_NO_SUBSCRIBER' || isRefusal);
    if (isOfCalm && !isUnproven) task.errors.push(`${code} ${reason}`);
    const others = scene.receivers(topic).filter(({ client }) => client !== name);
    const hasRefuser = others.some(({ manner }) => manner === 'refuses');
    const isRefused = isRefusal && hasRefuser;
    // Its own receiver has it, or a part of it, and its node does not offer it to that one again.
    const hasOwn = scene.receivers(topic).some(({ client }) => client === name);
    const isOwn = code === 'AMOP_CLIENT_FILE_STALLED' && hasOwn;
    if (others.length === 0 || isRefused || isOwn) task.phase = 'settled';
    else this.#context.later(RETRY_MS, MAX_RETRY_MS, () => this.#send(task));
  }

  #topicFor(client: AmopClient, topic: string): PrivateTopic {
    const { keyNumber, scene } = this.#context;
    const open = this.#open.get(topic) ?? { allowed: new Set(scene.keys.keys()), topic: undefined };
    this.#open.set(topic, open);
    open.topic ??= client.privateTopic(topic, {
      publicKeys: [...open.allowed].map((key) => topicKey(key).hex),
      proof: 'bound',
      privateKey: topicKey(keyNumber).privateKey,
    });
    return open.topic;
  }

  #audience(kind: 'file-allow' | 'file-revoke', topic: string, key: number): void {
    const { name, scene, stage } = this.#context;
    const holder = scene.keys.get(key);
    if (holder !== undefined) stage.recordFile({ kind, client: name, topic, holder });
  }
}

function hashOf(content: Uint8Array, chunkBytes: number): string {
  const count = Math.ceil(content.length / chunkBytes);
  const leaves = Array.from({ length: count }, (_, index) =>
    merkleLeafHash(content.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  );
  return Buffer.from(new MerkleTree(new Uint8Array(Buffer.concat(leaves))).root).toString('hex');
}

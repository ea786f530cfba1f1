import { ClientError, type FileEvent, type FileOffer, type FileReceiver } from '@amop/client';
import { digestOf } from '../history/file-content.ts';
import type { FileStep, ReceiverManner } from '../plan/file-plan.ts';
import type { FileContext } from './file-context.ts';
import { topicKey } from './topic-keys.ts';

/** A receiver waits for its nodes for the whole run, in ms. */
const SUBSCRIBE_MS = 3_600_000;
const RETRY_MS = 500;
const MAX_RETRY_MS = 2_000;
const MAX_DECIDE_MS = 4_000;

type ReceivePlan = Extract<FileStep, { kind: 'file-receive' }>;

/** A folder that it wants to receive into, also after a crash. */
interface Wish {
  readonly plan: ReceivePlan;
  phase: 'idle' | 'opening' | 'open' | 'ended';
  receiver: FileReceiver | undefined;
  /** The receiver of before, once it has closed. */
  closed: FileReceiver | undefined;
}

/** The files that an application wants to have: one folder for each topic. */
export class OwnReceiving {
  readonly #context: FileContext;
  readonly #wishes: Map<string, Wish> = new Map();

  constructor(context: FileContext) {
    this.#context = context;
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

  receive(plan: ReceivePlan): void {
    const { disk, name: client, stage } = this.#context;
    const { laid, topic } = plan;
    if (this.#wishes.has(topic)) return;
    const folder = folderOf(topic);
    disk.memory.writeFile(`${folder}/.keep`, new Uint8Array(0));
    void disk.memory.remove(`${folder}/.keep`);
    if (laid !== undefined) {
      const bytes = new TextEncoder().encode(`of ${client}`);
      const name = `${laid}.bin`;
      disk.memory.writeFile(`${folder}/${name}`, bytes);
      stage.recordFile({ kind: 'file-laid', client, topic, name, digest: digestOf(bytes) });
    }
    const wish: Wish = { plan, phase: 'idle', receiver: undefined, closed: undefined };
    this.#wishes.set(topic, wish);
    this.#receive(wish);
  }

  /** Ends one receiver, until the calm. */
  unreceive(topic: string): void {
    const wish = this.#wishes.get(topic);
    if (wish === undefined) return;
    wish.phase = 'ended';
    const { receiver } = wish;
    wish.receiver = undefined;
    if (receiver === undefined) return;
    const closed = receiver.close().then(() => {
      wish.closed = receiver;
    });
    this.#context.host.watch(closed);
  }

  /** A life begins: what was under way goes on. */
  begin(): void {
    for (const wish of this.#wishes.values()) this.#receive(wish);
  }

  /** The client is about to close: what is open ends with it. */
  end(): void {
    for (const wish of this.#wishes.values()) {
      if (wish.phase === 'open' || wish.phase === 'opening') wish.phase = 'ended';
    }
  }

  /** Its client is gone. */
  forget(): void {
    for (const wish of this.#wishes.values()) {
      // One that has ended stays so until the calm, but for those that ended with their client.
      wish.receiver = undefined;
      wish.phase = 'idle';
    }
  }

  /** What has ended is taken up again. */
  calm(): void {
    for (const wish of this.#wishes.values()) {
      if (wish.phase === 'ended') wish.phase = 'idle';
      this.#receive(wish);
    }
  }

  /** Receives nothing more; resolves when that has ended. */
  async close(): Promise<void> {
    const closing = [...this.#wishes.values()].map(async (wish) => {
      wish.phase = 'ended';
      await wish.receiver?.close();
    });
    await Promise.all(closing);
    this.#wishes.clear();
  }

  /** Writes down what all its folders hold. */
  lookAtAll(): void {
    for (const topic of this.#wishes.keys()) this.look(topic);
  }

  /** Writes down what a folder holds. */
  look(topic: string): void {
    if (!this.#wishes.has(topic)) return;
    const { disk, name: client, stage } = this.#context;
    const folder = folderOf(topic);
    const names = disk.memory.names(folder).filter((name) => !/^\.amop-files$|\.part$/.test(name));
    const files = Object.fromEntries(
      names.map((name) => [name, digestOf(disk.memory.readFile(`${folder}/${name}`))]),
    );
    stage.recordFile({ kind: 'file-folder', client, topic, files });
  }

  #receive(wish: Wish): void {
    const { host, keyNumber, name, stage } = this.#context;
    const client = host.client();
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
          const text = `${name}: a receiver of ${topic} that was closed says ${event.kind}`;
          stage.found('left-over', text);
        }
        this.#told(topic, event);
      },
      ...(this.#context.isPrivate(topic) && { privateKey: topicKey(keyNumber).privateKey }),
    });
    const process = host.process();
    host.watch(
      opened.then(
        (receiver) => {
          if (process.isDead) return;
          own = receiver;
          wish.receiver = receiver;
          if (wish.phase === 'opening') wish.phase = 'open';
          else host.watch(receiver.close());
        },
        (error: unknown) => {
          if (!process.isDead) this.#failed(wish, error);
        },
      ),
    );
  }

  #failed(wish: Wish, error: unknown): void {
    const { name, stage } = this.#context;
    if (!(error instanceof ClientError)) stage.crashed(name, error);
    else stage.note(name, `receiveFiles: ${error.message}`);
    if (wish.phase !== 'opening') return;
    wish.phase = 'idle';
    this.#context.later(RETRY_MS, MAX_RETRY_MS, () => this.#receive(wish));
  }

  #accept(
    { name }: FileOffer,
    manner: ReceiverManner,
  ): boolean | { readonly name: string } | Promise<boolean> {
    if (manner === 'renames') return { name: `new ${name}` };
    if (manner !== 'decides' || this.#context.stage.isCalm) return manner !== 'refuses';
    return new Promise((resolve) => this.#context.later(0, MAX_DECIDE_MS, () => resolve(true)));
  }

  #told(topic: string, event: FileEvent): void {
    const { kind: what, offer } = event;
    if (what === 'progress') return;
    if (what === 'done') this.look(topic);
    const { hash = '', to, transfer } = offer;
    this.#context.stage.recordFile({
      kind: 'file-event',
      client: this.#context.name,
      topic,
      what,
      transfer,
      hash,
      to,
      ...('reason' in event && { reason: event.reason }),
    });
  }
}

function folderOf(topic: string): string {
  return `/in/${topic}`;
}

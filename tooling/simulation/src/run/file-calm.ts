import type { SeededRandom } from '@amop/testkit/memory';
import type { OwnFiles } from '../party/own-files.ts';
import type { FileTopicPlan } from '../plan/file-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';

/** Virtual time in which every transfer has come to its end, in ms: a receiver that is not heard of is given up after
 * 300 s, and a proof that was refused is asked for again after as long. */
const LIMIT_MS = 720_000;
const LOOK_MS = 500;
/** Time in which what is closed is gone, in ms. */
const CLOSE_MS = 35_000;
const CHUNK_BYTES = 1_024;
const SIZES: readonly number[] = [500, 5_000, 12_000];
/** Calls that may fail in the calm: for a failure of before that is told late. */
const MAX_ERRORS = 2;

/** The time of transfers after the last fault: all come to their end, and so do some that begin then. */
export class FileCalm {
  readonly #plan: Plan;
  readonly #cast: Cast;
  readonly #stage: Stage;
  readonly #random: SeededRandom;

  constructor(plan: Plan, cast: Cast, stage: Stage) {
    this.#plan = plan;
    this.#cast = cast;
    this.#stage = stage;
    this.#random = stage.random('file calm');
  }

  /** Waits until all has ended, sends something more, and closes. */
  async run(): Promise<void> {
    if (this.#plan.fileTopics.length === 0) return;
    const { judge } = this.#stage;
    const isOver = (): boolean => judge.violations.length > 0;
    for (const { files, process } of this.#cast.clients.values()) {
      process.later(0, () => files?.calm());
    }
    await this.#until(() => this.#unfinished());
    if (isOver()) return;
    for (const topic of this.#plan.fileTopics) {
      this.#sendMore(topic);
      await this.#until(() => this.#unfinished());
      if (isOver()) return;
    }
    this.#look();
    await this.#close();
  }

  /** Senders on a topic who have receivers that take everything, with the names of those. */
  #sendMore({ isPrivate, name: topic }: FileTopicPlan): void {
    const receivers = this.#receivers(topic);
    const senders = this.#plan.steps.flatMap((step) =>
      step.kind === 'file-send' && step.topic === topic ? step.client : [],
    );
    const sender = senders[this.#random.below(Math.max(1, senders.length))];
    const client = sender === undefined ? undefined : this.#cast.clients.get(sender);
    const { files } = client ?? {};
    if (client === undefined || files === undefined) return;
    const others = receivers.filter((each) => each !== sender);
    if (others.length === 0) return;
    for (const to of ['one', 'all'] as const) {
      const bytes = SIZES[this.#random.below(SIZES.length)] ?? 0;
      const file = `${topic}-calm-${to}`;
      const plan = { kind: 'file-send', client: client.name, topic, file, to, bytes } as const;
      const times = { chunkBytes: CHUNK_BYTES, joinMs: 20_000, stallMs: 60_000 };
      client.process.later(this.#random.below(200), () =>
        files.sending.send({ ...plan, ...times }),
      );
    }
    if (!isPrivate) this.#expectAll.push({ files, file: `${topic}-calm-all`, others });
  }

  readonly #expectAll: {
    readonly files: OwnFiles;
    readonly file: string;
    readonly others: readonly string[];
  }[] = [];

  #receivers(topic: string): string[] {
    return [...this.#cast.clients.values()].flatMap(({ files, name }) =>
      files?.receiving.takesOn(topic) === true ? name : [],
    );
  }

  #look(): void {
    for (const { name } of this.#plan.fileTopics) {
      for (const { files } of this.#cast.clients.values()) files?.receiving.look(name);
    }
    for (const { file, files, others } of this.#expectAll) {
      const { receivers = [] } = files.sending.sentOf(file) ?? {};
      const done = receivers.filter(({ outcome }) => outcome === 'done').length;
      if (done >= others.length) continue;
      const text = `${file} to all, without a fault, came to ${done} of ${others.join(' ')}`;
      this.#stage.found('file-unfinished', text);
    }
  }

  #unfinished(): string[] {
    return [...this.#cast.clients.values()].flatMap(
      ({ files }) => files?.sending.unfinished() ?? [],
    );
  }

  async #until(left: () => string[]): Promise<void> {
    const { judge, loop } = this.#stage;
    const sinceMs = loop.nowMs;
    for (;;) {
      await loop.run(loop.nowMs + LOOK_MS, () => judge.violations.length > 0);
      const files = left();
      if (judge.violations.length > 0 || files.length === 0) return;
      const failing = [...this.#cast.clients.values()].flatMap(
        (client) => client.files?.sending.failing(MAX_ERRORS) ?? [],
      );
      if (loop.nowMs - sinceMs < LIMIT_MS && failing.length === 0) continue;
      const seconds = Math.round((loop.nowMs - sinceMs) / 1_000);
      this.#stage.found(
        'file-unfinished',
        `after ${seconds} s without a fault: ${files.join(', ')}`,
      );
      return;
    }
  }

  async #close(): Promise<void> {
    const { judge, loop } = this.#stage;
    const open = new Set<string>();
    for (const { files, name, process } of this.#cast.clients.values()) {
      if (files === undefined) continue;
      open.add(name);
      process.later(0, () => {
        files.close().then(
          () => open.delete(name),
          (error: unknown) => this.#stage.crashed(name, error),
        );
      });
    }
    await loop.run(loop.nowMs + CLOSE_MS, () => open.size === 0 || judge.violations.length > 0);
    if (open.size > 0) {
      this.#stage.found('left-over', `files still closing: ${[...open].join(', ')}`);
    }
    for (const { files, name } of this.#cast.clients.values()) {
      const held = files?.disk.held() ?? '';
      if (held !== '') this.#stage.found('left-over', `${name} has closed all files: ${held}`);
    }
  }
}

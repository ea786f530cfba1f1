import { AnswerError, type Message, type Subscription } from '@amop/client';
import { encodeAnswerText, readMessageText, sealOf } from '../history/message-text.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { Behaviour } from '../plan/plan.ts';
import type { Stage } from '../run/stage.ts';

/** Longest wait of a slow handler, in ms: beyond the 5 s of an original node. */
const SLOW_MAX_MS = 7_000;
/** Longest pause of an iterating reader, in ms. */
const PAUSE_MAX_MS = 400;

/** Settings of an {@link OwnReceiver}. */
export interface OwnReceiverOptions {
  readonly name: string;
  /** Number of the life of its process. */
  readonly life: number;
  /** An original node is among its nodes, which repeats what gets no answer. */
  readonly repeats: boolean;
  /** It does not read while little waits: silence would keep it from reading for ever, and nobody could say what must arrive. */
  readonly tight: boolean;
}

/** What an application on our client does with messages, in one life; writes down what came. */
export class OwnReceiver {
  readonly #options: OwnReceiverOptions;
  readonly #process: SimProcess;
  readonly #stage: Stage;
  #runs = 0;
  #silentRuns = 0;

  constructor(options: OwnReceiverOptions, process: SimProcess, stage: Stage) {
    this.#options = options;
    this.#process = process;
    this.#stage = stage;
  }

  /** Runs that never end. */
  get silentRuns(): number {
    return this.#silentRuns;
  }

  /** Reads a subscription until it ends or `isWanted` says no: with pauses, answering or handing back. */
  async iterate(
    subscription: Subscription,
    behaviour: Behaviour,
    isWanted: () => boolean,
  ): Promise<void> {
    for await (const message of subscription) {
      if (!isWanted()) break;
      if (behaviour === 'declines' && !this.#stage.isCalm && message.awaitsAnswer) {
        message.decline();
        continue;
      }
      const run = this.#received(message);
      if (!this.#stage.isCalm) await this.#pause(PAUSE_MAX_MS);
      if (run === undefined) continue;
      this.#stage.record({ kind: 'answered', client: this.#options.name, run });
      message.respond(encodeAnswerText(run));
    }
  }

  /** Runs as the handler of a subscription. */
  async handle(message: Message, behaviour: Behaviour): Promise<Uint8Array | undefined> {
    const run = this.#received(message);
    if (run === undefined) return undefined;
    const manner = this.#stage.isCalm ? 'prompt' : behaviour;
    if (manner === 'silent' && !this.#options.tight) {
      this.#silentRuns += 1;
      await new Promise(() => undefined);
    }
    if (manner === 'slow' || manner === 'silent') await this.#pause(SLOW_MAX_MS);
    const { answerAfterMs } = this.#stage;
    if (answerAfterMs > 0) await this.#pause(answerAfterMs);
    if (manner === 'throws') {
      throw this.#process.random.below(2) === 0
        ? new AnswerError('not today')
        : new Error('handler fault');
    }
    this.#stage.record({ kind: 'answered', client: this.#options.name, run });
    return encodeAnswerText(run);
  }

  /** Writes down what came in; gives the run of a request. */
  #received(message: Message): string | undefined {
    const { body, kind: form, topic } = message;
    const id = readMessageText(body);
    if (id === undefined) {
      const text = `${body.length} bytes on ${topic} that are no whole message`;
      this.#stage.record({ kind: 'strange', client: this.#options.name, text });
      return undefined;
    }
    this.#runs += 1;
    const run =
      form === 'request'
        ? `${sealOf(id)}${this.#options.name}.${this.#options.life}.${this.#runs}`
        : undefined;
    this.#stage.record({
      kind: 'received',
      client: this.#options.name,
      message: id,
      topic,
      form,
      ...(run !== undefined && { run }),
      ...(this.#options.repeats && { repeats: true }),
    });
    return run;
  }

  #pause(maxMs: number): Promise<void> {
    const process = this.#process;
    return new Promise((resolve) => process.later(process.random.below(maxMs), resolve));
  }
}

/** Whether it reads the subscription itself instead of giving a handler. */
export function isIterator(behaviour: Behaviour): boolean {
  return behaviour === 'iterates' || behaviour === 'declines';
}

import type { Logger } from '@amop/ports';
import { AnswerError, ClientError } from '../errors.ts';
import type { EventHub } from '../events.ts';
import type { IntakeBudget } from './intake-budget.ts';
import type { Message } from './message.ts';
import type { MessageHandler } from './subscriber.ts';

/** Collaborators of {@link HandlerRunner}. */
export interface HandlerRunnerDependencies {
  readonly budget: IntakeBudget;
  readonly events: EventHub;
  readonly logger: Logger;
}

/** Runs handlers and turns what they give back into answers. */
export class HandlerRunner {
  readonly #deps: HandlerRunnerDependencies;
  #running = 0;
  #onIdle: (() => void) | undefined;

  constructor(dependencies: HandlerRunnerDependencies) {
    this.#deps = dependencies;
  }

  /** Handlers whose promise is open. */
  get running(): number {
    return this.#running;
  }

  /** Gives `message` to `handler`; whatever it does stays inside. */
  run(handler: MessageHandler, message: Message): void {
    let result: unknown;
    try {
      result = handler(message);
    } catch (error) {
      this.#failed(message, error);
      return;
    }
    if (isPromiseLike(result)) this.#wait(message, result);
    else this.#answer(message, result);
  }

  /** Resolves once no handler runs. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #wait(message: Message, result: PromiseLike<unknown>): void {
    const bodyBytes = message.body.length;
    this.#running++;
    this.#deps.budget.take(bodyBytes);
    result.then(
      (answer) => {
        this.#answer(message, answer);
        this.#ended(bodyBytes);
      },
      (error: unknown) => {
        this.#failed(message, error);
        this.#ended(bodyBytes);
      },
    );
  }

  #ended(bodyBytes: number): void {
    this.#deps.budget.release(bodyBytes);
    if (--this.#running > 0 || this.#onIdle === undefined) return;
    const onIdle = this.#onIdle;
    this.#onIdle = undefined;
    onIdle();
  }

  #answer(message: Message, answer: unknown): void {
    if (!message.awaitsAnswer) return;
    try {
      if (answer === undefined) message.respond();
      else if (typeof answer === 'string' || answer instanceof Uint8Array) message.respond(answer);
      else throw new TypeError(`a handler answers with bytes or text, not with ${typeof answer}`);
    } catch (error) {
      this.#failed(message, error);
    }
  }

  #failed(message: Message, cause: unknown): void {
    const { topic, seq } = message;
    message.fail(cause);
    if (cause instanceof AnswerError) {
      this.#deps.logger.debug({ topic, seq, reason: cause.message }, 'handler refused a request');
      return;
    }
    const error = new ClientError(
      'AMOP_CLIENT_HANDLER_FAILED',
      `the handler of ${JSON.stringify(topic)} threw: ${cause instanceof Error ? cause.message : String(cause)}`,
      { topic, hop: 'subscriber', reason: 'handler-failed', maybeDelivered: 'yes' },
      { cause },
    );
    this.#deps.logger.warn({ topic, seq, error }, 'handler threw');
    this.#deps.events.emit('error', { error });
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

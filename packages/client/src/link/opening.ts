import type { Clock, TimerHandle } from '@amop/ports';
import { ClientError } from '../errors.ts';

/** Options of {@link Opening}. */
export interface OpeningOptions {
  readonly timeoutMs: number;
  /** Addresses of all links. */
  readonly endpoints: readonly string[];
}

/**
 * The wait of `connect` for its first link.
 *
 * A fault of a certificate, or another protocol on that port, ends it at once when every link has
 * one; other faults may pass, so they only show in the error when the time is up.
 */
export class Opening {
  /** Resolves with the first link; rejects with `AMOP_CLIENT_CERTIFICATE`, `_PROTOCOL` or `_NOT_CONNECTED`. */
  readonly done: Promise<void>;
  readonly #endpoints: readonly string[];
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #errors = new Map<string, ClientError>();
  #settle: ((error?: ClientError) => void) | undefined;
  #timer: TimerHandle | undefined;

  constructor(options: OpeningOptions, dependencies: { readonly clock: Clock }) {
    this.#endpoints = options.endpoints;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = dependencies.clock;
    this.done = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.#timer = this.#clock.setTimer(() => this.end(this.#timeoutError()), options.timeoutMs);
  }

  /** True until it has ended. */
  get pending(): boolean {
    return this.#settle !== undefined;
  }

  /** Ends the wait, well or with an error; only the first call counts. */
  end(error?: ClientError): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#settle?.(error);
    this.#settle = undefined;
  }

  /** A link failed and will be tried again. */
  linkFailed(endpoint: string, error: ClientError): void {
    this.#errors.set(endpoint, error);
    const refused = [...this.#errors.values()].filter(isFinal);
    if (refused.length === this.#endpoints.length) this.end(refused[0]);
  }

  #refusal(): ClientError | undefined {
    return [...this.#errors.values()].find(isFinal);
  }

  #timeoutError(): ClientError {
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    const reasons = this.#endpoints.map(
      (endpoint) => this.#errors.get(endpoint)?.message ?? `node ${endpoint}: no answer yet`,
    );
    const cause = [...this.#errors.values()].at(-1);
    return new ClientError(
      'AMOP_CLIENT_NOT_CONNECTED',
      `no node could be reached within ${this.#timeoutMs} ms: ${reasons.join('; ')}`,
      { hop: 'client', reason: 'connect-timeout', retryable: true },
      { cause },
    );
  }
}

/** Trying again cannot cure it: a certificate, or a port on which something else is spoken. */
function isFinal({ code, details }: ClientError): boolean {
  return code === 'AMOP_CLIENT_CERTIFICATE' || details.reason === 'bad-frame';
}

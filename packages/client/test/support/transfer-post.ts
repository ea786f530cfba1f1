import { seqFromKey } from '@amop/codec';
import { releaseMemory } from '@amop/crypto';
import type { Clock } from '@amop/ports';
import { Reply } from '../../src/call/reply.ts';
import type { TransferCalls } from '../../src/file/transfer-ports.ts';
import { Message } from '../../src/inbound/message.ts';
import type { MessageHandler } from '../../src/inbound/subscriber.ts';
import { AnswerError, ClientError, type ClientErrorCode } from '../../src/index.ts';

/** What becomes of a request: `pass` gives it, or other bytes, to a subscriber. */
export type Interference = (
  topic: string,
  body: Uint8Array,
  pass: (body?: Uint8Array) => Promise<Uint8Array>,
) => Promise<Uint8Array>;

const CODES = {
  nobody: 'AMOP_CLIENT_NO_SUBSCRIBER',
  declined: 'AMOP_CLIENT_NO_ANSWER',
  failed: 'AMOP_CLIENT_HANDLER_FAILED',
  late: 'AMOP_CLIENT_TIMEOUT',
  aborted: 'AMOP_CLIENT_ABORTED',
  closed: 'AMOP_CLIENT_CLOSED',
} as const satisfies Record<string, ClientErrorCode>;

/** Messages between the parties of transfers, without nodes: each is there at once, or as a test says. */
export class TransferPost {
  readonly #clock: Clock;
  readonly #handlers = new Map<string, MessageHandler[]>();
  readonly #listeners = new Set<() => void>();
  #turn = 0;
  #seq = 0;
  /** What a network without manners does to requests. */
  interfere: Interference = (_topic, _body, pass) => pass();
  /** Requests that were made, by topic. */
  readonly asked: { readonly topic: string; readonly body: Uint8Array }[] = [];
  /** Bytes that wait for the network, as every party sees it. */
  queuedBytes = 0;
  /** Requests under way. */
  pending = 0;
  /** Bytes of answers whose memory was given away. */
  spentBytes = 0;

  constructor(dependencies: { readonly clock: Clock }) {
    this.#clock = dependencies.clock;
  }

  /** Topics that somebody has subscribed. */
  get topics(): string[] {
    return [...this.#handlers].filter(([, each]) => each.length > 0).map(([topic]) => topic);
  }

  /** A node can be reached again. */
  connected(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Subscribes. @returns what ends it */
  subscribe(topic: string, handler: MessageHandler): () => Promise<void> {
    this.#handlers.set(topic, [...(this.#handlers.get(topic) ?? []), handler]);
    return async () => {
      const left = (this.#handlers.get(topic) ?? []).filter((each) => each !== handler);
      this.#handlers.set(topic, left);
    };
  }

  /** The client of one party. */
  calls(): TransferCalls & { close(): void } {
    let closed: ClientError | undefined;
    return {
      request: (topic, body, timeoutMs, signal) =>
        closed === undefined
          ? this.#request(topic, body, timeoutMs, signal)
          : Promise.reject(closed),
      publish: async (topic, body) => {
        if (closed !== undefined) throw closed;
        for (const handler of this.#handlers.get(topic) ?? []) {
          const message = new Message(topic, this.#nextSeq(), body.slice(), undefined);
          void Promise.resolve(handler(message)).catch(() => undefined);
        }
      },
      subscribe: async (topic, handler) => this.subscribe(topic, handler),
      queuedBytes: () => this.queuedBytes,
      onConnected: (callback) => {
        this.#listeners.add(callback);
        return () => this.#listeners.delete(callback);
      },
      closedBy: () => closed,
      close: () => {
        closed = errorOf('closed');
      },
    };
  }

  /** One request to a subscriber of the topic, each in turn. */
  async #request(
    topic: string,
    body: Uint8Array,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Reply> {
    const sent = body.slice();
    this.asked.push({ topic, body: sent });
    this.pending++;
    const seq = this.#nextSeq();
    try {
      const answer = await new Promise<Uint8Array>((resolve, reject) => {
        const timer = this.#clock.setTimer(() => end(() => reject(errorOf('late'))), timeoutMs);
        const onAbort = (): void => end(() => reject(errorOf('aborted')));
        const end = (settle: () => void): void => {
          this.#clock.clearTimer(timer);
          signal?.removeEventListener('abort', onAbort);
          settle();
        };
        if (signal?.aborted) onAbort();
        signal?.addEventListener('abort', onAbort);
        const pass = (other?: Uint8Array): Promise<Uint8Array> =>
          this.#deliver(topic, other ?? sent, seq);
        this.interfere(topic, sent, pass).then(
          (content) => end(() => resolve(content)),
          (error: unknown) => end(() => reject(error)),
        );
      });
      return new Reply(answer.slice(), seq);
    } finally {
      this.pending--;
    }
  }

  #deliver(topic: string, body: Uint8Array, seq: string): Promise<Uint8Array> {
    const handlers = this.#handlers.get(topic) ?? [];
    const handler = handlers[this.#turn++ % Math.max(handlers.length, 1)];
    if (handler === undefined) return Promise.reject(errorOf('nobody'));
    return new Promise((resolve, reject) => {
      const path = {
        answer: (_: string, __: Uint8Array, content: Uint8Array, isSpent?: boolean) => {
          resolve(content.slice());
          if (isSpent) {
            this.spentBytes += content.length;
            releaseMemory(content);
          }
          return true;
        },
        handlerFailed: (_: string, __: Uint8Array, error: unknown) => {
          reject(errorOf('failed', error));
          return true;
        },
        declined: () => {
          reject(errorOf('declined'));
          return true;
        },
      };
      const back = { path, topicBytes: new TextEncoder().encode(topic) };
      const message = new Message(topic, seq, body.slice(), back);
      Promise.resolve(handler(message)).then(
        (answer) => message.respond(answer ?? ''),
        (error: unknown) => message.fail(error),
      );
    });
  }

  #nextSeq(): string {
    const seq = (this.#seq++).toString(16).padStart(32, '0');
    seqFromKey(seq);
    return seq;
  }
}

function errorOf(kind: keyof typeof CODES, cause?: unknown): ClientError {
  const details = cause instanceof AnswerError ? { remoteMessage: cause.message } : {};
  return new ClientError(CODES[kind], kind, details);
}

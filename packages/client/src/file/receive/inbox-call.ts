import { fileInboxTopic, type TransferReply, type TransferRequest } from '@amop/codec';
import type { Random } from '@amop/ports';
import type { ClientCounters } from '../../counters.ts';
import { ClientError, type ClientErrorCode } from '../../errors.ts';
import { Requester } from '../seal/requester.ts';
import type { TransferKeys } from '../seal/transfer-keys.ts';
import type { TransferCalls } from '../transfer-ports.ts';

/** What a sender answers, or why nothing came of it. */
export type InboxOutcome =
  | TransferReply
  /** A kebab-case word. It may be tried again. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'closed' };

const REASONS: Readonly<Partial<Record<ClientErrorCode, string>>> = {
  AMOP_CLIENT_NO_SUBSCRIBER: 'sender-not-found',
  AMOP_CLIENT_NOT_CONNECTED: 'not-connected',
  AMOP_CLIENT_NOT_PERMITTED: 'not-permitted',
};

/** Asks the sender of one transfer. */
export class InboxCall {
  readonly #topic: string;
  readonly #requester: Requester;
  readonly #calls: TransferCalls;
  readonly #counters: ClientCounters;

  constructor(
    options: { readonly transfer: string; readonly keys: TransferKeys },
    dependencies: {
      readonly calls: TransferCalls;
      readonly random: Random;
      readonly counters: ClientCounters;
    },
  ) {
    this.#topic = fileInboxTopic(options.transfer);
    this.#requester = new Requester(options.keys, dependencies);
    this.#calls = dependencies.calls;
    this.#counters = dependencies.counters;
  }

  /** Never rejects for what happens on the way. A chunk lies in memory that is nobody else's. */
  async ask(
    request: TransferRequest,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<InboxOutcome> {
    const sealed = this.#requester.seal(request);
    try {
      const reply = await this.#calls.request(this.#topic, sealed.content, timeoutMs, signal);
      const outcome = this.#requester.open(sealed, reply.body);
      if (outcome !== undefined) return outcome;
      // Somebody else listens on the topic, or somebody on the way changes what is said.
      this.#counters.fileFramesRejected++;
      return { kind: 'unreachable', reason: 'sender-not-genuine' };
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.code === 'AMOP_CLIENT_CLOSED' || error.code === 'AMOP_CLIENT_ABORTED') {
        return { kind: 'closed' };
      }
      return { kind: 'unreachable', reason: REASONS[error.code] ?? 'sender-unreachable' };
    }
  }
}

import type { Clock, FileSystem, Logger, Random } from '@amop/ports';
import type { Reply } from '../call/reply.ts';
import type { ClientCounters } from '../counters.ts';
import type { ClientError } from '../errors.ts';
import type { MessageHandler } from '../inbound/subscriber.ts';

/** What transfers need of the client: messages. Errors as those of `AmopClient`. */
export interface TransferCalls {
  request(topic: string, body: Uint8Array, timeoutMs: number, signal?: AbortSignal): Promise<Reply>;
  publish(topic: string, body: Uint8Array, timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** @returns what ends it; never rejects */
  subscribe(
    topic: string,
    handler: MessageHandler,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<() => Promise<void>>;
  /** Bytes that wait for the network, of the connection that has most. */
  queuedBytes(): number;
  /** Calls back when a node can be reached again. @returns what ends that */
  onConnected(callback: () => void): () => void;
  /** Why the client does nothing any more; undefined while it is open. */
  closedBy(): ClientError | undefined;
}

/** Collaborators of everything about files. */
export interface TransferDependencies {
  readonly calls: TransferCalls;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: ClientCounters;
}

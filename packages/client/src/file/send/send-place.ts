import type { Reply } from '../../call/reply.ts';
import type { PrivateGate } from './offers.ts';

/** Where a file goes: an ordinary topic, or a private one. */
export interface SendPlace {
  /** As the application names it. */
  readonly topic: string;
  /** On a private topic. */
  readonly gate: PrivateGate | undefined;
  /** One message to one subscriber; errors as `AmopClient.request`. */
  request(body: Uint8Array, timeoutMs: number, signal: AbortSignal | undefined): Promise<Reply>;
  /** One message to all; errors as `AmopClient.publish`. */
  publish(body: Uint8Array, timeoutMs: number, signal: AbortSignal | undefined): Promise<void>;
}

import type { PublishQueue } from './publish-queue.ts';

/** A handshaken connection to a node, as calls see it. */
export interface Line {
  /** For errors: the node's ID where its certificate shows one, else `host:port`. */
  readonly node: string;
  /** True while new calls may be written: handshake and replay of subscriptions are done. */
  readonly ready: boolean;
  /** False once the connection is over or being closed: what is sent then is lost. */
  readonly open: boolean;
  /** Agreed with the node: remaining time travels in requests. */
  readonly deadlines: boolean;
  /** Agreed with the node: details travel in failed answers. */
  readonly errors: boolean;
  /** Agreed with the node: multicasts are acknowledged by count. */
  readonly acks: boolean;
  /** Agreed with the node: what is said of a private topic names the route that it speaks of. */
  readonly grants: boolean;
  /** Multicasts written here that wait for a count; empty when acks were not agreed. */
  readonly publishes: PublishQueue;
  /** Bytes that wait for the network. */
  readonly queuedBytes: number;
  /** Bytes of all frames given to this line so far. */
  readonly acceptedBytes: number;
  /** How many of them have left this process' own queue; what comes after was certainly not sent. */
  readonly handedBytes: number;
  /**
   * Queues one AMOP frame. `body` must not change until it is written.
   *
   * @param seq 32 bytes, copied
   * @param isSpent nobody else needs the memory of `body`: it may be given back once it is written
   */
  sendMessage(
    type: number,
    seq: Uint8Array,
    result: number,
    topicBytes: Uint8Array,
    body: Uint8Array,
    isSpent?: boolean,
  ): void;
  /** Queues one frame with any data. */
  sendFrame(type: number, seq: Uint8Array, result: number, data: Uint8Array): void;
}

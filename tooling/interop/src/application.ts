/** A message as an application got it. */
export interface Received {
  readonly kind: 'unicast' | 'multicast';
  readonly content: Uint8Array;
  /** Name, when the content was a file as one message. */
  readonly file?: string;
}

/** Outcome of a request: the code of its 0x31, and the content of an answer with code 0. */
export interface Answer {
  readonly code: number;
  readonly content?: Uint8Array;
}

/** What a subscriber does with a request: it answers with the content, last byte first, or fails. */
export type Answering = 'reverse' | 'throw';

/** Options of a request. */
export interface RequestOptions {
  readonly timeoutMs?: number;
  /** Send the content as a file of this name, in one message. */
  readonly file?: string;
}

/** An application on either SDK, so that a test reads the same whichever takes a part. */
export interface Application {
  /** `Java` or `ours`. */
  readonly name: string;
  /** Resolves when the connected nodes have applied it. */
  subscribe(topic: string, answering?: Answering): Promise<void>;
  /** Resolves when the connected nodes have applied it. */
  unsubscribe(topic: string): Promise<void>;
  request(topic: string, content: Uint8Array, options?: RequestOptions): Promise<Answer>;
  multicast(topic: string, content: Uint8Array): Promise<void>;
  /** What has come on the topic so far, in order of arrival. */
  inbox(topic: string): readonly Received[];
  /** Resolves when so many messages have come on the topic. */
  received(topic: string, count: number): Promise<void>;
  /** Resolves when what the nodes had sent before has arrived. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** The answer that subscribers give: unlike its request, which no copy of a request can pass for. */
export function reversed(content: Uint8Array): Uint8Array {
  return content.slice().reverse();
}

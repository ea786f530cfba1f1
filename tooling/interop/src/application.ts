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

/** What a message may be besides its content. */
export interface MessageOptions {
  /** It goes to the private topic of this name. */
  readonly isPrivate?: boolean;
}

/** Options of a request. */
export interface RequestOptions extends MessageOptions {
  readonly timeoutMs?: number;
  /** Send the content as a file of this name, in one message. */
  readonly file?: string;
}

/** A key pair of private topics, and the files that applications read it from. */
export interface TopicKey {
  /** PKCS#8 PEM. */
  readonly privateFile: string;
  /** SPKI PEM. */
  readonly publicFile: string;
  /** The public key as 128 hex digits. */
  readonly hex: string;
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
  multicast(topic: string, content: Uint8Array, options?: MessageOptions): Promise<void>;
  /** As `subscribe`, on the private topic of this name. */
  subscribePrivate(topic: string, key: TopicKey, answering?: Answering): Promise<void>;
  /** Says whose subscriptions of the private topic it trusts; needed before it sends. */
  publishPrivate(topic: string, keys: readonly TopicKey[]): Promise<void>;
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

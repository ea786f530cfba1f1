/** Whether a subscriber may have seen a message whose sending ended with an error. */
export type MaybeDelivered = 'no' | 'yes' | 'unknown';

/** Where on the way from client to subscriber something ended. */
export type Hop = 'client' | 'node' | 'peer-node' | 'subscriber';

/** Facts behind a {@link ClientError}. JSON-safe; never a body, a key or a passphrase. */
export interface ClientErrorDetails {
  /** True when the same call may succeed later or elsewhere without a change by the caller. */
  readonly retryable: boolean;
  /** 'no': certainly nobody saw it; 'yes': a subscriber did; 'unknown': cannot be told. */
  readonly maybeDelivered: MaybeDelivered;
  /** Who ended it; absent when it never left the options or the arguments. */
  readonly hop?: Hop;
  /** Node concerned: node ID (128 hex digits) where it is known, else `host:port`. */
  readonly node?: string;
  /** A kebab-case word for the cause, from the node or from this client. */
  readonly reason?: string;
  /** Result code of the wire, when a frame brought one. */
  readonly resultCode?: number;
  readonly topic?: string;
  /** The 32 characters that name the message on its way: `amop trace` takes them. */
  readonly seq?: string;
  /** Name of the option at fault, as written in the call (`tls.directory`). */
  readonly option?: string;
  /** File at fault. */
  readonly file?: string;
  /** Text that the subscriber's application sent along ({@link AnswerError}). */
  readonly remoteMessage?: string;
}

/** Every code of this package with a few words on it, for documentation and its tests. */
export const CLIENT_ERROR_SUMMARIES = {
  AMOP_CLIENT_OPTIONS: 'an option or argument is not allowed',
  AMOP_CLIENT_FILE: 'a certificate or key file is missing or cannot be read',
  AMOP_CLIENT_CERTIFICATE: 'certificate, key or authority refused, here or by the node',
  AMOP_CLIENT_TOPIC: 'not a topic that can be used',
  AMOP_CLIENT_TOO_LARGE: 'body above the limit of one message',
  AMOP_CLIENT_NOT_CONNECTED: 'no node could be reached in time',
  AMOP_CLIENT_DISCONNECTED: 'the connection broke after the message was written',
  AMOP_CLIENT_TIMEOUT: 'no outcome within the time given',
  AMOP_CLIENT_ABORTED: 'ended by the AbortSignal of the caller',
  AMOP_CLIENT_CLOSED: 'the client was closed',
  AMOP_CLIENT_OVERLOADED: 'too much is waiting to be sent or answered',
  AMOP_CLIENT_NO_SUBSCRIBER: 'nobody to deliver to (result 100)',
  AMOP_CLIENT_NO_KEYS: 'no public key is configured for the private topic',
  AMOP_CLIENT_SEAL: 'an answer on a private topic was not sealed by the subscriber',
  AMOP_CLIENT_NO_ANSWER: 'subscribers gave no answer (result 104)',
  AMOP_CLIENT_BANDWIDTH: 'the node is at its bandwidth or load limit (result 103)',
  AMOP_CLIENT_MALFORMED: 'a message or an answer could not be read (result 105)',
  AMOP_CLIENT_HANDLER_FAILED: 'the handler of the subscriber threw (result 120)',
  AMOP_CLIENT_NOT_PERMITTED:
    'the node does not let this application publish on the topic (result 121)',
  AMOP_CLIENT_REFUSED: 'another non-zero result',
  AMOP_CLIENT_SUBSCRIBE_FAILED: 'a node did not take the subscription',
  AMOP_CLIENT_SIGNER_FAILED: 'whoever holds the key of a private topic did not sign',
  AMOP_CLIENT_FILE_SOURCE: 'what is to be sent cannot be read, or was changed while it was sent',
  AMOP_CLIENT_FILE_STATE: 'how far a file was sent cannot be kept, or another process sends it',
  AMOP_CLIENT_FILE_DIRECTORY: 'the folder for files cannot be used, or another receiver has it',
  AMOP_CLIENT_FILE_REFUSED: 'the receivers did not want the file',
  AMOP_CLIENT_FILE_FAILED: 'the receiver of the file could not go on',
  AMOP_CLIENT_FILE_STALLED: 'the receiver of the file is not heard of any more',
  AMOP_CLIENT_NODE_QUERY: 'the node answered a query with an error',
  AMOP_CLIENT_PROTOCOL: 'the other side does not speak the channel protocol',
} as const;

/** Code of a {@link ClientError}: what callers match on. Adding one is minor, renaming one is major. */
export type ClientErrorCode = keyof typeof CLIENT_ERROR_SUMMARIES;

/**
 * The one error class of this package.
 *
 * Match on `code`; `details` say where it happened, whether trying again makes sense and whether
 * the message may have been delivered. The message is one sentence for people.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** What went wrong; stable. */
  readonly code: ClientErrorCode;
  readonly details: ClientErrorDetails;

  constructor(
    code: ClientErrorCode,
    message: string,
    details?: Partial<ClientErrorDetails>,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = { retryable: false, maybeDelivered: 'no', ...details };
  }
}

/**
 * Thrown by a handler to tell the requester why: only its text goes over the wire.
 *
 * Any other error a handler throws reaches the requester as "the handler failed", without text.
 *
 * @example throw new AnswerError('account 17 is locked');
 */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  /** Told to the requester: whether the same request may succeed later. Default false. */
  readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions & { readonly retryable?: boolean }) {
    super(message, options);
    this.retryable = options?.retryable ?? false;
  }
}

import type { Logger } from '@amop/ports';
import type { ClientError } from './errors.ts';

/** What happens to a client besides the outcomes of its calls; one payload type for each name. */
export interface ClientEvents {
  /** A link is usable: handshake done and every subscription applied by the node. */
  readonly connected: {
    readonly endpoint: string;
    readonly nodeId: string | undefined;
    /** Extensions agreed with the node; empty for an original one. */
    readonly extensions: readonly string[];
  };
  /** A link that was usable broke. Its requests in flight have ended. */
  readonly disconnected: { readonly endpoint: string; readonly error: ClientError };
  /** The next attempt on a link is planned; `attempt` counts from 1 since it was last stable. */
  readonly reconnecting: {
    readonly endpoint: string;
    readonly attempt: number;
    readonly delayMs: number;
    readonly error: ClientError;
  };
  /**
   * Something that no call of the application can report: a certificate refused on reconnecting
   * (`AMOP_CLIENT_CERTIFICATE`), a subscription refused on replay (`AMOP_CLIENT_SUBSCRIBE_FAILED`),
   * a handler that threw (`AMOP_CLIENT_HANDLER_FAILED`, its error as `cause`), a signer that did not
   * sign (`AMOP_CLIENT_SIGNER_FAILED`, likewise).
   */
  readonly error: { readonly error: ClientError; readonly endpoint?: string };
  /**
   * A subscriber of a private topic of this client has proved its key, has not, or counts no more.
   * `key`: 128 hex digits, where it showed one; `reason`: a kebab-case word. Original subscribers
   * that `proof: 'bound'` passes over are told of once, reason `original-subscriber`.
   */
  readonly proof: {
    readonly topic: string;
    /** ID of the subscriber's node. */
    readonly node: string;
    readonly key?: string;
    readonly outcome: 'succeeded' | 'failed' | 'expired';
    readonly reason?: string;
  };
  /**
   * A subscriber of this client gave no proof to a publisher, as that key is not among the `publishers` of the private topic.
   * Once for each key, and ten times in a minute at most; nobody has shown to hold the key.
   */
  readonly refused: {
    readonly topic: string;
    /** The own node, as in errors. */
    readonly node: string;
    /** 128 lower-case hex digits. */
    readonly key: string;
  };
  /** Reading stopped: the application has not taken `queuedBytes` of messages. */
  readonly paused: { readonly queuedBytes: number };
  /** Reading goes on. */
  readonly resumed: { readonly queuedBytes: number };
  /** `close()` is done. */
  readonly closed: Record<string, never>;
}

/** Name of a client event. */
export type ClientEventName = keyof ClientEvents;

/** Called with the payload of an event. What it throws is logged and goes no further. */
export type ClientEventListener<Name extends ClientEventName> = (
  payload: ClientEvents[Name],
) => void;

/** The events of one client. */
export class EventHub {
  readonly #listeners = new Map<ClientEventName, Set<(payload: never) => void>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds a listener; the same function twice counts once. */
  on<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, new Set([listener]));
    else listeners.add(listener);
  }

  /** Removes a listener. */
  off<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /** Calls every listener of `name` in the order they were added. */
  emit<Name extends ClientEventName>(name: Name, payload: ClientEvents[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      try {
        // The set under `name` holds only listeners of that name: `on` is its one writer.
        (listener as ClientEventListener<Name>)(payload);
      } catch (error) {
        this.#logger.error({ event: name, error }, 'event listener threw');
      }
    }
  }
}

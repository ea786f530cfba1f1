import type { Clock, Connection, Logger, Random, Transport } from '@amop/ports';
import type { ClientCounters } from '../counters.ts';
import type { ClientError } from '../errors.ts';
import type { Endpoint } from '../options/endpoint.ts';
import type { CertificateIssuer } from '../options/options.ts';
import { Backoff } from './backoff.ts';
import { Delay } from './delay.ts';
import { foreignAgencyError, isCertificateError, isEndedByNode, linkError } from './link-error.ts';
import type { LinkSession } from './link-session.ts';

/** Time for TCP and TLS together. */
const DIAL_TIMEOUT_MS = 10_000;
/** A link that was usable for so long starts its waits anew when it breaks. */
const STABLE_AFTER_MS = 5_000;
/** Bound of the wait after a refused certificate: it may be in the middle of being replaced. */
const CERTIFICATE_RETRY_MS = 60_000;

/** So many in a row are a refusal. */
const MIN_HANG_UPS = 2;

/** Where a link stands. */
export type LinkState = 'connecting' | 'ready' | 'waiting' | 'closed';

/** What a link tells its client. */
interface NodeLinkEvents {
  /** `session` is another one, or none. */
  readonly onSession: () => void;
  /** The session's handshake and replay are done. */
  readonly onReady: (link: NodeLink, session: LinkSession) => void;
  /** A link that was ready broke. */
  readonly onLost: (link: NodeLink, error: ClientError) => void;
  /** It will be tried again in `delayMs`. */
  readonly onRetry: (link: NodeLink, error: ClientError, attempt: number, delayMs: number) => void;
}

/** Collaborators of {@link NodeLink}. */
export interface NodeLinkDependencies extends NodeLinkEvents {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: ClientCounters;
  /** Bound of the waits at this moment beside the options: short while `connect` waits. */
  readonly delayLimitMs: () => number;
  readonly createSession: (endpoint: Endpoint, connection: Connection) => LinkSession;
}

/** Keeps one connection to one node: dials, starts a session, and begins again when it ends. */
export class NodeLink {
  readonly endpoint: Endpoint;
  readonly #deps: NodeLinkDependencies;
  readonly #backoff: Backoff;
  readonly #delay: Delay;
  readonly #dialing = new AbortController();
  readonly #issuer: CertificateIssuer | undefined;
  #state: LinkState = 'connecting';
  /** Connections in a row that a node of another agency ended before it said a word. */
  #hangUps = 0;
  #session: LinkSession | undefined;
  #lastError: ClientError | undefined;
  #running: Promise<void> | undefined;

  constructor(
    options: {
      readonly endpoint: Endpoint;
      readonly minDelayMs: number;
      readonly maxDelayMs: number;
      /** Issuer of the own certificate, where it is known. */
      readonly issuer: CertificateIssuer | undefined;
    },
    dependencies: NodeLinkDependencies,
  ) {
    this.endpoint = options.endpoint;
    this.#issuer = options.issuer;
    this.#deps = dependencies;
    this.#backoff = new Backoff(options, { random: dependencies.random });
    this.#delay = new Delay(dependencies.clock);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The connection of this moment, ready or not. */
  get session(): LinkSession | undefined {
    return this.#session;
  }

  /** Why the link is not ready, or was not before. */
  get lastError(): ClientError | undefined {
    return this.#lastError;
  }

  /** Begins to connect, and goes on until `stop`. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Ends the link: queued bytes are written if it is ready. Resolves when nothing of it is left;
   * a connection that does not end by itself is cut by the transport.
   */
  async stop(): Promise<void> {
    this.#state = 'closed';
    this.#dialing.abort();
    this.#delay.cancel();
    const session = this.#session;
    if (session !== undefined) {
      if (session.line.ready) session.close();
      else session.destroy(linkError(undefined, this.endpoint.text));
    }
    await this.#running;
  }

  /** Ends the connection of this moment at once. */
  cut(error: ClientError): void {
    this.#session?.destroy(error);
  }

  async #run(): Promise<void> {
    while (this.#state !== 'closed') {
      this.#state = 'connecting';
      const error = await this.#connectOnce();
      this.#setSession(undefined);
      this.#lastError = error;
      if (this.#isStopped()) return;
      const delayMs = isCertificateError(error)
        ? this.#backoff.slow(CERTIFICATE_RETRY_MS)
        : this.#backoff.next(this.#deps.delayLimitMs());
      this.#state = 'waiting';
      this.#deps.onRetry(this, error, this.#backoff.attempt, delayMs);
      await this.#delay.wait(delayMs);
    }
  }

  /** One connection from dial to end; resolves with what ended it. */
  async #connectOnce(): Promise<ClientError> {
    const { transport, createSession, counters, clock } = this.#deps;
    const { host, port, text } = this.endpoint;
    let connection: Connection;
    try {
      const { signal } = this.#dialing;
      connection = await transport.dial({ host, port, timeoutMs: DIAL_TIMEOUT_MS, signal });
    } catch (cause) {
      counters.connectFailures++;
      return linkError(cause, text);
    }
    const session = createSession(this.endpoint, connection);
    this.#setSession(session);
    if (this.#isStopped()) session.destroy(linkError(undefined, text));
    try {
      await session.start();
    } catch (cause) {
      counters.connectFailures++;
      session.destroy(linkError(cause, text));
      return this.#judge(session, await session.closed);
    }
    this.#hangUps = 0;
    const readySinceMs = clock.nowMs();
    this.#becameReady(session);
    const error = await session.closed;
    if (clock.nowMs() - readySinceMs >= STABLE_AFTER_MS) this.#backoff.reset();
    counters.disconnects++;
    if (!this.#isStopped()) this.#deps.onLost(this, error);
    return error;
  }

  /**
   * A node that takes applications of its own agency only may refuse by hanging up after TLS. One
   * such end may have another reason, so it takes two in a row.
   */
  #judge(session: LinkSession, error: ClientError): ClientError {
    const own = this.#issuer;
    const isForeign = own !== undefined && own.issuerName !== session.issuer.issuerName;
    this.#hangUps = isForeign && isEndedByNode(error) && !session.heard ? this.#hangUps + 1 : 0;
    if (own === undefined || this.#hangUps < MIN_HANG_UPS) return error;
    const { issuerCommonName } = session.issuer;
    return foreignAgencyError(this.endpoint.text, own.issuerCommonName, issuerCommonName);
  }

  #becameReady(session: LinkSession): void {
    if (this.#isStopped()) return;
    this.#state = 'ready';
    this.#lastError = undefined;
    this.#deps.counters.connects++;
    this.#deps.onReady(this, session);
  }

  #setSession(session: LinkSession | undefined): void {
    this.#session = session;
    this.#deps.onSession();
  }

  // A method, so that the compiler does not take the state for what it was before an await.
  #isStopped(): boolean {
    return this.#state === 'closed';
  }
}

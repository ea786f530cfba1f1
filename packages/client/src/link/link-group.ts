import type { Connection } from '@amop/ports';
import type { Line } from '../call/line.ts';
import type { ClientError } from '../errors.ts';
import type { EventHub } from '../events.ts';
import type { Endpoint } from '../options/endpoint.ts';
import type { ClientPorts, ClientSettings } from '../options/options.ts';
import { isCertificateError } from './link-error.ts';
import { LinkSession, type LinkSessionDependencies } from './link-session.ts';
import { NodeLink } from './node-link.ts';
import type { Opening } from './opening.ts';

/** While `connect` waits for its first link, nodes are tried at least about this often. */
const OPENING_DELAY_MS = 500;

/** Collaborators of {@link LinkGroup}. */
export interface LinkGroupDependencies extends LinkSessionDependencies {
  readonly ports: ClientPorts;
  readonly events: EventHub;
  readonly opening: Opening;
  /** A link became ready or broke. */
  readonly onChange: () => void;
}

/** The links of a client, one to each node, in order of preference. */
export class LinkGroup {
  readonly links: readonly NodeLink[];
  readonly #clientType: string;
  readonly #deps: LinkGroupDependencies;
  #sessions: readonly LinkSession[] = [];
  #lines: readonly Line[] = [];
  #lastSessionId = 0;
  #paused = false;

  constructor(settings: ClientSettings, dependencies: LinkGroupDependencies) {
    this.#clientType = settings.clientType;
    this.#deps = dependencies;
    const { ports, logger, counters } = dependencies;
    const { minDelayMs, maxDelayMs, issuer } = settings;
    this.links = settings.endpoints.map(
      (endpoint) =>
        new NodeLink(
          { endpoint, minDelayMs, maxDelayMs, issuer },
          {
            ...ports,
            logger,
            counters,
            delayLimitMs: () =>
              dependencies.opening.pending ? OPENING_DELAY_MS : Number.POSITIVE_INFINITY,
            createSession: (to, connection) => this.#createSession(to, connection),
            onSession: () => this.#refresh(),
            onReady: (link, session) => this.#ready(link, session),
            onLost: (link, error) => this.#lost(link, error),
            onRetry: (link, error, attempt, delayMs) => this.#retry(link, error, attempt, delayMs),
          },
        ),
    );
  }

  /** The connections of this moment. */
  get sessions(): readonly LinkSession[] {
    return this.#sessions;
  }

  /** Their lines. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** Begins to connect. */
  start(): void {
    for (const link of this.links) link.start();
  }

  /** Ends every link; queued bytes are written. */
  async stop(): Promise<void> {
    await Promise.all(this.links.map((link) => link.stop()));
  }

  /** Ends every connection at once. */
  cut(error: ClientError): void {
    for (const session of this.#sessions) session.destroy(error);
  }

  /** Stops reading, on links to come too. */
  pause(): void {
    this.#paused = true;
    for (const session of this.#sessions) session.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#paused = false;
    for (const session of this.#sessions) session.resume();
  }

  #createSession(endpoint: Endpoint, connection: Connection): LinkSession {
    const id = ++this.#lastSessionId;
    const options = { id, endpoint: endpoint.text, clientType: this.#clientType };
    const session = new LinkSession(options, connection, this.#deps);
    if (this.#paused) session.pause();
    return session;
  }

  #refresh(): void {
    this.#sessions = this.links.flatMap((link) => link.session ?? []);
    this.#lines = this.#sessions.map((session) => session.line);
  }

  #ready(link: NodeLink, session: LinkSession): void {
    const { events, logger, opening, onChange, router } = this.#deps;
    const endpoint = link.endpoint.text;
    const extensions = session.agreement?.extensions ?? [];
    logger.info({ node: session.line.node, endpoint, extensions }, 'connected');
    router.lineReady();
    onChange();
    opening.end();
    events.emit('connected', { endpoint, nodeId: session.nodeId, extensions });
  }

  #lost(link: NodeLink, error: ClientError): void {
    const { events, logger, onChange } = this.#deps;
    const endpoint = link.endpoint.text;
    logger.warn({ endpoint, error }, 'connection lost');
    onChange();
    events.emit('disconnected', { endpoint, error });
  }

  #retry(link: NodeLink, error: ClientError, attempt: number, delayMs: number): void {
    const { events, logger, opening } = this.#deps;
    const endpoint = link.endpoint.text;
    logger.info({ endpoint, attempt, delayMs, error }, 'connecting again');
    opening.linkFailed(endpoint, error);
    events.emit('reconnecting', { endpoint, attempt, delayMs, error });
    if (!isCertificateError(error)) return;
    logger.error({ endpoint, error }, 'certificate refused');
    events.emit('error', { error, endpoint });
  }
}

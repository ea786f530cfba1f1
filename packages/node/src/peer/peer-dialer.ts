import type { Connection, PortsError, Transport } from '@amop/ports';
import { formatHostPort } from '../config/host-port.ts';
import type { HostPort } from '../config/node-config.ts';
import type { NodeContext } from '../node-context.ts';

/** First and longest pause between two attempts, in ms; doubled each time, drawn at random below. */
const MIN_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

interface DialTarget {
  readonly at: HostPort;
  /** Learned from the certificate at the first connection. */
  nodeId: string | undefined;
  isDialling: boolean;
  delayMs: number;
  dueMs: number;
  lastFailure: string | undefined;
}

/** What the dialer asks its host. */
export interface DialerHost {
  isConnected(nodeId: string): boolean;
  /** Takes a new connection and says whose it is; undefined when it is of no use (self). */
  dialled(connection: Connection): string | undefined;
}

/**
 * Keeps trying to reach every configured node that is not connected, with backoff and jitter.
 *
 * An endpoint that turned out to be this node itself is never dialled again.
 */
export class PeerDialer {
  readonly #context: NodeContext;
  readonly #transport: Transport;
  readonly #host: DialerHost;
  #targets: DialTarget[] = [];
  #abort = new AbortController();

  constructor(context: NodeContext, dependencies: { transport: Transport; host: DialerHost }) {
    this.#context = context;
    this.#transport = dependencies.transport;
    this.#host = dependencies.host;
  }

  start(): void {
    this.#abort = new AbortController();
    const nowMs = this.#context.clock.nowMs();
    this.#targets = this.#context.config.p2p.peers.map((at) => ({
      at,
      nodeId: undefined,
      isDialling: false,
      delayMs: MIN_DELAY_MS,
      dueMs: nowMs,
      lastFailure: undefined,
    }));
    this.tick(nowMs);
  }

  stop(): void {
    this.#targets = [];
    this.#abort.abort();
  }

  /** Dials what is due. */
  tick(nowMs: number): void {
    for (const target of this.#targets) {
      if (target.isDialling || nowMs < target.dueMs) continue;
      if (target.nodeId !== undefined && this.#host.isConnected(target.nodeId)) continue;
      target.isDialling = true;
      this.#dial(target).catch((error: unknown) => {
        this.#context.logger.error({ err: error }, 'dialling a peer failed unexpectedly');
      });
    }
  }

  /** A peer is gone: its endpoints are dialled again soon. */
  peerLost(nodeId: string): void {
    for (const target of this.#targets) {
      if (target.nodeId !== nodeId) continue;
      target.dueMs = this.#context.clock.nowMs() + this.#jitter(MIN_DELAY_MS);
    }
  }

  async #dial(target: DialTarget): Promise<void> {
    const { host, port } = target.at;
    const { signal } = this.#abort;
    try {
      const connection = await this.#transport.dial({ host, port, signal });
      if (signal.aborted) connection.destroy();
      else this.#connected(target, connection);
    } catch (error) {
      if (!signal.aborted) this.#failed(target, error);
    } finally {
      target.isDialling = false;
    }
  }

  #connected(target: DialTarget, connection: Connection): void {
    target.lastFailure = undefined;
    target.nodeId = this.#host.dialled(connection);
    if (target.nodeId === undefined) {
      this.#targets = this.#targets.filter((each) => each !== target);
      return;
    }
    target.delayMs = MIN_DELAY_MS;
    target.dueMs = this.#context.clock.nowMs() + MIN_DELAY_MS;
  }

  /** Logs a failure when it is a new one, not at each attempt. */
  #failed(target: DialTarget, error: unknown): void {
    const { clock, logger } = this.#context;
    target.dueMs = clock.nowMs() + this.#jitter(target.delayMs);
    target.delayMs = Math.min(MAX_DELAY_MS, target.delayMs * 2);
    const failure = isPortsError(error) ? `${error.code}: ${error.message}` : String(error);
    const endpoint = formatHostPort(target.at);
    if (failure === target.lastFailure) {
      logger.debug({ endpoint, failure }, 'peer still not reached');
    } else {
      logger.warn({ endpoint, failure }, 'peer not reached; trying again');
    }
    target.lastFailure = failure;
  }

  /** Half to all of `delayMs`. */
  #jitter(delayMs: number): number {
    return delayMs / 2 + this.#context.random.below(Math.max(1, Math.floor(delayMs / 2)));
  }
}

function isPortsError(error: unknown): error is PortsError {
  return error instanceof Error && 'code' in error;
}

import type { Connection, Transport } from '@amop/ports';
import { formatHostPort } from '../config/host-port.ts';
import type { HostPort } from '../config/node-config.ts';
import { textOf } from '../error-text.ts';
import type { NodeContext } from '../node-context.ts';
import { type RefusalReason, refusalText } from '../refusal/refusal-reason.ts';
import { dialRefusalReason } from '../refusal/tls-refusal.ts';
import type { UnreachedState } from '../sight/node-state.ts';

/** First and longest pause between two attempts, in ms; doubled each time, drawn at random below. */
const MIN_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;
/** A connection that lasts so long was no failure: the pauses begin anew, in ms. */
const STABLE_MS = 10_000;

interface DialTarget {
  readonly at: HostPort;
  /** Learned from the certificate at the first connection. */
  nodeId: string | undefined;
  isDialling: boolean;
  delayMs: number;
  dueMs: number;
  connectedMs: number;
  lastFailure: string | undefined;
  lastReason: RefusalReason | undefined;
}

/** What the dialer asks its host. */
export interface DialerHost {
  isConnected(nodeId: string): boolean;
  /** Takes a new connection, or refuses it and closes it. */
  dialled(connection: Connection): DialOutcome;
}

/** What has become of a connection that was dialled. */
export type DialOutcome =
  | { readonly kind: 'taken'; readonly nodeId: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'self' };

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
    this.configChanged();
  }

  /** The configured nodes are others: those that stay keep what is known of them, all may be tried at once. */
  configChanged(): void {
    const nowMs = this.#context.clock.nowMs();
    const known = new Map(this.#targets.map((target) => [formatHostPort(target.at), target]));
    this.#targets = this.#context.config.p2p.peers.map((at) => {
      const target = known.get(formatHostPort(at)) ?? newTarget(at, nowMs);
      target.delayMs = MIN_DELAY_MS;
      target.dueMs = nowMs;
      return target;
    });
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

  /** The configured nodes that are not connected, and why. */
  unreached(): UnreachedState[] {
    const missing = this.#targets.filter(
      ({ nodeId }) => nodeId === undefined || !this.#host.isConnected(nodeId),
    );
    return missing.map(({ at, lastFailure, lastReason }) => ({
      endpoint: formatHostPort(at),
      ...(lastFailure !== undefined && { failure: lastFailure }),
      ...(lastReason !== undefined && { reason: lastReason, fix: refusalText(lastReason).fix }),
    }));
  }

  /** A configured node has sent a p2p frame: what stood in the way before is over. */
  heard(nodeId: string): void {
    for (const target of this.#targets) {
      if (target.nodeId !== nodeId) continue;
      target.lastFailure = undefined;
      target.lastReason = undefined;
    }
  }

  /** A connection that was dialled ended before a p2p frame came; false: to none of the configured nodes. */
  endedUnheard(nodeId: string): boolean {
    const targets = this.#targets.filter((target) => target.nodeId === nodeId);
    for (const target of targets) {
      this.#failed(target, refusalText('no-p2p-frame').message, 'no-p2p-frame');
    }
    return targets.length > 0;
  }

  /** A peer is gone: its endpoints are dialled again, soon if it was connected for a while. */
  peerLost(nodeId: string): void {
    const nowMs = this.#context.clock.nowMs();
    for (const target of this.#targets) {
      if (target.nodeId !== nodeId) continue;
      if (nowMs - target.connectedMs >= STABLE_MS) target.delayMs = MIN_DELAY_MS;
      this.#postpone(target, nowMs);
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
      if (!signal.aborted) this.#failed(target, textOf(error), dialRefusalReason(error));
    } finally {
      target.isDialling = false;
    }
  }

  #connected(target: DialTarget, connection: Connection): void {
    const outcome = this.#host.dialled(connection);
    if (outcome.kind === 'self') {
      this.#isSelf(target);
    } else if (outcome.kind === 'refused') {
      const { message } = refusalText(outcome.reason);
      this.#failed(target, `refused here: ${message}`, outcome.reason);
    } else {
      target.nodeId = outcome.nodeId;
      target.connectedMs = this.#context.clock.nowMs();
    }
  }

  /** Its own entry does no harm and is not dialled again; another one may be put right. */
  #isSelf(target: DialTarget): void {
    const { channel, p2p } = this.#context.config;
    if (target.at.port === p2p.port) {
      this.#targets = this.#targets.filter((each) => each !== target);
    } else {
      const isChannel = target.at.port === channel.port;
      this.#failed(target, '', isChannel ? 'own-channel-port' : 'own-key');
    }
  }

  /** Logs a failure when it is a new one, not at each attempt. */
  #failed(target: DialTarget, said: string, reason: RefusalReason | undefined): void {
    const { clock, logger, refusals } = this.#context;
    const failure = said === '' && reason !== undefined ? refusalText(reason).message : said;
    this.#postpone(target, clock.nowMs());
    if (reason !== undefined) {
      const { host: remoteHost, port: remotePort } = target.at;
      refusals.remember('peer', reason, { remoteHost, remotePort, detail: failure });
    }
    const endpoint = formatHostPort(target.at);
    if (failure === target.lastFailure) {
      logger.debug({ endpoint, failure }, 'peer still not reached');
    } else {
      const advice = reason && { reason, fix: refusalText(reason).fix };
      logger.warn({ endpoint, failure, ...advice }, 'peer not reached; trying again');
    }
    target.lastFailure = failure;
    target.lastReason = reason;
  }

  /** Half to all of the pause, which doubles. */
  #postpone(target: DialTarget, nowMs: number): void {
    const half = Math.ceil(target.delayMs / 2);
    target.dueMs = nowMs + half + this.#context.random.below(half);
    target.delayMs = Math.min(MAX_DELAY_MS, target.delayMs * 2);
  }
}

function newTarget(at: HostPort, nowMs: number): DialTarget {
  return {
    at,
    nodeId: undefined,
    isDialling: false,
    delayMs: MIN_DELAY_MS,
    dueMs: nowMs,
    connectedMs: nowMs,
    lastFailure: undefined,
    lastReason: undefined,
  };
}

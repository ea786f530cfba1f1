import {
  type Clock,
  type Connection,
  type DialOptions,
  type Listener,
  type ListenOptions,
  type PeerIdentity,
  PortsError,
  type Scheduler,
  type Transport,
} from '@amop/ports';
import { systemClock, systemScheduler } from '@amop/ports/system';
import { MemoryLink, type MemorySide } from './memory-link.ts';
import type { MemoryPost } from './memory-post.ts';

/** Whether a dialled port can be reached: `lost` answers nothing until the dialler gives up. */
export type MemoryReach = 'open' | 'refused' | 'lost';

/** How a memory network behaves. */
export interface MemoryNetworkOptions {
  /** Default: the event loop. A `ManualScheduler` makes a test decide when bytes travel. */
  readonly scheduler?: Scheduler;
  /** Times closing and dialling. Default: the system's. */
  readonly clock?: Clock;
  /** No chunk is longer. By default a chunk is what one `write` was given, at most the window. */
  readonly maxChunkBytes?: number;
  /** Size of the next chunk, of so many bytes under way; e.g. drawn by a seeded random. */
  readonly chunkBytes?: (availableBytes: number) => number;
  /** Bytes under way in one direction before backlog builds up. Default 65 536. */
  readonly windowBytes?: number;
  /** Time that a write and a dial take to the other side, in ms. Default: none. */
  readonly delayMs?: () => number;
  /** Time until the kernel of the writer takes what was written and says so, in ms. Default: none. */
  readonly drainDelayMs?: () => number;
  /** Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** Asked at each dial, by the names of the parties. Default: everybody reaches everybody. */
  readonly reach?: (from: string, to: string) => MemoryReach;
  /** Is told of each link when it comes into being. */
  readonly onLink?: (link: MemoryLink, from: string, to: string) => void;
  /** Is told of each write, before it travels. */
  readonly onWrite?: (link: MemoryLink, side: MemorySide, bytes: Uint8Array) => void;
}

/** What a party of a memory network is like. */
export interface MemoryPartyOptions {
  /** For `reach` and `onLink`. Default: `partyN`. */
  readonly name?: string;
  /** Clock and scheduler of the process it lives in. Default: those of the network. */
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /** Calls back in that process. Default: at the end of its turn, or by its clock. */
  readonly post?: MemoryPost;
  /** Whose certificates it trusts. Default: everybody's. */
  readonly trusts?: (identity: PeerIdentity) => boolean;
}

/** Transports that reach each other in one process, without sockets. */
export interface MemoryNetwork {
  /** A party with this identity; what is not given is made up, different for each party. */
  transport(identity?: Partial<PeerIdentity>, options?: MemoryPartyOptions): Transport;
  /** The links opened so far, oldest first, also those that are over. */
  readonly links: readonly MemoryLink[];
}

interface Party {
  readonly name: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly post: MemoryPost;
  readonly identity: PeerIdentity;
  readonly trusts: (identity: PeerIdentity) => boolean;
}

interface OpenPort {
  readonly options: ListenOptions;
  readonly party: Party;
}

const FIRST_FREE_PORT = 49_152;
const DIAL_TIMEOUT_MS = 10_000;
const LOCAL_HOST = '127.0.0.1';

/** Makes a network; parties on it find each other by `host` and `port`, as given to `listen`. */
export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  return new Network(options);
}

class Network implements MemoryNetwork {
  readonly links: MemoryLink[] = [];
  readonly #options: MemoryNetworkOptions;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #post: MemoryPost;
  readonly #ports: Map<string, OpenPort> = new Map();
  #nextPort = FIRST_FREE_PORT;
  #parties = 0;

  constructor(options: MemoryNetworkOptions) {
    this.#options = options;
    this.#scheduler = options.scheduler ?? systemScheduler;
    this.#clock = options.clock ?? systemClock;
    this.#post = postOf(this.#clock, this.#scheduler);
  }

  transport(given: Partial<PeerIdentity> = {}, options: MemoryPartyOptions = {}): Transport {
    this.#parties += 1;
    const digits = this.#parties.toString(16);
    const identity: PeerIdentity = {
      nodeId: digits.padStart(128, '0'),
      commonName: `party${digits}`,
      issuerCommonName: 'agency',
      issuerName: 'CN=agency',
      fingerprint256: digits.padStart(64, '0'),
      validToMs: Number.MAX_SAFE_INTEGER,
      ...given,
    };
    const { clock = this.#clock, scheduler = this.#scheduler } = options;
    const isOwn = options.clock !== undefined || options.scheduler !== undefined;
    const party = {
      name: options.name ?? `party${digits}`,
      clock,
      scheduler,
      post: options.post ?? (isOwn ? postOf(clock, scheduler) : this.#post),
      identity,
      trusts: options.trusts ?? (() => true),
    };
    return {
      listen: (listenOptions) => this.#listen(party, listenOptions),
      dial: (dialOptions) => this.#dial(party, dialOptions),
    };
  }

  async #listen(party: Party, options: ListenOptions): Promise<Listener> {
    const { host } = options;
    const port = options.port === 0 ? this.#freePort() : options.port;
    const key = keyOf(host, port);
    if (this.#ports.has(key)) {
      throw new PortsError(
        'AMOP_PORTS_LISTEN_FAILED',
        `Listening on ${host} port ${port} failed: address-in-use.`,
        { host, port, reason: 'address-in-use', systemCode: 'EADDRINUSE', retryable: true },
      );
    }
    const open = { options, party };
    this.#ports.set(key, open);
    return {
      host,
      port,
      close: async () => {
        if (this.#ports.get(key) === open) this.#ports.delete(key);
      },
    };
  }

  #dial(party: Party, options: DialOptions): Promise<Connection> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const abort = () => reject(aborted(options));
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (): void => {
        signal?.removeEventListener('abort', abort);
        if (signal?.aborted) return;
        try {
          resolve(this.#connect(party, options));
        } catch (error) {
          reject(error);
        }
      };
      const isLost = this.#reach(party, options) === 'lost';
      const { timeoutMs = DIAL_TIMEOUT_MS } = options;
      party.post(settle, isLost ? timeoutMs : 2 * (this.#options.delayMs?.() ?? 0));
    });
  }

  #reach(from: Party, { host, port }: DialOptions): MemoryReach {
    const open = this.#ports.get(keyOf(host, port));
    if (open === undefined) return 'refused';
    return this.#options.reach?.(from.name, open.party.name) ?? 'open';
  }

  #connect(dialer: Party, dialOptions: DialOptions): Connection {
    const { host, port } = dialOptions;
    const reach = this.#reach(dialer, dialOptions);
    const open = this.#ports.get(keyOf(host, port));
    if (open === undefined || reach !== 'open') throw dialFailed(dialOptions, reach);
    const dialerEndpoint = { host: LOCAL_HOST, port: this.#freePort() };
    const { party: acceptor, options } = open;
    const refuse = (
      code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER' | 'AMOP_PORTS_TLS_FAILED',
      reason: string,
    ) => {
      const { host: remoteHost, port: remotePort } = dialerEndpoint;
      options.onRefused({ code, remoteHost, remotePort, reason });
    };
    if (!dialer.trusts(acceptor.identity)) {
      refuse('AMOP_PORTS_TLS_FAILED', 'cut');
      throw new PortsError(
        'AMOP_PORTS_TLS_UNTRUSTED_PEER',
        `The certificate of ${host}:${port} is not trusted.`,
        { host, port, reason: 'cert-untrusted', retryable: false },
      );
    }
    if (!acceptor.trusts(dialer.identity)) {
      refuse('AMOP_PORTS_TLS_UNTRUSTED_PEER', 'cert-untrusted');
      throw new PortsError(
        'AMOP_PORTS_TLS_REFUSED_BY_PEER',
        `${host}:${port} refused our certificate.`,
        { host, port, alert: 'unknown-ca', retryable: false },
      );
    }
    return this.#open(dialer, acceptor, { host, port }, dialerEndpoint, options);
  }

  #open(
    dialer: Party,
    acceptor: Party,
    acceptorEndpoint: { readonly host: string; readonly port: number },
    dialerEndpoint: { readonly host: string; readonly port: number },
    options: ListenOptions,
  ): Connection {
    const { closeTimeoutMs = 5_000, delayMs, drainDelayMs, onLink, onWrite } = this.#options;
    const link: MemoryLink = new MemoryLink(
      { ...dialer, ...dialerEndpoint },
      { ...acceptor, ...acceptorEndpoint },
      {
        windowBytes: this.#options.windowBytes ?? 65_536,
        chunkBytes: this.#chunkBytes(),
        delayMs,
        drainDelayMs,
        closeTimeoutMs,
        onWrite: onWrite && ((side, bytes) => onWrite(link, side, bytes)),
      },
    );
    this.links.push(link);
    // As with TLS the dialler is ready first: its last message is still under way.
    acceptor.post(() => options.onConnection(link.acceptor), delayMs?.() ?? 0);
    onLink?.(link, dialer.name, acceptor.name);
    return link.dialer;
  }

  #chunkBytes(): ((available: number) => number) | undefined {
    const { chunkBytes, maxChunkBytes } = this.#options;
    if (maxChunkBytes === undefined) return chunkBytes;
    return (available) => Math.min(chunkBytes?.(available) ?? available, maxChunkBytes);
  }

  #freePort(): number {
    this.#nextPort += 1;
    return this.#nextPort - 1;
  }
}

function postOf(clock: Clock, scheduler: Scheduler): MemoryPost {
  return (callback, delayMs) => {
    if (delayMs > 0) clock.setTimer(callback, delayMs);
    else scheduler.endOfTurn(callback);
  };
}

function dialFailed({ host, port }: DialOptions, reach: MemoryReach): PortsError {
  const reason = reach === 'lost' ? 'timeout' : 'refused';
  return new PortsError(
    'AMOP_PORTS_DIAL_FAILED',
    `No connection to ${host} port ${port}: ${reason}.`,
    {
      host,
      port,
      reason,
      systemCode: reach === 'lost' ? 'ETIMEDOUT' : 'ECONNREFUSED',
      retryable: true,
    },
  );
}

function keyOf(host: string, port: number): string {
  return `${host} ${port}`;
}

function aborted({ host, port }: DialOptions): PortsError {
  return new PortsError('AMOP_PORTS_ABORTED', `Connecting to ${host} port ${port} was aborted.`, {
    host,
    port,
    retryable: true,
  });
}

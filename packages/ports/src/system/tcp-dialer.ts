import { lookup } from 'node:dns/promises';
import { connect, isIP, type NetConnectOpts, type Socket } from 'node:net';
import type { Clock, TimerHandle } from '../clock.ts';
import { type EndpointDetails, PortsError, type PortsErrorDetails } from '../errors.ts';
import { TCP_OPTIONS } from './tcp-options.ts';

/** The next address of a name is tried as well when the one before has not answered by then. */
const NEXT_ADDRESS_AFTER_MS = 250;

/**
 * Opens a TCP connection to the first address of `host` that answers.
 *
 * @param signal ends the wait; its reason is thrown
 * @throws PortsError `AMOP_PORTS_DIAL_FAILED`
 */
export async function dialTcp(
  endpoint: EndpointDetails,
  signal: AbortSignal,
  clock: Clock,
): Promise<Socket> {
  const addresses = await resolve(endpoint, signal);
  return raceTcp(endpoint, addresses, signal, { clock, connect });
}

/** What {@link raceTcp} works with. */
export interface TcpRaceDependencies {
  readonly clock: Clock;
  /** Opens one TCP connection. */
  readonly connect: (options: NetConnectOpts) => Socket;
}

/**
 * Opens a TCP connection to the first of several addresses that answers.
 *
 * They are tried in their order, each a quarter of a second after the one before or as soon as that
 * one failed; slow ones are not given up (RFC 8305 in short).
 */
export function raceTcp(
  endpoint: EndpointDetails,
  addresses: readonly string[],
  signal: AbortSignal,
  dependencies: TcpRaceDependencies,
): Promise<Socket> {
  return new Promise((resolvePromise, reject) => {
    new TcpRace(endpoint, addresses, dependencies, resolvePromise, reject).start(signal);
  });
}

async function resolve(endpoint: EndpointDetails, signal: AbortSignal): Promise<string[]> {
  if (isIP(endpoint.host) !== 0) return [endpoint.host];
  // A look-up cannot be cancelled: its answer is ignored then.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const found = lookup(endpoint.host, { all: true }).then(
    (answers) => answers.map(({ address }) => address),
    (cause: unknown) => {
      throw dialFailed(endpoint, cause);
    },
  );
  return Promise.race([found, aborted]);
}

function dialFailed(endpoint: EndpointDetails, cause: unknown): PortsError {
  const systemCode =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : undefined;
  const reason = REASONS[systemCode ?? ''] ?? 'failed';
  return new PortsError(
    'AMOP_PORTS_DIAL_FAILED',
    `No connection to ${endpoint.host} port ${endpoint.port}: ${reason}.`,
    {
      ...endpoint,
      reason,
      ...(systemCode === undefined ? {} : { systemCode }),
      retryable: true,
    },
    { cause },
  );
}

const REASONS: Readonly<
  Record<string, PortsErrorDetails['AMOP_PORTS_DIAL_FAILED']['reason'] | undefined>
> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
};

/** Several addresses of one name, the first to connect wins. */
class TcpRace {
  readonly #endpoint: EndpointDetails;
  readonly #waiting: string[];
  readonly #running: Set<Socket> = new Set();
  readonly #clock: Clock;
  readonly #connect: TcpRaceDependencies['connect'];
  readonly #resolve: (socket: Socket) => void;
  readonly #reject: (error: unknown) => void;
  #timer: TimerHandle | undefined;
  #failure: unknown;
  #done = false;

  constructor(
    endpoint: EndpointDetails,
    addresses: readonly string[],
    dependencies: TcpRaceDependencies,
    resolvePromise: (socket: Socket) => void,
    reject: (error: unknown) => void,
  ) {
    this.#endpoint = endpoint;
    this.#waiting = [...addresses];
    this.#clock = dependencies.clock;
    this.#connect = dependencies.connect;
    this.#resolve = resolvePromise;
    this.#reject = reject;
  }

  start(signal: AbortSignal): void {
    const onAbort = () => this.#finish(undefined, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else this.#tryNext();
  }

  #tryNext(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    const host = this.#waiting.shift();
    if (host === undefined) {
      if (this.#running.size === 0) {
        this.#finish(undefined, dialFailed(this.#endpoint, this.#failure));
      }
      return;
    }
    const socket = this.#connect({ ...TCP_OPTIONS, host, port: this.#endpoint.port });
    this.#running.add(socket);
    socket.once('connect', () => this.#finish(socket, undefined));
    // Stays for the whole life of the socket: errors after the race are of no interest here.
    socket.on('error', (error) => this.#fail(socket, error));
    if (this.#waiting.length > 0) {
      this.#timer = this.#clock.setTimer(() => this.#tryNext(), NEXT_ADDRESS_AFTER_MS);
    }
  }

  #fail(socket: Socket, error: Error): void {
    if (this.#done || !this.#running.delete(socket)) return;
    this.#failure ??= error;
    socket.destroy();
    this.#tryNext();
  }

  #finish(winner: Socket | undefined, error: unknown): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    for (const socket of this.#running) if (socket !== winner) socket.destroy();
    this.#running.clear();
    if (winner === undefined) this.#reject(error);
    else this.#resolve(winner);
  }
}

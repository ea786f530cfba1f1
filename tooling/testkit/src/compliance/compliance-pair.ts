import type {
  Connection,
  Listener,
  ListenOptions,
  PeerIdentity,
  Refusal,
  Transport,
} from '@amop/ports';
import { onTestFinished } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** One side of the suite. */
export interface ComplianceParty {
  readonly transport: Transport;
  /** What the other side must see of it. */
  readonly identity: Partial<PeerIdentity>;
}

/** Those who meet in the suite. */
export interface ComplianceParties {
  readonly listener: ComplianceParty;
  readonly dialer: ComplianceParty;
  /** Trusts the listener, is not trusted by it. */
  readonly stranger: Transport;
  /** Is trusted by the listener, does not trust it. */
  readonly distrustful: Transport;
  /** The clock of all of them. */
  readonly clock: VirtualClock;
  /** Where to listen. */
  readonly host: string;
}

/** An open port with what came to it. */
export interface OpenPort {
  readonly listener: Listener;
  readonly refusals: Refusal[];
  /** The next connection that was accepted and not yet taken. */
  accepted(): Promise<Connection>;
  /** The next refusal that was not yet taken. */
  refused(): Promise<Refusal>;
  /** Connections accepted so far. */
  readonly acceptedCount: number;
}

/** Opens a port that is closed when the test is over, with all its connections. */
export async function openPort(
  parties: ComplianceParties,
  options: Partial<ListenOptions> = {},
): Promise<OpenPort> {
  const connections = new Inbox<Connection>();
  const refused = new Inbox<Refusal>();
  const all: Connection[] = [];
  const refusals: Refusal[] = [];
  const listener = await parties.listener.transport.listen({
    host: parties.host,
    port: 0,
    ...options,
    onConnection: (connection) => {
      all.push(connection);
      options.onConnection?.(connection);
      connections.put(connection);
    },
    onRefused: (refusal) => {
      refusals.push(refusal);
      refused.put(refusal);
    },
  });
  onTestFinished(async () => {
    await listener.close();
    for (const connection of all) connection.destroy();
  });
  return {
    listener,
    refusals,
    accepted: () => connections.take(),
    refused: () => refused.take(),
    get acceptedCount() {
      return all.length;
    },
  };
}

/** Dials a port; the connection is destroyed when the test is over. */
export async function dialPort(
  transport: Transport,
  { listener }: OpenPort,
  host: string,
): Promise<Connection> {
  const connection = await transport.dial({ host, port: listener.port });
  onTestFinished(() => connection.destroy());
  return connection;
}

/** Two ends of one connection, no handler attached. */
export async function openPair(parties: ComplianceParties): Promise<{
  readonly dialed: Connection;
  readonly accepted: Connection;
  readonly port: OpenPort;
}> {
  const port = await openPort(parties);
  const dialed = await dialPort(parties.dialer.transport, port, parties.host);
  return { dialed, accepted: await port.accepted(), port };
}

/** Bytes without a pattern, always the same for the same seed. */
export function someBytes(count: number, seed = 1): Uint8Array {
  return new SeededRandom(seed).bytes(count);
}

/** Whether two arrays are equal: `toEqual` takes seconds for megabytes. */
export function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  return left.every((byte, index) => byte === right[index]);
}

class Inbox<T> {
  readonly #items: T[] = [];
  readonly #takers: ((item: T) => void)[] = [];

  put(item: T): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  }

  take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}

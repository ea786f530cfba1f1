import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** Longest wait a timer of Node.js can hold: 2^31 - 1 ms, almost 25 days. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/**
 * Milliseconds of a duration text: `500ms`, `5s`, `1.5m`, `2h`, `7d`; a bare number counts milliseconds.
 *
 * @throws InvalidArgumentError of commander when it is none, not positive or above 2^31 - 1 ms
 */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const milliseconds = Math.round(Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN));
  if (!(milliseconds >= 1 && milliseconds <= MAX_DURATION_MS)) {
    throw new InvalidArgumentError('Give a duration like 500ms, 5s or 2m.');
  }
  return milliseconds;
}

/**
 * Bytes of a size text: `1500`, `10M` or `10MB` (10 000 000), `1.5G`, `4GiB` or `4Gi` (4 294 967 296).
 *
 * @throws InvalidArgumentError of commander when it is none, below 1 byte or above 2^53 - 1
 */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kmgt]i?)?b?$/i.exec(text);
  const unitBytes = UNIT_BYTES[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN;
  const bytes = Math.round(Number(match?.[1]) * unitBytes);
  if (!(bytes >= 1 && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw new InvalidArgumentError('Give a size like 1500, 10M, 1.5G or 4GiB.');
  }
  return bytes;
}

/**
 * A whole number from 1 to `limit`.
 *
 * @throws InvalidArgumentError of commander otherwise
 */
export function parseCount(text: string, limit: number = Number.MAX_SAFE_INTEGER): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > limit) {
    const range = limit === Number.MAX_SAFE_INTEGER ? 'of at least 1' : `from 1 to ${limit}`;
    throw new InvalidArgumentError(`Give a whole number ${range}.`);
  }
  return count;
}

/**
 * A port that a node accepts in its configuration: 1025 to 65535.
 *
 * @throws InvalidArgumentError of commander otherwise
 * @see spec 16, rpc.channel_listen_port
 */
export function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port < 1025 || port > 65_535) {
    throw new InvalidArgumentError('Give a port from 1025 to 65535.');
  }
  return port;
}

/** Where a node is reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * The parts of `host:port` or `[IPv6]:port`.
 *
 * @throws InvalidArgumentError of commander otherwise
 */
function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? 0);
  const isHost = match?.[1] === undefined ? host !== '' : isIP(host) === 6;
  if (!isHost || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('Give host:port, like 10.0.0.7:30300 or [2001:db8::7]:30300.');
  }
  return { host, port };
}

/** Adds one more address of a repeatable option to those before it. */
export function collectAddress(value: string, previous: readonly Address[] | undefined): Address[] {
  return [...(previous ?? []), parseAddress(value)];
}

/** Adds one more value of a repeatable option to those before it. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

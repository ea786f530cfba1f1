import type { Clock, FileSystem, Logger, Random, Scheduler, Transport } from '@amop/ports';
import { ClientError } from '../errors.ts';
import { type Endpoint, parseEndpoints } from './endpoint.ts';

/** Certificates of this client: a folder in the original layout, or PEM texts. */
export type TlsOptions =
  | {
      /** Folder with `ca.crt`, `sdk.crt` (leaf first, then its issuers) and `sdk.key`. */
      readonly directory: string;
      /** Opens `sdk.key` when it is encrypted. */
      readonly passphrase?: string;
    }
  | {
      /** PEM: the authorities that a node's certificate must lead to. */
      readonly ca: string;
      /** PEM: own certificate, leaf first, then its issuers. */
      readonly certificate: string;
      /** PEM: own private key. */
      readonly key: string;
      readonly passphrase?: string;
    };

/** The ports through which a client reaches the world; each defaults to production. */
export interface ClientPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** Where files that are sent and received lie. */
  readonly files: FileSystem;
}

/** Bounds of a client. */
export interface ClientLimits {
  /** Requests, publishes and queries without an outcome. Default 65 536. */
  readonly maxPendingRequests?: number;
  /**
   * Bytes of messages that the application has not taken: in iterators and in running handlers.
   * At the mark reading pauses, at half of it reading goes on. Default 64 MiB.
   */
  readonly maxQueuedBytes?: number;
  /** Bytes of one link that wait for the network. More are refused. Default 64 MiB. */
  readonly maxOutgoingBytes?: number;
}

interface CommonOptions {
  /** Nodes in order of preference: `'host:port'`, `'[::1]:port'`. A link is kept to each. */
  readonly nodes: string | readonly string[];
  /** Time until the first link must be usable. Default 10 000 ms. */
  readonly connectTimeoutMs?: number;
  /** Time for `request`, `publish`, `subscribe` and queries that name none. Default 5 000 ms. */
  readonly requestTimeoutMs?: number;
  /** Bounds of the random wait before a link is tried again. Defaults 100 ms and 10 000 ms. */
  readonly reconnect?: { readonly minDelayMs?: number; readonly maxDelayMs?: number };
  readonly limits?: ClientLimits;
  /** Shown to the node as `amop-ts/<name>`: 1..64 letters, digits and `._-`. */
  readonly name?: string;
  readonly logger?: Logger;
  /** Ends `connect` early. Has no effect afterwards. */
  readonly signal?: AbortSignal;
}

/** Options of `connect`. `tls` may be left out only with a transport of your own. */
export type ConnectOptions =
  | (CommonOptions & { readonly tls: TlsOptions; readonly ports?: Partial<ClientPorts> })
  | (CommonOptions & {
      readonly tls?: TlsOptions;
      readonly ports: Partial<ClientPorts> & { readonly transport: Transport };
    });

/** Who issued a certificate. */
export interface CertificateIssuer {
  /** The whole name. */
  readonly issuerName: string;
  /** Its CN: the agency. */
  readonly issuerCommonName: string;
}

/** Checked options with every default filled in. */
export interface ClientSettings {
  readonly endpoints: readonly Endpoint[];
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxPendingRequests: number;
  readonly maxQueuedBytes: number;
  readonly maxOutgoingBytes: number;
  /** `clientType` of the handshake. */
  readonly clientType: string;
  /** Issuer of the own certificate; absent with a transport of the caller. */
  readonly issuer?: CertificateIssuer;
}

/** Longest time that can be given, in ms: what a 32-bit timer holds, 24.8 days. */
const MAX_TIMEOUT_MS = 2_147_483_647;

const MEBIBYTE = 1024 * 1024;
const OPTION_NAMES = [
  'nodes',
  'tls',
  'connectTimeoutMs',
  'requestTimeoutMs',
  'reconnect',
  'limits',
  'name',
  'logger',
  'signal',
  'ports',
] as const;
const PORT_NAMES = ['transport', 'clock', 'random', 'scheduler', 'files'] as const;
const RECONNECT_NAMES = ['minDelayMs', 'maxDelayMs'] as const;
const LIMIT_NAMES = ['maxPendingRequests', 'maxQueuedBytes', 'maxOutgoingBytes'] as const;

/**
 * Checks options and fills in defaults.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`, naming the option and what it may be
 */
export function parseOptions(options: ConnectOptions): ClientSettings {
  const given = record(options, 'options', OPTION_NAMES);
  const reconnect = record(given.reconnect ?? {}, 'reconnect', RECONNECT_NAMES);
  const limits = record(given.limits ?? {}, 'limits', LIMIT_NAMES);
  const minDelayMs = integer(reconnect.minDelayMs, 'reconnect.minDelayMs', 100, 1, 3_600_000);
  const ports = record(given.ports ?? {}, 'ports', PORT_NAMES);
  if (given.tls === undefined && ports.transport === undefined) {
    throw refused('tls', "is missing; give { directory: 'path of the sdk folder' } or PEM texts");
  }
  return {
    endpoints: parseEndpoints(given.nodes),
    connectTimeoutMs: parseTimeout(given.connectTimeoutMs, 'connectTimeoutMs', 10_000),
    requestTimeoutMs: parseTimeout(given.requestTimeoutMs, 'requestTimeoutMs', 5_000),
    minDelayMs,
    maxDelayMs: integer(
      reconnect.maxDelayMs,
      'reconnect.maxDelayMs',
      Math.max(10_000, minDelayMs),
      minDelayMs,
      MAX_TIMEOUT_MS,
    ),
    maxPendingRequests: integer(
      limits.maxPendingRequests,
      'limits.maxPendingRequests',
      65_536,
      1,
      2 ** 31,
    ),
    maxQueuedBytes: integer(
      limits.maxQueuedBytes,
      'limits.maxQueuedBytes',
      64 * MEBIBYTE,
      1,
      2 ** 40,
    ),
    maxOutgoingBytes: integer(
      limits.maxOutgoingBytes,
      'limits.maxOutgoingBytes',
      64 * MEBIBYTE,
      1,
      2 ** 40,
    ),
    clientType: parseName(given.name),
  };
}

/**
 * Checks a time in ms: a number above 0, at most {@link MAX_TIMEOUT_MS}.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
export function parseTimeout(value: unknown, option: string, fallbackMs: number): number {
  if (value === undefined) return fallbackMs;
  if (typeof value === 'number' && value > 0 && value <= MAX_TIMEOUT_MS) return value;
  throw refused(
    option,
    `must be a number of ms above 0, at most ${MAX_TIMEOUT_MS}; found ${describe(value)}`,
  );
}

function parseName(value: unknown): string {
  if (value === undefined) return 'amop-ts';
  if (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)) return `amop-ts/${value}`;
  throw refused('name', `must be 1..64 letters, digits, '.', '_' or '-'; found ${describe(value)}`);
}

function integer(
  value: unknown,
  option: string,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw refused(option, `must be a whole number of ${min}..${max}; found ${describe(value)}`);
}

/** `value` as an object; a member with a name that there is not is refused: it is a slip. */
function record<Name extends string>(
  value: unknown,
  option: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, unknown>>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refused(option, `must be an object; found ${describe(value)}`);
  }
  for (const name of Object.keys(value)) {
    if (!names.some((each) => each === name)) {
      const full = option === 'options' ? name : `${option}.${name}`;
      throw refused(full, `is not an option; there are ${names.join(', ')}`);
    }
  }
  // Any object can be read by name; each member is checked where it is used.
  return value as Readonly<Partial<Record<Name, unknown>>>;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return Array.isArray(value) ? 'a list' : typeof value;
}

function refused(option: string, text: string): ClientError {
  return new ClientError('AMOP_CLIENT_OPTIONS', `${option} ${text}`, {
    option,
    reason: 'bad-option',
  });
}

import type { HostPort } from './node-config.ts';

const MAX_PORT = 65_535;

/**
 * Parses `host:port`, `1.2.3.4:port` or `[ipv6]:port`.
 *
 * @returns undefined when the text is none of them or the port is not 1..65535
 */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= MAX_PORT)) return undefined;
  return { host, port };
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

import { ClientError } from '../errors.ts';

/** Address of a node's channel port. */
export interface Endpoint {
  /** Name or address without brackets. */
  readonly host: string;
  readonly port: number;
  /** As in errors and events: `host:port`, `[v6]:port`. */
  readonly text: string;
}

/**
 * Parses `host:port` or `[v6 address]:port`.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
function parseEndpoint(text: string): Endpoint {
  const [, v6, name, digits] =
    /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^:[\]\s/@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new ClientError(
      'AMOP_CLIENT_OPTIONS',
      `nodes: ${JSON.stringify(text)} is not an address; write 'host:port' or '[::1]:port' with a port of 1..65535, for example '127.0.0.1:20200'`,
      { option: 'nodes', reason: 'bad-address' },
    );
  }
  return { host, port, text: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` };
}

/**
 * Parses the `nodes` option: one address or several. Doubles are left out, the order is kept: it
 * is the order of preference.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
export function parseEndpoints(nodes: unknown): readonly Endpoint[] {
  const texts: readonly unknown[] = Array.isArray(nodes) ? nodes : [nodes];
  const found = new Map<string, Endpoint>();
  for (const text of texts) {
    if (typeof text !== 'string') {
      throw new ClientError(
        'AMOP_CLIENT_OPTIONS',
        `nodes: expected 'host:port' or a list of them, found ${text === undefined ? 'nothing' : typeof text}`,
        { option: 'nodes', reason: 'bad-address' },
      );
    }
    const endpoint = parseEndpoint(text);
    found.set(endpoint.text, endpoint);
  }
  if (found.size === 0) {
    throw new ClientError(
      'AMOP_CLIENT_OPTIONS',
      'nodes: the list is empty; name at least one node',
      {
        option: 'nodes',
        reason: 'no-node',
      },
    );
  }
  return [...found.values()];
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HostPort } from '@amop/node';
import type { Logger } from 'pino';
import { DaemonError } from '../errors.ts';
import { errorCode } from '../exit-code.ts';
import type { Prometheus } from '../metrics/prometheus.ts';
import { adviceFor } from '../output/advice.ts';
import { type AdminAnswer, adminRoutes, problem } from './admin-routes.ts';
import type { AdminSource } from './admin-source.ts';

/** A request is a line and a few headers: none takes longer, in ms. */
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 64;
const MAX_HEADER_BYTES = 8 * 1024;
/** A page in a browser cannot send it to another host without being asked: see {@link AdminServer}. */
const ACTION_HEADER = 'x-amop-admin';
const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * HTTP for the operator of a node, on loopback: metrics, health, what the node sees, and reload.
 *
 * Whoever has an account on the machine may ask. Pages in a browser on it may not: `Host` must be a name of loopback
 * (a page of another name that points here is refused), and what changes something needs a header that pages cannot send.
 */
export class AdminServer {
  readonly #log: Logger;
  readonly #server: Server;
  readonly #routes: ReturnType<typeof adminRoutes>;

  constructor(
    source: AdminSource,
    dependencies: { readonly log: Logger; readonly prometheus: Prometheus },
  ) {
    this.#log = dependencies.log;
    this.#routes = adminRoutes(source, dependencies.prometheus);
    this.#server = createServer(
      {
        requestTimeout: REQUEST_MS,
        headersTimeout: REQUEST_MS,
        connectionsCheckingInterval: REQUEST_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    // Also who does not read what was asked for gives its place back.
    this.#server.timeout = REQUEST_MS;
  }

  /**
   * Opens the port.
   *
   * @returns where it is open; the port that the system chose for 0
   * @throws DaemonError `AMOP_DAEMON_ADMIN`
   */
  async start({ host, port }: HostPort): Promise<HostPort> {
    this.#server.listen({ host, port });
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw adminListenError({ host, port }, cause);
    }
    this.#server.on('error', (error) => this.#log.error({ err: error }, 'admin port failed'));
    const address = this.#server.address();
    return { host, port: typeof address === 'object' && address !== null ? address.port : port };
  }

  /** Closes the port and all connections to it. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const { body, contentType, status } = await this.#find(request);
    response
      .writeHead(status, {
        'content-type': contentType,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(request.method === 'HEAD' ? undefined : body);
  }

  async #find(request: IncomingMessage): Promise<AdminAnswer> {
    const { headers } = request;
    if (!LOOPBACK_NAME.test(headers.host ?? '')) {
      return problem(
        403,
        'ask under 127.0.0.1, [::1] or localhost: this port is for this machine alone',
      );
    }
    const url = urlOf(request.url);
    if (url === undefined) return problem(400, 'the path cannot be read');
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const handler = this.#routes.get(`${method} ${url.pathname}`);
    if (handler === undefined) return this.#unknown(url.pathname);
    if (method !== 'GET' && headers[ACTION_HEADER] === undefined) {
      return problem(403, `send the header ${ACTION_HEADER}: 1`);
    }
    try {
      return await handler({ method, url });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return problem(422, message, { code: errorCode(error), fix: adviceFor(error) });
    }
  }

  #unknown(path: string): AdminAnswer {
    const method = [...this.#routes.keys()]
      .find((route) => route.endsWith(` ${path}`))
      ?.split(' ')[0];
    if (method !== undefined) return problem(405, `${path} takes ${method}`);
    return problem(404, `there is no ${path}: ${[...this.#routes.keys()].join(', ')}`);
  }
}

function urlOf(path: string | undefined): URL | undefined {
  return URL.canParse(path ?? '', 'http://localhost')
    ? new URL(path ?? '', 'http://localhost')
    : undefined;
}

/** The error for an admin port that cannot be opened. */
export function adminListenError(
  { host, port }: HostPort,
  cause: unknown,
): DaemonError<'AMOP_DAEMON_ADMIN'> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const fix = `stop what uses the port (lsof -i :${port} names it), or set another admin_listen_port in [amop] of config.ini`;
  return new DaemonError(
    'AMOP_DAEMON_ADMIN',
    `cannot open the admin port ${host}:${port}: ${reason}`,
    { endpoint: `${host}:${port}`, fix },
    { cause },
  );
}

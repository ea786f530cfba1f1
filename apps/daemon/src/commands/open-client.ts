import { type AmopClient, connect } from '@amop/client';
import type { Logger } from '@amop/ports';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { type ConnectionOptions, resolveNodes, resolveTls } from './connection-options.ts';

/** How long a command waits for its node at most; a person waits for the answer. */
const CONNECT_TIMEOUT_MS = 3000;

/** Which nodes, and how long to wait for them. */
export interface OpenOptions {
  /** Instead of those that the options name. */
  readonly nodes?: readonly string[];
  /** Upper limit for connecting, when the command's own is shorter than 3 s. */
  readonly timeoutMs?: number;
}

/**
 * A connected client, named in its options as the command line says.
 *
 * @throws those of {@link resolveNodes} and {@link resolveTls}; ClientError of `connect`
 */
async function openClient(
  options: ConnectionOptions,
  terminal: Terminal,
  open: OpenOptions = {},
): Promise<AmopClient> {
  return connect({
    nodes: open.nodes ?? resolveNodes(options, terminal),
    tls: resolveTls(options, terminal),
    connectTimeoutMs: Math.min(open.timeoutMs ?? CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS),
    name: 'amop',
    signal: terminal.stop,
    ...(options.verbose === true ? { logger: stderrLogger(terminal) } : {}),
  });
}

/** Runs `use` with a connected client that is closed in the end, whatever happens. */
export async function withClient<Result>(
  options: ConnectionOptions,
  terminal: Terminal,
  use: (client: AmopClient) => Promise<Result>,
  open?: OpenOptions,
): Promise<Result> {
  const client = await openClient(options, terminal, open);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The client's log as lines on stderr. */
function stderrLogger(terminal: Terminal): Logger {
  const write =
    (level: string) =>
    (details: Record<string, unknown>, message: string): void => {
      terminal.err(`${level} ${message} ${printableLine(JSON.stringify(details))}\n`);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

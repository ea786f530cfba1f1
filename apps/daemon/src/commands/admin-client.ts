import { parseHostPort } from '@amop/node';
import { type Command, InvalidArgumentError } from 'commander';
import { DaemonError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { collect } from './values.ts';

/** Admin port of the first node that `amop certs` and `npm start` make. */
const DEFAULT_ADMIN = '127.0.0.1:20400';
const TIMEOUT_MS = 5_000;

/** Help of `--admin` where a command can ask otherwise too. */
export const ADMIN_HELP =
  'ask the admin port of a node instead, repeatable: no certificate, and more to see';

/** Options of a command that asks the admin ports of nodes. */
export interface AdminOptions {
  readonly admin?: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Gives `command` the options of `AdminOptions` with their help. */
export function addAdminOptions(command: Command): Command {
  const help = `admin port of a node, repeatable (or AMOP_ADMIN, comma separated; default ${DEFAULT_ADMIN})`;
  return addAdminOption(command, help)
    .option('--json', 'one JSON object a line, errors on stderr too')
    .option('--verbose', 'the stack of an error');
}

/** Gives `command` the option `--admin` alone. */
export function addAdminOption(command: Command, help: string): Command {
  return command.option('--admin <host:port>', help, parseAdmin);
}

/** @throws InvalidArgumentError of commander when it is no `host:port` */
function parseAdmin(text: string, previous: readonly string[] | undefined): string[] {
  if (parseHostPort(text) !== undefined) return collect(text, previous);
  throw new InvalidArgumentError('Give it as 127.0.0.1:20400.');
}

/** The admin ports to ask: options, else `AMOP_ADMIN`, else the default. */
export function resolveAdmins(options: AdminOptions, terminal: Terminal): readonly string[] {
  if (options.admin !== undefined && options.admin.length > 0) return options.admin;
  const fromEnvironment = (terminal.env.AMOP_ADMIN ?? '')
    .split(',')
    .map((admin) => admin.trim())
    .filter((admin) => admin !== '');
  return fromEnvironment.length > 0 ? fromEnvironment : [DEFAULT_ADMIN];
}

/**
 * Asks an admin port for what is at `path`.
 *
 * @param method `POST` for what changes something
 * @returns what its JSON holds: of a node of this version
 * @throws DaemonError `AMOP_DAEMON_ADMIN`
 */
export async function askAdmin<Answer>(
  admin: string,
  path: string,
  { method = 'GET', stop }: { readonly method?: 'GET' | 'POST'; readonly stop: AbortSignal },
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`http://${admin}${path}`, {
      method,
      headers: { 'x-amop-admin': '1' },
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (cause) {
    if (stop.aborted) throw new DaemonError('AMOP_DAEMON_STOPPED', 'stopped', {}, { cause });
    const fix =
      'set admin_listen_port in [amop] of config.ini and restart the node, or name its port with --admin or AMOP_ADMIN';
    throw new DaemonError(
      'AMOP_DAEMON_ADMIN',
      `no admin port answers at ${admin}: ${reasonOf(cause)}`,
      { endpoint: admin, fix },
      { cause },
    );
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusedBy(admin, response.status, answer);
  // The port is of the same package; what it sends is its own types.
  return answer as Answer;
}

function refusedBy(admin: string, status: number, answer: unknown): DaemonError {
  const { code, fix, message } = errorOf(answer);
  const said = message ?? 'it is no admin port of a node';
  return new DaemonError(
    'AMOP_DAEMON_ADMIN',
    `${admin} says no (${status}): ${said}${code === undefined ? '' : ` (${code})`}`,
    // The other side has ended its sentence, and ours is still to be.
    { endpoint: admin, status, ...(fix !== undefined && { fix: fix.replace(/\.$/, '') }) },
  );
}

interface AdminProblem {
  readonly code?: string;
  readonly message?: string;
  readonly fix?: string;
}

function errorOf(answer: unknown): AdminProblem {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return {};
  // Shown to a person only; whatever its members are, they are printed as text.
  return (answer.error ?? {}) as AdminProblem;
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error ? cause.cause : undefined;
  const error = inner instanceof Error ? inner : cause;
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
    return 'nobody listens there';
  }
  return error instanceof Error ? error.message : String(error);
}

import type { AmopClient } from '@amop/client';
import type { Command } from 'commander';
import { formatError } from '../output/error-text.ts';
import type { Terminal } from '../terminal.ts';
import {
  addConnectionOptions,
  type ConnectionOptions,
  resolveNodes,
} from './connection-options.ts';
import { withClient } from './open-client.ts';
import { parseDuration } from './values.ts';

/** Options of a command that asks nodes about themselves. */
export interface AskOptions extends ConnectionOptions {
  /** Milliseconds for each node. */
  readonly timeout: number;
}

/** Gives `command` the options of `AskOptions` with their help. */
export function addAskOptions(command: Command): Command {
  return addConnectionOptions(
    command.option('--timeout <duration>', 'wait so long for each node', parseDuration, 3000),
  );
}

/** What one node said. */
export interface NodeAnswer<Result> {
  /** `host:port` as it was given. */
  readonly seenFrom: string;
  readonly result: Result;
}

/**
 * Puts the same question to every node that the options name, each over a connection of its own, shows what the
 * reachable ones said, and fails afterwards if there were others.
 *
 * @throws the error of a node that could not be asked; those of further ones go to stderr before
 */
export async function askNodes<Result>(
  options: AskOptions,
  terminal: Terminal,
  ask: (client: AmopClient) => Promise<Result>,
  show: (answers: readonly NodeAnswer<Result>[]) => void,
): Promise<void> {
  const nodes = resolveNodes(options, terminal);
  const outcomes = await Promise.allSettled(
    nodes.map((node) =>
      withClient(options, terminal, ask, { nodes: [node], timeoutMs: options.timeout }),
    ),
  );
  const answers: NodeAnswer<Result>[] = [];
  const failures: unknown[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') failures.push(outcome.reason);
    else answers.push({ seenFrom: nodes[index] ?? '', result: outcome.value });
  }
  if (answers.length > 0) show(answers);
  const last = failures.pop();
  if (last === undefined) return;
  for (const failure of failures) {
    terminal.err(formatError(failure, { program: 'amop', json: options.json === true }));
  }
  throw last;
}

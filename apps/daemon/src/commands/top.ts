import { setTimeout as wait } from 'node:timers/promises';
import type { NodeSnapshot, NodeState } from '@amop/node';
import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import type { Terminal } from '../terminal.ts';
import { renderTop } from '../top/render.ts';
import { ratesBetween, type TopReading } from '../top/sample.ts';
import { type AdminOptions, addAdminOptions, askAdmin, resolveAdmins } from './admin-client.ts';
import { parseCount, parseDuration } from './values.ts';

interface TopOptions extends AdminOptions {
  /** Milliseconds between two readings. */
  readonly interval: number;
  readonly count?: number;
}

const EXAMPLES = `
On a terminal until Ctrl-C, else one reading.

Examples:
  amop top
  amop top --admin 127.0.0.1:20401 --interval 5s
  amop top --json --count 60 > node.jsonl
`;

/** Clears the screen and puts the cursor into its corner. */
const CLEAR = '\u001b[H\u001b[J';

/** `amop top`: a live view of a node. */
export function topCommand(terminal: Terminal): Command {
  return addAdminOptions(
    new Command('top')
      .summary('watch a node: its traffic, peers, applications, refusals')
      .description(
        'Watch a node: rates, latencies, peers, the busiest applications, what it refuses.',
      )
      .option('--interval <duration>', 'time between two readings', parseDuration, 1_000)
      .option('--count <number>', 'end after so many readings', (text) => parseCount(text)),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (options: TopOptions) => {
      const [admin = ''] = resolveAdmins(options, terminal);
      const isLive = terminal.isTty.stdout && options.json !== true;
      const count = options.count ?? (isLive ? Number.POSITIVE_INFINITY : 1);
      let before = await readNode(admin, terminal.stop);
      for (let shown = 0; shown < count; shown += 1) {
        if (!(await pause(options.interval, terminal.stop))) return;
        const after = await readNode(admin, terminal.stop);
        const text =
          options.json === true
            ? jsonLine({ admin, rates: ratesBetween(before, after), ...after.state })
            : `${isLive ? CLEAR : ''}${renderTop(before, after)}`;
        if (!terminal.out(text)) await terminal.flush();
        before = after;
      }
    });
}

async function readNode(admin: string, stop: AbortSignal): Promise<TopReading> {
  const [state, counters] = await Promise.all([
    askAdmin<NodeState>(admin, '/v1/state', { stop }),
    askAdmin<NodeSnapshot>(admin, '/v1/counters', { stop }),
  ]);
  return { atMs: performance.now(), state, counters };
}

/** False when the terminal has stopped meanwhile. */
async function pause(ms: number, stop: AbortSignal): Promise<boolean> {
  try {
    await wait(ms, undefined, { signal: stop });
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { ChildGroup } from './child-group.ts';
import { nodeFolder, programScript, ROOT } from './places.ts';
import type { NodePlan } from './ports.ts';

/** Log file of a node, beside its configuration. */
export const LOG_FILE = 'amopd.log';

/**
 * Starts `amopd` for one bank; its log goes to a file.
 *
 * @returns a promise that resolves when the node says that it is ready
 */
export function startNode(group: ChildGroup, plan: NodePlan): Promise<void> {
  const log = createWriteStream(join(ROOT, nodeFolder(plan.bank), LOG_FILE));
  return new Promise((resolve) => {
    let rest = '';
    group.start({
      who: `${plan.bank} node`,
      script: programScript('amopd'),
      args: ['--config', plan.config, '--json-logs'],
      cwd: ROOT,
      onOutput: (text) => {
        log.write(text);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        if (lines.some(isReadyLine)) resolve();
      },
    });
  });
}

function isReadyLine(line: string): boolean {
  try {
    const record: unknown = JSON.parse(line);
    return (
      typeof record === 'object' && record !== null && 'msg' in record && record.msg === 'ready'
    );
  } catch {
    // Not a log line.
    return false;
  }
}

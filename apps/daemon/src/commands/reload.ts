import type { ReloadReport } from '@amop/node';
import { Command } from 'commander';
import { jsonLine } from '../output/body-json.ts';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { type AdminOptions, addAdminOptions, askAdmin, resolveAdmins } from './admin-client.ts';

const EXAMPLES = `
Examples:
  amop reload
  amop reload --admin 127.0.0.1:20401
`;

/** `amop reload`: makes a node read its configuration anew. */
export function reloadCommand(terminal: Terminal): Command {
  return addAdminOptions(
    new Command('reload')
      .summary('make a node read its configuration and certificates anew')
      .description(
        'Make a node read its config.ini, lists, limits, peers and certificates anew. What is wrong in them is said, and the node goes on as it was.',
      ),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (options: AdminOptions) => {
      for (const admin of resolveAdmins(options, terminal)) {
        const asked = { method: 'POST', stop: terminal.stop } as const;
        const report = await askAdmin<ReloadReport>(admin, '/v1/reload', asked);
        terminal.out(
          options.json === true ? jsonLine({ admin, ...report }) : textOf(admin, report),
        );
      }
    });
}

function textOf(
  admin: string,
  { closedPeers, closedSessions, needsRestart }: ReloadReport,
): string {
  const closed = `${closedSessions} applications and ${closedPeers} nodes closed`;
  const later =
    needsRestart.length === 0
      ? ''
      : `\ncounts only after a restart: ${printableLine(needsRestart.join(', '))}`;
  return `${admin}: configuration reloaded, ${closed}${later}\n`;
}

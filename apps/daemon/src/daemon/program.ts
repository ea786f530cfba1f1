import { Command, Option } from 'commander';
import type { ExitCode } from '../exit-code.ts';
import { packageVersion } from '../package-version.ts';
import { runProgram } from '../run-program.ts';
import type { Terminal } from '../terminal.ts';
import { createLog, LOG_LEVELS, type LogLevel } from './log.ts';
import { runDaemon } from './run-daemon.ts';

interface DaemonOptions {
  readonly config: string;
  readonly logLevel: LogLevel;
  readonly jsonLogs?: boolean;
}

const EXAMPLES = `
The log goes to stdout: lines for people on a terminal, JSON lines otherwise. The line 'ready' tells the node ID and
both addresses. SIGINT and SIGTERM stop the node, a second one ends it at once.

Examples:
  amop certs --out nodes --agency bankA --agency bankB
  amopd --config nodes/bankA/node0/config.ini

Exit codes: 0 stopped, 1 failed, 2 wrong usage, 3 configuration.
`;

/**
 * Runs the `amopd` command line until the node has stopped.
 *
 * @param args the arguments after the program's name
 * @returns the exit code; errors have been written to stderr by then, in one line
 */
export function runAmopd(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return runProgram(createProgram(terminal), args, terminal);
}

function createProgram(terminal: Terminal): Command {
  return new Command('amopd')
    .description('Run an AMOP node from a folder of the original layout.')
    .version(packageVersion())
    .option('-c, --config <file>', 'config.ini, or the folder it is in', 'config.ini')
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .option('--json-logs', 'JSON lines also on a terminal')
    .option('--verbose', 'the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (options: DaemonOptions) => {
      const log = createLog({ level: options.logLevel, json: options.jsonLogs === true }, terminal);
      await runDaemon(options.config, log, terminal);
    });
}

import { runAmopd } from './daemon/program.ts';
import { ExitCode } from './exit-code.ts';
import { formatError } from './output/error-text.ts';
import { processTerminal } from './terminal.ts';

process.on('uncaughtException', (error) => {
  process.stderr.write(formatError(error, { program: 'amopd', verbose: true }));
  process.exit(ExitCode.failed);
});

const terminal = processTerminal({ persistent: true });
terminal.exit(await runAmopd(process.argv.slice(2), terminal));

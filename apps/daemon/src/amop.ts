import { runAmop } from './commands/program.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();
terminal.exit(await runAmop(process.argv.slice(2), terminal));

import { type Command, CommanderError } from 'commander';
import { ExitCode, exitCodeOf } from './exit-code.ts';
import { formatError } from './output/error-text.ts';
import type { Terminal } from './terminal.ts';

/**
 * Parses the arguments, runs the command they name, and turns what is thrown into one line on stderr.
 *
 * @param args the arguments after the program's name
 * @returns the exit code; all output has left the process by then
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  routeOutput(program, terminal);
  let exitCode: ExitCode = ExitCode.done;
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    exitCode = exitCodeOf(error);
    // A help text that stands for an error was written already.
    const shown = error instanceof CommanderError && error.code === 'commander.help';
    if (exitCode !== ExitCode.done && !shown) {
      const json = args.includes('--json');
      const verbose = args.includes('--verbose');
      terminal.err(formatError(error, { program: program.name(), json, verbose }));
    }
  }
  await terminal.flush();
  return exitCode;
}

function routeOutput(command: Command, terminal: Terminal): void {
  for (const below of command.commands) routeOutput(below, terminal);
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      terminal.out(text);
    },
    writeErr: (text) => terminal.err(text),
    // Errors are written once, above.
    outputError: () => undefined,
  });
}

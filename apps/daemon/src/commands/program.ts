import { Command } from 'commander';
import type { ExitCode } from '../exit-code.ts';
import { packageVersion } from '../package-version.ts';
import { runProgram } from '../run-program.ts';
import type { Terminal } from '../terminal.ts';
import { certsCommand } from './certs/certs.ts';
import { doctorCommand } from './doctor.ts';
import { receiveCommand } from './file/receive.ts';
import { sendCommand } from './file/send.ts';
import { keygenCommand } from './keygen.ts';
import { peersCommand } from './peers.ts';
import { privateCommand } from './private.ts';
import { pubCommand } from './pub.ts';
import { reloadCommand } from './reload.ts';
import { replyCommand } from './reply.ts';
import { requestCommand } from './request.ts';
import { subCommand } from './sub.ts';
import { subscribersCommand } from './subscribers.ts';
import { topCommand } from './top.ts';
import { topicsCommand } from './topics.ts';
import { traceCommand } from './trace.ts';

const EXAMPLES = `
Examples:
  amop sub fx.rates                               in one terminal
  amop pub fx.rates '{"pair":"EUR/USD"}'          in another
  amop request payments.query '{"account":"42"}'
  amop receive --topic reports --dir inbox        in one terminal
  amop send report.pdf --topic reports            in another
  amop certs --out nodes --agency bankA --agency bankB

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 configuration.
`;

/**
 * Runs the `amop` command line.
 *
 * @param args the arguments after the program's name
 * @returns the exit code; errors have been written to stderr by then, in one line
 */
export function runAmop(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return runProgram(createProgram(terminal), args, terminal);
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('amop')
    .description('Send and receive messages through AMOP nodes, and make certificates and keys.')
    .version(packageVersion())
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES);
  const commands = [
    subCommand(terminal),
    pubCommand(terminal),
    requestCommand(terminal),
    replyCommand(terminal),
    sendCommand(terminal),
    receiveCommand(terminal),
    peersCommand(terminal),
    topicsCommand(terminal),
    subscribersCommand(terminal),
    privateCommand(terminal),
    traceCommand(terminal),
    topCommand(terminal),
    reloadCommand(terminal),
    doctorCommand(terminal),
    certsCommand(terminal),
    keygenCommand(terminal),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}

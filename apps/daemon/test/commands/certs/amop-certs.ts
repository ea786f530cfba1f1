import { runAmop } from '../../../src/commands/program.ts';
import { type FakeTerminal, fakeTerminal } from '../../support/fake-terminal.ts';

/** A run of `amop certs` and what came of it. */
export interface CertsRun extends FakeTerminal {
  readonly code: number;
}

/** Runs `amop certs` with the arguments in a folder. */
export async function amopCerts(cwd: string, ...args: string[]): Promise<CertsRun> {
  const terminal = fakeTerminal({ cwd });
  const code = await runAmop(['certs', ...args], terminal);
  return { ...terminal, code };
}

/** Members of the JSON reports that tests look at. */
export interface Report {
  readonly lines?: unknown;
  readonly next?: readonly string[];
  readonly nodeId?: string;
}

/** As {@link amopCerts}, for what must succeed; gives back its JSON object. */
export async function made(cwd: string, ...args: string[]): Promise<Report> {
  const run = await amopCerts(cwd, ...args, '--json');
  if (run.code !== 0) throw new Error(run.stderrText());
  return JSON.parse(run.stdoutText());
}

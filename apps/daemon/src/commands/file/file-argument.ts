import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FileSource } from '@amop/client';
import { DaemonError } from '../../errors.ts';
import type { Terminal } from '../../terminal.ts';

/** Standard input, as an argument. */
const STDIN = '-';

/** One file that is to be sent. */
export interface FileArgument {
  /** As the command line names it. */
  readonly file: string;
  readonly source: FileSource;
  /** What receivers are told, where that is not the name of the file itself. */
  readonly name: string | undefined;
}

/**
 * The files that the arguments name, each looked at: that one cannot be read is told before any is sent.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE`
 */
export async function readFileArguments(
  files: readonly string[],
  name: string | undefined,
  terminal: Terminal,
): Promise<readonly FileArgument[]> {
  if (name !== undefined && files.length > 1) {
    throw usage('--name', `--name is for one file, ${files.length} are given`);
  }
  if (name === undefined && files.includes(STDIN)) {
    const fix = files.length === 1 ? 'give --name NAME' : 'send it by itself, with --name NAME';
    throw usage('--name', 'what comes from standard input has no name', fix);
  }
  const read: FileArgument[] = [];
  for (const file of files) {
    if (file === STDIN) {
      read.push({ file, source: terminal.stdin(), name });
    } else {
      const path = resolve(terminal.cwd, file);
      await checkFile(file, path);
      read.push({ file, source: path, name });
    }
  }
  return read;
}

async function checkFile(file: string, path: string): Promise<void> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) {
      throw usage(file, `${file} is a folder`, 'send the files in it, or pack it (tar)');
    }
    if (!stats.isFile()) {
      const fix = `pipe it in: amop send - --name NAME < ${file}`;
      throw usage(file, `${file} is neither a file nor a folder`, fix);
    }
    await (await open(path, 'r')).close();
  } catch (cause) {
    if (cause instanceof DaemonError) throw cause;
    throw usage(file, `${file} cannot be read: ${wordsFor(cause)}`, 'check the path', cause);
  }
}

function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  return code === 'EACCES' ? 'no permission' : code;
}

function usage(argument: string, message: string, fix?: string, cause?: unknown): DaemonError {
  const details = { argument, ...(fix !== undefined && { fix }) };
  return new DaemonError('AMOP_DAEMON_USAGE', message, details, { cause });
}

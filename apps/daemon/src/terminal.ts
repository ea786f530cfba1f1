import { addAbortSignal } from 'node:stream';

/** The environment variables that this package reads. */
export interface Environment {
  /** Nodes to connect to, comma separated. */
  readonly AMOP_NODE?: string | undefined;
  /** Folder with ca.crt, sdk.crt, sdk.key. */
  readonly AMOP_CERTS?: string | undefined;
  /** File with the passphrase of an encrypted sdk.key. */
  readonly AMOP_PASSPHRASE_FILE?: string | undefined;
  /** Admin ports to ask, comma separated. */
  readonly AMOP_ADMIN?: string | undefined;
  /** Not empty: no colours. */
  readonly NO_COLOR?: string | undefined;
}

/** All that a command sees of the process around it; tests give one of their own. */
export interface Terminal {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Environment;
  /** Which of the three streams is a person's terminal. */
  readonly isTty: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal that stderr is, at this moment; undefined where it is none. */
  columns(): number | undefined;
  /**
   * Aborted by SIGINT, SIGTERM, SIGHUP, when the reader of stdout has gone away, or when a parent that holds an IPC
   * channel (Node's `fork`) has ended.
   */
  readonly stop: AbortSignal;
  /** Tells of each SIGHUP that does not abort `stop`, and at once of earlier ones: a daemon reads its configuration anew. */
  onHangup(listener: () => void): void;
  /** Standard input from here to its end; ends early with an error when `stop` is aborted. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Writes to stdout as given. False: wait for `flush()` before writing more. */
  out(data: string | Uint8Array): boolean;
  /** Writes to stderr as given. */
  err(text: string): void;
  /** Resolves when all that was written has left the process or cannot leave it any more. */
  flush(): Promise<void>;
}

/** The terminal of a whole process, which it can end. */
export interface ProcessTerminal extends Terminal {
  /** Ends the process: with the code, or after SIGHUP by that signal. */
  exit(exitCode: number): never;
}

/** Exit code of a shell for a process that SIGINT ended: 128 + 2. */
const EXIT_INTERRUPTED = 130;

/** How the process behaves when its terminal goes away. */
export interface ProcessTerminalOptions {
  /**
   * Goes on after SIGHUP, which `onHangup` tells of, and after the reader of stdout has gone, unless stdout is a
   * terminal.
   */
  readonly persistent?: boolean;
}

/**
 * The terminal of this process. Takes over SIGINT, SIGTERM, SIGHUP: the first one aborts `stop`, a second one ends
 * the process at once. What is written to a closed pipe (EPIPE) is swallowed. To be called once.
 */
export function processTerminal(options: ProcessTerminalOptions = {}): ProcessTerminal {
  const { stdin, stdout, stderr } = process;
  const controller = new AbortController();
  const persistent = options.persistent === true && stdout.isTTY !== true;
  let broken = false;
  let hungUp = false;
  const hangupListeners: (() => void)[] = [];
  let hangups = 0;

  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  // Whoever started the process may have kept it from ending by it until here.
  process.removeAllListeners('SIGHUP').on('SIGHUP', () => {
    if (persistent) {
      hangups += 1;
      for (const listener of hangupListeners) listener();
    } else {
      hungUp = true;
      onSignal();
    }
  });
  process.once('disconnect', () => controller.abort());
  // False, not undefined: there was an IPC channel and it is closed already.
  if (process.connected === false) controller.abort();
  stdout.on('error', () => {
    broken = true;
    if (!persistent) controller.abort();
  });
  stderr.on('error', () => undefined);

  return {
    cwd: process.cwd(),
    env: process.env,
    isTty: {
      stdin: stdin.isTTY === true,
      stdout: stdout.isTTY === true,
      stderr: stderr.isTTY === true,
    },
    columns: () => stderr.columns,
    stop: controller.signal,
    onHangup: (listener) => {
      hangupListeners.push(listener);
      if (hangups > 0) listener();
    },
    stdin: () => addAbortSignal(controller.signal, stdin),
    out: (data) => broken || stdout.write(data),
    err: (text) => {
      stderr.write(text);
    },
    flush: async () => {
      await Promise.all([stdout, stderr].map(flushed));
    },
    exit: (exitCode) => {
      // Node.js crashes in its exit when the terminal is gone (seen on 20.20, which then dumps core).
      if (hungUp) process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP');
      process.exit(exitCode);
    },
  };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

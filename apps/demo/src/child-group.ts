import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';

/** So long children may take to end by themselves; everything is over in 2 s. */
const GRACE_MS = 1400;

const KEPT_OUTPUT_CHARACTERS = 2000;

/** A process of the group that ended although nobody asked it to. */
export interface UnexpectedExit {
  readonly who: string;
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  /** Its last line on stderr, if any. */
  readonly lastLine: string | undefined;
}

/** What is to be started. */
export interface ChildOptions {
  readonly who: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Gets what it writes to stdout, piece by piece. */
  readonly onOutput?: (text: string) => void;
  readonly onMessage?: (message: unknown) => void;
}

/**
 * Child processes that live and end together. Each ends by itself when its IPC channel closes, so that none is left
 * behind even when this process is killed.
 */
export class ChildGroup {
  readonly #children = new Set<ChildProcess>();
  readonly #onUnexpectedExit: (exit: UnexpectedExit) => void;
  #stopping: Promise<void> | undefined;

  /** @param onUnexpectedExit called for every child that ends before `stop()` */
  constructor(onUnexpectedExit: (exit: UnexpectedExit) => void) {
    this.#onUnexpectedExit = onUnexpectedExit;
  }

  /** Starts a Node.js script; after `stop()` it ends at once. */
  start(options: ChildOptions): ChildProcess {
    const child = fork(options.script, options.args, {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      // A group of its own: Ctrl-C reaches this process only, which then ends the others in order.
      detached: process.platform !== 'win32',
    });
    this.#children.add(child);
    let errors = '';
    onText(child.stdout, (text) => options.onOutput?.(text));
    onText(child.stderr, (text) => {
      errors = (errors + text).slice(-KEPT_OUTPUT_CHARACTERS);
    });
    if (options.onMessage !== undefined) child.on('message', options.onMessage);
    // A message to a child that has just ended; its exit is reported anyway.
    child.on('error', () => undefined);
    // Not 'close': Node 20 does not emit it after `disconnect()`.
    child.once('exit', (code, signal) => {
      this.#children.delete(child);
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      // What it wrote last may still be on its way.
      setImmediate(() => {
        if (this.#stopping !== undefined) return;
        this.#onUnexpectedExit({ who: options.who, how, lastLine: lastLineOf(errors) });
      });
    });
    if (this.#stopping !== undefined) child.disconnect();
    return child;
  }

  /** Ends every child: closes its channel, kills it if that does not help. Resolves when none is left. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends every child at once. */
  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  async #stopAll(): Promise<void> {
    const ended = [...this.#children].map(
      (child) => new Promise((resolve) => child.once('exit', resolve)),
    );
    for (const child of this.#children) if (child.connected) child.disconnect();
    const timer = setTimeout(() => this.kill(), GRACE_MS);
    await Promise.all(ended);
    clearTimeout(timer);
  }
}

function onText(stream: Readable | null, listener: (text: string) => void): void {
  stream?.setEncoding('utf8').on('data', listener);
}

function lastLineOf(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}

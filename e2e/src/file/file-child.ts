import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';

const DEADLINE_MS = 60_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** What a child does: a client at a node, of built packages. */
export type FileChildOptions = {
  readonly nodes: string;
  readonly sdkFolder: string;
  readonly topic: string;
} & (
  | { readonly role: 'receive'; readonly directory: string }
  | {
      readonly role: 'send';
      /** Absolute path of the file. */
      readonly source: string;
      readonly stateDirectory: string;
      /** Where it writes down how much of the file it has served. */
      readonly counterFile: string;
    }
);

/** A process that sends or receives one file, and may be killed at any time. */
export class FileChild {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #receives = false;
  #received = 0;
  #sent: string | undefined;
  #output = '';

  constructor(options: FileChildOptions) {
    const program = new URL('./child.mjs', import.meta.url);
    this.#child = fork(program, [JSON.stringify(options)], { execArgv: [], silent: true });
    running.add(this.#child);
    this.#child.once('exit', () => {
      running.delete(this.#child);
      this.#tell();
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output += text.toString();
      });
    }
    this.#child.on('message', (message: object) => {
      if ('receives' in message) this.#receives = true;
      if ('received' in message) this.#received = Number(message.received);
      if ('sent' in message) this.#sent = String(message.sent);
      this.#tell();
    });
  }

  /** Resolves when a receiver takes offers. */
  receiving(): Promise<true> {
    return this.#until(() => this.#receives || undefined, 'receives');
  }

  /** Resolves when a receiver has got about so many bytes. */
  received(bytes: number): Promise<true> {
    return this.#until(() => this.#received >= bytes || undefined, `${bytes} bytes are there`);
  }

  /** Resolves with the hash when a sender has come to its end. */
  sent(): Promise<string> {
    return this.#until(() => this.#sent, 'the file was sent');
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    if (!this.#isAlive) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  get #isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #until<Result>(question: () => Result | undefined, what: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const answer = question();
        if (answer === undefined && this.#isAlive) return;
        this.#listeners.delete(look);
        clearTimeout(timer);
        if (answer === undefined) reject(new Error(`ended before ${what}: ${this.#output}`));
        else resolve(answer);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`not within ${DEADLINE_MS} ms: ${what}; ${this.#received} bytes`));
      }, DEADLINE_MS);
      this.#listeners.add(look);
      look();
    });
  }

  #tell(): void {
    for (const look of this.#listeners) look();
  }
}

/** Bytes that a sender has served, dead or alive. */
export function servedBytes(counterFile: string): number {
  const cell = existsSync(counterFile) ? readFileSync(counterFile) : Buffer.alloc(0);
  return cell.length < 8 ? 0 : cell.readDoubleBE();
}

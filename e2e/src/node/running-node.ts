import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RawClient } from '../raw/raw-client.ts';
import type { Identity } from '../raw/raw-tls.ts';
import { commandFile } from './command-file.ts';
import { type ConfigFile, writeConfigFile } from './config-file.ts';

const PRINT_DEADLINE_MS = 15_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One `amopd` process on an original-style folder; it is started by a test and stopped by it. */
export class RunningNode {
  readonly folder: string;
  readonly config: ConfigFile;
  readonly sdk: Identity;
  #child: ChildProcess | undefined;
  #output = '';
  readonly #readers = new Set<() => void>();

  constructor(folder: string, config: ConfigFile, sdk: Identity) {
    this.folder = folder;
    this.config = config;
    this.sdk = sdk;
  }

  /** Everything that the process has printed, over all its starts. */
  get output(): string {
    return this.#output;
  }

  /** True while the process lives. */
  get isAlive(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** What the process ended with; null while it lives, or when a signal ended it. */
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  /** Process id of the running process. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /**
   * Writes `config.ini` unless it is there, starts the process and waits until it says that it is ready.
   *
   * @throws Error with the output of the process when it ends or takes too long
   */
  async start(): Promise<void> {
    if (this.config.isThere !== true) writeConfigFile(this.folder, this.config);
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    const args = [commandFile('amopd'), '--config', join(this.folder, 'config.ini')];
    const child = spawn(process.execPath, args, { cwd: this.folder, env });
    this.#child = child;
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      this.#tell();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
        this.#tell();
      });
    }
    await this.printed(/"msg":"ready"/, this.#output.length);
  }

  /**
   * Waits until the process has printed something that matches.
   *
   * @param from where in {@link output} to begin to look
   * @throws Error with the output when the process ends or the deadline passes first
   */
  printed(pattern: RegExp, from = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.test(this.#output.slice(from));
        if (!found && this.isAlive) return;
        clearTimeout(timer);
        this.#readers.delete(look);
        if (found) resolve();
        else reject(new Error(`amopd ended:\n${this.#output}`));
      };
      const timer = setTimeout(() => {
        this.#readers.delete(look);
        reject(new Error(`amopd did not print ${pattern}:\n${this.#output}`));
      }, PRINT_DEADLINE_MS);
      this.#readers.add(look);
      look();
    });
  }

  /** Opens a channel connection, with the SDK certificate of the node's own agency by default. */
  client(identity: Identity = this.sdk): Promise<RawClient> {
    return RawClient.connect(this.config.channelPort, identity);
  }

  /**
   * Makes it read its configuration anew and waits until it says what came of it.
   *
   * @param config written before; the file stays as it is without one
   */
  async reload(
    config?: ConfigFile,
    outcome: RegExp = /"msg":"configuration reloaded"/,
  ): Promise<void> {
    if (config !== undefined) writeConfigFile(this.folder, config);
    const from = this.#output.length;
    this.#child?.kill('SIGHUP');
    await this.printed(outcome, from);
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.#child || !this.isAlive) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }

  #tell(): void {
    for (const look of this.#readers) look();
  }
}

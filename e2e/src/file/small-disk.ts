import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FileChildOptions } from './file-child.ts';

const LARGE_BLOCK = Buffer.alloc(1_048_576, 1);
const BLOCK = Buffer.alloc(4_096, 1);

/** Whether this process may make mounts of its own. */
export function canMount(): boolean {
  try {
    const script = 'mount -t tmpfs -o size=64k tmpfs /tmp';
    execFileSync('unshare', ['-m', 'sh', '-c', script], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A receiver in a process of its own whose folder is a disk of its own, as small as it is said. */
export class SmallDiskReceiver {
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.#directory = directory;
  }

  /** Resolves when it receives. `size`: as tmpfs takes it, e.g. `2m`. */
  static async start(
    options: FileChildOptions & { readonly role: 'receive' },
    size: string,
  ): Promise<SmallDiskReceiver> {
    const program = new URL('./child.mjs', import.meta.url).pathname;
    const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
    const { directory } = options;
    const args = [process.execPath, program, JSON.stringify(options)];
    const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', size, directory, ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error('the receiver has ended');
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new SmallDiskReceiver(child, directory);
  }

  /** Takes all the room that there is. */
  fill(): void {
    for (const block of [LARGE_BLOCK, BLOCK]) {
      try {
        for (;;) appendFileSync(this.#path('filler'), block);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    }
  }

  /** Gives it back. */
  makeRoom(): void {
    rmSync(this.#path('filler'));
  }

  read(name: string): Buffer {
    return readFileSync(this.#path(name));
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** As the receiver sees it. */
  #path(name: string): string {
    return join(`/proc/${this.#child.pid}/root`, this.#directory, name);
  }
}

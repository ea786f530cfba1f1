import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the `openssl` command is there; suites that need it are skipped, visibly, when not. */
export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0;

/** Result of one `openssl` command. */
export interface OpensslResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of files and the `openssl` command run in it. */
export class OpensslFolder {
  readonly #path: string = mkdtempSync(join(tmpdir(), 'amop-crypto-'));

  /** Writes a file with that name into the folder. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#path, name), text);
  }

  /** Path of a file in the folder. */
  file(name: string): string {
    return join(this.#path, name);
  }

  /** Runs `openssl` with the folder as current one. */
  run(...args: string[]): OpensslResult {
    const { status, stdout, stderr } = spawnSync('openssl', args, {
      cwd: this.#path,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  /** Removes the folder with all in it. */
  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

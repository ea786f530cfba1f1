// Two peered nodes, a folder for files, and workers, for the checks of files.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorker } from '../neighbours/worker.mjs';
import { startNetwork } from '../network.mjs';

const PARTY = new URL('./party.mjs', import.meta.url);

/**
 * Plays one case on fresh nodes, and ends all that was started for it whatever happens.
 *
 * @param {{ check: string, limit: string, deadlineMs: number }} options
 * @param {(scene: FileScene) => Promise<import('../../accept.mjs').Result[]>} play
 * @returns {Promise<import('../../accept.mjs').Result[]>}
 */
export async function inFileScene({ check, limit, deadlineMs }, play) {
  if (!existsSync('/proc/self/status')) {
    return [{ check, limit, measured: 'skipped: no /proc', passed: undefined }];
  }
  const scene = new FileScene();
  let timer;
  const overdue = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not over after ${deadlineMs / 1_000} s: ${scene.at}`)),
      deadlineMs,
    );
  });
  try {
    const played = scene.open().then(() => play(scene));
    return await Promise.race([played, overdue]);
  } finally {
    clearTimeout(timer);
    await scene.close();
  }
}

/** How many processes want to run for each core, for who reads the times. */
export function load() {
  return `load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`;
}

class FileScene {
  /** Of everything that is written. */
  folder = mkdtempSync(join(tmpdir(), 'amop-files-'));
  /** What goes on, for who waits in vain. */
  at = 'nodes start';
  /** @type {Awaited<ReturnType<typeof startNetwork>>} */
  network;
  #workers = new Set();
  #closers = [];
  #closed = false;

  async open() {
    this.network = await startNetwork();
    if (this.#closed) await this.network.stop();
  }

  path(...names) {
    return join(this.folder, ...names);
  }

  /** A process of its own for clients that send or receive; it ends with the scene. */
  party() {
    const worker = startWorker(PARTY);
    this.#workers.add(worker);
    if (this.#closed) void worker.stop();
    return worker;
  }

  /** Calls back when the scene ends. */
  onClose(closer) {
    this.#closers.push(closer);
  }

  async close() {
    this.#closed = true;
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    for (const closer of this.#closers) await closer();
    await this.network?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

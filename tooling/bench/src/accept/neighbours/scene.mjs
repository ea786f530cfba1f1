// Two peered nodes, two clients that exchange messages through them, and room for who misbehaves.
import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { startNetwork } from '../network.mjs';
import { countLines, memoryOf } from './node-facts.mjs';
import { startWorker } from './worker.mjs';

const DEADLINE_MS = 60_000;
const QUIET_MS = 1_000;
/** Processes that want to run, for each core, from which on times tell more of others than of the node. */
const BUSY_LOAD = 3;

/**
 * Plays one case on fresh nodes, and ends all that was started for it whatever happens.
 *
 * @param {object} options
 * @param {string} options.check
 * @param {string} options.limit
 * @param {number} [options.guests]  certificates of nodes of a third agency
 * @param {number} [options.deadlineMs]
 * @param {(scene: Scene) => Promise<{ measured: string, holds: boolean, inTime: boolean }>} play
 *   `holds`: what does not depend on the speed of the machine
 * @returns {Promise<import('../../accept.mjs').Result[]>}
 */
export async function inScene({ check, limit, guests, deadlineMs = DEADLINE_MS }, play) {
  if (!existsSync('/proc/self/status')) {
    return [{ check, limit, measured: 'skipped: no /proc', passed: undefined }];
  }
  const scene = new Scene();
  let timer;
  const overdue = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    const played = scene.open(guests).then(() => play(scene));
    return [{ check, limit, ...judge(await Promise.race([played, overdue])) }];
  } finally {
    clearTimeout(timer);
    await scene.close();
  }
}

function judge({ holds, inTime, measured }) {
  const [load] = loadavg();
  if (!holds || inTime || load < BUSY_LOAD * availableParallelism()) {
    return { measured, passed: holds && inTime };
  }
  return { measured: `${measured}; too busy to tell: load ${load.toFixed(1)}`, passed: undefined };
}

/** The attacked node is A; the neighbours talk from A to B. */
class Scene {
  /** @type {import('../network.mjs').NetworkNode} */
  node;
  /** Folders of nodes of another agency that are not started. */
  guestFolders;
  /** Times of the neighbours before anything happened. */
  quiet;
  #network;
  #workers = [];
  #asker;
  #closed = false;

  async open(guests) {
    this.#network = await startNetwork(guests);
    if (this.#closed) await this.#network.stop();
    const { A, B } = this.#network.nodes;
    this.node = A;
    this.guestFolders = this.#network.guestFolders;
    const clients = new URL('./good-clients.mjs', import.meta.url);
    await this.worker(clients).call('answer', B);
    this.#asker = this.worker(clients);
    await this.#asker.call('ask', A);
    await this.#asker.call('times');
    await pass(QUIET_MS);
    this.quiet = await this.#asker.call('times');
  }

  /** A process of its own; it ends with the scene. */
  worker(module) {
    const worker = startWorker(module);
    this.#workers.push(worker);
    return worker;
  }

  /** What the neighbours saw since the last call. */
  times() {
    return this.#asker.call('times');
  }

  /** Resident memory of the attacked node, in MiB. */
  memory() {
    return memoryOf(this.node.pid);
  }

  /** Lines in the log of the attacked node that have these members. */
  logged(members) {
    return countLines(this.node.logFile, members);
  }

  async close() {
    this.#closed = true;
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.#network?.stop();
  }
}

/** Lets time go by. */
export function pass(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the neighbours saw, in words. */
export function inWords({ quiet }, { count, failed, longest, p50, p99 }) {
  const errors = failed.length === 0 ? '' : `, ${failed.length} failed (${failed[0]})`;
  return (
    `${count} messages${errors}: p50 ${ms(quiet.p50)} -> ${ms(p50)}, ` +
    `p99 ${ms(quiet.p99)} -> ${ms(p99)}, longest ${ms(longest)} ms`
  );
}

function ms(time) {
  return time.toFixed(time < 10 ? 1 : 0);
}

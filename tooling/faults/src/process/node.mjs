import { join } from 'node:path';
import { commandFile, readNodeId, writeConfig } from '../network/certificates.mjs';
import { ADMIN_PORT } from '../network/topology.mjs';
import { until } from '../time.mjs';
import { Child } from './child.mjs';

const LOOK = new URL('look.mjs', import.meta.url).pathname;
const READY_MS = 60_000;
/** A node gives requests 5 s and queues 1 s; the rest is for a busy machine. */
const STOP_MS = 30_000;

/** A real `amopd` on a host, which may be killed and started again. */
export class NodeProcess {
  #world;
  #plan;
  #folder;
  #look;
  /** @type {Child | undefined} */
  #daemon;

  /**
   * @param {import('../world.mjs').World} world
   * @param {import('../network/topology.mjs').NodePlan} plan
   */
  constructor(world, plan) {
    this.name = plan.name;
    this.#world = world;
    this.#plan = plan;
    this.#folder = join(world.folder, 'certs', plan.folder);
    this.nodeId = readNodeId(this.#folder);
    this.logFile = join(world.folder, `${plan.name}.log`);
    writeConfig(this.#folder, plan);
    this.#look = this.#child('look', [LOOK, String(ADMIN_PORT)], { hasIpc: true });
  }

  #child(what, args, options) {
    const { found, layout } = this.#world;
    return new Child({
      name: `${what} of ${this.name}`,
      enter: layout.enter(this.name),
      args,
      logFile: this.logFile,
      onSurprise: (text) => found('crash', text),
      ...options,
    });
  }

  /** Starts the daemon; resolves when it takes applications. */
  async start() {
    const args = [commandFile('amopd'), '--config', join(this.#folder, 'config.ini')];
    this.#daemon = this.#child('amopd', args, {});
    const isReady = () =>
      this.ask('GET', '/readyz').then(
        ({ status }) => status === 200 || undefined,
        () => (this.#daemon.isRunning ? undefined : false),
      );
    const ready = await until(isReady, { withinMs: READY_MS });
    if (ready !== true) this.#world.found('crash', `${this.name} did not get ready`);
  }

  /** `SIGKILL`: gone at once. */
  async kill() {
    await this.#daemon.end('SIGKILL', STOP_MS);
  }

  /** `SIGTERM`: has to end by itself, with 0. */
  async terminate() {
    const { code, signal, wasKilled } = await this.#daemon.end('SIGTERM', STOP_MS);
    if (code === 0) return;
    const how = wasKilled ? `did not end within ${STOP_MS} ms` : `ended with ${signal ?? code}`;
    this.#world.found('crash', `${this.name} ${how} after SIGTERM`);
  }

  /** `SIGSTOP`, `SIGCONT`, `SIGHUP`. */
  signal(name) {
    this.#daemon.signal(name);
  }

  /** Changes the configuration file; it counts after a reload. */
  configure(changes) {
    writeConfig(this.#folder, this.#plan, changes);
  }

  /** Asks the admin port. */
  ask(method, path) {
    return this.#look.ask({ method, path });
  }

  /** JSON of the admin port; undefined when there is no answer. */
  async see(path) {
    try {
      const { status, text } = await this.ask('GET', path);
      return status === 200 ? JSON.parse(text) : undefined;
    } catch {
      // The node is just not there, which is what the caller wants to know.
      return undefined;
    }
  }

  /** Ends what is left. */
  async stop() {
    if (this.#daemon?.isRunning) await this.terminate();
    await this.#look.end('SIGTERM', STOP_MS);
  }
}

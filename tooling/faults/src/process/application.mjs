import { join } from 'node:path';
import { Child } from './child.mjs';

const MAIN = new URL('../application/main.mjs', import.meta.url).pathname;
const END_MS = 20_000;
/** A client that is just starting may first have to find a node. */
const CLOSE_MS = 120_000;
const OPERATIONS_PER_SECOND = 25;

/** An application on a host. Each time it is started it is another one, with a name of its own: `c2.1`, `c2.2`. */
export class ApplicationProcess {
  #world;
  #times = 0;
  /** @type {Child | undefined} */
  #child;

  /**
   * @param {import('../world.mjs').World} world
   * @param {import('../network/topology.mjs').ApplicationPlan} plan
   */
  constructor(world, plan) {
    this.host = plan.name;
    this.plan = plan;
    this.#world = world;
  }

  /** Name of the one that runs now, as in the history. */
  get name() {
    return `${this.host}.${this.#times}`;
  }

  /** Starts it; it connects and subscribes in its own time. */
  start() {
    this.#times += 1;
    const { folder, found, history, layout, seed, startNs } = this.#world;
    const historyFile = join(folder, `${this.name}.jsonl`);
    const config = {
      name: this.name,
      nodes: this.plan.endpoints,
      sdkFolder: join(folder, 'certs', this.plan.sdk),
      historyFile,
      startNs: String(startNs),
      seed,
    };
    this.#child = new Child({
      name: this.name,
      enter: layout.enter(this.host),
      args: [MAIN, JSON.stringify(config)],
      logFile: join(folder, `${this.host}.log`),
      hasIpc: true,
      onSurprise: (text) => found('crash', text),
    });
    history.follow(historyFile);
  }

  /** `SIGKILL`: its history ends with the moment in which it was gone. */
  async kill() {
    const { name } = this;
    await this.#child.end('SIGKILL', END_MS);
    this.#world.history.add({ kind: 'killed', client: name });
  }

  /** `SIGSTOP`, `SIGCONT`. */
  signal(name) {
    this.#child.signal(name);
  }

  /** See `application/main.mjs`. */
  ask(command, more = {}, withinMs = undefined) {
    return this.#child.ask({ command, ...more }, withinMs);
  }

  /** Lets it do what its seed says, as soon as it is connected, until it is to rest. */
  beginLoad() {
    // Nobody waits for the answer: it may never connect.
    this.#child.tell({ id: 0, command: 'load', perSecond: OPERATIONS_PER_SECOND });
  }

  /**
   * Closes its client; then it has to end by itself, with 0.
   *
   * @param {{ isHurried?: boolean }} options hurried: in the middle of its calls
   */
  async close({ isHurried = false } = {}) {
    const { name } = this;
    const answer = await this.ask('close', { isHurried }, CLOSE_MS);
    // Bytes may be left: those of handlers that run on.
    const { pendingCalls, subscribedTopics } = answer;
    if (pendingCalls + subscribedTopics !== 0) {
      const held = `${pendingCalls} calls and ${subscribedTopics} topics`;
      this.#world.found('left-over', `${name} holds ${held} after close()`);
    }
    const { code, signal, wasKilled } = await this.#child.end(undefined, END_MS);
    if (wasKilled) {
      this.#world.found('left-over', `${name} goes on for ${END_MS} ms after close()`);
    } else if (code !== 0) this.#world.found('crash', `${name} ended with ${signal ?? code}`);
  }
}

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const ANSWER_MS = 60_000;

/** A process on a host of the layout. Its output goes to a file. */
export class Child {
  #process;
  #asked = new Map();
  #lastId = 0;
  #mayEnd = false;

  /**
   * @param {{ name: string, enter: string[], args: string[], logFile: string, hasIpc?: boolean,
   *   onSurprise: (text: string) => void, onMessage?: (message: any) => void }} options
   *   `args` of Node.js; `onSurprise` hears of an end that nobody asked for
   */
  constructor({ name, enter, args, logFile, hasIpc = false, onSurprise, onMessage }) {
    this.name = name;
    const log = openSync(logFile, 'a');
    const [command, ...words] = [...enter, process.execPath, ...args];
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    const stdio = ['ignore', log, log, ...(hasIpc ? ['ipc'] : [])];
    this.#process = spawn(command, words, { env, stdio });
    closeSync(log);
    /** @type {Promise<{ code: number | null, signal: string | null }>} */
    this.ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => resolve({ code, signal }));
      this.#process.once('error', (error) => resolve({ code: null, signal: error.message }));
    });
    void this.ended.then(({ code, signal }) => {
      for (const { reject } of this.#asked.values()) reject(new Error(`${name} has ended`));
      this.#asked.clear();
      if (!this.#mayEnd) onSurprise(`${name} ended with ${signal ?? code}; see ${logFile}`);
    });
    this.#process.on('message', (message) => this.#heard(message, onMessage));
  }

  get isRunning() {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Sends a signal after which the process may go on. */
  signal(name) {
    this.#process.kill(name);
  }

  /**
   * Ends the process by a signal, or waits for an end that was asked for in another way.
   *
   * @param {string | undefined} signal
   * @param {number} withinMs then it is killed
   * @returns {Promise<{ code: number | null, signal: string | null, wasKilled: boolean }>}
   */
  async end(signal, withinMs) {
    this.#mayEnd = true;
    if (signal !== undefined) this.#process.kill(signal);
    let wasKilled = false;
    const timer = setTimeout(() => {
      wasKilled = true;
      this.#process.kill('SIGKILL');
    }, withinMs);
    const how = await this.ended;
    clearTimeout(timer);
    return { ...how, wasKilled };
  }

  /** Sends a message to which nobody answers. */
  tell(message) {
    // A process that has just ended cannot be told; whoever cares hears of its end.
    this.#process.send(message, () => {});
  }

  /** Sends a message; resolves with the answer. */
  ask(message, withinMs = ANSWER_MS) {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new Error(`${this.name} did not answer within ${withinMs} ms`));
      }, withinMs);
      this.#asked.set(id, {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.tell({ id, ...message });
    });
  }

  #heard(message, onMessage) {
    const asked = this.#asked.get(message.id);
    if (asked === undefined) {
      onMessage?.(message);
      return;
    }
    this.#asked.delete(message.id);
    if (message.error === undefined) asked.resolve(message.answer);
    else asked.reject(new Error(`${this.name}: ${message.error}`));
  }
}

// A node of the mesh: its process, and what it says of itself.
import { readFileSync } from 'node:fs';
import { startNode } from '../nodes.mjs';
import { metricsOf } from './admin-port.mjs';

const PROBE = new URL('./probe.mjs', import.meta.url).href;
/** Gauges of a node, by their names in the report. */
const GAUGES = {
  sessions: 'amop_sessions',
  pending: 'amop_pending_requests',
  topics: 'amop_topics',
  queuedBytes: 'amop_queued_bytes',
  reassemblyBytes: 'amop_reassembly_bytes',
};
const ERROR_LEVEL = 50;
/** Much more than it takes, as the machine may be busy. */
const STOP_WITHIN_MS = 30_000;

export class SoakedNode {
  name;
  folder;
  logFile;
  sdkFolder;
  port;
  p2pPort;
  adminPort;
  #command;
  #running;
  #nextId = 0;

  constructor({ command, ...facts }) {
    Object.assign(this, facts);
    this.#command = command;
  }

  /** What other processes have to know. */
  get facts() {
    const { adminPort, name, p2pPort, port, sdkFolder } = this;
    return { adminPort, name, p2pPort, port, sdkFolder };
  }

  async start() {
    const execArgv = ['--expose-gc', '--import', PROBE];
    this.#running = await startNode(this.folder, this.logFile, {
      command: this.#command,
      execArgv,
    });
  }

  /** SIGTERM. Rejects if the process does not end by itself, or says that something was wrong. */
  async stop() {
    const { child } = this.#running;
    await this.#running.stop(STOP_WITHIN_MS);
    if (child.exitCode === 0) return;
    throw new Error(`node ${this.name} ended with ${child.signalCode ?? child.exitCode}`);
  }

  /** What the process holds, garbage collected, and its gauges. */
  async sample() {
    const resources = await this.#probe();
    const metrics = await metricsOf(this.adminPort);
    const gauges = Object.entries(GAUGES).map(([name, metric]) => [name, metrics.get(metric)]);
    return { ...resources, ...Object.fromEntries(gauges) };
  }

  /** Requests that were taken, and those that have an outcome or wait for one: both must be equal. */
  async balance() {
    const metrics = await metricsOf(this.adminPort);
    const ended = metrics.get('amop_requests_total') + metrics.get('amop_pending_requests');
    return { received: metrics.get('amop_requests_received_total'), ended };
  }

  /** Messages of its log that a person must act on, and what it wrote to stderr. */
  complaints() {
    return readFileSync(this.logFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => {
        if (!line.startsWith('{')) return [line];
        const { level, msg } = JSON.parse(line);
        return level >= ERROR_LEVEL ? [msg] : [];
      });
  }

  #probe() {
    const { child } = this.#running;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const done = () => {
        child.off('message', hear);
        child.off('exit', gone);
      };
      const hear = (message) => {
        if (message.id !== id) return;
        done();
        resolve(message.resources);
      };
      const gone = () => {
        done();
        reject(new Error(`node ${this.name} has ended`));
      };
      child.on('message', hear);
      child.once('exit', gone);
      child.send(id, (error) => {
        if (error === null) return;
        done();
        reject(error);
      });
    });
  }
}

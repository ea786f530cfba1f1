// One soak: a mesh, load, samples all along, and what must be zero at the end.
import { setTimeout as wait } from 'node:timers/promises';
import { BUDGETS_OF_A_LIFE } from './budgets.mjs';
import { endRun } from './end.mjs';
import { Faults } from './faults.mjs';
import { echoAt } from './load/topics.mjs';
import { reload, startMesh, untilPeered, untilRouted } from './mesh.mjs';
import { Recorder } from './recorder.mjs';
import { scheduleOf } from './schedule.mjs';
import { startWorkers } from './workers.mjs';

/**
 * @param {object} options
 * @param {number} options.minutes
 * @param {number} options.rate
 * @param {string} options.command  script of amopd
 * @param {(progress: { atMs: number, totalMs: number, recorder: Recorder, faults: Faults }) => void} options.onSample
 * @returns {Promise<{ rows: import('./recorder.mjs').Row[], checks: import('./end.mjs').Check[], faults: Faults,
 *   samples: object }>}
 */
export async function soak({ command, minutes, onSample, rate }) {
  const mesh = await startMesh(command);
  process.once('exit', mesh.remove);
  const run = new Run(mesh, scheduleOf(minutes), onSample);
  try {
    const workers = await startWorkers(mesh, rate);
    return await run.play(workers);
  } finally {
    mesh.remove();
  }
}

class Run {
  #mesh;
  #schedule;
  #onSample;
  #recorder = new Recorder();
  #faults = new Faults();
  #startMs = 0;
  #life = 0;
  #isAway = false;
  #over = new AbortController();

  constructor(mesh, schedule, onSample) {
    this.#mesh = mesh;
    this.#schedule = schedule;
    this.#onSample = onSample;
  }

  async play(workers) {
    const { life, lifeMs, reloadMs, sampleMs, totalMs } = this.#schedule;
    const [a, b, c] = this.#mesh.nodes;
    await untilRouted([a, b, c], echoAt(c.name));
    await Promise.all(workers.map((worker) => worker.load()));
    this.#startMs = performance.now();
    const judged = [...workers.filter((worker) => worker.judged), ...[a, b].map(asProcess)];
    for (const { name } of judged) this.#recorder.begin(name, { fromMs: 0, ...this.#schedule });
    this.#beginLife();
    const rounds = [
      this.#every(sampleMs, () => this.#sampleAll(workers, [a, b])),
      ...(life === undefined ? [] : [this.#every(life.sampleMs, () => this.#sampleLife(c))]),
      this.#every(lifeMs, () => this.#restart(c)),
      this.#every(reloadMs, (i) => reload([a, b][i % 2])),
    ];
    await wait(totalMs);
    this.#over.abort();
    await Promise.all(rounds);
    const checks = await endRun(this.#mesh.nodes, workers, this.#faults);
    const recorder = this.#recorder;
    return { rows: recorder.rows(), checks, faults: this.#faults, samples: recorder.samples() };
  }

  get #atMs() {
    return performance.now() - this.#startMs;
  }

  /** Acts at its times until the run is over; what is thrown is a fault, and the run goes on. */
  async #every(periodMs, act) {
    const { signal } = this.#over;
    // Not in the last moment: nothing is learnt from it.
    const times = Math.ceil(this.#schedule.totalMs / periodMs) - 1;
    for (let i = 0; i < times; i++) {
      const pauseMs = Math.max(0, (i + 1) * periodMs - this.#atMs);
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await act(i);
      } catch (error) {
        this.#faults.note('run', error);
      }
    }
  }

  async #sampleAll(workers, nodes) {
    for (const worker of workers) {
      const report = await worker.call('report');
      this.#faults.take(worker.name, report);
      if (worker.judged) this.#recorder.add(worker.name, this.#atMs, report.resources);
    }
    for (const node of nodes) {
      this.#recorder.add(asProcess(node).name, this.#atMs, await node.sample());
    }
    const { totalMs } = this.#schedule;
    this.#onSample({ atMs: this.#atMs, totalMs, recorder: this.#recorder, faults: this.#faults });
  }

  #beginLife() {
    const { life } = this.#schedule;
    this.#life++;
    if (life === undefined) return;
    this.#recorder.begin(this.#lifeName, { fromMs: this.#atMs, ...life }, BUDGETS_OF_A_LIFE);
  }

  get #lifeName() {
    return `node C, life ${this.#life}`;
  }

  async #sampleLife(node) {
    if (this.#isAway) return;
    const name = this.#lifeName;
    const sample = await node.sample();
    this.#recorder.add(name, this.#atMs, sample);
  }

  /** If it rejects, the node counts as away until a later restart brings it back. */
  async #restart(node) {
    this.#faults.away();
    this.#isAway = true;
    await node.stop().catch((error) => this.#faults.note('run', error));
    await node.start();
    await untilPeered(this.#mesh.nodes);
    await untilRouted(this.#mesh.nodes, echoAt(node.name));
    this.#faults.back();
    this.#beginLife();
    this.#isAway = false;
  }
}

const asProcess = ({ name }) => ({ name: `node ${name}` });

// One file for many receivers, of which some are slow, unwilling or killed.
import { existsSync } from 'node:fs';
import { MIB, sha256Of, sizeOf, writeBigFile } from './big-file.mjs';
import { memoryInWords, watchMemory } from './peak-memory.mjs';
import { inFileScene, load } from './scene.mjs';
import { openSlowLine } from './slow-line.mjs';

const SIZE = sizeOf(64);
const WARM_UP_BYTES = MIB;
const SETTLE_MS = 1_000;
/** The processes of the receivers. */
const PROCESSES = ['A', 'B', 'A', 'B'].map((node) => ({ node, count: 5 }));
/** Every receiver, and the index of its process. */
const NAMES = PROCESSES.flatMap(({ count }, index) =>
  Array.from({ length: count }, (_, number) => ({ index, name: nameOf(index, number) })),
);
const REFUSING = nameOf(0, 0);
const SLOW = nameOf(1, 0);
const SLOW_BYTES_PER_SECOND = 4 * MIB;
/** Which process is killed, and how much its first receiver has by then. */
const KILLED = PROCESSES.length - 1;
const KILLED_AT = SIZE / 4;
const LIMIT_MIB = 64;
const DEADLINE_MS = 300_000;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkFileMany() {
  const check = `files-many: ${SIZE / MIB} MiB to ${NAMES.length} receivers: one slow, one unwilling, ${PROCESSES[KILLED].count} killed and started again`;
  const limit = 'all but the unwilling one have it, same SHA-256';
  return inFileScene({ check, limit, deadlineMs: DEADLINE_MS }, async (scene) => {
    const bench = new ManyBench(scene);
    await bench.open();
    const aboveIdle = bench.watchMemory();
    const { allSeconds, outcomes, quickSeconds, wrong } = await bench.run();
    const memory = aboveIdle();
    const { done, refused, ...others } = outcomes;
    const isRight = done === NAMES.length - 1 && refused === 1 && Object.keys(others).length === 0;
    const files = wrong.length === 0 ? 'same SHA-256' : `WRONG files: ${wrong.join(', ')}`;
    return [
      {
        check,
        limit,
        measured: `${JSON.stringify(outcomes)}, ${files}; undisturbed ones ${quickSeconds.toFixed(1)} s, all ${allSeconds.toFixed(1)} s; ${load()}`,
        passed: isRight && wrong.length === 0,
      },
      {
        check: 'files-many: memory above idle of the sender',
        limit: `< ${LIMIT_MIB} MiB`,
        measured: `MiB: ${memoryInWords(memory)}`,
        passed: memory.sender.above < LIMIT_MIB,
      },
    ];
  });
}

class ManyBench {
  #scene;
  #sender;
  /** The processes of the receivers, at this moment. */
  #parties = [];
  #slowPort;

  constructor(scene) {
    this.#scene = scene;
  }

  /** Starts all; a small file for one receiver, which goes, has warmed the sender up. */
  async open() {
    const { A, B } = this.#scene.network.nodes;
    const line = await openSlowLine(B.port, SLOW_BYTES_PER_SECOND);
    this.#scene.onClose(line.close);
    this.#slowPort = line.port;
    this.#sender = this.#scene.party();
    await this.#sender.call('open', { node: A });
    await this.#warmUp(B);
    await Promise.all(PROCESSES.map((_, index) => this.#start(index)));
    writeBigFile(this.#source, SIZE);
    await pass(SETTLE_MS);
  }

  watchMemory() {
    const { A, B } = this.#scene.network.nodes;
    return watchMemory({ sender: this.#sender.pid, A: A.pid, B: B.pid });
  }

  async run() {
    const from = performance.now();
    const seconds = () => (performance.now() - from) / 1_000;
    const sending = this.#send(this.#source, { to: 'all' });
    const quick = Promise.all(this.#quick()).then(seconds);
    this.#scene.at = `${KILLED_AT / MIB} MiB are waited for by who is then killed`;
    const party = this.#parties[KILLED];
    const arriving = party.call('untilReceived', { bytes: KILLED_AT, name: nameOf(KILLED, 0) });
    await Promise.race([arriving, sending]);
    await party.stop();
    await this.#start(KILLED);
    this.#scene.at = 'the sender is waited for';
    const { sent } = await sending;
    const allSeconds = seconds();
    return { ...(await this.#judge(sent)), allSeconds, quickSeconds: await quick };
  }

  get #source() {
    return this.#scene.path('big.bin');
  }

  async #warmUp(node) {
    this.#scene.at = 'the warm-up';
    const small = this.#scene.path('small.bin');
    writeBigFile(small, WARM_UP_BYTES);
    const party = this.#scene.party();
    await party.call('open', { node });
    await party.call('receive', { directory: this.#scene.path('warm-up') });
    await this.#send(small, {});
    await party.stop();
  }

  #send(path, options) {
    const stateDirectory = this.#scene.path('state');
    return this.#sender.call('send', { path, options: { ...options, stateDirectory } });
  }

  /** Starts one process with its receivers, or starts it again. */
  async #start(index) {
    const { count, node } = PROCESSES[index];
    const party = this.#scene.party();
    this.#parties[index] = party;
    for (let number = 0; number < count; number++) {
      const name = nameOf(index, number);
      const port = name === SLOW ? this.#slowPort : undefined;
      await party.call('open', { name, node: this.#scene.network.nodes[node], port });
      const directory = this.#scene.path(name);
      await party.call('receive', { name, directory, refuses: name === REFUSING });
    }
  }

  /** The end of each receiver that nothing happens to. */
  #quick() {
    return NAMES.filter(({ index, name }) => index !== KILLED && name !== SLOW).map(
      ({ index, name }) => this.#parties[index].call('ended', { name }),
    );
  }

  /** Whose file is wrong, and how often the sender tells of which outcome. */
  async #judge(sent) {
    const hash = await sha256Of(this.#source);
    const wrong = [];
    for (const { name } of NAMES) {
      const path = this.#scene.path(name, 'big.bin');
      const found = existsSync(path) ? await sha256Of(path) : undefined;
      if (found !== (name === REFUSING ? undefined : hash)) wrong.push(name);
    }
    const outcomes = {};
    for (const { outcome } of sent.receivers) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    return { wrong, outcomes };
  }
}

function nameOf(index, number) {
  return `receiver-${index}-${number}`;
}

function pass(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// The rate of a large file against that of large requests between the same two processes.
import { rmSync } from 'node:fs';
import { cpuOf } from '../neighbours/node-facts.mjs';
import { median } from '../network.mjs';
import { MIB, sha256Of, sizeOf, writeBigFile } from './big-file.mjs';
import { memoryInWords, watchMemory } from './peak-memory.mjs';
import { inFileScene, load } from './scene.mjs';

const SIZE = sizeOf(1_024);
const PAIRS = 3;
const BODY_BYTES = 1_000_000;
const IN_FLIGHT = [1, 2, 4, 8];
const TURNS = 4;
const WARM_UP_BYTES = MIB;
const SHARE = 0.7;
const LIMIT_MIB = 64;
const SETTLE_MS = 1_000;
const DEADLINE_MS = 900_000;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkFileRate() {
  const check = `files-rate: ${SIZE / MIB} MiB from A to B against requests of 1 MB`;
  const limit = `>= ${SHARE} x`;
  return inFileScene({ check, limit, deadlineMs: DEADLINE_MS }, async (scene) => {
    const bench = new RateBench(scene);
    await bench.open();
    const above = bench.watchMemory();
    const files = [await bench.file()];
    const memory = above();
    await bench.requests(BODY_BYTES * Math.max(...IN_FLIGHT));
    const requests = [await bench.requests(SIZE)];
    for (let pair = 1; pair < PAIRS; pair++) {
      files.push(await bench.file());
      requests.push(await bench.requests(SIZE));
    }
    const ratios = files.map(({ rate }, pair) => rate / requests[pair].rate);
    const isEqual = files.every(({ isEqual }) => isEqual);
    return [
      {
        check,
        limit: `${limit}, same SHA-256`,
        measured: `${median(ratios).toFixed(2)} x (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}): ${inWords(files, requests)}; ${isEqual ? 'same' : 'OTHER'} SHA-256; ${load()}`,
        passed: isEqual && median(ratios) >= SHARE,
      },
      {
        check: `files-rate: memory above idle while ${SIZE / MIB} MiB go by`,
        limit: `< ${LIMIT_MIB} MiB each`,
        measured: `MiB: ${memoryInWords(memory)}`,
        passed: Object.values(memory).every(({ above }) => above < LIMIT_MIB),
      },
    ];
  });
}

function inWords(files, requests) {
  const middle = (rows, key) => median(rows.map((row) => row[key]));
  const mb = (rate) => `${(rate / 1e6).toFixed(0)} MB/s`;
  const s = (key) => `${(middle(files, key) / 1_000).toFixed(1)} s`;
  const cpu = (rows) =>
    Object.keys(rows[0].cpu)
      .map((name) => `${name} ${median(rows.map((row) => row.cpu[name])).toFixed(1)}`)
      .join(', ');
  const best = requests.map(({ inFlight }) => inFlight).join(', ');
  return (
    `file ${mb(middle(files, 'rate'))}, requests ${mb(middle(requests, 'rate'))} (best of ${IN_FLIGHT} at a time: ${best}); ` +
    `hashing ${s('hashMs')}, then pulling ${s('pullMs')}, writing out ${s('placeMs')}, whole ${s('wholeMs')}; CPU in ms/MiB of files: ${cpu(files)}; of requests: ${cpu(requests)}`
  );
}

class RateBench {
  #scene;
  #sender;
  #receiver;
  #hash;

  constructor(scene) {
    this.#scene = scene;
  }

  /** Opens both clients and warms them and the nodes up with a small file and a request. */
  async open() {
    const { A, B } = this.#scene.network.nodes;
    this.#sender = this.#scene.party();
    this.#receiver = this.#scene.party();
    await this.#sender.call('open', { node: A });
    await this.#receiver.call('open', { node: B });
    await this.#receiver.call('answer');
    await this.#receiver.call('receive', { directory: this.#scene.path('in') });
    await this.#sender.call('untilAnswered');
    writeBigFile(this.#scene.path('small.bin'), WARM_UP_BYTES);
    await this.#send('small.bin');
    writeBigFile(this.#scene.path('big.bin'), SIZE);
    this.#hash = await sha256Of(this.#scene.path('big.bin'));
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }

  watchMemory() {
    return watchMemory(this.#pids);
  }

  /** One file; hashing is apart from the rate, as requests do without it. */
  async file() {
    this.#scene.at = 'a file';
    const cpuFor = this.#watchCpu();
    const { sent, received } = await this.#send('big.bin');
    const cpu = cpuFor(SIZE);
    const isEqual = (await sha256Of(received.path)) === this.#hash;
    rmSync(received.path);
    const { doneAt, from, hashedAt } = sent;
    return {
      isEqual,
      rate: (SIZE * 1_000) / (doneAt - hashedAt),
      cpu,
      hashMs: hashedAt - from,
      pullMs: received.wholeAt - hashedAt,
      placeMs: received.doneAt - received.wholeAt,
      wholeMs: doneAt - from,
    };
  }

  /**
   * About so many bytes of requests; the best number of them at a time. All are tried in turns: the
   * quickest of four moments of a noisy machine would be no rate that lasts.
   */
  async requests(bytes) {
    const timesMs = IN_FLIGHT.map(() => 0);
    const count = Math.ceil(bytes / BODY_BYTES / IN_FLIGHT.length / TURNS);
    const cpuFor = this.#watchCpu();
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [at, inFlight] of IN_FLIGHT.entries()) {
        this.#scene.at = `requests, ${inFlight} at a time`;
        const argument = { bodyBytes: BODY_BYTES, count, inFlight };
        timesMs[at] += await this.#sender.call('requestTime', argument);
      }
    }
    const sent = count * TURNS * BODY_BYTES;
    const bestMs = Math.min(...timesMs);
    return {
      rate: (sent * 1_000) / bestMs,
      inFlight: IN_FLIGHT[timesMs.indexOf(bestMs)],
      cpu: cpuFor(sent * IN_FLIGHT.length),
    };
  }

  get #pids() {
    const { A, B } = this.#scene.network.nodes;
    return { sender: this.#sender.pid, receiver: this.#receiver.pid, A: A.pid, B: B.pid };
  }

  /** Begins to count; what each process has then used for so many bytes, in ms a MiB. */
  #watchCpu() {
    const before = Object.entries(this.#pids).map(([name, pid]) => ({ name, pid, ms: cpuOf(pid) }));
    return (bytes) =>
      Object.fromEntries(
        before.map(({ name, pid, ms }) => [name, ((cpuOf(pid) - ms) * MIB) / bytes]),
      );
  }

  async #send(name) {
    const options = { stateDirectory: this.#scene.path('state') };
    const argument = { path: this.#scene.path(name), options };
    const [sent, received] = await Promise.all([
      this.#sender.call('send', argument),
      this.#receiver.call('ended'),
    ]);
    if (received.ends.join() !== 'done') throw new Error(`the receiver: ${received.ends}`);
    return { sent, received };
  }
}

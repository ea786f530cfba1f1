// What private topics cost between clients of ours: CPU of both clients and both nodes together.
import { readFileSync } from 'node:fs';
import { connect } from '@amop/client';
import { generateKeyPair } from '@amop/crypto';
import { median, startNetwork } from './network.mjs';

const ROUNDS = 5;
const RUN_MS = 3_000;
const PROOFS = 100;
const SMALL = { bytes: 128, inFlight: 64 };
const LARGE = { bytes: 1_000_000, inFlight: 8 };
/** Linux counts the CPU of processes in hundredths of a second. */
const TICK_US = 10_000;
const LIMITS = { proofMs: 5, sealedUs: 20, sealedShare: 0.35 };

/** @returns {Promise<import('../accept.mjs').Result[]>} */
export async function checkPrivate() {
  const network = await startNetwork();
  const clients = [];
  try {
    for (const name of ['A', 'B']) {
      const { port, sdkFolder } = network.nodes[name];
      const tls = { directory: sdkFolder };
      clients.push(await connect({ nodes: `127.0.0.1:${port}`, tls, requestTimeoutMs: 20_000 }));
    }
    const bench = new PrivateBench(network, clients);
    return [await bench.proofs(), ...(await bench.messages())];
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await network.stop();
  }
}

class PrivateBench {
  #network;
  #publisher;
  #subscriber;
  #keys = { publisher: generateKeyPair('secp256k1'), subscriber: generateKeyPair('secp256k1') };

  constructor(network, [publisher, subscriber]) {
    this.#network = network;
    this.#publisher = publisher;
    this.#subscriber = subscriber;
  }

  async proofs() {
    await this.#prove('warm-up', PROOFS);
    const times = [];
    let cpuMs = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const before = this.#cpuUs();
      const from = performance.now();
      await this.#prove(`round ${round}`, PROOFS);
      times.push((performance.now() - from) / PROOFS);
      cpuMs += (this.#cpuUs() - before) / 1_000 / PROOFS / ROUNDS;
    }
    return {
      check: `CPU of all sides for a bound proof, its subscription included (${ROUNDS} x ${PROOFS})`,
      limit: `< ${LIMITS.proofMs} ms`,
      measured: `${cpuMs.toFixed(2)} ms; ${median(times).toFixed(2)} ms of time each`,
      passed: cpuMs < LIMITS.proofMs,
    };
  }

  async messages() {
    const topic = await this.#prove('messages', 1);
    await this.#subscriber.subscribe('plain', (message) => message.body);
    const plain = (body) => this.#publisher.request('plain', body);
    const sealed = (body) => topic.request(body);
    while (!(await isAnswered(plain)));
    const small = await this.#compare(plain, sealed, SMALL);
    const large = await this.#compare(plain, sealed, LARGE);
    const added = median(small.map(({ plain: one, sealed: other }) => other.cpuUs - one.cpuUs));
    const base = median(small.map(({ plain: one }) => one.cpuUs));
    const loss = median(large.map(({ plain: one, sealed: other }) => 1 - other.rate / one.rate));
    const rate = median(large.map(({ sealed: { rate } }) => rate));
    return [
      {
        check: `CPU of all processes for a sealed request of ${SMALL.bytes} B`,
        limit: `<= ${LIMITS.sealedUs} us more`,
        measured: `${added.toFixed(1)} us more than ${base.toFixed(1)} us`,
        passed: added <= LIMITS.sealedUs,
      },
      {
        check: `byte rate lost by sealing requests and answers of ${LARGE.bytes} B`,
        limit: `< ${LIMITS.sealedShare * 100} %`,
        measured: `${(loss * 100).toFixed(1)} %, ${((rate * LARGE.bytes) / 1e6).toFixed(0)} MB/s sealed`,
        passed: loss < LIMITS.sealedShare,
      },
    ];
  }

  /** Subscribes and opens so many private topics, and waits for their proofs; the last one stays open. */
  async #prove(name, count) {
    const { publisher, subscriber } = this.#keys;
    const names = Array.from({ length: count }, (_, index) => `${name}/${index}`);
    await Promise.all(
      names.map((topic) =>
        this.#subscriber.subscribePrivate(
          topic,
          { privateKey: subscriber.privateKey, publishers: [publisher.publicKey] },
          (message) => message.body,
        ),
      ),
    );
    const options = { privateKey: publisher.privateKey, publicKeys: [subscriber.publicKey] };
    const topics = names.map((topic) => this.#publisher.privateTopic(topic, options));
    await Promise.all(topics.map((topic) => topic.waitForSubscribers({ timeoutMs: 20_000 })));
    return topics.at(-1);
  }

  async #compare(plain, sealed, load) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        plain: await this.#exchange(plain, load),
        sealed: await this.#exchange(sealed, load),
      });
    }
    return rounds;
  }

  async #exchange(send, { bytes, inFlight }) {
    const body = new Uint8Array(bytes);
    const before = this.#cpuUs();
    const from = performance.now();
    let answered = 0;
    const askOn = async () => {
      while (performance.now() < from + RUN_MS) {
        await send(body);
        answered++;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, askOn));
    const seconds = (performance.now() - from) / 1_000;
    return { cpuUs: (this.#cpuUs() - before) / answered, rate: answered / seconds };
  }

  /** CPU used so far by this process, which holds both clients, and by both nodes, in microseconds. */
  #cpuUs() {
    const { system, user } = process.cpuUsage();
    const { A, B } = this.#network.nodes;
    return system + user + (cpuTicks(A.pid) + cpuTicks(B.pid)) * TICK_US;
  }
}

async function isAnswered(send) {
  try {
    await send(new Uint8Array(1));
    return true;
  } catch {
    return false;
  }
}

function cpuTicks(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

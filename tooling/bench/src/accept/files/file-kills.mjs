// A large file while sender, receiver and nodes are killed again and again.
import { randomInt } from 'node:crypto';
import { MIB, sha256Of, sizeOf, writeBigFile } from './big-file.mjs';
import { randomOf, shuffled } from './random.mjs';
import { inFileScene, load } from './scene.mjs';
import { servedBytes } from './served-bytes.mjs';

const SIZE = sizeOf(1_024);
/** Who is killed; fewer of them show whose deaths cost what. */
const ROLES = (process.env.BENCH_KILL ?? 'sender,receiver,A,B').split(',');
const KILLS = 20;
const MAX_PAUSE_MS = 500;
const LIMIT_SHARE = 1.03;
const DEADLINE_MS = 900_000;

/** @returns {Promise<import('../../accept.mjs').Result[]>} */
export function checkFileKills() {
  const check = `files-kills: ${SIZE / MIB} MiB from A to B, SIGKILL ${KILLS} times`;
  const limit = `arrives, < ${LIMIT_SHARE} x its bytes served`;
  return inFileScene({ check, limit, deadlineMs: DEADLINE_MS }, async (scene) => {
    const seed = Number(process.env.BENCH_SEED ?? randomInt(1, 2 ** 31));
    console.error(`  BENCH_SEED=${seed}`);
    const bench = new KillBench(scene, randomOf(seed));
    const from = performance.now();
    const { isEqual, served } = await bench.run();
    const seconds = (performance.now() - from) / 1_000;
    const twice = (served / SIZE - 1) * 100;
    return [
      {
        check,
        limit,
        measured: `${isEqual ? 'same' : 'OTHER'} SHA-256, ${twice.toFixed(2)} % served twice (${((served - SIZE) / MIB / KILLS).toFixed(2)} MiB a kill), ${seconds.toFixed(0)} s; ${bench.inWords()}; seed ${seed}; ${load()}`,
        passed: isEqual && served >= SIZE && served < LIMIT_SHARE * SIZE,
      },
    ];
  });
}

class KillBench {
  #scene;
  #random;
  /** The processes of both clients, at this moment. */
  #parties = {};
  #counterFiles = [];
  /** Resolves when a sender has come to its end; rejects when one gives up. */
  #sent;
  #onSent;
  #outages = [];

  constructor(scene, random) {
    this.#scene = scene;
    this.#random = random;
    this.#sent = new Promise((resolve, reject) => {
      this.#onSent = { resolve, reject };
    });
  }

  async run() {
    const source = this.#scene.path('big.bin');
    writeBigFile(source, SIZE);
    await this.#start('receiver');
    await this.#start('sender');
    for (const { at, role, pauseMs } of this.#plan()) {
      this.#scene.at = `${(at / MIB).toFixed(0)} MiB are waited for, then ${role} is killed`;
      const arriving = this.#parties.receiver.call('untilReceived', { bytes: at });
      await Promise.race([arriving, this.#sent]);
      const servedBefore = this.#served();
      const from = performance.now();
      await this.#kill(role);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await this.#start(role);
      this.#outages.push({ role, at, servedBefore, ms: performance.now() - from });
    }
    this.#scene.at = 'the end is waited for';
    await this.#sent;
    const path = this.#scene.path('in', 'big.bin');
    const isEqual = (await sha256Of(path)) === (await sha256Of(source));
    return { isEqual, served: this.#served() };
  }

  inWords() {
    const count = (role) => this.#outages.filter((outage) => outage.role === role).length;
    return ROLES.map((role) => `${role} ${count(role)} x`).join(', ');
  }

  /** Who is killed at how many received bytes: each part of the file has one moment, each role as many. */
  #plan() {
    const roles = Array.from({ length: KILLS }, (_, kill) => ROLES[kill % ROLES.length]);
    return shuffled(roles, this.#random).map((role, kill) => ({
      role,
      at: (SIZE * (kill + this.#random())) / (KILLS + 1),
      pauseMs: this.#random() * MAX_PAUSE_MS,
    }));
  }

  async #kill(role) {
    const party = this.#parties[role];
    delete this.#parties[role];
    await (party === undefined ? this.#scene.network.kill(role) : party.stop());
  }

  async #start(role) {
    const { network } = this.#scene;
    if (role === 'A' || role === 'B') {
      await network.start(role);
      return;
    }
    const party = this.#scene.party();
    this.#parties[role] = party;
    if (role === 'receiver') {
      await party.call('open', { node: network.nodes.B });
      await party.call('receive', { directory: this.#scene.path('in') });
      return;
    }
    const counterFile = this.#scene.path(`served-${this.#counterFiles.length}`);
    this.#counterFiles.push(counterFile);
    const options = { stateDirectory: this.#scene.path('state') };
    const path = this.#scene.path('big.bin');
    const { A } = network.nodes;
    party.call('sendCounted', { node: A, path, options, counterFile }).then(
      this.#onSent.resolve,
      // What a killed one was asked for is no error.
      (error) => party === this.#parties.sender && this.#onSent.reject(error),
    );
  }

  #served() {
    return this.#counterFiles.reduce((sum, file) => sum + servedBytes(file), 0);
  }
}

// Adapter for the messaging benchmark: two amopd processes, and @amop/client.
//
//   node HARNESS/src/bench.mjs --peers nats,tooling/bench/src/amop.mjs
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@amop/client';
import { startNode, writeConfig } from './nodes.mjs';

// Publishes that node A has not taken yet: what the load generator may run ahead.
const MAX_OUTSTANDING = 4096;

class AmopBenchClient {
  #client;
  #outstanding = 0;
  #waiting = [];

  constructor(client) {
    this.#client = client;
  }

  async request(topic, payload, timeoutMs) {
    return (await this.#client.request(topic, payload, { timeoutMs })).body;
  }

  async respond(topic, handler) {
    await this.#client.subscribe(topic, (message) => handler(message.body));
  }

  async respondMany(topics, handler) {
    await Promise.all(topics.map((topic) => this.respond(topic, handler)));
  }

  async subscribe(topic, onMessage) {
    await this.#client.subscribe(topic, (message) => {
      onMessage(message.body);
    });
  }

  publish(topic, payload) {
    this.#outstanding++;
    const taken = () => {
      this.#outstanding--;
      this.#wake();
    };
    this.#client.publish(topic, payload).then(taken, (error) => {
      console.error(`publish: ${error.message}`);
      taken();
    });
    if (this.#outstanding >= MAX_OUTSTANDING) return this.#until(MAX_OUTSTANDING / 2);
  }

  flush() {
    return this.#until(0);
  }

  async close() {
    await this.#client.close();
  }

  #until(outstanding) {
    if (this.#outstanding <= outstanding) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ outstanding, resolve }));
  }

  #wake() {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((waiter) => this.#outstanding <= waiter.outstanding);
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve();
  }
}

export default {
  name: 'amop',

  /**
   * The certificates of the harness come from one CA without agencies: SDKs and nodes have the same
   * issuer, so the nodes take them with `check_cert_issuer` at its default.
   */
  async start({ dir, certs, ports }) {
    const [channelA, channelB, p2pA, p2pB] = ports;
    const nodes = {};
    for (const [name, channelPort, p2pPort] of [
      ['A', channelA, p2pA],
      ['B', channelB, p2pB],
    ]) {
      const folder = join(dir, `amop-${name}`);
      const conf = join(folder, 'conf');
      mkdirSync(conf, { recursive: true });
      copyFileSync(certs[name].ca, join(conf, 'ca.crt'));
      copyFileSync(certs[name].cert, join(conf, 'node.crt'));
      copyFileSync(certs[name].key, join(conf, 'node.key'));
      writeConfig(folder, { channelPort, p2pPort, peerPorts: [p2pA, p2pB] });
      nodes[name] = await startNode(folder, join(dir, `amop-${name}.log`));
    }
    return {
      endpoints: {
        A: { host: '127.0.0.1', port: channelA },
        B: { host: '127.0.0.1', port: channelB },
      },
      pids: { A: nodes.A.pid, B: nodes.B.pid },
      stop: async () => {
        await Promise.all([nodes.A.stop(), nodes.B.stop()]);
      },
    };
  },

  async connect(endpoint, certs, name) {
    const client = await connect({
      nodes: `${endpoint.host}:${endpoint.port}`,
      name,
      tls: {
        ca: readFileSync(certs.ca, 'utf8'),
        certificate: readFileSync(certs.cert, 'utf8'),
        key: readFileSync(certs.key, 'utf8'),
      },
    });
    return new AmopBenchClient(client);
  },
};

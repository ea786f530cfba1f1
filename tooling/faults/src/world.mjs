import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Collector } from './history/collector.mjs';
import { Figures } from './history/figures.mjs';
import { Verdict } from './history/verdict.mjs';
import { makeCertificates } from './network/certificates.mjs';
import { HUB, Layout } from './network/layout.mjs';
import { APPLICATIONS, HOSTS, HUB_ADDRESS, LANES, NODES } from './network/topology.mjs';
import { ApplicationProcess } from './process/application.mjs';
import { Child } from './process/child.mjs';
import { NodeProcess } from './process/node.mjs';
import { now } from './time.mjs';

const PROXY = new URL('proxy/main.mjs', import.meta.url).pathname;

/** How late a call may end, in ms: many short standstills that are not told, on a machine with other work. */
const SLACK_MS = 200;

/** The network with everything that runs in it, and what is known of it. */
export class World {
  startNs = now();
  layout = new Layout(process.pid);
  verdict = new Verdict({ slackMs: SLACK_MS });
  figures = new Figures();
  /** @type {Map<string, NodeProcess>} */
  nodes = new Map();
  /** @type {Map<string, ApplicationProcess>} */
  applications = new Map();

  /** @param {{ seed: string, folder: string, say: (text: string) => void }} options */
  constructor({ seed, folder, say }) {
    this.seed = seed;
    this.folder = folder;
    this.say = say;
    this.historyFile = join(folder, 'history.jsonl');
    mkdirSync(folder, { recursive: true });
    this.history = new Collector({
      path: this.historyFile,
      startNs: this.startNs,
      heard: (event) => {
        this.figures.take(event);
        this.verdict.take(event);
      },
    });
    this.history.add({ kind: 'run', seed, slackMs: SLACK_MS });
  }

  /** Writes down a violation that the judge cannot see. */
  found = (rule, text) => {
    this.say(`  found: ${rule}: ${text}`);
    this.history.add({ kind: 'found', rule, text });
  };

  /** Writes down what was done to the network. */
  note = (text) => this.history.add({ kind: 'fault', text });

  /** Lays everything out and starts it. */
  async start() {
    makeCertificates(join(this.folder, 'certs'));
    this.layout.create(HOSTS);
    this.proxy = new Child({
      name: 'proxy',
      enter: this.layout.enter(HUB),
      args: [PROXY, this.seed, HUB_ADDRESS],
      logFile: join(this.folder, 'proxy.log'),
      hasIpc: true,
      onSurprise: (text) => this.found('crash', text),
    });
    for (const lane of LANES) await this.proxy.ask({ command: 'open', ...lane });
    for (const plan of NODES) this.nodes.set(plan.name, new NodeProcess(this, plan));
    await Promise.all([...this.nodes.values()].map((node) => node.start()));
    for (const plan of APPLICATIONS) {
      const application = new ApplicationProcess(this, plan);
      this.applications.set(plan.name, application);
      application.start();
    }
  }

  /** Hands on what happened until now. Every application must be running. */
  async gather() {
    const untilMs = this.history.nowMs;
    await Promise.all([...this.applications.values()].map((each) => each.ask('sync')));
    this.history.drain(untilMs);
  }

  /** Ends what is left, in whatever state it is. */
  remove() {
    this.layout.remove();
  }
}

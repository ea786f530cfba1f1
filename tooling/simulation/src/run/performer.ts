import { Hostile } from '../party/hostile.ts';
import type { OriginalSdk } from '../party/original-sdk.ts';
import type { OwnClient } from '../party/own-client.ts';
import type { OwnFiles } from '../party/own-files.ts';
import type { OwnNode } from '../party/own-node.ts';
import type { OwnSecrets } from '../party/own-secrets.ts';
import { describeStep } from '../plan/describe-step.ts';
import { isFileStep } from '../plan/file-plan.ts';
import type { ActStep, FaultStep, Plan, Step } from '../plan/plan.ts';
import { isSecretStep, type SecretStep } from '../plan/secret-plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';

const BURST_TIMEOUT_MS = 3_000;
/** Time for a node to end by itself: its drain and what comes after, in ms. */
const STOP_MS = 8_000;

/** Does what a step says, and at its time undoes it. Ends of faults are kept in `cures` until then. */
export class Performer {
  readonly #plan: Plan;
  readonly #cast: Cast;
  readonly #stage: Stage;
  readonly #cures: Set<() => void> = new Set();

  constructor(plan: Plan, cast: Cast, stage: Stage) {
    this.#plan = plan;
    this.#cast = cast;
    this.#stage = stage;
  }

  /** Does what the step says. */
  perform(step: Step): void {
    const { kind } = step;
    if (isSecretStep(step)) {
      const client = this.#cast.clients.get(step.client);
      client?.process.later(0, () => actSecretly(client.secrets, step));
      const sdk = this.#cast.sdks.get(step.client);
      sdk?.process.later(0, () => actInTheOriginalWay(sdk, step));
    } else if (isFileStep(step)) {
      // What is on the way to a receiver that is closed is sent to it again when it is back.
      if (kind === 'file-unreceive') this.#stage.interruptions += 1;
      const client = this.#cast.clients.get(step.client);
      client?.process.later(0, () => client.files?.perform(step));
    } else if (
      kind === 'request' ||
      kind === 'publish' ||
      kind === 'burst' ||
      kind === 'subscribe' ||
      kind === 'unsubscribe'
    ) {
      this.#act(step);
    } else {
      this.#stage.note(`step ${step.id}`, describeStep(step));
      // Neither disturbs a connection that is in use.
      if (kind !== 'reload' && kind !== 'clock') this.#stage.isFaultless = false;
      this.#disturb(step);
    }
  }

  /** Ends every fault that has not ended. */
  cureAll(): void {
    for (const cure of [...this.#cures]) cure();
    this.#stage.cabling.healAll();
    for (const { files } of this.#cast.clients.values()) files?.disk.heal();
    for (const intruder of this.#cast.intruders.values()) intruder.close();
    // Offers of proofs have an end by the wall clock: who is off by minutes proves nothing.
    if (this.#plan.secrets.length + this.#plan.fileTopics.length > 0) {
      for (const { process } of this.#cast.all()) process.wallOffsetMs = 0;
    }
    this.#stage.cabling.slowness = 1;
  }

  /** Each acts in its own process: one that is frozen acts later. */
  #act(step: Step & ActStep): void {
    const { clients, originals, sdks } = this.#cast;
    const name = step.client;
    const party = clients.get(name) ?? sdks.get(name) ?? originals.get(name);
    party?.process.later(0, () => this.#actNow(step));
  }

  #actNow(step: Step & ActStep): void {
    switch (step.kind) {
      case 'request':
        this.#request(step.client, step.topic, step);
        break;
      case 'publish':
        this.#publish(step.client, step.topic, step.bytes);
        break;
      case 'burst':
        this.#burst(step);
        break;
      case 'subscribe':
        this.#cast.clients.get(step.client)?.subscribe(step.topic, step.behaviour);
        break;
      case 'unsubscribe':
        this.#cast.clients.get(step.client)?.unsubscribe(step.topic);
        break;
      default:
        step satisfies never;
    }
  }

  #burst(step: Extract<Step, { kind: 'burst' }>): void {
    const topics = step.isMixed ? this.#plan.topics : [step.topic];
    for (let count = 0; count < step.count; count += 1) {
      const topic = topics[count % topics.length] ?? step.topic;
      if (step.form === 'publish') {
        this.#publish(step.client, topic, step.bytes);
      } else {
        this.#request(step.client, topic, { bytes: step.bytes, timeoutMs: BURST_TIMEOUT_MS });
      }
    }
  }

  #request(
    name: string,
    topic: string,
    options: {
      readonly bytes: number;
      readonly timeoutMs: number;
      readonly abortAfterMs?: number | undefined;
    },
  ): void {
    const { bytes, timeoutMs, abortAfterMs } = options;
    this.#cast.clients.get(name)?.request(topic, { bytes, timeoutMs, abortAfterMs });
    this.#cast.sdks.get(name)?.request(topic, bytes, false);
    this.#cast.originals.get(name)?.request(topic, bytes);
  }

  #publish(name: string, topic: string, bytes: number): void {
    this.#cast.clients.get(name)?.publish(topic, bytes);
    this.#cast.sdks.get(name)?.publish(topic, bytes);
    this.#cast.originals.get(name)?.publish(topic, bytes);
  }

  #disturb(step: Step & FaultStep): void {
    const { cabling } = this.#stage;
    this.#stage.interruptions += 1;
    switch (step.kind) {
      case 'reset':
        cabling.reset(...step.between);
        break;
      case 'cut':
        cabling.cut(step.from, step.to);
        this.#cureAfter(step.forMs, () => cabling.heal(step.from, step.to));
        break;
      case 'part':
        this.#part(step.between, step.forMs);
        break;
      case 'freeze':
        this.#freeze(step.who, step.forMs);
        break;
      case 'crash':
        this.#crash(step.who, step.forMs, step.silent);
        break;
      case 'restart':
        this.#restart(step.who, step.forMs);
        break;
      case 'clock': {
        const process = this.#party(step.who)?.process;
        if (process !== undefined) process.wallOffsetMs += step.byMs;
        break;
      }
      case 'slow':
        cabling.slowness = step.factor;
        this.#cureAfter(step.forMs, () => {
          cabling.slowness = 1;
        });
        break;
      case 'reload':
        this.#reload(step.who);
        break;
      case 'strike':
        this.#strike(step);
        break;
      case 'hostile':
        this.#hostile(step);
        break;
      default:
    }
  }

  #part([one, other]: readonly [string, string], forMs: number): void {
    const { cabling } = this.#stage;
    cabling.cut(one, other);
    cabling.cut(other, one);
    this.#cureAfter(forMs, () => {
      cabling.heal(one, other);
      cabling.heal(other, one);
    });
  }

  #freeze(who: string, forMs: number): void {
    const process = this.#party(who)?.process;
    if (process === undefined || process.isDead || process.isFrozen) return;
    const { loop } = this.#stage;
    const sinceMs = loop.nowMs;
    process.freeze();
    this.#cureAfter(forMs, () => {
      if (process.isDead) return;
      if (this.#cast.clients.has(who)) {
        this.#stage.record({ kind: 'stood-still', client: who, ms: loop.nowMs - sinceMs });
      }
      process.thaw();
    });
  }

  #crash(who: string, forMs: number, silent: boolean): void {
    const party = this.#party(who);
    if (party === undefined || party.process.isDead) return;
    party.crash(silent);
    this.#cureAfter(forMs, () => {
      this.#stage.cabling.restarted(who);
      if (party.process.isDead) party.start();
    });
  }

  /** Something happens to a client or its disk in the middle of what it does there. */
  #strike(step: Extract<Step, { kind: 'strike' }>): void {
    const { afterOperations, id, manner, who } = step;
    const files = this.#cast.clients.get(who)?.files;
    const isDeath = manner === 'crash' || manner === 'power';
    files?.disk.strikeAfter(afterOperations, isDeath, () => {
      this.#stage.loop.post(undefined, 0, () => {
        this.#stage.note(`step ${id}`, `strikes: ${manner} at ${who}`);
        this.#stage.interruptions += 1;
        this.#strikeNow(step);
      });
    });
  }

  #strikeNow({
    change,
    file = '',
    forMs,
    id,
    manner,
    who,
  }: Extract<Step, { kind: 'strike' }>): void {
    const { cabling } = this.#stage;
    const client = this.#cast.clients.get(who);
    const [node] = client?.plan.nodes ?? [];
    if (client?.files === undefined || node === undefined) return;
    const { files } = client;
    switch (manner) {
      case 'crash':
      case 'power':
        this.#crash(who, forMs, manner === 'power');
        break;
      case 'restart':
        this.#restart(who, forMs);
        break;
      case 'freeze':
        this.#freeze(who, forMs);
        break;
      case 'node':
        this.#crash(node, forMs, false);
        break;
      case 'reset':
        cabling.reset(who, node);
        break;
      case 'part':
        this.#part([who, node], forMs);
        break;
      case 'full':
        this.#fill(files, forMs);
        break;
      case 'fails':
        files.disk.failures += 1 + (id % 3);
        break;
      case 'change':
        files.sending.change(file, change);
        break;
      case 'abort':
        files.sending.abort(file);
        break;
      case 'revoke':
        client.process.later(0, () => files.sending.revokeOne(file, id));
        break;
      default:
        manner satisfies never;
    }
  }

  #fill({ disk }: OwnFiles, forMs: number): void {
    disk.isFull = true;
    this.#cureAfter(forMs, () => {
      disk.isFull = false;
    });
  }

  #restart(who: string, forMs: number): void {
    const party = this.#party(who);
    if (party === undefined || party.process.isDead || !party.isRunning) return;
    const { process } = party;
    // In its own process: one that is frozen hears of it later.
    process.later(0, () => {
      party.stop().catch((error: unknown) => this.#stage.crashed(who, error));
    });
    // What has not ended by itself until then is killed, as service managers do.
    this.#cureAfter(forMs + STOP_MS, () => {
      if (party.process !== process) return;
      if (!process.isDead) party.crash(false);
      party.start();
    });
  }

  #reload(who: string): void {
    const node = this.#cast.nodes.get(who);
    node?.process.later(0, () => node.reload());
  }

  #hostile({ at, id, manner, port, seed }: Extract<Step, { kind: 'hostile' }>): void {
    const node = this.#cast.nodes.get(at);
    if (node === undefined) return;
    const name = `h${id}`;
    const hex = id.toString(16);
    const identity =
      port === 'p2p'
        ? { nodeId: hex.padStart(128, 'e'), commonName: name, organizationalUnit: 'node' }
        : { fingerprint256: hex.padStart(64, 'e'), commonName: name, organizationalUnit: 'sdk' };
    new Hostile(
      {
        name,
        at: port === 'p2p' ? node.p2p : node.channel,
        port,
        manner,
        identity,
        topics: this.#plan.topics,
      },
      this.#stage.random(`hostile ${seed}`),
      this.#stage,
    ).start();
  }

  #party(name: string): OwnNode | OwnClient | undefined {
    return this.#cast.nodes.get(name) ?? this.#cast.clients.get(name);
  }

  #cureAfter(ms: number, cure: () => void): void {
    const once = (): void => {
      if (this.#cures.delete(once)) cure();
    };
    this.#cures.add(once);
    this.#stage.loop.post(undefined, ms, once);
  }
}

function actInTheOriginalWay(sdk: OriginalSdk, step: SecretStep): void {
  if (step.kind === 'secret-request') sdk.request(step.topic, step.bytes, false);
  else if (step.kind === 'secret-publish') sdk.publish(step.topic, step.bytes);
  else if (sdk.isConnected) sdk.secrets?.touch();
}

function actSecretly(secrets: OwnSecrets, step: SecretStep): void {
  const { kind, topic } = step;
  switch (kind) {
    case 'secret-open':
      secrets.open(topic, step.proof, step.allows);
      break;
    case 'secret-close':
      secrets.close(topic);
      break;
    case 'secret-allow':
      secrets.allow(topic, step.key);
      break;
    case 'secret-revoke':
      secrets.revoke(topic, step.key);
      break;
    case 'secret-subscribe':
      secrets.subscribe(topic, step.behaviour, step.trusts);
      break;
    case 'secret-unsubscribe':
      secrets.unsubscribe(topic);
      break;
    case 'secret-request':
      secrets.request(topic, { bytes: step.bytes, timeoutMs: step.timeoutMs });
      break;
    case 'secret-publish':
      secrets.publish(topic, step.bytes);
      break;
    case 'secret-touch':
      break;
    default:
      kind satisfies never;
  }
}

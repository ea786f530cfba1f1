import type { SeededRandom } from '@amop/testkit/memory';
import type { OriginalSdk } from '../party/original-sdk.ts';
import type { OwnClient } from '../party/own-client.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import { expectedProofs } from './secret-views.ts';
import type { Stage } from './stage.ts';

const TIMEOUT_MS = 15_000;
/** Time in which everything that is sent has arrived, in ms. */
const SETTLE_MS = 16_000;
const SIZES: readonly number[] = [0, 100, 1_000];

/** The calm on private topics: everybody who has proved a key gets what is sent; then one key is revoked. */
export class SecretCalm {
  readonly #plan: Plan;
  readonly #cast: Cast;
  readonly #stage: Stage;
  readonly #random: SeededRandom;

  constructor(plan: Plan, cast: Cast, stage: Stage) {
    this.#plan = plan;
    this.#cast = cast;
    this.#stage = stage;
    this.#random = stage.random('secret calm');
  }

  /** Sends, and waits until all of it has had its time. */
  async run(): Promise<void> {
    if (this.#plan.secrets.length === 0) return;
    const { judge, loop } = this.#stage;
    const isOver = (): boolean => judge.violations.length > 0;
    this.#useAll();
    await loop.run(loop.nowMs + SETTLE_MS, isOver);
    if (isOver()) return;
    this.#stage.record({ kind: 'settled' });
    this.#revokeSome();
    await loop.run(loop.nowMs + SETTLE_MS, isOver);
    if (!isOver()) this.#stage.record({ kind: 'settled' });
  }

  #useAll(): void {
    for (const client of this.#cast.clients.values()) {
      for (const topic of this.#plan.secrets) this.#use(client, topic);
    }
    for (const sdk of this.#cast.sdks.values()) {
      if (sdk.plan.secret?.role === 'publishes') this.#useSdk(sdk, sdk.plan.secret.topic);
    }
  }

  #useSdk(sdk: OriginalSdk, topic: string): void {
    const receivers = this.#receivers(sdk, topic);
    const isSure = receivers.length > 0 && this.#isReliable();
    for (let count = 0; count < 2; count += 1) {
      const mustSucceed = isSure && !this.#isRelayed(topic);
      sdk.process.later(this.#random.below(600), () => sdk.request(topic, 100, mustSucceed));
      sdk.process.later(this.#random.below(600), () =>
        sdk.publish(topic, 100, isSure ? receivers : undefined),
      );
    }
  }

  #use(client: OwnClient, topic: string): void {
    const { secrets } = client;
    const receivers = this.#receivers(client, topic);
    const proof = secrets.publisherOf(topic)?.proof;
    const isBound = proof === 'bound';
    const isSure =
      receivers.length > 0 &&
      this.#isReliable() &&
      !(proof === 'either' && this.#isImitated(topic));
    const mustSucceed = isSure && (isBound || !this.#isRelayed(topic));
    const later = (send: () => void): void => client.process.later(this.#random.below(600), send);
    for (let count = 0; count < 2; count += 1) {
      const bytes = this.#size();
      later(() =>
        secrets.request(topic, {
          bytes,
          timeoutMs: TIMEOUT_MS,
          ...(mustSucceed && { mustSucceed, willing: receivers }),
        }),
      );
      later(() => secrets.publish(topic, bytes, isSure ? receivers : undefined));
    }
  }

  /** One holder of a key gets nothing any more, at once; all others do, and he again when he is allowed again. */
  #revokeSome(): void {
    for (const client of this.#cast.clients.values()) {
      for (const topic of this.#plan.secrets) {
        const open = client.secrets.publisherOf(topic);
        const allowed = [...(open?.allowed ?? [])];
        if (open === undefined || allowed.length === 0 || this.#random.below(2) > 0) continue;
        const key = allowed[this.#random.below(allowed.length)] ?? 0;
        const bytes = this.#size();
        const pauseMs = this.#random.below(1_500);
        client.process.later(this.#random.below(300), () => {
          const left = this.#isReliable() ? this.#receivers(client, topic) : [];
          const holders = this.#stage.holdersOf(key);
          const others = left.filter((name) => !holders.includes(name));
          client.secrets.revoke(topic, key);
          // After it has resolved, which takes no time of the network.
          const isSure = others.length > 0 && !(open.proof === 'either' && this.#isImitated(topic));
          client.process.later(0, () => {
            client.secrets.publish(topic, bytes, isSure ? others : undefined);
            client.secrets.request(topic, { bytes, timeoutMs: TIMEOUT_MS });
          });
          client.process.later(pauseMs, () => client.secrets.allow(topic, key));
        });
      }
    }
  }

  /**
   * Somebody lists the route of another. A publisher of both proofs grants a route of ours nothing, for the topic
   * carries plain text then: its node does not know where the route is proven, and may send what is sealed there.
   */
  #isImitated(topic: string): boolean {
    return this.#plan.spies.some((spy) => spy.manner === 'imitates' && spy.topic === topic);
  }

  /** Somebody may have been proved with the signature of another, and gives no answer (D-04). */
  #isRelayed(topic: string): boolean {
    return this.#plan.spies.some((spy) => spy.manner === 'relays' && spy.topic === topic);
  }

  #receivers(client: OwnClient | OriginalSdk, topic: string): string[] {
    const proofs = expectedProofs(this.#cast, client, topic);
    return [...new Set(proofs.map(({ subscriber }) => subscriber))];
  }

  #size(): number {
    const bytes = SIZES[this.#random.below(SIZES.length)] ?? 0;
    return Math.min(bytes, this.#plan.weather.windowBytes);
  }

  /** Whether no node loses messages on its own. */
  #isReliable(): boolean {
    const { nodes, originals } = this.#plan;
    return originals.length === 0 && nodes.every((node) => node.outgoingBytesPerS === undefined);
  }
}

import type { TopicName } from '@amop/codec';
import type { Clock, Random } from '@amop/ports';
import { EpochSealer } from '../../../bound/seal/epoch.ts';
import type { KnownRoute } from '../known-route.ts';

/** How long one epoch lasts. */
const EPOCH_MS = 600_000;

/** One key for all members, and who has it or is being given it. */
export interface Epoch {
  readonly sealer: EpochSealer;
  readonly endMs: number;
  /** True: its owner has said that it has the key. */
  readonly members: Map<KnownRoute, Promise<boolean>>;
}

/** The epoch of a topic at this moment; a new one begins when its time is up or a member must go. */
export class Epochs {
  readonly #topic: TopicName;
  readonly #clock: Clock;
  readonly #random: Random;
  #epoch: Epoch | undefined;

  constructor(
    options: { readonly topic: TopicName },
    dependencies: { readonly clock: Clock; readonly random: Random },
  ) {
    this.#topic = options.topic;
    this.#clock = dependencies.clock;
    this.#random = dependencies.random;
  }

  /** The epoch of this moment. */
  current(): Epoch {
    const nowMs = this.#clock.nowMs();
    if (this.#epoch !== undefined && nowMs < this.#epoch.endMs) return this.#epoch;
    return this.#begin(nowMs);
  }

  /** A message sealed for every member; undefined when the epoch is over. */
  seal(epoch: Epoch, body: Uint8Array): Uint8Array | undefined {
    if (epoch !== this.#epoch || this.#clock.nowMs() >= epoch.endMs) return undefined;
    const content = epoch.sealer.seal(body);
    if (content === undefined) this.end();
    return content;
  }

  /** Ends the epoch: its key seals nothing more. */
  end(): void {
    this.#epoch?.sealer.close();
    this.#epoch = undefined;
  }

  #begin(nowMs: number): Epoch {
    this.end();
    const expiresMs = Math.floor(this.#clock.wallMs()) + EPOCH_MS;
    const options = { topic: this.#topic, expiresMs };
    const sealer = EpochSealer.create(options, { random: this.#random });
    this.#epoch = { sealer, endMs: nowMs + EPOCH_MS, members: new Map() };
    return this.#epoch;
  }
}

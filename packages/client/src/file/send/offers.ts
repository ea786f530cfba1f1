import { OfferVerdict } from '@amop/codec';
import type { Random } from '@amop/ports';
import type { ClientError } from '../../errors.ts';
import type { FileAudience } from '../file-types.ts';
import type { TransferCalls } from '../transfer-ports.ts';
import type { OfferResults } from './offer-results.ts';
import type { AllowedKeys } from './party-table.ts';

/** Time for a subscriber to answer an offer. */
const OFFER_TIMEOUT_MS = 5_000;
/** Between offers to all. */
const PUBLISH_EVERY_MS = [1_000, 2_000, 5_000] as const;
const ASK_ALL_EVERY_MS = 1_000;

/** Makes an offer once. */
export interface Offers {
  /** @returns ms until it is to be made again; rejects with what ends the transfer */
  offer(): Promise<number>;
  /** Whether asking on is of no use. */
  readonly isHopeless: boolean;
}

/** What every way to offer needs. */
interface OfferContext {
  readonly results: OfferResults;
  /** The offer, with the secret for the holder of a key. */
  readonly contentFor: (key: string | undefined) => Uint8Array;
  readonly signal: AbortSignal | undefined;
}

/** Offers on an ordinary topic. */
export class TopicOffers implements Offers {
  readonly #topic: string;
  readonly #to: FileAudience;
  readonly #context: OfferContext;
  readonly #calls: TransferCalls;
  #round = 0;

  constructor(
    options: { readonly topic: string; readonly to: FileAudience },
    context: OfferContext & { readonly calls: TransferCalls },
  ) {
    this.#topic = options.topic;
    this.#to = options.to;
    this.#context = context;
    this.#calls = context.calls;
  }

  get isHopeless(): boolean {
    return this.#context.results.isHopeless;
  }

  async offer(): Promise<number> {
    const { contentFor, results, signal } = this.#context;
    const content = contentFor(undefined);
    try {
      if (this.#to === 'all') {
        await this.#calls.publish(this.#topic, content, OFFER_TIMEOUT_MS, signal);
        return PUBLISH_EVERY_MS[Math.min(this.#round++, PUBLISH_EVERY_MS.length - 1)] ?? 0;
      }
      const reply = await this.#calls.request(this.#topic, content, OFFER_TIMEOUT_MS, signal);
      return results.note(results.read(reply.body));
    } catch (error) {
      return results.noteError(error);
    }
  }
}

/** One subscriber of a private topic that has proved a key. */
export interface OfferTarget {
  readonly key: string;
  /** Names its route. */
  readonly id: string;
}

/** What a private topic gives to who sends files on it. */
export interface PrivateGate extends AllowedKeys {
  /** Why nothing is sent on the topic any more; undefined while it is open. */
  closedBy(): ClientError | undefined;
  /** Those who have proved a key in the bound way. */
  targets(): readonly OfferTarget[];
  /** Asks one of them; errors as `PrivateTopic.request`. */
  ask(
    target: OfferTarget,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array>;
}

/** Offers on a private topic: to each subscriber by itself, so that each has a secret of its own. */
export class KeyOffers implements Offers {
  readonly #to: FileAudience;
  readonly #context: OfferContext;
  readonly #gate: PrivateGate;
  readonly #random: Random;
  /** Routes whose owners have said yes or no. */
  readonly #settled = new Set<string>();
  #isHopeless = false;

  constructor(
    options: { readonly to: FileAudience },
    context: OfferContext & { readonly gate: PrivateGate; readonly random: Random },
  ) {
    this.#to = options.to;
    this.#context = context;
    this.#gate = context.gate;
    this.#random = context.random;
  }

  get isHopeless(): boolean {
    return this.#isHopeless;
  }

  async offer(): Promise<number> {
    const targets = this.#gate.targets();
    const open = targets.filter(({ id }) => !this.#settled.has(id));
    if (this.#to === 'all') {
      const all = open.map((target) => this.#ask(target));
      await Promise.all(all);
      return ASK_ALL_EVERY_MS;
    }
    const target = open[open.length === 0 ? 0 : this.#random.below(open.length)];
    if (target === undefined) {
      this.#isHopeless = targets.length > 0 && this.#context.results.refused.size > 0;
      return ASK_ALL_EVERY_MS / 2;
    }
    return this.#ask(target);
  }

  async #ask(target: OfferTarget): Promise<number> {
    const { contentFor, results, signal } = this.#context;
    try {
      const body = await this.#gate.ask(target, contentFor(target.key), OFFER_TIMEOUT_MS, signal);
      const answer = results.read(body);
      const isFinal =
        answer?.verdict === OfferVerdict.refused ||
        (answer?.verdict === OfferVerdict.accepted && this.#to === 'all');
      if (isFinal) this.#settled.add(target.id);
      return results.note(answer);
    } catch (error) {
      return results.noteError(error);
    }
  }
}

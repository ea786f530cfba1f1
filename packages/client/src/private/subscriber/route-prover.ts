import {
  type AmopBody,
  BoundRefusal,
  type ChannelFrame,
  encodeBoundRefusal,
  parseBoundOffer,
} from '@amop/codec';
import { formatPublicKeyHex } from '@amop/crypto';
import type { Logger, Random } from '@amop/ports';
import { ProofResponder } from '../../bound/proof/proof-responder.ts';
import { checkedSignature } from '../../bound/topic-signer.ts';
import type { EventHub } from '../../events.ts';
import { hexOf } from '../../hex.ts';
import type { AnswerPath } from '../../inbound/answer-path.ts';
import { signerFailed } from '../signer-error.ts';
import { ChallengeSigner, type ChallengeSignerDependencies } from './challenge-signer.ts';
import type { PrivateTopic } from './private-topic.ts';
import type { SealTable } from './seal-table.ts';

/** Offers whose proof waits for the signer at once. */
const MAX_WAITING = 32;
/** No node has this ID: an offer for a route of a node without ID is refused. */
const NO_NODE = '';

/** Collaborators of {@link RouteProver}. */
export interface RouteProverDependencies extends ChallengeSignerDependencies {
  readonly random: Random;
  readonly events: EventHub;
  readonly logger: Logger;
}

/** Proves the subscriber's key to whoever asks on one route, as far as it may be proved. */
export class RouteProver {
  readonly #topic: PrivateTopic;
  readonly #node: string;
  readonly #routeBytes: Uint8Array;
  readonly #seals: SealTable;
  readonly #deps: RouteProverDependencies;
  readonly #challenges: ChallengeSigner;
  readonly #responder: ProofResponder;
  #waiting = 0;
  #open = true;
  /** What the signer of the last offer that failed said. */
  #signerError: unknown;

  constructor(
    options: {
      readonly topic: PrivateTopic;
      readonly routeId: string;
      readonly routeBytes: Uint8Array;
      /** The node's ID; undefined where nothing says it: no bound proof can be given there. */
      readonly nodeId: string | undefined;
      /** The node as logs and events name it. */
      readonly node: string;
    },
    seals: SealTable,
    dependencies: RouteProverDependencies,
  ) {
    const { topic, routeId, nodeId = NO_NODE } = options;
    const { signer, publishers } = topic.keys;
    this.#topic = topic;
    this.#node = options.node;
    this.#routeBytes = options.routeBytes;
    this.#seals = seals;
    this.#deps = dependencies;
    this.#challenges = new ChallengeSigner(topic.keys, dependencies);
    this.#responder = new ProofResponder(
      {
        signer: { publicKey: signer.publicKey, sign: (digest) => this.#sign(digest) },
        topic: topic.payload,
        routeId,
        node: nodeId,
        ...(publishers === undefined ? {} : { publishers }),
      },
      dependencies,
    );
  }

  /** What may be the challenge of an original publisher: signs it, or declines. */
  challenge(frame: ChannelFrame, { content }: AmopBody, path: AnswerPath): void {
    const fault = this.#challenges.refuse(content);
    if (fault !== undefined) {
      this.#refused(fault);
      path.declined(frame.seq, this.#routeBytes, content);
      return;
    }
    const { seqKey } = frame;
    let signature: Uint8Array | Promise<Uint8Array>;
    try {
      signature = this.#challenges.sign(content);
    } catch (error) {
      this.#signerFailed(seqKey, path, error);
      return;
    }
    if (signature instanceof Uint8Array) {
      path.answer(seqKey, this.#routeBytes, signature);
      return;
    }
    signature.then(
      (bytes) => path.answer(seqKey, this.#routeBytes, bytes),
      (error: unknown) => this.#signerFailed(seqKey, path, error),
    );
  }

  /** An offer of a publisher of ours: proves and keeps the keys, or refuses with a reason. */
  offer(frame: ChannelFrame, { content }: AmopBody, path: AnswerPath): void {
    const { seqKey } = frame;
    if (this.#waiting >= MAX_WAITING) {
      this.#refused('too-many');
      path.answer(seqKey, this.#routeBytes, encodeBoundRefusal(BoundRefusal.tooMany));
      return;
    }
    this.#waiting++;
    this.#prove(seqKey, content, path)
      .catch((error: unknown) => {
        this.#deps.logger.error({ topic: this.#topic.name, error }, 'answer to an offer failed');
      })
      .finally(() => {
        this.#waiting--;
      });
  }

  /** No proof is given any more. */
  close(): void {
    this.#open = false;
  }

  /** For offers: the responder tells only that the signer failed. */
  async #sign(digest: Uint8Array): Promise<Uint8Array> {
    this.#signerError = undefined;
    try {
      return checkedSignature(await this.#topic.keys.signer.sign(digest));
    } catch (error) {
      this.#signerError = error;
      throw error;
    }
  }

  async #prove(seqKey: string, content: Uint8Array, path: AnswerPath): Promise<void> {
    const answer = await this.#responder.answer(content);
    const { established, refusal } = answer;
    if (!this.#open) {
      established?.seal.close();
      return;
    }
    if (established !== undefined) {
      const { clock, counters } = this.#deps;
      const publisher = formatPublicKeyHex(established.publisherKey);
      this.#seals.add({ seal: established.seal, publisher, usedMs: clock.nowMs() });
      counters.proofsGiven++;
    } else {
      this.#refused(refusal ?? 'malformed');
    }
    if (refusal === 'signer-failed') this.#report(this.#signerError);
    if (refusal === 'publisher-not-allowed') this.#tellOfPublisher(content);
    path.answer(seqKey, this.#routeBytes, answer.content);
  }

  /** Its signature was not looked at: who sent the offer may not hold the key that it names. */
  #tellOfPublisher(content: Uint8Array): void {
    const offer = parseBoundOffer(content);
    if (offer === undefined) return;
    const key = hexOf(offer.publisherKey);
    const { clock, events, logger } = this.#deps;
    const { name: topic, refused } = this.#topic;
    if (!refused.isNews(key, clock.nowMs())) return;
    const node = this.#node;
    logger.warn({ topic, node, key }, 'publisher refused: its key is not among publishers');
    events.emit('refused', { topic, node, key });
  }

  #refused(reason: string): void {
    const { counters, logger } = this.#deps;
    counters.proofsRefused++;
    logger.debug({ topic: this.#topic.name, node: this.#node, reason }, 'no proof given');
  }

  #signerFailed(seqKey: string, path: AnswerPath, error: unknown): void {
    this.#refused('signer-failed');
    this.#report(error);
    path.handlerFailed(seqKey, this.#routeBytes, undefined);
  }

  #report(cause: unknown): void {
    const { events, logger } = this.#deps;
    const { name: topic } = this.#topic;
    const error = signerFailed(topic, cause, { node: this.#node, hop: 'subscriber' });
    logger.warn({ topic, node: this.#node, error }, 'signer failed');
    events.emit('error', { error });
  }
}

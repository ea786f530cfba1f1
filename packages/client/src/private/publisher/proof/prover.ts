import { privateTopicName, type TopicName } from '@amop/codec';
import { type PublicKey, SIGNATURE_BYTES, verify } from '@amop/crypto';
import type { Clock, Logger, Random } from '@amop/ports';
import { ProofOffer } from '../../../bound/proof/proof-offer.ts';
import type { TopicSigner } from '../../../bound/topic-signer.ts';
import type { CallRouter } from '../../../call/call-router.ts';
import type { DeadlineTimer } from '../../../call/deadline-timer.ts';
import { ClientError } from '../../../errors.ts';
import type { EventHub } from '../../../events.ts';
import { signerFailed } from '../../signer-error.ts';
import { TimedSigner } from '../../timed-signer.ts';
import { type KnownRoute, PROOF_LIFETIME_MS } from '../known-route.ts';
import type { PublisherLink } from '../publisher-link.ts';
import { CHALLENGE_LIFETIME_MS, ChallengeBook } from './challenge-book.ts';
import type { ProofOutcome } from './proof-outcome.ts';

const PROOF_TIMEOUT_MS = 5_000;
/** Stands for the node of a connection whose certificate shows no node ID. */
const NO_NODE_ID = '0'.repeat(128);

/** What a subscriber that is in order may say at a bad moment. */
const PASSING: ReadonlySet<string> = new Set(['repeated', 'too-many', 'signer-failed']);

const encoder = new TextEncoder();

/** Collaborators of {@link Prover}. */
export interface ProverDependencies {
  readonly router: CallRouter;
  readonly events: EventHub;
  readonly deadlines: DeadlineTimer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Asks the owner of a route for a proof, in its own way, over one connection. */
export class Prover {
  readonly #topic: TopicName;
  readonly #signer: TopicSigner | undefined;
  readonly #deps: ProverDependencies;
  readonly #challenges: ChallengeBook;

  constructor(
    options: { readonly topic: TopicName; readonly signer: TopicSigner | undefined },
    dependencies: ProverDependencies,
  ) {
    this.#topic = options.topic;
    const { signer } = options;
    this.#signer = signer && new TimedSigner(signer, dependencies);
    this.#deps = dependencies;
    this.#challenges = new ChallengeBook(dependencies);
  }

  /** The bound proof: it shows the key of the owner, whether or not that one is allowed. */
  async proveBound(route: KnownRoute, link: PublisherLink): Promise<ProofOutcome> {
    const offer = await this.#offer(route, link);
    if (offer === undefined) return { kind: 'silent', reason: 'signer-failed' };
    const answer = await this.#ask(route, link, offer.content, PROOF_TIMEOUT_MS);
    try {
      return answer instanceof Uint8Array ? outcomeOf(offer.accept(answer)) : answer;
    } finally {
      offer.close();
    }
  }

  /**
   * The original proof: a random value, signed (spec 10.3). It shows that somebody holds one of the
   * keys, not who: a node in between may have asked another subscriber (D-04).
   */
  async proveOriginal(
    route: KnownRoute,
    link: PublisherLink,
    keys: () => Iterable<PublicKey>,
  ): Promise<ProofOutcome> {
    const value = this.#challenges.issue(route.topic.name);
    const content = encoder.encode(value);
    const answer = await this.#ask(route, link, content, CHALLENGE_LIFETIME_MS);
    if (!this.#challenges.use(value, route.topic.name)) {
      return { kind: 'silent', reason: 'late' };
    }
    if (!(answer instanceof Uint8Array)) return answer;
    if (answer.length !== SIGNATURE_BYTES) return { kind: 'refuted', reason: 'bad-signature' };
    for (const key of keys()) {
      if (verify(answer, content, key)) return { kind: 'proven', key, seal: undefined };
    }
    return { kind: 'refuted', reason: 'key-not-allowed' };
  }

  async #offer(route: KnownRoute, link: PublisherLink): Promise<ProofOffer | undefined> {
    const { clock, events, logger, random } = this.#deps;
    const signer = this.#signer;
    if (signer === undefined) return undefined;
    const options = {
      signer,
      publisherNode: link.nodeId ?? NO_NODE_ID,
      routeNode: route.nodeId,
      topic: this.#topic,
      routeId: route.id,
      lifetimeMs: PROOF_LIFETIME_MS,
    };
    try {
      return await ProofOffer.create(options, { random, wallMs: clock.wallMs() });
    } catch (cause) {
      // The signer may be the application's: a device that is not there, a passphrase not given, a person who is asked and away.
      const topic = privateTopicName(this.#topic);
      const { node } = link.line;
      const error = signerFailed(topic, cause, { node, hop: 'client' });
      logger.warn({ topic, node, error }, 'signer failed');
      events.emit('error', { error });
      return undefined;
    }
  }

  async #ask(
    route: KnownRoute,
    link: PublisherLink,
    content: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array | ProofOutcome> {
    const { router } = this.#deps;
    try {
      const reply = await router.request(route.topic, content, timeoutMs, undefined, link.line);
      return reply.body;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const reason = error.details.reason ?? error.code;
      return error.details.maybeDelivered === 'no'
        ? { kind: 'unreachable', reason }
        : { kind: 'silent', reason };
    }
  }
}

function outcomeOf(result: ReturnType<ProofOffer['accept']>): ProofOutcome {
  switch (result.kind) {
    case 'proven':
      return { kind: 'proven', key: result.subscriberKey, seal: result.seal };
    case 'refused': {
      const reason = `refused-${result.reason}`;
      return { kind: PASSING.has(result.reason) ? 'silent' : 'refused', reason };
    }
    case 'invalid':
      return { kind: 'refuted', reason: 'bad-proof' };
  }
}

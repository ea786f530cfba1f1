import { SealedType, topicNameBytes } from '@amop/codec';
import type { PublicKey } from '@amop/crypto';
import type { Clock, Logger, Random } from '@amop/ports';
import type { CallRouter } from '../../call/call-router.ts';
import type { DeadlineTimer } from '../../call/deadline-timer.ts';
import type { ClientCounters } from '../../counters.ts';
import type { ClientError } from '../../errors.ts';
import type { EventHub } from '../../events.ts';
import type { PrivateName } from '../private-name.ts';
import { ProofRunner } from './proof/proof-runner.ts';
import type { ProofSlots } from './proof/proof-slots.ts';
import { Prover } from './proof/prover.ts';
import type { PublisherLink } from './publisher-link.ts';
import { RouteKeeper } from './route-keeper.ts';
import { Epochs } from './send/epochs.ts';
import { LinkChoice } from './send/link-choice.ts';
import { PrivateMulticast } from './send/private-multicast.ts';
import { PrivateRequest } from './send/private-request.ts';
import { SealedPath } from './send/sealed-path.ts';
import { SubscriberWaits } from './subscriber-waits.ts';
import type { TopicSettings } from './topic-options.ts';
import { Verdicts } from './verdicts.ts';

/** Time for a subscriber to hear that its key was revoked. */
const WITHDRAW_TIMEOUT_MS = 2_000;
const NO_BYTES = new Uint8Array(0);

/** Collaborators of every private topic of a client. */
export interface TopicPublisherDependencies {
  readonly router: CallRouter;
  readonly counters: ClientCounters;
  readonly events: EventHub;
  readonly logger: Logger;
  readonly deadlines: DeadlineTimer;
  readonly clock: Clock;
  readonly random: Random;
  readonly slots: ProofSlots;
  /** Every connection, in order of preference. */
  readonly links: () => readonly PublisherLink[];
}

/** One private topic that is open for publishing: who may receive, and the ways to send to them. */
export class TopicPublisher {
  readonly keeper: RouteKeeper;
  readonly request: PrivateRequest;
  readonly multicast: PrivateMulticast;
  readonly waits: SubscriberWaits;
  readonly #choice: LinkChoice;
  readonly #epochs: Epochs;
  readonly #deps: TopicPublisherDependencies;

  constructor(
    { name, payload }: PrivateName,
    settings: TopicSettings,
    dependencies: TopicPublisherDependencies,
  ) {
    const { router, clock, random, links, slots, counters, events, logger } = dependencies;
    const { proof, signer } = settings;
    const keys = new Map(settings.keys);
    const verdicts = new Verdicts({ topic: payload, proof }, { clock });
    const choice = new LinkChoice({ links, verdicts });
    const prover = new Prover({ topic: payload, signer }, dependencies);
    const runner = new ProofRunner(
      { topic: payload },
      { prover, slots, links, keys: () => keys.values() },
    );
    const epochs = new Epochs({ topic: payload }, dependencies);
    const keeper = new RouteKeeper(
      { topic: payload, proof, keys },
      {
        runner,
        verdicts,
        clock,
        random,
        counters,
        events,
        logger,
        onChange: () => this.#changed(),
        onWithdrawn: () => epochs.end(),
      },
    );
    const path = new SealedPath({ name }, { router, choice, keeper });
    const topic = { name: payload, bytes: topicNameBytes(payload) };
    this.keeper = keeper;
    this.request = new PrivateRequest(
      { name, topic },
      { router, path, choice, keeper, clock, random },
    );
    this.multicast = new PrivateMulticast(
      { name, topic, proof },
      { router, path, choice, keeper, epochs, clock, random },
    );
    this.waits = new SubscriberWaits({ name }, dependencies);
    this.#choice = choice;
    this.#epochs = epochs;
    this.#deps = dependencies;
  }

  /** The holder of one more key receives. */
  allow(hex: string, key: PublicKey): void {
    this.keeper.allow(hex, key);
  }

  /** The holder of a key receives no longer; it is told so, as far as it can be reached. */
  revoke(hex: string): void {
    for (const { route, proof } of this.keeper.revoke(hex)) {
      const { seal } = proof;
      const link = this.#choice.toRoute(route);
      const message = link && seal?.seal(SealedType.withdraw, NO_BYTES);
      seal?.close();
      if (link === undefined || message === undefined) continue;
      const { logger, router } = this.#deps;
      router
        .request(route.topic, message.content, WITHDRAW_TIMEOUT_MS, undefined, link.line)
        .catch((error: unknown) => {
          logger.debug({ node: route.nodeId, error }, 'revoked subscriber did not hear of it');
        });
    }
  }

  /**
   * Nobody is asked any more; who waits ends with `error`. Calls under way go on: the keys that their
   * answers are opened with go when they have ended.
   */
  close(error: ClientError): void {
    this.keeper.close();
    this.#epochs.end();
    this.waits.failAll(error);
    this.request.changed();
  }

  #changed(): void {
    this.request.changed();
    if (!this.waits.isEmpty) this.waits.check(this.keeper.proven().length);
  }
}

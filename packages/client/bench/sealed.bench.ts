import {
  challengeRoute,
  createBoundRouteId,
  payloadTopic,
  SealedStatus,
  SealedType,
} from '@amop/codec';
import { generateKeyPair } from '@amop/crypto';
import { systemClock as clock, systemRandom as random } from '@amop/ports/system';
import { bench, describe } from 'vitest';
import type { BoundKeys } from '../src/bound/bound-keys.ts';
import { ProofOffer } from '../src/bound/proof/proof-offer.ts';
import { ProofResponder } from '../src/bound/proof/proof-responder.ts';
import { EpochOpener, EpochSealer } from '../src/bound/seal/epoch.ts';
import { PublisherSeal } from '../src/bound/seal/publisher-seal.ts';
import { SubscriberSeal } from '../src/bound/seal/subscriber-seal.ts';
import { signerOf } from '../src/bound/topic-signer.ts';

const SIZES = [128, 1024, 65_536, 1_048_576] as const;
const EMPTY = new Uint8Array(0);

const topic = payloadTopic('orders/eu');
const routeId = createBoundRouteId(random.bytes(16));
const route = challengeRoute({ payload: topic, id: routeId });
const keys: BoundKeys = {
  mac: random.bytes(32),
  toSubscriber: random.bytes(32),
  toPublisher: random.bytes(32),
  keyId: random.bytes(8),
};

/** What is added up here cannot be optimised away. */
const sink = { total: 0 };

describe.each(SIZES)('sealed messages with a body of %d bytes', (size) => {
  const publisher = new PublisherSeal(keys, route);
  const subscriber = new SubscriberSeal({ keys, route, endMs: Number.MAX_VALUE }, { clock });
  const body = random.bytes(size);
  const sealer = EpochSealer.create({ topic, expiresMs: clock.wallMs() }, { random });
  const opener = EpochOpener.fromHandOver(sealer.handOver() ?? EMPTY, { topic }, { clock });

  bench('seal', () => {
    sink.total += publisher.seal(SealedType.request, body)?.counter ?? 0;
  });

  bench('a request and its answer: seal, open, seal, open', () => {
    const request = publisher.seal(SealedType.request, body);
    if (request === undefined) throw new Error('used up');
    const opened = subscriber.open(request.content);
    if (typeof opened === 'string') throw new Error(opened);
    const answer = subscriber.sealAnswer(opened.counter, SealedStatus.ok, opened.body) ?? EMPTY;
    sink.total += publisher.openAnswer(request.counter, answer)?.body.length ?? 0;
  });

  bench('a multicast of an epoch: seal, open', () => {
    const opened = opener?.open(sealer.seal(body) ?? EMPTY);
    if (opened === undefined || typeof opened === 'string') throw new Error(opened);
    sink.total += opened.body.length;
  });
});

describe('proofs', () => {
  const node = 'a'.repeat(128);
  const publisher = signerOf(generateKeyPair('secp256k1').privateKey);
  const subscriber = signerOf(generateKeyPair('secp256k1').privateKey);

  bench('offer, proof and verdict, both sides', async () => {
    const offer = await ProofOffer.create(
      {
        signer: publisher,
        publisherNode: node,
        routeNode: node,
        topic,
        routeId,
        lifetimeMs: 600_000,
      },
      { random, wallMs: clock.wallMs() },
    );
    // One for each: it answers ten in a second.
    const responder = new ProofResponder(
      { signer: subscriber, topic, routeId, node },
      { random, clock },
    );
    const { content } = await responder.answer(offer.content);
    if (offer.accept(content).kind !== 'proven') throw new Error('no proof');
  });
});

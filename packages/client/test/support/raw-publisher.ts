import {
  ChannelType,
  parseChallengeRoute,
  payloadTopic,
  readAmopBody,
  SealedType,
  type TopicName,
} from '@amop/codec';
import { formatPublicKeyHex, generateKeyPair, type KeyPair } from '@amop/crypto';
import { ProofOffer, type ProofOutcome } from '../../src/bound/proof/proof-offer.ts';
import type { EpochSealer } from '../../src/bound/seal/epoch.ts';
import type { OpenedAnswer, PublisherSeal } from '../../src/bound/seal/publisher-seal.ts';
import { signerOf } from '../../src/bound/topic-signer.ts';
import type { ScriptedNode } from './scripted-node.ts';
import type { ScriptedSession } from './scripted-session.ts';
import { seqOf } from './scripted-session.ts';
import type { World } from './world.ts';

const { request: REQUEST, response: RESPONSE } = ChannelType;
const ID_BYTES = 16;
const encoder = new TextEncoder();

/** What came back for one frame. */
export interface RawAnswer {
  readonly result: number;
  readonly topic: string;
  readonly content: Uint8Array;
}

/** A publisher of raw frames, as its node hands them to the subscriber's connection. */
export class RawPublisher {
  readonly keys: KeyPair = generateKeyPair('secp256k1');
  readonly payload: TopicName;
  readonly #world: World;
  #seq = 0;

  constructor(world: World, name: string) {
    this.#world = world;
    this.payload = payloadTopic(name);
  }

  /** The route that the newest connection to `node` has for the topic; throws when it has not one. */
  route(node: ScriptedNode): { name: string; id: string } {
    const [route, ...others] = routesOn(node.session, this.payload);
    if (route === undefined || others.length > 0) throw new Error('there is not one route');
    return route;
  }

  /** Sends a request to any topic, and gives back its answer. */
  async ask(node: ScriptedNode, topic: string, content: Uint8Array): Promise<RawAnswer> {
    const seq = `${formatPublicKeyHex(this.keys.publicKey).slice(0, 12)}-${++this.#seq}`;
    // The subscriber may have closed its connection by the time that the answer is looked at.
    const { session } = node;
    session.push(REQUEST, topic, content, seq);
    await this.#world.settle();
    return this.answerTo(session, seq);
  }

  answerTo(session: ScriptedSession, seq: string): RawAnswer {
    const key = String.fromCharCode(...seqOf(seq));
    const frames = session.of(RESPONSE).filter((frame) => frame.seqKey === key);
    const [frame] = frames;
    if (frame === undefined || frames.length > 1) throw new Error(`${frames.length} answers`);
    const { result } = frame;
    // What a node of ours gets with an error has an error detail instead of a body.
    if (result !== 0) return { result, topic: '', content: frame.data };
    const body = readAmopBody(frame.data);
    return { result, topic: body.topic, content: body.content };
  }

  /** An offer for the route of `node`; `changes` say otherwise what it is made for. */
  offer(
    node: ScriptedNode,
    changes: { routeNode?: string; routeId?: string; topic?: TopicName; keys?: KeyPair } = {},
  ): Promise<ProofOffer> {
    const { clock, random } = this.#world;
    const { privateKey } = changes.keys ?? this.keys;
    return ProofOffer.create(
      {
        signer: signerOf(privateKey),
        publisherNode: 'f'.repeat(128),
        routeNode: changes.routeNode ?? node.nodeId,
        topic: changes.topic ?? this.payload,
        routeId: changes.routeId ?? this.route(node).id,
        lifetimeMs: 600_000,
      },
      { random, wallMs: clock.wallMs() },
    );
  }

  /** Sends an offer to the route of `node`; gives back what the publisher makes of the answer. */
  async tryToProve(node: ScriptedNode, offer?: ProofOffer): Promise<ProofOutcome> {
    const made = offer ?? (await this.offer(node));
    const answer = await this.ask(node, this.route(node).name, made.content);
    return made.accept(answer.content);
  }

  /** The keys agreed with the subscriber; throws if it gives no proof. */
  async prove(node: ScriptedNode): Promise<PublisherSeal> {
    const outcome = await this.tryToProve(node);
    if (outcome.kind === 'proven') return outcome.seal;
    throw new Error(`${outcome.kind}: ${outcome.reason}`);
  }

  /** Sends a sealed request; gives back the opened answer. */
  async request(
    node: ScriptedNode,
    seal: PublisherSeal,
    body: string | Uint8Array,
    type: SealedType = SealedType.request,
  ): Promise<OpenedAnswer> {
    const bytes = typeof body === 'string' ? encoder.encode(body) : body;
    const sealed = seal.seal(type, bytes);
    if (sealed === undefined) throw new Error('the keys are gone');
    const answer = await this.ask(node, this.route(node).name, sealed.content);
    const opened = seal.openAnswer(sealed.counter, answer.content);
    if (opened === undefined) throw new Error(`no sealed answer, result ${answer.result}`);
    return opened;
  }

  /** The content of one copy of a sealed multicast. */
  multicast(seal: PublisherSeal, id: number, body: string): Uint8Array {
    const message = new Uint8Array(ID_BYTES + body.length);
    message.fill(id, 0, ID_BYTES);
    message.set(encoder.encode(body), ID_BYTES);
    const sealed = seal.seal(SealedType.multicast, message);
    if (sealed === undefined) throw new Error('the keys are gone');
    return sealed.content;
  }
}

/** What tells a subscriber the key of an epoch. */
export function handOverOf(epoch: EpochSealer): Uint8Array {
  const body = epoch.handOver();
  if (body === undefined) throw new Error('the epoch is over');
  return body;
}

/** The routes that a connection has registered for a payload topic. */
export function routesOn(
  session: ScriptedSession,
  payload: TopicName,
): readonly { name: string; id: string }[] {
  return [...session.topics].flatMap((name) => {
    const route = parseChallengeRoute(name);
    return route?.payload === payload ? [{ name, id: route.id }] : [];
  });
}

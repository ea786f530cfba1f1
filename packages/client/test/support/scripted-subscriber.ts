import {
  BoundKind,
  boundKind,
  challengeRoute,
  createBoundRouteId,
  encodeErrorDetail,
  SealedStatus,
  SealedType,
  sealedKeyId,
  type TopicName,
} from '@amop/codec';
import { formatPublicKeyHex, isChallenge, PrivateKey, type PublicKey, sign } from '@amop/crypto';
import { ProofResponder } from '../../src/bound/proof/proof-responder.ts';
import { EpochOpener } from '../../src/bound/seal/epoch.ts';
import type { SubscriberSeal } from '../../src/bound/seal/subscriber-seal.ts';
import { signerOf } from '../../src/bound/topic-signer.ts';
import type { World } from './world.ts';

const MESSAGE_ID_BYTES = 16;
const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder();

export interface ScriptedSubscriberOptions {
  /** Payload topic. */
  readonly topic: TopicName;
  readonly nodeId: string;
  readonly privateKey?: PrivateKey;
  readonly publishers?: readonly PublicKey[];
  /** An original SDK: signs challenges, knows no sealing. */
  readonly original?: boolean;
}

/** What a subscriber got. */
export interface Got {
  readonly kind: 'request' | 'multicast' | 'epochKey' | 'withdraw' | 'epoch' | 'plain';
  readonly text: string;
}

/** A subscriber of a private topic of few lines: real keys and real sealing, no connection. */
export class ScriptedSubscriber {
  readonly nodeId: string;
  readonly privateKey: PrivateKey;
  readonly route: TopicName;
  readonly original: boolean;
  readonly got: Got[] = [];
  /** Contents that came in on its route, as they were. */
  readonly contents: Uint8Array[] = [];
  readonly seals = new Map<string, SubscriberSeal>();
  readonly epochs = new Map<string, EpochOpener>();
  /** What a request is answered with; a text ends well. */
  reply: { readonly status: SealedStatus; readonly text: string } = {
    status: SealedStatus.ok,
    text: 'fine',
  };
  /** Answers given for other things than proofs, to be replayed by a test. */
  readonly answers: Uint8Array[] = [];
  readonly #topic: TopicName;
  readonly #world: World;
  readonly #responder: ProofResponder;

  constructor(options: ScriptedSubscriberOptions, world: World) {
    const { topic, nodeId, publishers, original = false } = options;
    this.#topic = topic;
    this.#world = world;
    this.nodeId = nodeId;
    this.original = original;
    this.privateKey = options.privateKey ?? new PrivateKey('secp256k1', world.random.bytes(32));
    const random = world.random.bytes(16);
    const uuid = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const id = original ? uuid : createBoundRouteId(random);
    this.route = challengeRoute({ payload: topic, id });
    this.#responder = new ProofResponder(
      {
        signer: signerOf(this.privateKey),
        topic,
        routeId: id,
        node: nodeId,
        ...(publishers === undefined ? {} : { publishers }),
      },
      { random: world.random, clock: world.clock },
    );
  }

  /** 128 hex digits. */
  get key(): string {
    return formatPublicKeyHex(this.privateKey.publicKey());
  }

  /** What came of one kind. */
  texts(kind: Got['kind']): string[] {
    return this.got.filter((each) => each.kind === kind).map((each) => each.text);
  }

  /** The content of the answer to what came on its route; undefined: declined. */
  async answer(content: Uint8Array): Promise<Uint8Array | undefined> {
    this.contents.push(content);
    if (this.original) return isChallenge(content) ? sign(content, this.privateKey) : undefined;
    if (boundKind(content) === BoundKind.offer) {
      const { content: answer, established } = await this.#responder.answer(content);
      if (established !== undefined) this.seals.set(established.seal.keyId, established.seal);
      return answer;
    }
    const answer = this.#open(content);
    if (answer !== undefined) this.answers.push(answer);
    return answer;
  }

  /** What came on the topic itself. */
  onTopic(content: Uint8Array): void {
    if (boundKind(content) !== BoundKind.epoch) {
      this.got.push({ kind: 'plain', text: decoder.decode(content) });
      return;
    }
    const opened = this.epochs.get(sealedKeyId(content) ?? '')?.open(content);
    if (typeof opened !== 'object') return;
    this.got.push({ kind: 'epoch', text: decoder.decode(opened.body.subarray(MESSAGE_ID_BYTES)) });
  }

  #open(content: Uint8Array): Uint8Array | undefined {
    const seal = this.seals.get(sealedKeyId(content) ?? '');
    const message = seal?.open(content);
    if (seal === undefined || typeof message !== 'object') return undefined;
    const { body, counter, type } = message;
    switch (type) {
      case SealedType.request: {
        this.got.push({ kind: 'request', text: decoder.decode(body) });
        const { status, text } = this.reply;
        const failure = encodeErrorDetail({
          hop: 'subscriber',
          reason: 'handler-failed',
          maybeDelivered: 'yes',
          retryable: false,
          message: text,
        });
        const answer =
          status === SealedStatus.handlerFailed ? failure : new TextEncoder().encode(text);
        return seal.sealAnswer(counter, status, answer);
      }
      case SealedType.multicast: {
        const text = decoder.decode(body.subarray(MESSAGE_ID_BYTES));
        this.got.push({ kind: 'multicast', text });
        return NO_BYTES;
      }
      case SealedType.epochKey: {
        const options = { topic: this.#topic };
        const opener = EpochOpener.fromHandOver(body, options, { clock: this.#world.clock });
        if (opener !== undefined) this.epochs.set(opener.id, opener);
        this.got.push({ kind: 'epochKey', text: opener?.id ?? '' });
        return seal.sealAnswer(counter, SealedStatus.ok, NO_BYTES);
      }
      case SealedType.withdraw:
        this.got.push({ kind: 'withdraw', text: '' });
        return seal.sealAnswer(counter, SealedStatus.ok, NO_BYTES);
    }
  }
}

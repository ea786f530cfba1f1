import {
  type ChannelFrame,
  ChannelType,
  challengeRoute,
  encodeAmopBody,
  encodeTopicStatus,
  parseChallengeRoute,
  parseVerifyTopic,
  payloadTopic,
  publisherMarker,
  readAmopBody,
  type TopicName,
} from '@amop/codec';
import { isChallenge, sign, verify } from '@amop/crypto';
import type { Random } from '@amop/ports';
import type { SdkSecretPlan } from '../plan/secret-plan.ts';
import { topicKey } from './topic-keys.ts';

const CHALLENGE_BYTES = 16;

/** What {@link SdkSecrets} need of their application. */
export interface SdkSecretsHost {
  readonly random: Random;
  send(type: number, key: string, data: Uint8Array): void;
  newKey(): string;
  /** Its topics have changed: all of them are sent again. */
  topicsChanged(): void;
}

/** The part of an application on an original SDK in one private topic: proves its key, or asks for proofs. */
export class SdkSecrets {
  readonly plan: SdkSecretPlan;
  readonly payload: TopicName;
  readonly #host: SdkSecretsHost;
  #route: TopicName;
  /** Challenges without an answer, by the seq of their 0x30. */
  readonly #asked: Map<string, { value: Uint8Array; nodeId: string; route: string }> = new Map();
  /** `node route` of those that it said yes to since it is connected. */
  readonly #proven: Set<string> = new Set();

  constructor(plan: SdkSecretPlan, host: SdkSecretsHost) {
    this.plan = plan;
    this.payload = payloadTopic(plan.topic);
    this.#host = host;
    this.#route = this.#newRoute();
  }

  /** Topics of its 0x32 for this. */
  get topics(): readonly TopicName[] {
    if (this.plan.role === 'publishes') return [publisherMarker(this.payload)];
    return [this.payload, this.#route];
  }

  /** Whether it has said that the owner of the route at the node may receive. */
  hasProved(nodeId: string, route: string): boolean {
    return this.#proven.has(`${nodeId} ${route}`);
  }

  /** A new connection: nothing is known, and Java has another route. */
  connected(): void {
    this.#asked.clear();
    this.#proven.clear();
    this.#route = this.#newRoute();
  }

  /** Subscribes something else, as applications do: in the Java SDK all routes become others. */
  touch(): void {
    if (this.plan.role === 'subscribes' && this.plan.changesRoutes) this.#route = this.#newRoute();
    this.#host.topicsChanged();
  }

  /** Takes a frame of proofs; false when it is none. */
  take(frame: ChannelFrame): boolean {
    if (frame.type === ChannelType.verifyTopic) {
      this.#challenge(frame);
      return true;
    }
    if (frame.type === ChannelType.response) return this.#proof(frame);
    if (frame.type !== ChannelType.request) return false;
    const { content, topic } = readAmopBody(frame.data);
    if (parseChallengeRoute(topic)?.payload !== this.payload) return false;
    // As the original: whoever asks gets a signature.
    const isAnswered = this.plan.role === 'subscribes' && isChallenge(content);
    const answer = isAnswered
      ? sign(content, topicKey(this.plan.key).privateKey)
      : new Uint8Array(0);
    this.#host.send(ChannelType.response, frame.seqKey, encodeAmopBody(topic, answer));
    return true;
  }

  #challenge({ data, seqKey }: ChannelFrame): void {
    const asked = parseVerifyTopic(data);
    if (asked === undefined || this.plan.role !== 'publishes') return;
    this.#host.send(ChannelType.verifyTopic, seqKey, new Uint8Array(0));
    const hex = Array.from(this.#host.random.bytes(CHALLENGE_BYTES), (byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    const value = new TextEncoder().encode(hex.join(''));
    const key = this.#host.newKey();
    this.#asked.set(key, { value, nodeId: asked.nodeId, route: asked.topicForCert });
    this.#host.send(ChannelType.request, key, encodeAmopBody(asked.topicForCert, value));
  }

  #proof(frame: ChannelFrame): boolean {
    const asked = this.#asked.get(frame.seqKey);
    if (asked === undefined) return false;
    this.#asked.delete(frame.seqKey);
    if (frame.result !== 0) return true;
    const { nodeId, route, value } = asked;
    const { content } = readAmopBody(frame.data);
    const isProved = this.plan.allows.some((key) =>
      verify(content, value, topicKey(key).publicKey, 'java'),
    );
    const place = `${nodeId} ${route}`;
    if (isProved) this.#proven.add(place);
    else this.#proven.delete(place);
    const status = { checkResult: isProved ? 0 : 1, nodeId, topic: this.payload };
    this.#host.send(ChannelType.topicStatus, this.#host.newKey(), encodeTopicStatus(status));
    return true;
  }

  #newRoute(): TopicName {
    const hex = Array.from(this.#host.random.bytes(CHALLENGE_BYTES), (byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    const id = hex.join('');
    // A random UUID without its dashes.
    return challengeRoute({ payload: this.payload, id: `${id.slice(0, 12)}4${id.slice(13)}` });
  }
}

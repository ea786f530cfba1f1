import {
  challengeRoute,
  parseChallengeRoute,
  parseTopicName,
  payloadTopic,
  type TopicName,
} from '@amop/codec';
import type { OriginalSdk } from '../party/original-sdk.ts';
import type { OwnClient } from '../party/own-client.ts';
import { topicKey } from '../party/topic-keys.ts';
import type { SecretProof } from '../plan/secret-plan.ts';
import type { Cast } from './cast.ts';
import { areNeighbours } from './views.ts';

/** More routes than a node has. */
const ALL = 1_000;
const NO_ID = '0'.repeat(32);

/** A subscriber at one of its nodes, which a publisher must have proved. */
interface ExpectedProof {
  readonly subscriber: string;
  /** Name of the node. */
  readonly at: string;
  /** 128 hex digits. */
  readonly key: string;
}

/** Who asks for proofs. */
interface Asker {
  readonly nodes: readonly string[];
  readonly proof: SecretProof;
  readonly allows: ReadonlySet<number>;
  /** Number of the key that it shows; undefined: it can show none. */
  readonly key: number | undefined;
}

/** Where the subscribers of a publisher are that have a key which it allows, and take its proofs. */
export function expectedProofs(
  cast: Cast,
  publisher: OwnClient | OriginalSdk,
  topic: string,
): ExpectedProof[] {
  const asker = askerOf(publisher, topic);
  if (asker === undefined) return [];
  const isReached = (at: string): boolean =>
    asker.nodes.some((node) => mayAsk(cast, node, at, asker.proof) && reaches(cast, node, at));
  const own = [...cast.clients.values()].flatMap((client): ExpectedProof[] => {
    const { key, keyNumber } = client.secrets;
    const wish = client.secrets.wishFor(topic);
    if (wish?.subscription === undefined || !asker.allows.has(keyNumber)) return [];
    // Who names its publishers proves nothing to one that cannot show a key.
    const { key: shown } = asker;
    const trusts =
      wish.trusts === undefined || (shown !== undefined && wish.trusts.includes(shown));
    if (!trusts) return [];
    const at = client.readyNodes().filter(isReached);
    return at.map((node) => ({ subscriber: client.name, at: node, key: key.hex }));
  });
  const sdks = [...cast.sdks.values()].flatMap(({ isConnected, name, plan }): ExpectedProof[] => {
    const { node: at, secret } = plan;
    const isThere = isConnected && secret?.role === 'subscribes' && secret.topic === topic;
    if (!isThere || asker.proof === 'bound' || !asker.allows.has(secret.key) || !isReached(at))
      return [];
    return [{ subscriber: name, at, key: topicKey(secret.key).hex }];
  });
  return [...own, ...sdks];
}

/** The publishers that miss a proof of somebody who has a right to be proved. */
export function unsettledSecrets(cast: Cast, topics: readonly string[]): string[] {
  const faults: string[] = [];
  for (const topic of topics) {
    for (const client of cast.clients.values()) {
      const proven = client.secrets.publisherOf(topic)?.topic?.subscribers() ?? [];
      for (const { at, key, subscriber } of expectedProofs(cast, client, topic)) {
        const nodeId = cast.nodes.get(at)?.nodeId ?? cast.originals.get(at)?.nodeId;
        if (proven.some((each) => each.key === key && each.node === nodeId)) continue;
        faults.push(`${client.name} has no proof of ${subscriber} at ${at} on ${topic}`);
      }
    }
    for (const sdk of cast.sdks.values()) faults.push(...unprovenFor(cast, sdk, topic));
  }
  return faults;
}

/** Nodes where an original publisher has proved fewer routes than there are of subscribers that it allows. */
function unprovenFor(cast: Cast, sdk: OriginalSdk, topic: string): string[] {
  const expected = expectedProofs(cast, sdk, topic);
  const places = [...new Set(expected.map(({ at }) => at))];
  return places.flatMap((at) => {
    const nodeId = cast.nodes.get(at)?.nodeId ?? '';
    const here = expected.filter((each) => each.at === at);
    const routes = routesAt(cast, at, topic);
    const proven = routes.filter((route) => sdk.secrets?.hasProved(nodeId, route));
    if (proven.length >= here.length) return [];
    const names = here.map(({ subscriber }) => subscriber).join(', ');
    return `${sdk.name} has proved ${proven.length} of ${routes.length} routes on ${topic} at ${at}, where ${names} are allowed`;
  });
}

/** The same on all nodes of ours. */
export function allRoutes(cast: Cast, topic: string): TopicName[] {
  return [...cast.nodes.keys()].flatMap((node) => routesAt(cast, node, topic));
}

/** Exactly formed challenge routes of a topic that applications on a node of ours own. */
function routesAt(cast: Cast, node: string, topic: string): TopicName[] {
  const payload = payloadTopic(topic);
  const prefix = challengeRoute({ payload, id: NO_ID }).slice(0, -NO_ID.length);
  const listed = cast.nodes.get(node)?.node?.sight.topics(prefix, ALL) ?? [];
  return listed.flatMap(({ applications, topic: name }) =>
    applications > 0 && parseChallengeRoute(name)?.payload === payload ? parseTopicName(name) : [],
  );
}

function askerOf(publisher: OwnClient | OriginalSdk, topic: string): Asker | undefined {
  if ('readyNodes' in publisher) {
    const { secrets } = publisher;
    const open = secrets.publisherOf(topic);
    if (open?.topic === undefined) return undefined;
    const { allowed: allows, proof } = open;
    const key = proof === 'original' ? undefined : secrets.keyNumber;
    return { nodes: publisher.readyNodes(), proof, allows, key };
  }
  const { node, secret } = publisher.plan;
  if (!publisher.isConnected || secret?.role !== 'publishes' || secret.topic !== topic) {
    return undefined;
  }
  return { nodes: [node], proof: 'original', allows: new Set(secret.allows), key: undefined };
}

function reaches(cast: Cast, from: string, at: string): boolean {
  return from === at || areNeighbours(cast, from, at);
}

/** Original nodes open a topic for one subscriber of each node, in their own time: nothing is sure there. */
function mayAsk(cast: Cast, from: string, at: string, proof: SecretProof): boolean {
  const isOwn = cast.nodes.has(from) && cast.nodes.has(at);
  return isOwn || (proof === 'bound' && cast.nodes.has(from));
}

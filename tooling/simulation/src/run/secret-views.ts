import type { OwnClient } from '../party/own-client.ts';
import type { SecretProof } from '../plan/secret-plan.ts';
import type { Cast } from './cast.ts';
import { areNeighbours } from './views.ts';

/** A subscriber at one of its nodes, which a publisher must have proved. */
interface ExpectedProof {
  readonly subscriber: string;
  /** Name of the node. */
  readonly at: string;
  /** 128 hex digits. */
  readonly key: string;
}

/** Where the subscribers of a publisher are that have a key which it allows, and take its proofs. */
export function expectedProofs(cast: Cast, publisher: OwnClient, topic: string): ExpectedProof[] {
  const open = publisher.secrets.publisherOf(topic);
  if (open?.topic === undefined) return [];
  const from = publisher.readyNodes();
  const isReached = (at: string): boolean =>
    from.some((node) => mayAsk(cast, node, at, open.proof) && reaches(cast, node, at));
  const own = [...cast.clients.values()].flatMap((client): ExpectedProof[] => {
    const { key, keyNumber } = client.secrets;
    const wish = client.secrets.wishFor(topic);
    if (wish?.subscription === undefined || !open.allowed.has(keyNumber)) return [];
    // Who names its publishers proves nothing to one that cannot show a key.
    const trusts =
      wish.trusts === undefined ||
      (open.proof !== 'original' && wish.trusts.includes(publisher.secrets.keyNumber));
    if (!trusts) return [];
    const at = client.readyNodes().filter(isReached);
    return at.map((node) => ({ subscriber: client.name, at: node, key: key.hex }));
  });
  return own;
}

/** The publishers that miss a proof of somebody who has a right to be proved. */
export function unsettledSecrets(cast: Cast, topics: readonly string[]): string[] {
  const faults: string[] = [];
  for (const client of cast.clients.values()) {
    for (const topic of topics) {
      const proven = client.secrets.publisherOf(topic)?.topic?.subscribers() ?? [];
      for (const { at, key, subscriber } of expectedProofs(cast, client, topic)) {
        const nodeId = cast.nodes.get(at)?.nodeId ?? cast.originals.get(at)?.nodeId;
        if (proven.some((each) => each.key === key && each.node === nodeId)) continue;
        faults.push(`${client.name} has no proof of ${subscriber} at ${at} on ${topic}`);
      }
    }
  }
  return faults;
}

function reaches(cast: Cast, from: string, at: string): boolean {
  return from === at || areNeighbours(cast, from, at);
}

/** Original nodes open a topic for one subscriber of each node, in their own time: nothing is sure there. */
function mayAsk(cast: Cast, from: string, at: string, proof: SecretProof): boolean {
  const isOwn = cast.nodes.has(from) && cast.nodes.has(at);
  return isOwn || (proof === 'bound' && cast.nodes.has(from));
}

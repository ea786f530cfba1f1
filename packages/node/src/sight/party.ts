import type { PeerIdentity } from '@amop/ports';

/** Who sends or receives messages, as an operator knows it. */
export type Party =
  | {
      readonly kind: 'application';
      /** Number of the session, as in the log. */
      readonly session: number;
      /** Common name of its certificate. */
      readonly name: string;
      readonly agency: string;
      /** SHA-256 fingerprint, lower-case hex. */
      readonly certificate: string;
    }
  | {
      readonly kind: 'peer';
      readonly nodeId: string;
      readonly name: string;
      readonly agency: string;
    };

/** An application by its session and certificate. */
export function applicationParty(session: number, identity: PeerIdentity): Party {
  const { commonName, fingerprint256, issuerCommonName } = identity;
  return {
    kind: 'application',
    session,
    name: commonName,
    agency: issuerCommonName,
    certificate: fingerprint256,
  };
}

/** A node by its certificate. */
export function peerParty(nodeId: string, { commonName, issuerCommonName }: PeerIdentity): Party {
  return { kind: 'peer', nodeId, name: commonName, agency: issuerCommonName };
}

/** Who is behind the ids of the router, while they are connected. */
export class PartyTable {
  /** Two connections of one node have one id until one of them is given up: either may end first. */
  readonly #parties: Map<number, Party[]> = new Map();

  add(id: number, party: Party): void {
    const parties = this.#parties.get(id);
    if (parties === undefined) this.#parties.set(id, [party]);
    else parties.push(party);
  }

  /** Forgets the party; `id` is known as long as another connection has it. */
  remove(id: number, party: Party): void {
    const others = this.#parties.get(id)?.filter((each) => each !== party) ?? [];
    if (others.length === 0) this.#parties.delete(id);
    else this.#parties.set(id, others);
  }

  /** By the newest connection, if there are several. */
  get(id: number): Party | undefined {
    return this.#parties.get(id)?.at(-1);
  }
}

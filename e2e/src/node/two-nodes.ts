import { setImmediate as nextTurn } from 'node:timers/promises';
import { DEADLINE_MS } from '../raw/inbox.ts';
import type { RawClient } from '../raw/raw-client.ts';
import { type Chain, type ChainMaker, type ChainProfile, makeChain } from './chain.ts';
import type { ConfigFile } from './config-file.ts';
import { freePort } from './free-port.ts';
import { RunningNode } from './running-node.ts';

/** Agencies of the two nodes. */
export const AGENCY = { A: 'bankA', B: 'bankB' } as const;

/** What a test may change about its two nodes. */
export interface TwoNodesOptions {
  readonly maker?: ChainMaker;
  /** Kind of keys of the certificates, which `amop certs` then makes. */
  readonly profile?: ChainProfile;
  readonly config?: Partial<ConfigFile>;
  /** Both nodes belong to the first organisation, whose applications then may use either. */
  readonly sameAgency?: boolean;
}

/** Two peered nodes of two organisations, and the connections that a test has opened to them. */
export class TwoNodes {
  readonly chain: Chain;
  readonly A: RunningNode;
  readonly B: RunningNode;
  readonly #clients: RawClient[] = [];

  private constructor(chain: Chain, A: RunningNode, B: RunningNode) {
    this.chain = chain;
    this.A = A;
    this.B = B;
  }

  /** Makes the certificates, starts both processes and waits until they are peers. */
  static async start(options: TwoNodesOptions = {}): Promise<TwoNodes> {
    const { profile, sameAgency } = options;
    const maker = profile === undefined ? options.maker : 'amop';
    const chain = makeChain([AGENCY.A, AGENCY.B], 2, maker, profile);
    const config = { ...options.config, rsaChannel: profile === 'rsa' };
    const ports = [];
    for (let i = 0; i < 4; i++) ports.push(await freePort());
    const [channelA = 0, p2pA = 0, channelB = 0, p2pB = 0] = ports;
    const peers = [p2pA, p2pB];
    const node = (agency: string, index: number, channelPort: number, p2pPort: number) =>
      new RunningNode(
        chain.nodeFolder(agency, index),
        { ...config, channelPort, p2pPort, peers },
        chain.sdk(agency),
      );
    const A = node(AGENCY.A, 0, channelA, p2pA);
    const B = sameAgency ? node(AGENCY.A, 1, channelB, p2pB) : node(AGENCY.B, 0, channelB, p2pB);
    const nodes = new TwoNodes(chain, A, B);
    try {
      await Promise.all([A.start(), B.start()]);
      await nodes.peered();
    } catch (error) {
      await nodes.stop();
      throw error;
    }
    return nodes;
  }

  /** Opens a connection that {@link stop} closes. */
  async client(node: 'A' | 'B'): Promise<RawClient> {
    const client = await this[node].client();
    this.#clients.push(client);
    return client;
  }

  /** A connection to the node that is subscribed to the topics. */
  async subscriber(node: 'A' | 'B', ...topics: readonly string[]): Promise<RawClient> {
    const client = await this.client(node);
    await client.subscribe(topics);
    return client;
  }

  /** Waits until each node lists the other as its only peer. */
  async peered(): Promise<void> {
    for (const node of [this.A, this.B]) {
      const client = await node.client();
      await until(async () => (await peersOf(client)).length === 1, 'the nodes are peers');
      await client.close();
    }
  }

  /** Ends connections and processes and deletes the certificates. */
  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all([this.A.stop(), this.B.stop()]);
    this.chain.remove();
  }
}

/** One element of the answer to `getPeers` (spec 19). */
export interface PeerRow {
  readonly Agency: string;
  readonly IPAndPort: string;
  readonly Node: string;
  readonly NodeID: string;
  readonly Topic: readonly string[];
}

/** Peers of the node behind the connection. */
export async function peersOf(client: RawClient): Promise<readonly PeerRow[]> {
  return (await client.rpc('getPeers')) as readonly PeerRow[];
}

/** Waits until the node behind the connection knows, or no longer knows, a peer with the topic. */
export async function untilRoutable(client: RawClient, topic: string, known = true): Promise<void> {
  await until(
    async () => (await peersOf(client)).some((peer) => peer.Topic.includes(topic)) === known,
    `a peer ${known ? 'lists' : 'no longer lists'} ${topic}`,
  );
}

/**
 * Asks again, once for each turn of the event loop, until the answer is yes.
 *
 * @throws Error after the deadline
 */
export async function until(
  question: () => Promise<boolean>,
  what: string,
  deadlineMs: number = 2 * DEADLINE_MS,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await question())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await nextTurn();
  }
}

import { type TwoNodes, untilRoutable } from '../node/two-nodes.ts';
import { newSeq } from '../wire/channel-frame.ts';
import { RawListener } from './listener.ts';
import { payloadOf, routeOf } from './names.ts';
import { RawPublisher } from './publisher.ts';

/** Requests of one look at who is reached: so many that a wrong choice among sessions shows. */
const REQUESTS = 12;

/** Who was reached by a round of messages, by name and in order. */
export interface Reached {
  /** Result codes of the requests, each once. */
  readonly codes: readonly number[];
  readonly request: readonly string[];
  readonly multicast: readonly string[];
}

interface Entry {
  readonly listener: RawListener;
  readonly node: 'A' | 'B';
  /** An ordinary topic of its latest 0x32: where it is known, the others of that 0x32 are too. */
  known: string;
}

/** Requests get 100 and nobody hears anything. */
export const NOBODY: Reached = { codes: [100], request: [], multicast: [] };

/** Both kinds of messages reach exactly these listeners. */
export function only(...names: readonly string[]): Reached {
  return { codes: [0], request: names, multicast: names };
}

/** One private topic of its own, with publishers and listeners on two running nodes. */
export class Scene {
  readonly nodes: TwoNodes;
  /** Payload topic. */
  readonly topic: string;
  readonly #fence = `fence-${newSeq()}`;
  readonly #listeners: Entry[] = [];

  constructor(nodes: TwoNodes, name: string = `p-${newSeq()}`) {
    this.nodes = nodes;
    this.topic = payloadOf(name);
  }

  /** A fresh route of the topic. */
  route(id?: string): string {
    return routeOf(this.topic, id);
  }

  /** A connection that is registered as publisher. */
  async publisher(node: 'A' | 'B' = 'A', ability?: 'grant'): Promise<RawPublisher> {
    const publisher = await this.session(node);
    if (ability) await publisher.wantGrants();
    await publisher.register(this.topic);
    return publisher;
  }

  /** A connection without any topic. */
  async session(node: 'A' | 'B' = 'A'): Promise<RawPublisher> {
    return new RawPublisher(await this.nodes.client(node));
  }

  /** A connection that is subscribed to the topics; it signs challenges on `route`. */
  async listener(
    name: string,
    node: 'A' | 'B',
    topics: readonly string[],
    route?: string,
  ): Promise<RawListener> {
    const listener = new RawListener(name, await this.nodes.client(node));
    this.#listeners.push({ listener, node, known: '' });
    await this.subscribe(listener, topics, route);
    return listener;
  }

  /** A listener with the topic and a route, which it gives back too. */
  async subscriber(
    name: string,
    node: 'A' | 'B' = 'B',
    route: string = this.route(),
  ): Promise<RawListener & { readonly route: string }> {
    const listener = await this.listener(name, node, [this.topic, route], route);
    return Object.assign(listener, { route });
  }

  /** Replaces the topics of a listener and waits until the other node knows. */
  async subscribe(listener: RawListener, topics: readonly string[], route?: string): Promise<void> {
    const entry = this.#entry(listener);
    entry.known = `known-${newSeq()}`;
    await listener.subscribe([...topics, this.#fence, entry.known], route);
    await this.#untilOtherNode(entry, true);
  }

  /** Ends a listener's connection and waits until the other node knows. */
  async leave(listener: RawListener): Promise<void> {
    const entry = this.#entry(listener);
    this.#listeners.splice(this.#listeners.indexOf(entry), 1);
    await listener.client.close();
    await this.#untilOtherNode(entry, false);
  }

  /** Sends a multicast and requests on the topic and sees which listeners get them. */
  async reach(
    publisher: RawPublisher,
    { topic = this.topic, requests = REQUESTS }: { topic?: string; requests?: number } = {},
  ): Promise<Reached> {
    const content = `round-${newSeq()}`;
    const { client } = publisher;
    await client.multicast(topic, content);
    const codes = new Set<number>();
    for (let i = 0; i < requests; i++) codes.add((await client.request(topic, content)).result);
    await this.fence(publisher);
    const listeners = this.#listeners.map(({ listener }) => listener);
    return {
      codes: [...codes],
      request: namesOf(listeners.filter((listener) => listener.wasAsked(content))),
      multicast: namesOf(listeners.filter((listener) => listener.hasHeard(content))),
    };
  }

  /** Waits until what the publisher has sent before must have arrived: frames keep their order. */
  async fence(publisher: RawPublisher): Promise<void> {
    const mark = `fence-${newSeq()}`;
    await publisher.client.multicast(this.#fence, mark);
    await Promise.all(this.#listeners.map(({ listener }) => listener.hears(mark)));
  }

  #entry(listener: RawListener): Entry {
    const entry = this.#listeners.find((candidate) => candidate.listener === listener);
    if (!entry) throw new Error(`${listener.name} is not in the scene`);
    return entry;
  }

  async #untilOtherNode({ known, node }: Entry, isThere: boolean): Promise<void> {
    const observer = await this.nodes.client(node === 'A' ? 'B' : 'A');
    await untilRoutable(observer, known, isThere);
    await observer.close();
  }
}

function namesOf(listeners: readonly RawListener[]): string[] {
  return listeners.map(({ name }) => name).sort();
}

import { AGENCY, type RawClient, TwoNodes, type TwoNodesOptions, until } from '@amop/e2e';
import type { Application } from './application.ts';
import { JavaApplication, type JavaOptions } from './java-application.ts';
import { OurApplication } from './our-application.ts';
import type { JavaToolchain } from './setup.ts';

/** One of the two nodes. */
export type Place = 'A' | 'B';

/** Two nodes of ours, and applications on either SDK that are connected to them. */
export class Consortium {
  readonly nodes: TwoNodes;
  readonly #java: JavaToolchain;
  readonly #applications: Set<Application> = new Set();
  readonly #observers: Map<Place, RawClient> = new Map();

  private constructor(nodes: TwoNodes, java: JavaToolchain) {
    this.nodes = nodes;
    this.#java = java;
  }

  /** Makes certificates with `amop certs`, starts the nodes and waits until they are peers. */
  static async start(java: JavaToolchain | null, options: TwoNodesOptions): Promise<Consortium> {
    if (java === null) throw new Error('there is no Java');
    return new Consortium(await TwoNodes.start({ profile: 'rsa', ...options }), java);
  }

  /** Starts a Java application that is connected to the nodes. */
  async java(
    places: readonly Place[],
    options: Partial<JavaOptions> = {},
  ): Promise<JavaApplication> {
    const { classPath, jdks } = this.#java;
    const [jdk] = jdks;
    if (jdk === undefined) throw new Error('there is no JDK');
    const connection = { ports: this.#ports(places), sdkFolder: this.#sdkFolder(places) };
    const application = await JavaApplication.start({ jdk, classPath, ...connection, ...options });
    this.#applications.add(application);
    return application;
  }

  /** Starts an application of ours that is connected to the nodes. */
  async ours(places: readonly Place[]): Promise<OurApplication> {
    const ports = this.#ports(places);
    const application = await OurApplication.start(ports, this.#sdkFolder(places));
    this.#applications.add(application);
    return application;
  }

  /** Waits until both nodes, or those named, know somebody who listens to the topic. */
  async heard(topic: string, places: readonly Place[] = ['A', 'B']): Promise<void> {
    for (const place of places) {
      await until(() => this.#knows(place, topic), `node ${place} has heard of ${topic}`);
    }
  }

  /** Waits until neither node knows anybody who listens to the topic. */
  async forgotten(topic: string): Promise<void> {
    for (const place of ['A', 'B'] as const) {
      const gone = async (): Promise<boolean> => !(await this.#knows(place, topic));
      await until(gone, `node ${place} has forgotten ${topic}`);
    }
  }

  /** Ends an application before the others. */
  async leave(application: Application): Promise<void> {
    this.#applications.delete(application);
    await application.stop();
  }

  /** Ends what was started, the applications first. */
  async stop(): Promise<void> {
    await Promise.all([...this.#applications].map((application) => application.stop()));
    await this.nodes.stop();
  }

  /** Opens a connection on which a topic is subscribed and nothing is ever answered. */
  async silent(place: Place, topic: string): Promise<void> {
    await this.nodes.subscriber(place, topic);
    await this.heard(topic);
  }

  async #knows(place: Place, topic: string): Promise<boolean> {
    let observer = this.#observers.get(place);
    if (observer === undefined || !observer.isOpen) {
      observer = await this.nodes.client(place);
      this.#observers.set(place, observer);
    }
    const own = (await observer.rpc('getNodeInfo')) as { readonly Topic: readonly string[] };
    const peers = (await observer.rpc('getPeers')) as (typeof own)[];
    return [own, ...peers].some(({ Topic }) => Topic.includes(topic));
  }

  #ports(places: readonly Place[]): number[] {
    return places.map((place) => this.nodes[place].config.channelPort);
  }

  /** Both nodes of one organisation take the same files; B of another one has its own. */
  #sdkFolder([place]: readonly Place[]): string {
    const isOther = place === 'B' && this.nodes.B.folder === this.nodes.chain.nodeFolder(AGENCY.B);
    return this.nodes.chain.sdkFolder(isOther ? AGENCY.B : AGENCY.A);
  }
}

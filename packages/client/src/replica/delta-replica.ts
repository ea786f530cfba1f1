import type { RefusedTopic, TopicName } from '@amop/codec';
import type { ReplicaEvents, TopicReplica, WantedTopics } from './topic-replica.ts';

/** Topics in one frame: bounds its size to about 2 MiB. */
const MAX_TOPICS_PER_FRAME = 8192;

/** Sends a delta; resolves with what was refused once the node has applied the rest. */
export type SendDelta = (
  add: readonly TopicName[],
  remove: readonly TopicName[],
) => Promise<readonly RefusedTopic[]>;

/** Collaborators of {@link DeltaReplica}. */
export interface DeltaReplicaDependencies extends ReplicaEvents {
  readonly wanted: WantedTopics;
  readonly send: SendDelta;
}

/**
 * The replica on a node that confirms changes: only what changed goes over the wire, and several
 * changes may be on their way at once.
 */
export class DeltaReplica implements TopicReplica {
  readonly #deps: DeltaReplicaDependencies;
  readonly #applied = new Set<TopicName>();
  readonly #dirty = new Set<TopicName>();
  /** Topics on their way, with the number of their last frame: above 0 added, below 0 removed. */
  readonly #inFlight = new Map<TopicName, number>();
  #lastFrame = 0;

  constructor(dependencies: DeltaReplicaDependencies) {
    this.#deps = dependencies;
  }

  async replay(): Promise<void> {
    for (const topic of this.#deps.wanted.topics()) this.#dirty.add(topic);
    await this.#sendChanges();
  }

  changed(topic: TopicName): void {
    this.#dirty.add(topic);
  }

  flush(): void {
    if (this.#dirty.size > 0) this.#sendChanges().catch(this.#deps.onLost);
  }

  has(topic: TopicName): boolean | undefined {
    if (this.#dirty.has(topic) || this.#inFlight.has(topic)) return undefined;
    return this.#applied.has(topic);
  }

  async #sendChanges(): Promise<void> {
    const sends: Promise<void>[] = [];
    let add: TopicName[] = [];
    let remove: TopicName[] = [];
    const unchanged: TopicName[] = [];
    for (const topic of this.#dirty) {
      const wanted = this.#deps.wanted.has(topic);
      if (wanted === this.#willHave(topic)) unchanged.push(topic);
      else if (wanted) add.push(topic);
      else remove.push(topic);
      if (add.length + remove.length === MAX_TOPICS_PER_FRAME) {
        sends.push(this.#send(add, remove));
        add = [];
        remove = [];
      }
    }
    this.#dirty.clear();
    if (add.length + remove.length > 0) sends.push(this.#send(add, remove));
    if (unchanged.length > 0) this.#deps.onApplied(unchanged);
    await Promise.all(sends);
  }

  async #send(add: readonly TopicName[], remove: readonly TopicName[]): Promise<void> {
    const frame = ++this.#lastFrame;
    for (const topic of add) this.#inFlight.set(topic, frame);
    for (const topic of remove) this.#inFlight.set(topic, -frame);
    const refused = await this.#deps.send(add, remove);
    const refusedTopics: ReadonlySet<string> = new Set(refused.map((each) => each.topic));
    for (const topic of add) {
      if (this.#landed(topic, frame) && !refusedTopics.has(topic)) this.#applied.add(topic);
    }
    for (const topic of remove) {
      if (this.#landed(topic, -frame)) this.#applied.delete(topic);
    }
    for (const each of refused) this.#deps.onRefused(each);
    this.#deps.onApplied([...add, ...remove]);
  }

  /** Whether the topic will be there once everything on its way has arrived. */
  #willHave(topic: TopicName): boolean {
    const frame = this.#inFlight.get(topic);
    return frame === undefined ? this.#applied.has(topic) : frame > 0;
  }

  /** Takes the topic off its way, unless a later frame speaks about it too. */
  #landed(topic: TopicName, frame: number): boolean {
    return this.#inFlight.get(topic) === frame && this.#inFlight.delete(topic);
  }
}

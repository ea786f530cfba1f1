import { ChannelType } from '@amop/codec';
import { expectSame } from '@amop/fuzz';
import type { AmopNode } from '../src/index.ts';
import type { RawSession } from '../test/world/raw-session.ts';
import type { World } from '../test/world/world.ts';

/** A topic that no attacker names. */
const OWN_TOPIC = 'of witnesses only';
const SILENT_TOPIC = 'a';
const WANTED = ['batch', 'deadline', 'ack', 'errors'];

/** Applications that behave well while others do not: theirs has to go on as if nobody else were there. */
export class Witnesses {
  readonly #asker: RawSession;
  readonly #answerer: RawSession;
  /** Listens to what attackers ask, and never answers. */
  readonly #silent: RawSession;
  readonly #shared: string[] = [];

  private constructor(asker: RawSession, answerer: RawSession, silent: RawSession) {
    this.#asker = asker;
    this.#answerer = answerer;
    this.#silent = silent;
  }

  /** One of ours and two as of the original. */
  static async enter(world: World, asked: AmopNode, answering: AmopNode): Promise<Witnesses> {
    const asker = await world.session(asked, WANTED);
    const answerer = (await world.session(answering)).answering();
    answerer.subscribe(OWN_TOPIC);
    const silent = await world.session(asked);
    silent.subscribe(SILENT_TOPIC);
    await world.pass(40);
    return new Witnesses(asker, answerer, silent);
  }

  /**
   * Asks on a topic that attackers listen to as well: whatever they say, there is one outcome.
   *
   * @returns whether it is there already
   */
  askShared(topic: string): () => boolean {
    const seq = this.#asker.request(topic, 'ask', { result: 2_000 });
    this.#shared.push(seq);
    return () => this.#asker.results(seq).length > 0;
  }

  /** Lets the node see that they are there. */
  beat(): void {
    for (const session of this.#all) session.send(ChannelType.heartbeat, '0');
  }

  /** A request and a multicast go through, each once. */
  async check(world: World): Promise<void> {
    const before = this.#answerer.of(ChannelType.multicast).length;
    const seq = this.#asker.request(OWN_TOPIC, 'ask', { result: 5_000 });
    this.#asker.multicast(OWN_TOPIC);
    await world.pass(400);
    expectSame(this.#asker.results(seq), [0], 'results of the witness');
    const told = this.#answerer.of(ChannelType.multicast).length - before;
    expectSame(told, 1, 'multicasts of the witness');
    expectSame(
      this.#all.some(({ isClosed }) => isClosed),
      false,
      'closed',
    );
  }

  /** Every request on shared topics had its one outcome; its time is over. */
  checkShared(): void {
    for (const seq of this.#shared) expectSame(this.#asker.results(seq).length, 1, 'outcomes');
  }

  leave(): void {
    for (const session of this.#all) session.connection.close();
  }

  get #all(): readonly RawSession[] {
    return [this.#asker, this.#answerer, this.#silent];
  }
}

import { type ChannelFrame, parseChallengeRoute, type TopicName } from '@amop/codec';
import { type Choices, expectSame } from '@amop/fuzz';
import { type MemoryPeer, MemorySession, multicast, OWN_NODE_ID } from '../test/builders.ts';
import { MARKER, PrivateWorld, route, T } from '../test/private/world.ts';

/** The name of the first is how the second begins (D-10). */
const OTHER = `${T}_1` as TopicName; // a private topic by its prefix
const ROUTES: readonly TopicName[] = [route('1'), route('2'), route('3'), route('1', OTHER)];
const TOPICS: readonly string[] = [T, OTHER, MARKER, ...ROUTES];
const NODE_IDS: readonly string[] = ['a', 'b'].map((digit) => digit.repeat(128));
const END_MS = 700_000;
/** Yes of publisher and route, by `publisher topic`: the sessions that owned the route then. */
type Allowed = Map<string, Map<string, number>>;

/**
 * Sessions and nodes in any order of markers, routes, verdicts, grants and time; and who may get what in a plain
 * model: a session gets what a publisher sends only if that one said yes to a route which the session owned.
 */
export class PrivateScene {
  readonly #world: PrivateWorld = new PrivateWorld();
  readonly #choices: Choices;
  readonly #sessions: MemorySession[] = [];
  readonly #peers: MemoryPeer[] = [];
  readonly #topicsOf: Map<MemorySession | MemoryPeer, Set<string>> = new Map();
  readonly #allowed: Allowed = new Map();
  #sent = 0;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  /** Plays all of it; throws when somebody gets what he must not have, or something is left. */
  play(): void {
    for (let count = 0; count < 3; count += 1) this.#join();
    while (this.#choices.hasMore) this.#step();
    this.#end();
  }

  #step(): void {
    const choices = this.#choices;
    const session = this.#sessions.length > 0 ? choices.of(this.#sessions) : this.#join();
    switch (choices.below(12)) {
      case 0:
        this.#join();
        break;
      case 1:
      case 2:
        this.#change(session, choices.of(TOPICS));
        break;
      case 3:
        if (this.#peers.length > 0) this.#list(choices.of(this.#peers), choices.of(TOPICS));
        break;
      case 4:
      case 5:
      case 6:
        this.#tell(session);
        break;
      case 7:
      case 8:
        this.#send(session);
        break;
      case 9:
        if (this.#peers.length > 0) this.#grant(choices.of(this.#peers));
        break;
      case 10:
        if (choices.below(4) === 0) this.#leave(session);
        else if (this.#peers.length > 0) this.#sendFrom(choices.of(this.#peers));
        break;
      default:
        this.#world.passes(choices.of([0, 1_000, 6_000, 11_000, 301_000]));
    }
  }

  #join(): MemorySession {
    const choices = this.#choices;
    const session = new MemorySession(this.#world.router);
    session.namesRoutes = choices.bool();
    this.#sessions.push(session);
    this.#topicsOf.set(session, new Set());
    if (this.#peers.length < NODE_IDS.length) {
      const nodeId = NODE_IDS[this.#peers.length] ?? '';
      const peer = this.#world.peer({ ours: choices.bool(), nodeId });
      this.#peers.push(peer);
      this.#topicsOf.set(peer, new Set());
    }
    return session;
  }

  /** As the node does it: a route has one owner. */
  #change(session: MemorySession, topic: string): void {
    const own = this.#of(session);
    if (own.delete(topic)) {
      this.#world.topics(session, [], [topic]);
      return;
    }
    const isRoute = parseChallengeRoute(topic) !== undefined;
    if (isRoute && this.#sessions.some((other) => this.#of(other).has(topic))) return;
    own.add(topic);
    this.#world.topics(session, [topic], []);
  }

  #list(peer: MemoryPeer, topic: string): void {
    const own = this.#of(peer);
    if (own.delete(topic)) this.#world.drops(peer, topic);
    else {
      own.add(topic);
      this.#world.lists(peer, topic);
    }
  }

  /** Acknowledges and answers a question, its own or one of somebody else; sometimes nothing was asked. */
  #tell(session: MemorySession): void {
    const choices = this.#choices;
    const asker = choices.below(4) === 0 ? choices.of(this.#sessions) : session;
    const asked = asker.asks[choices.below(Math.max(1, asker.asks.length))];
    const { router } = this.#world;
    if (asked !== undefined && choices.below(4) > 0) {
      router.verificationAcknowledged(session.endpoint, asked.seqKey, this.#world.nowMs);
    }
    const nodeId = asked?.nodeId ?? OWN_NODE_ID;
    const topic = asked?.topic ?? T;
    const topicForCert = asked?.topicForCert ?? choices.of(ROUTES);
    const checkResult = choices.below(3) === 0 ? 1 : 0;
    const named = choices.below(3) > 0 ? { topicForCert } : {};
    const status = { checkResult, nodeId, topic, ...named };
    const counts = router.topicStatus(session.endpoint, status, this.#world.nowMs);
    if (!counts || checkResult !== 0) return;
    if (!this.#of(session).has(MARKER)) throw new Error('a yes of somebody who is no publisher');
    // Without a route it speaks of the one that was asked: of any of them in the model.
    const routes = session.namesRoutes ? [topicForCert] : ROUTES;
    if (nodeId === OWN_NODE_ID) for (const each of routes) this.#allow(session.id, each);
  }

  #allow(publisher: number | string, name: string): void {
    const payload = parseChallengeRoute(name)?.payload;
    const owner = this.#sessions.find((each) => this.#of(each).has(name));
    if (payload === undefined || owner === undefined) return;
    const key = `${publisher} ${payload}`;
    const routes = this.#allowed.get(key) ?? new Map<string, number>();
    routes.set(`${name} ${owner.id}`, owner.id);
    this.#allowed.set(key, routes);
  }

  #send(session: MemorySession): void {
    const topic = this.#choices.of([T, OTHER]);
    const { frame, seen } = this.#watch(topic);
    this.#world.router.multicast(session.id, frame, topic, false, this.#world.nowMs);
    this.#check(seen, session.id, topic);
  }

  #grant(peer: MemoryPeer): void {
    const choices = this.#choices;
    const publisher = choices.below(2);
    const name = choices.of(ROUTES);
    const pair = [[publisher, name]] as const;
    const none = { fresh: choices.below(8) === 0, asked: [], granted: [], withdrawn: [], void: [] };
    const part = choices.of(['asked', 'asked', 'granted', 'granted', 'withdrawn', 'void'] as const);
    if (part === 'granted') this.#allow(`${peer.nodeId} ${publisher}`, name);
    const grants = { ...none, [part]: pair };
    this.#world.router.grantsFrom(peer.endpoint, grants, this.#world.nowMs);
  }

  #sendFrom(peer: MemoryPeer): void {
    const { router } = this.#world;
    const topic = this.#choices.of([T, OTHER]);
    const number = this.#choices.below(3);
    const publisher = number === 2 ? undefined : number;
    const audience = router.audienceOf(peer.endpoint, topic, publisher);
    const { frame, seen } = this.#watch(topic);
    router.multicast(peer.id, frame, topic, true, this.#world.nowMs, audience);
    const isOriginal = publisher === undefined && !peer.takesGrants;
    this.#check(seen, isOriginal ? undefined : `${peer.nodeId} ${publisher}`, topic);
  }

  #watch(topic: string): { frame: ChannelFrame; seen: ReadonlyMap<MemorySession, number> } {
    const frame = multicast(String(++this.#sent), topic);
    const seen = new Map(this.#sessions.map((each) => [each, each.multicasts.length]));
    return { frame, seen };
  }

  /** `publisher` undefined: one behind an original node, for whom a route is enough. */
  #check(
    seen: ReadonlyMap<MemorySession, number>,
    publisher: number | string | undefined,
    topic: string,
  ): void {
    for (const [session, before] of seen) {
      if (session.multicasts.length === before) continue;
      if (!this.#of(session).has(topic)) throw new Error('got what it does not subscribe');
      const hasRoute = [...this.#of(session)].some(
        (each) => parseChallengeRoute(each)?.payload === topic,
      );
      const yes = this.#allowed.get(`${publisher} ${topic}`)?.values() ?? [];
      const isAllowed = publisher === undefined ? hasRoute : [...yes].includes(session.id);
      if (!isAllowed) throw new Error(`a session got what ${publisher} did not allow it`);
    }
  }

  #leave(session: MemorySession): void {
    this.#sessions.splice(this.#sessions.indexOf(session), 1);
    this.#world.topics(session, [], [...this.#of(session)]);
    this.#topicsOf.delete(session);
  }

  #end(): void {
    const { router } = this.#world;
    for (const session of [...this.#sessions]) this.#leave(session);
    for (const peer of this.#peers) {
      this.#world.drops(peer, ...this.#of(peer));
      router.nodeLost(peer.nodeId);
    }
    this.#world.passes(END_MS);
    expectSame(router.verifications, 0, 'pairs of publisher and route');
    expectSame(router.topics, 0, 'topics');
    for (const topic of [T, OTHER]) expectSame(router.receiversOf(topic), [], 'receivers');
  }

  #of(party: MemorySession | MemoryPeer): Set<string> {
    return this.#topicsOf.get(party) ?? new Set();
  }
}

import { NO_GRANTS, type PeerGrant, type PeerGrants } from '@amop/codec';
import { describe, expect, it } from 'vitest';
import { type MemoryPeer, request } from '../builders.ts';
import { MARKER, PrivateWorld, route, T } from './world.ts';

const R1 = route('1');
const R2 = route('2');
const NOTHING = NO_GRANTS;

/** What a peer was told but what its node is asked about. */
function told(peer: MemoryPeer): PeerGrants[] {
  return peer.grants.filter(({ asked }) => asked.length === 0);
}

/** The peer's node asks its publishers, and has their yes. */
function grants(world: PrivateWorld, peer: MemoryPeer, ...granted: PeerGrant[]): void {
  world.router.grantsFrom(peer.endpoint, { ...NO_GRANTS, asked: granted }, 0);
  world.router.grantsFrom(peer.endpoint, { ...NO_GRANTS, granted }, 0);
}

describe('on the own node', () => {
  it('the session that proved receives, and no other (D-05, D-11)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const proven = world.session(T, R1);
    world.saysYes(publisher);
    const eavesdroppers = [world.session(T), world.session(T, R2), world.session(R2)];
    publisher.asks.length = 0;
    for (let turn = 0; turn < 20; turn++) expect(world.request(publisher)).toBeUndefined();
    expect(world.multicast(publisher)).toBe(1);
    expect(proven.pushed).toHaveLength(20);
    expect(eavesdroppers.flatMap(({ multicasts, pushed }) => [...multicasts, ...pushed])).toEqual(
      [],
    );
  });

  it('a session that changes its routes goes on receiving while it proves anew', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const proven = world.session(T, R1);
    world.saysYes(publisher);
    world.topics(proven, [R2], [R1]);
    expect(world.request(publisher)).toBeUndefined();
    world.passes(4_000);
    expect(world.request(publisher)).toBeUndefined();
    world.saysYes(publisher);
    world.passes(7_000);
    expect(world.request(publisher)).toBeUndefined();
  });

  it('and stops after 10 s, if it does not', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const proven = world.session(T, R1);
    world.saysYes(publisher);
    world.topics(proven, [R2], [R1]);
    world.passes(10_100);
    expect(world.request(publisher)).toBe(100);
  });

  it('and stops at once, if the new route is refused', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const proven = world.session(T, R1);
    world.saysYes(publisher);
    world.topics(proven, [R2], [R1]);
    world.says(publisher, publisher.asks.shift(), 1);
    expect(world.request(publisher)).toBe(100);
  });

  it('another session that takes the route inherits nothing', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const first = world.session(T, R1);
    world.saysYes(publisher);
    world.topics(first, [], [T, R1]);
    const second = world.session(T, R1);
    expect(world.request(publisher)).toBe(100);
    expect(second.pushed).toEqual([]);
    world.saysYes(publisher);
    expect(world.request(publisher)).toBeUndefined();
    expect(second.pushed).toHaveLength(1);
  });

  it('a route that changes hands between question and verdict proves nothing', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const victim = world.session(T, R1);
    const thief = world.session(T);
    world.topics(thief, [R1], []);
    world.topics(victim, [], [T, R1]);
    expect(world.says(publisher, publisher.asks.shift())).toBe(false);
    expect(world.request(publisher)).toBe(100);
    expect(publisher.asks).toMatchObject([{ topicForCert: R1 }]);
    world.saysYes(publisher);
    world.request(publisher);
    expect(thief.pushed).toHaveLength(1);
  });

  it('who unsubscribes the payload topic stops at once', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const proven = world.session(T, R1);
    world.saysYes(publisher);
    world.topics(proven, [], [T]);
    expect(world.request(publisher)).toBe(100);
    world.topics(proven, [T], []);
    expect(world.request(publisher)).toBe(100);
  });

  it('a route of two sessions proves nothing for either', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const [one, other] = [world.session(T, R1), world.session(T, R1)];
    world.saysYes(publisher);
    expect(world.request(publisher)).toBe(100);
    expect([...one.pushed, ...other.pushed]).toEqual([]);
  });

  it('all receive unproved from who owns the marker, where the configuration says so', () => {
    const world = new PrivateWorld({ verifiesOwnNode: false });
    const early = world.session(T);
    const publisher = world.publisher();
    const late = world.session(T, R1);
    expect(world.multicast(publisher)).toBe(2);
    // Clients of ours prove all the same: it gives them the keys to seal with.
    world.says(publisher, publisher.asks.shift(), 1);
    expect(world.multicast(publisher)).toBe(2);
    expect(world.multicast(early)).toBe(0);
    world.topics(late, [], [T]);
    expect(world.multicast(publisher)).toBe(1);
    world.topics(publisher, [], [MARKER]);
    expect(world.multicast(publisher)).toBe(0);
  });
});

describe('towards a node of ours', () => {
  it('each grant is told before a message goes there, with the number of the publisher', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({ ours: true }, T, R1, R2);
    world.saysYes(publisher);
    world.saysYes(publisher);
    expect(told(peer)).toEqual([
      { ...NOTHING, granted: [[publisher.id, R1]] },
      { ...NOTHING, granted: [[publisher.id, R2]] },
    ]);
    world.request(publisher);
    world.multicast(publisher);
    expect(peer.requests[0]?.publisher).toBe(publisher.id);
    expect(peer.multicasts[0]?.publisher).toBe(publisher.id);
  });

  it('it stands for as many subscribers as proved; an original one for one', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const ours = world.peer({ ours: true }, T, R1, R2, route('3'));
    const original = world.peer({}, T, route('4'), route('5'), route('6'));
    world.saysYes(publisher);
    for (let turn = 0; turn < 400; turn++) world.request(publisher);
    expect(original.requests.length).toBeGreaterThan(60);
    expect(original.requests.length).toBeLessThan(140);
    expect(ours.requests.length + original.requests.length).toBe(400);
  });

  it('another connection of it takes over with all grants, which begin afresh', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const first = world.peer({ ours: true }, T, R1);
    world.saysYes(publisher);
    const second = world.peer({ ours: true, nodeId: first.nodeId }, T, R1);
    world.drops(first, T, R1);
    expect(told(second)).toEqual([{ ...NOTHING, fresh: true, granted: [[publisher.id, R1]] }]);
    expect(world.request(publisher)).toBeUndefined();
    expect([first.requests.length, second.requests.length]).toEqual([0, 1]);
  });

  it('what it says to be void is asked for again', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({ ours: true }, T, R1);
    world.saysYes(publisher);
    world.passes(2_000);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, void: [[publisher.id, R1]] }, 2_000);
    expect(publisher.asks).toHaveLength(1);
    expect(world.request(publisher)).toBe(100);
    world.saysYes(publisher);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, void: [[publisher.id, R1]] }, 2_000);
    expect(publisher.asks).toEqual([]);
  });
});

describe('behind the node of a publisher', () => {
  it('of ours, the session that owns the granted route receives, and no other', () => {
    const world = new PrivateWorld();
    const peer = world.peer({ ours: true });
    const [granted, other] = [world.session(T, R1), world.session(T, R2)];
    grants(world, peer, [7, R1]);
    const audience = world.router.audienceOf(peer.endpoint, T, 7);
    for (let turn = 0; turn < 20; turn++) {
      world.router.requestFromPeer(peer, request(`${turn}`, T), T, turn, 0, 0, audience);
    }
    expect([granted.pushed.length, other.pushed.length]).toEqual([20, 0]);
    expect(world.router.audienceOf(peer.endpoint, T, 8)).not.toBe(audience);
    expect(world.router.audienceOf(peer.endpoint, T)).toBe(-1);
    expect(world.router.audienceOf(peer.endpoint, 'prices')).toBeUndefined();
  });

  it('of ours, a grant for a route that nobody owns is void', () => {
    const world = new PrivateWorld();
    const peer = world.peer({ ours: true });
    world.session(R2);
    grants(world, peer, [7, R1], [7, R2]);
    expect(told(peer)).toEqual([
      {
        ...NOTHING,
        void: [
          [7, R1],
          [7, R2],
        ],
      },
    ]);
  });

  it('of ours, 20 000 publishers of one session cost no more than as many of others', () => {
    const world = new PrivateWorld();
    const peer = world.peer({ ours: true });
    const victim = world.session(T, R1);
    for (let from = 0; from < 20_000; from += 4_000) {
      const pairs = Array.from({ length: 4_000 }, (_, at): PeerGrant => [from + at, R1]);
      grants(world, peer, ...pairs);
    }
    world.topics(victim, [], [T, R1]);
    // Told in a few frames, and nothing is left. With a look at all of them for each this takes minutes.
    const voided = told(peer).flatMap((each) => each.void);
    expect([told(peer).length, voided.length]).toEqual([5, 20_000]);
    expect(world.router.audienceOf(peer.endpoint, T, 7)).toBe(-1);
  });

  it('of ours, a session that is gone makes its grants void, and the next one inherits none', () => {
    const world = new PrivateWorld();
    const peer = world.peer({ ours: true });
    const first = world.session(T, R1);
    grants(world, peer, [7, R1]);
    world.topics(first, [], [T, R1]);
    world.session(T, R1);
    expect(told(peer)).toEqual([{ ...NOTHING, void: [[7, R1]] }]);
    expect(world.router.audienceOf(peer.endpoint, T, 7)).toBe(-1);
  });

  it('of ours, a route that has changed hands since the question proves nothing', () => {
    const world = new PrivateWorld();
    const peer = world.peer({ ours: true });
    const victim = world.session(T, R1);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, asked: [[7, R1]] }, 0);
    world.topics(victim, [], [T, R1]);
    world.session(T, R1);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, granted: [[7, R1]] }, 0);
    expect(world.router.audienceOf(peer.endpoint, T, 7)).toBe(-1);
    expect(told(peer)).toEqual([{ ...NOTHING, void: [[7, R1]] }]);
  });

  it('of ours, a withdrawal and the end of the connection end it', () => {
    const world = new PrivateWorld();
    const peer = world.peer({ ours: true });
    world.session(T, R1);
    grants(world, peer, [7, R1]);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, withdrawn: [[7, R1]] }, 0);
    expect(world.router.audienceOf(peer.endpoint, T, 7)).toBe(-1);
    grants(world, peer, [7, R1]);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, asked: [[8, R1]] }, 0);
    world.router.grantsFrom(peer.endpoint, { ...NOTHING, fresh: true, granted: [[8, R1]] }, 0);
    expect(world.router.audienceOf(peer.endpoint, T, 7)).toBe(-1);
    expect(world.router.audienceOf(peer.endpoint, T, 8)).not.toBe(-1);
    world.router.nodeLost(peer.nodeId);
    expect(world.router.audienceOf(peer.endpoint, T, 8)).toBe(-1);
  });

  it('an original one, only sessions that own an exactly formed route receive (D-05)', () => {
    const world = new PrivateWorld();
    const peer = world.peer();
    const owner = world.session(T, R1);
    const others = [world.session(T), world.session(T, `${R2}x`), world.session(R2)];
    const audience = world.router.audienceOf(peer.endpoint, T);
    for (let turn = 0; turn < 20; turn++) {
      world.router.requestFromPeer(peer, request(`${turn}`, T), T, turn, 0, 0, audience);
    }
    expect(owner.pushed).toHaveLength(20);
    expect(others.flatMap(({ pushed }) => pushed)).toEqual([]);
    world.topics(owner, [], [R1]);
    world.router.requestFromPeer(peer, request('x', T), T, 99, 0, 0, audience);
    expect(owner.pushed).toHaveLength(20);
  });
});

describe('what a publisher sends to a route', () => {
  it('goes to the node that it was asked about, though another lists it too (D-04)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const hostile = world.peer({}, T, R1);
    const honest = world.peer({}, T, R1);
    expect(publisher.asks).toMatchObject([{ nodeId: hostile.nodeId }]);
    for (let turn = 0; turn < 20; turn++) world.request(publisher, R1);
    expect([hostile.requests.length, honest.requests.length]).toEqual([20, 0]);
    world.says(publisher, publisher.asks.shift(), 1);
    expect(publisher.asks).toMatchObject([{ nodeId: honest.nodeId }]);
    for (let turn = 0; turn < 20; turn++) world.request(publisher, R1);
    expect([hostile.requests.length, honest.requests.length]).toEqual([20, 20]);
  });

  it('goes afterwards to where the proof was taken', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const hostile = world.peer({}, T, R1);
    const honest = world.peer({}, T, R1);
    world.says(publisher, publisher.asks.shift(), 1);
    world.says(publisher, publisher.asks.shift(), 0);
    for (let turn = 0; turn < 20; turn++) world.request(publisher, R1);
    expect([hostile.requests.length, honest.requests.length]).toEqual([0, 20]);
  });

  it('goes there, when it is sealed, also while the publisher is asked about another', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const honest = world.peer({}, T, R1);
    world.saysYes(publisher);
    const hostile = world.peer({}, T, R1);
    expect(publisher.asks).toMatchObject([{ nodeId: hostile.nodeId }]);
    const sealed = Uint8Array.of(0xa5, 0x50, 0x54, 1, 4, 0, 0);
    for (let turn = 0; turn < 20; turn++) world.request(publisher, R1, sealed);
    expect([hostile.requests.length, honest.requests.length]).toEqual([0, 20]);
  });

  it('goes to the own node when that is where the route is', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const owner = world.session(T, R1);
    const hostile = world.peer({}, T, R1);
    for (let turn = 0; turn < 20; turn++) expect(world.request(publisher, R1)).toBeUndefined();
    expect([owner.pushed.length, hostile.requests.length]).toEqual([20, 0]);
  });
});

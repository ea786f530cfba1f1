import { payloadTopic, publisherMarker } from '@amop/codec';
import { describe, expect, it } from 'vitest';
import { MARKER, OWN_NODE_ID, PrivateWorld, route, T } from './world.ts';

const R1 = route('1');
const R2 = route('2');
const R3 = route('3');
const OWNER = 'a'.repeat(128);
const IMITATOR = 'b'.repeat(128);

describe('a publisher is asked', () => {
  it('at once, when the peer lists payload topic and route', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, R1, T);
    expect(publisher.asks).toEqual([
      { nodeId: peer.nodeId, topic: T, topicForCert: R1, seqKey: '1'.padStart(32, '0') },
    ]);
  });

  it('at once, when it comes after the subscriber', () => {
    const world = new PrivateWorld();
    world.peer({}, T, R1);
    expect(world.publisher().asks).toHaveLength(1);
  });

  it('about subscribers of its own node, under the own node ID (D-11)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.session(T, R1);
    expect(publisher.asks).toMatchObject([{ nodeId: OWN_NODE_ID, topicForCert: R1 }]);
  });

  it.each([
    ['only the route', [R1]],
    ['only the payload topic', [T]],
    ['a route that is not exactly formed', [T, `${R1}0`]],
    [
      'the route of T10, when it publishes on T1 (D-10)',
      [payloadTopic('T10'), route('1', payloadTopic('T10'))],
    ],
  ])('not when a peer lists %s', (_, topics) => {
    const world = new PrivateWorld();
    const publisher = world.publisher({}, MARKER, publisherMarker(payloadTopic('T1')));
    world.peer({}, ...topics);
    expect(publisher.asks).toEqual([]);
  });

  it('as every other publisher, whatever the others say (D-31)', () => {
    const world = new PrivateWorld();
    const [silent, refusing, willing] = [world.publisher(), world.publisher(), world.publisher()];
    const peer = world.peer({}, T, R1);
    expect(silent.asks).toHaveLength(1);
    world.says(refusing, refusing.asks[0], 1);
    world.says(willing, willing.asks[0], 0);
    expect([silent, refusing, willing].map((each) => world.request(each))).toEqual([
      100,
      100,
      undefined,
    ]);
    expect(peer.requests).toHaveLength(1);
  });

  it('about one route of a node at a time, if its 0x38 does not name it', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1, R2);
    expect(publisher.asks).toHaveLength(1);
    world.says(publisher, publisher.asks[0], 1);
    expect(publisher.asks.map((ask) => ask.topicForCert)).toEqual([R1, R2]);
  });

  it('about all routes at once, if it names them', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    world.peer({}, T, R1, R2);
    expect(publisher.asks).toHaveLength(2);
  });

  it('again after a wait that doubles, when it says no', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1);
    for (const waitMs of [5_000, 10_000, 20_000]) {
      world.says(publisher, publisher.asks.shift(), 1);
      world.passes(waitMs - 100);
      expect(publisher.asks).toEqual([]);
      world.passes(200);
      expect(publisher.asks).toHaveLength(1);
    }
  });

  it('again, when it does not acknowledge within 5 s', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1);
    publisher.asks.length = 0;
    world.passes(5_100);
    expect(publisher.asks).toEqual([]);
    world.passes(10_100);
    expect(publisher.asks).toHaveLength(1);
    expect(world.router.counters.privateTopics.unanswered).toBe(1);
  });

  it('about 64 routes of a node at a time; the rest follows as it answers', () => {
    const world = new PrivateWorld();
    const names = Array.from({ length: 10_000 }, (_, index) => payloadTopic(`t${index}`));
    const publisher = world.publisher({}, ...names.map(publisherMarker));
    world.peer({}, ...names, ...names.map((name) => route('1', name)));
    expect(publisher.asks).toHaveLength(64);
    const asked = new Set<string>();
    for (let ask = publisher.asks.shift(); ask !== undefined; ask = publisher.asks.shift()) {
      asked.add(ask.topicForCert);
      world.says(publisher, ask);
    }
    expect(asked.size).toBe(10_000);
    expect(world.router.counters.privateTopics.proven).toBe(10_000);
  });

  it('without a wait for what another node lists and nobody answers for', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const silent = Array.from({ length: 1_000 }, (_, index) => {
      return `#!$VerifyChannel_${T}_${index.toString(16).padStart(32, '0')}`;
    });
    world.peer({}, T, ...silent);
    const honest = world.peer({}, T, R1);
    expect(publisher.asks.filter(({ nodeId }) => nodeId === honest.nodeId)).toHaveLength(1);
  });

  it('about a new route before those that have failed, where one is asked at a time', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, T, ...['3', '4', '5'].map((digit) => route(digit)));
    for (let turn = 0; turn < 3; turn++) world.says(publisher, publisher.asks.shift(), 1);
    world.passes(5_100);
    expect(publisher.asks.splice(0)).toHaveLength(1);
    world.lists(peer, R1);
    // The one that is asked about stays silent; then it is the turn of the new one.
    world.passes(5_100);
    world.passes(10_100);
    expect(publisher.asks).toMatchObject([{ topicForCert: R1 }]);
  });

  it('about 1 024 routes of a topic at one node and no more', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const routes = Array.from({ length: 1_100 }, (_, index) => {
      const id = index.toString(16).padStart(32, '0');
      return `#!$VerifyChannel_${T}_${id}`;
    });
    world.peer({}, T, ...routes);
    for (let rest = publisher.asks.length; rest > 0; ) {
      world.says(publisher, publisher.asks.shift(), 1);
      rest = publisher.asks.length;
    }
    expect(world.router.counters.privateTopics).toMatchObject({ asked: 1_024, overLimit: 76 });
  });

  it('about a route that was one too many, once others are gone', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const routes = Array.from({ length: 1_030 }, (_, index) => {
      const id = index.toString(16).padStart(32, '0');
      return `#!$VerifyChannel_${T}_${id}`;
    });
    const peer = world.peer({}, T, ...routes);
    const last = routes.at(-1) ?? '';
    world.drops(peer, ...routes.filter((route) => route !== last));
    world.passes(10_100);
    expect(publisher.asks.map(({ topicForCert }) => topicForCert)).toEqual([routes[0], last]);
    world.saysYes(publisher);
    expect(world.request(publisher)).toBeUndefined();
    world.drops(peer, last);
    expect(world.request(publisher)).toBe(100);
  });
});

describe('a 0x38 counts for nothing', () => {
  it('from a session that was not asked (D-02)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const stranger = world.session();
    const peer = world.peer({}, T, R1);
    const status = { checkResult: 0, nodeId: peer.nodeId, topic: T };
    expect(world.router.topicStatus(stranger.endpoint, status, 0)).toBe(false);
    expect(world.request(stranger)).toBe(100);
    expect(world.request(publisher)).toBe(100);
    expect(world.router.counters.privateTopics.statusIgnored).toBe(1);
  });

  it('before the 0x37 was acknowledged', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, T, R1);
    const status = { checkResult: 0, nodeId: peer.nodeId, topic: T };
    expect(world.router.topicStatus(publisher.endpoint, status, 0)).toBe(false);
  });

  it('about another topic or another node', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1);
    const [ask] = publisher.asks;
    if (ask === undefined) throw new Error('not asked');
    world.router.verificationAcknowledged(publisher.endpoint, ask.seqKey, 0);
    const told = (status: Partial<typeof ask>): boolean =>
      world.router.topicStatus(publisher.endpoint, { ...ask, ...status, checkResult: 0 }, 0);
    expect(told({ topic: payloadTopic('other') })).toBe(false);
    expect(told({ nodeId: OWN_NODE_ID })).toBe(false);
    expect(told({ nodeId: `0X${ask.nodeId.toUpperCase()}` })).toBe(true);
  });

  it('when it comes late: the next route is asked about only after a quarantine', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, T, R1, R2);
    const [first] = publisher.asks.splice(0);
    world.router.verificationAcknowledged(publisher.endpoint, first?.seqKey ?? '', 0);
    world.passes(10_100);
    world.passes(9_000);
    const late = { checkResult: 0, nodeId: peer.nodeId, topic: T };
    expect(world.router.topicStatus(publisher.endpoint, late, world.nowMs)).toBe(false);
    expect(publisher.asks).toEqual([]);
    world.passes(1_200);
    expect(publisher.asks).toMatchObject([{ topicForCert: R2 }]);
    expect(world.router.topicStatus(publisher.endpoint, late, world.nowMs)).toBe(false);
    expect(world.request(publisher)).toBe(100);
  });
});

describe('a 0x38 that comes late', () => {
  it('counts from a publisher that names routes, where no other node lists the route', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    world.peer({ ours: true }, T, R1);
    world.passes(5_100);
    expect(world.says(publisher, publisher.asks.at(-1))).toBe(true);
    expect(world.request(publisher)).toBeUndefined();
  });

  it('counts for nothing where another node has proved the route (D-04)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const owner = world.peer({ ours: true, nodeId: OWNER }, T, R1);
    world.saysYes(publisher);
    const imitator = world.peer({ ours: true, nodeId: IMITATOR }, T, R1);
    world.passes(5_100);
    // The question is over: the challenge finds the owner, who signs it.
    world.request(publisher, R1);
    expect(owner.requests).toHaveLength(1);
    expect(world.says(publisher, publisher.asks[0])).toBe(false);
    expect(imitator.grants.flatMap(({ granted }) => granted)).toEqual([]);
  });

  it('counts for nothing where another node lists the route later (D-04)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const imitator = world.peer({ ours: true, nodeId: IMITATOR }, T, R1);
    const [late] = publisher.asks.splice(0);
    const owner = world.peer({ ours: true, nodeId: OWNER }, T, R1);
    world.passes(5_100);
    world.request(publisher, R1);
    expect(owner.requests).toHaveLength(1);
    expect(world.says(publisher, late)).toBe(false);
    expect(world.says(publisher, publisher.asks[0])).toBe(true);
    expect(imitator.grants.flatMap(({ granted }) => granted)).toEqual([]);
  });

  it('says no all the same', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    world.peer({ ours: true, nodeId: OWNER }, T, R1);
    const [first] = publisher.asks;
    world.saysYes(publisher);
    world.peer({ ours: true, nodeId: IMITATOR }, T, R1);
    world.passes(5_100);
    expect(world.says(publisher, first, 1)).toBe(true);
    expect(world.request(publisher)).toBe(100);
  });
});

describe('a subscriber that changes its route while it is asked about', () => {
  function changing() {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, T, R1);
    world.saysYes(publisher);
    world.lists(peer, R2);
    world.drops(peer, R1);
    const [ask] = publisher.asks.splice(0);
    world.router.verificationAcknowledged(publisher.endpoint, ask?.seqKey ?? '', world.nowMs);
    const changes = (): void => {
      world.lists(peer, R3);
      world.drops(peer, R2);
    };
    return { world, publisher, peer, changes };
  }

  it('is asked about at once, when the challenge has found the old route gone', () => {
    const { changes, publisher, world } = changing();
    changes();
    expect(publisher.asks).toEqual([]);
    expect(world.request(publisher, R2)).toBe(100);
    expect(publisher.asks).toMatchObject([{ topicForCert: R3 }]);
    world.saysYes(publisher);
    world.passes(20_000);
    expect(world.request(publisher)).toBeUndefined();
  });

  it('is asked about at once, when the challenge had failed before the change was known', () => {
    const { changes, peer, publisher, world } = changing();
    peer.isOpen = false;
    expect(world.request(publisher, R2)).toBe(100);
    peer.isOpen = true;
    changes();
    expect(publisher.asks).toMatchObject([{ topicForCert: R3 }]);
  });

  it('is asked about once the verdict on the old route has come, which opens nothing', () => {
    const { changes, peer, publisher, world } = changing();
    changes();
    const late = { checkResult: 0, nodeId: peer.nodeId, topic: T };
    expect(world.router.topicStatus(publisher.endpoint, late, world.nowMs)).toBe(false);
    expect(publisher.asks).toMatchObject([{ topicForCert: R3 }]);
    expect(world.router.topicStatus(publisher.endpoint, late, world.nowMs)).toBe(false);
    world.passes(10_100);
    expect(world.request(publisher)).toBe(100);
  });

  it('is asked about after the quarantine, when a stranger has sent to the old route', () => {
    const { changes, publisher, world } = changing();
    changes();
    expect(world.request(world.session(), R2)).toBe(100);
    world.passes(9_000);
    expect(publisher.asks).toEqual([]);
    world.passes(1_200);
    expect(publisher.asks).toMatchObject([{ topicForCert: R3 }]);
  });
});

describe('a proof', () => {
  it('is asked for anew after 5 minutes and ends after 10', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1);
    world.saysYes(publisher);
    world.passes(299_000);
    expect(publisher.asks).toEqual([]);
    world.passes(2_000);
    expect(publisher.asks).toHaveLength(1);
    expect(world.request(publisher)).toBeUndefined();
    world.passes(300_000);
    expect(world.request(publisher)).toBe(100);
  });

  it('that is renewed goes on', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1);
    for (let turn = 0; turn < 5; turn++) {
      world.saysYes(publisher);
      world.passes(301_000);
      expect(world.request(publisher)).toBeUndefined();
    }
  });

  it('ends when the publisher says no at its renewal', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    world.peer({}, T, R1);
    world.saysYes(publisher);
    world.passes(301_000);
    world.says(publisher, publisher.asks[0], 1);
    expect(world.request(publisher)).toBe(100);
  });

  it('ends at any time, when a publisher that names routes says so', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const peer = world.peer({ ours: true }, T, R1, R2);
    world.saysYes(publisher);
    const status = { checkResult: 1, nodeId: peer.nodeId, topic: T, topicForCert: R1 };
    expect(world.router.topicStatus(publisher.endpoint, status, 0)).toBe(true);
    expect(peer.grants.at(-1)?.withdrawn).toEqual([[publisher.id, R1]]);
    expect(world.request(publisher)).toBeUndefined();
    world.router.topicStatus(publisher.endpoint, { ...status, topicForCert: R2 }, 0);
    expect(world.request(publisher)).toBe(100);
  });

  it('ends with the marker of the publisher', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({ ours: true }, T, R1);
    world.saysYes(publisher);
    world.topics(publisher, [], [MARKER]);
    expect(world.request(publisher)).toBe(100);
    expect(peer.grants.at(-1)?.withdrawn).toEqual([[publisher.id, R1]]);
    expect(world.router.verifications).toBe(0);
  });

  it('ends with the route, and a publisher that can understand it is told', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher({ namesRoutes: true });
    const peer = world.peer({}, T, R1);
    world.saysYes(publisher);
    world.drops(peer, R1);
    expect(world.request(publisher)).toBe(100);
    expect(publisher.gone).toEqual([
      { checkResult: 1, nodeId: peer.nodeId, topic: T, topicForCert: R1 },
    ]);
  });

  it('outlives its route for 10 s, while another one of the topic is proved', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const peer = world.peer({}, T, R1);
    world.saysYes(publisher);
    world.router.updatePeer(
      peer.endpoint,
      [
        [R1, 0],
        [R2, 1],
      ],
      0,
    );
    expect(publisher.asks).toMatchObject([{ topicForCert: R2 }]);
    world.passes(9_000);
    expect(world.request(publisher)).toBeUndefined();
    world.passes(1_100);
    expect(world.request(publisher)).toBe(100);
  });

  it('never opens the topic for another publisher or for anybody else (D-02)', () => {
    const world = new PrivateWorld();
    const publisher = world.publisher();
    const [other, stranger] = [world.publisher(), world.session()];
    const peer = world.peer({}, T, R1);
    world.saysYes(publisher);
    expect(world.request(publisher)).toBeUndefined();
    expect([world.request(other), world.request(stranger)]).toEqual([100, 100]);
    expect([world.multicast(other), world.multicast(stranger)]).toEqual([0, 0]);
    expect(peer.requests).toHaveLength(1);
  });
});

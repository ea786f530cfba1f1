import {
  ChannelType,
  encodeChannelFrame,
  encodeErrorDetail,
  readChannelFrame,
  seqFromKey,
} from '@amop/codec';
import { describe, expect, it } from 'vitest';
import {
  answer,
  createRouter,
  frame,
  MemoryPeer,
  MemorySession,
  request,
  seq,
} from './builders.ts';

const NO_DEADLINE = 0;

function failureOf(
  session: MemorySession,
  index = 0,
): { code: number; maybeDelivered: string; reason: string } {
  const outcome = session.outcomes[index];
  if (outcome?.kind !== 'failure') throw new Error(`no failure but ${outcome?.kind}`);
  const { code, detail } = outcome.failure;
  return { code, maybeDelivered: detail.maybeDelivered, reason: detail.reason };
}

describe('a unicast', () => {
  it('reaches a subscriber of the same node and brings its answer back (D-06)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');

    router.requestFromSession(sender, request('1'), 'orders', NO_DEADLINE, 0);
    expect(subscriber.pushed).toHaveLength(1);
    expect(router.answerFromSession(subscriber.endpoint, answer(seq('1')), 0)).toBe(true);

    expect(sender.outcomes).toMatchObject([{ kind: 'answer', seqKey: seq('1') }]);
    expect(router.pending).toBe(0);
  });

  it('ends with 100 at once when nobody subscribes', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    expect(failureOf(sender)).toEqual({ code: 100, maybeDelivered: 'no', reason: 'no-subscriber' });
  });

  it('is not routed to _block_notify_ topics (D-13), nor to a private topic without a proof', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const topics = ['_block_notify_1', '#!$TopicNeedVerify_secret'];
    const subscriber = new MemorySession(router, ...topics);
    for (const topic of topics) router.requestFromSession(sender, request('1', topic), topic, 0, 0);
    expect(subscriber.pushed).toEqual([]);
    expect(sender.outcomes).toHaveLength(2);
    expect(failureOf(sender, 1).code).toBe(100);
  });

  it('does not choose its own sender while somebody else subscribes (D-14)', () => {
    const router = createRouter();
    const sender = new MemorySession(router, 'orders');
    const other = new MemorySession(router, 'orders');
    for (let index = 0; index < 50; index++) {
      router.requestFromSession(sender, request(String(index)), 'orders', 5_000, 0);
    }
    expect(other.pushed).toHaveLength(50);
    expect(sender.pushed).toHaveLength(0);
  });

  it('reaches its own sender when it is the only subscriber, under another seq (D-14)', () => {
    const router = createRouter();
    const sender = new MemorySession(router, 'orders');
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    expect(sender.pushed).toHaveLength(1);
    expect(sender.pushed[0]?.seqKey).not.toBe(request('1').seqKey);
  });

  it('chooses uniformly over subscribers, not over nodes and not per second (D-15)', () => {
    const router = createRouter(7);
    const sender = new MemorySession(router);
    const near = [new MemorySession(router, 'orders'), new MemorySession(router, 'orders')];
    const far = new MemoryPeer(router, { extended: true }, ['orders', 4]);
    for (let index = 0; index < 6_000; index++) {
      router.requestFromSession(sender, request(String(index)), 'orders', 5_000, 0);
    }
    for (const session of near) expect(session.pushed.length).toBeGreaterThan(850);
    for (const session of near) expect(session.pushed.length).toBeLessThan(1_150);
    expect(far.requests.length).toBeGreaterThan(3_800);
    expect(far.requests.length).toBeLessThan(4_200);
  });

  it('goes on to the next candidate when a receiver is gone before the write (D-07)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const gone = new MemorySession(router, 'orders');
    gone.isOpen = false;
    const alive = new MemorySession(router, 'orders');
    for (let index = 0; index < 20; index++) {
      router.requestFromSession(sender, request(String(index)), 'orders', 5_000, 0);
    }
    expect(alive.pushed).toHaveLength(20);
  });

  it('is refused with 103 when the table of pending requests is full (D-22)', () => {
    const router = createRouter(1, { maxPendingRequests: 2 });
    const senders = [1, 2, 3].map(() => new MemorySession(router));
    new MemorySession(router, 'orders');
    for (const sender of senders) {
      router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    }
    const [first, second, third] = senders;
    expect([first?.outcomes, second?.outcomes]).toEqual([[], []]);
    expect(third && failureOf(third)).toEqual({
      code: 103,
      maybeDelivered: 'no',
      reason: 'overloaded',
    });
  });

  it('of a sender that has a quarter of the table in flight is refused, others are served (D-22)', () => {
    const router = createRouter(1, { maxPendingRequests: 8 });
    const [greedy, modest] = [new MemorySession(router), new MemorySession(router)];
    new MemorySession(router, 'orders');
    for (const key of ['1', '2', '3']) {
      router.requestFromSession(greedy, request(key), 'orders', 5_000, 0);
    }
    router.requestFromSession(modest, request('4'), 'orders', 5_000, 0);
    expect(greedy.outcomes).toHaveLength(1);
    expect(modest.outcomes).toEqual([]);
  });

  it('of a sender that is gone holds nothing any more', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(sender, request('1'), 'orders', 600_000, 0);
    router.originLost(sender, 0);
    expect([router.pending, subscriber.endpoint.pending.size, sender.load.bytes]).toEqual([
      0, 0, 0,
    ]);
    expect(sender.outcomes).toEqual([]);
  });

  it('that fails on one connection to a node is not sent to it by another one', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const first = new MemoryPeer(router, { extended: false }, ['orders', 1]);
    const again = router.addPeer(first);
    router.requestFromSession(sender, request('1'), 'orders', NO_DEADLINE, 0);
    router.updatePeer(first.endpoint, [['orders', 0]], 0);
    router.updatePeer(again, [['orders', 1]], 0);
    router.receiverLost(first.endpoint, 10);
    expect(first.requests).toHaveLength(1);
    expect(failureOf(sender).code).toBe(100);
  });

  it('goes on when a peer of ours has no room for it', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const options = { extended: true };
    const full = [1, 2].map(() => new MemoryPeer(router, options, ['orders', 1]));
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    const data = encodeErrorDetail({
      hop: 'peer-node',
      reason: 'overloaded',
      maybeDelivered: 'no',
      retryable: true,
    });
    for (let round = 0; round < 2; round++) {
      const asked = full.find(({ endpoint }) => endpoint.pending.size > 0);
      if (asked === undefined) throw new Error('nobody was asked');
      const fields = { type: ChannelType.response, seq: seqFromKey(seq('1')), result: 103, data };
      const frameOfPeer = readChannelFrame(encodeChannelFrame(fields));
      router.answerFromPeer(
        asked.endpoint,
        asked.requests[0]?.peerSeq ?? -1,
        frameOfPeer,
        true,
        10,
      );
    }
    for (const { requests } of full) expect(requests).toHaveLength(1);
    expect(failureOf(sender)).toEqual({ code: 103, maybeDelivered: 'no', reason: 'overloaded' });
  });
});

describe('an answer', () => {
  it('counts only on the session that was asked (D-30)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const stranger = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    expect(router.answerFromSession(stranger.endpoint, answer(seq('1')), 0)).toBe(false);
    expect(sender.outcomes).toEqual([]);
    expect(router.answerFromSession(subscriber.endpoint, answer(seq('1')), 0)).toBe(true);
    expect(router.answerFromSession(subscriber.endpoint, answer(seq('1')), 0)).toBe(false);
    expect(sender.outcomes).toHaveLength(1);
    expect(router.counters.unexpectedAnswers).toBe(2);
  });

  it('finds its own request when two with one seq are pending on one session (D-30)', () => {
    const router = createRouter();
    const first = new MemorySession(router);
    const second = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(first, request('1'), 'orders', 5_000, 0);
    router.requestFromSession(second, request('1'), 'orders', 5_000, 0);
    const [one, two] = subscriber.pushed;
    expect(one?.seqKey).toBe(seq('1'));
    expect(two?.seqKey).not.toBe(seq('1'));

    router.answerFromSession(
      subscriber.endpoint,
      answer(two?.seqKey ?? '', 0, 'orders', 'second'),
      0,
    );
    expect(second.outcomes).toMatchObject([{ kind: 'answer', seqKey: seq('1') }]);
    expect(first.outcomes).toEqual([]);
    router.answerFromSession(subscriber.endpoint, answer(seq('1')), 0);
    expect(first.outcomes).toHaveLength(1);
  });

  it('that comes late is not taken for the answer to another request with its seq (D-30)', () => {
    const router = createRouter();
    const [first, second] = [new MemorySession(router), new MemorySession(router)];
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(first, request('1'), 'orders', 1_000, 0);
    router.sweep(1_100);
    router.requestFromSession(second, request('1'), 'orders', 1_000, 1_200);
    const [, renamed] = subscriber.pushed;

    expect(router.answerFromSession(subscriber.endpoint, answer(seq('1')), 1_300)).toBe(false);
    expect(second.outcomes).toEqual([]);
    expect(
      router.answerFromSession(subscriber.endpoint, answer(renamed?.seqKey ?? ''), 1_300),
    ).toBe(true);
    expect(second.outcomes).toMatchObject([{ kind: 'answer' }]);

    router.requestFromSession(second, request('1'), 'orders', 1_000, 1_400);
    expect(subscriber.pushed.at(-1)?.seqKey).toBe(seq('1'));
  });

  it('is not waited for from a session that owes too many', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    const texts = Array.from({ length: 65 }, (_, index) => String(index));
    for (const text of texts) router.requestFromSession(sender, request(text), 'orders', 1_000, 0);
    router.sweep(1_100);
    for (const text of ['1', '0'])
      router.requestFromSession(sender, request(text), 'orders', 1_000, 1_200);
    const [taken, forgotten] = subscriber.pushed.slice(-2);
    expect(taken?.seqKey).not.toBe(seq('1'));
    expect(forgotten?.seqKey).toBe(seq('0'));
  });

  it('from a peer counts by p2p seq on that peer only, and only as a 0x31 frame (D-30)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const peer = new MemoryPeer(router, { extended: false }, ['orders', 1]);
    const stranger = new MemoryPeer(router, { extended: false });
    router.requestFromSession(sender, request('1'), 'orders', NO_DEADLINE, 0);
    const peerSeq = peer.requests[0]?.peerSeq ?? -1;
    expect(router.answerFromPeer(stranger.endpoint, peerSeq, answer(seq('1')), false, 0)).toBe(
      false,
    );
    const wrongType = frame(ChannelType.heartbeat, seq('1'), 'orders');
    expect(router.answerFromPeer(peer.endpoint, peerSeq, wrongType, false, 0)).toBe(true);
    expect(failureOf(sender).code).toBe(100);
  });

  it('that cannot be decoded ends the request instead of losing it (D-07)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const peer = new MemoryPeer(router, { extended: false }, ['orders', 1]);
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    router.answerFromPeer(peer.endpoint, peer.requests[0]?.peerSeq ?? -1, undefined, false, 0);
    expect(failureOf(sender)).toEqual({
      code: 104,
      maybeDelivered: 'unknown',
      reason: 'bad-answer',
    });
    expect(router.pending).toBe(0);
  });
});

describe('104 from a peer', () => {
  it('is not final while another node has a subscriber (D-17)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const peers = ['a', 'b', 'c'].map(
      () => new MemoryPeer(router, { extended: false }, ['orders', 1]),
    );
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    for (let round = 0; round < peers.length; round++) {
      const asked = peers.filter((peer) => peer.requests.length > 0);
      expect(asked).toHaveLength(round + 1);
      const open = asked.find((peer) => peer.endpoint.pending.size > 0);
      if (open === undefined) throw new Error('nobody was asked');
      router.answerFromPeer(
        open.endpoint,
        open.requests[0]?.peerSeq ?? -1,
        answer(seq('1'), 104),
        false,
        10,
      );
    }
    expect(failureOf(sender)).toEqual({ code: 104, maybeDelivered: 'no', reason: 'no-answer' });
  });

  it('after the time of a silent subscriber is final for a sender with a deadline (D-18)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const peers = [1, 2].map(() => new MemoryPeer(router, { extended: false }, ['orders', 1]));
    router.requestFromSession(sender, request('1'), 'orders', 20_000, 0);
    const asked = peers.find((peer) => peer.requests.length > 0);
    if (asked === undefined) throw new Error('nobody was asked');
    router.answerFromPeer(
      asked.endpoint,
      asked.requests[0]?.peerSeq ?? -1,
      answer(seq('1'), 104),
      false,
      5_001,
    );
    expect(failureOf(sender)).toMatchObject({ code: 104, maybeDelivered: 'unknown' });
    expect(peers.reduce((sum, peer) => sum + peer.requests.length, 0)).toBe(1);
  });

  it('of a peer of ours says itself whether a handler may have run', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const peer = new MemoryPeer(router, { extended: true }, ['orders', 1]);
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    const data = encodeErrorDetail({
      hop: 'peer-node',
      node: peer.nodeId,
      reason: 'no-answer',
      maybeDelivered: 'unknown',
      retryable: true,
    });
    const fields = { type: ChannelType.response, seq: seqFromKey(seq('1')), result: 104, data };
    const inner = readChannelFrame(encodeChannelFrame(fields));
    router.answerFromPeer(peer.endpoint, peer.requests[0]?.peerSeq ?? -1, inner, true, 10);
    const outcome = sender.outcomes[0];
    expect(outcome).toMatchObject({
      failure: {
        code: 104,
        detail: { hop: 'peer-node', node: peer.nodeId, maybeDelivered: 'unknown' },
      },
    });
  });
});

describe('a code of the subscriber behind a peer of ours', () => {
  it.each([103, 104, 105, 7])(
    '%d is its answer: its handler has run, nobody else is asked',
    (code) => {
      const router = createRouter();
      const sender = new MemorySession(router);
      const peers = [1, 2].map(() => new MemoryPeer(router, { extended: true }, ['orders', 1]));
      router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
      const asked = peers.find((peer) => peer.requests.length > 0);
      if (asked === undefined) throw new Error('nobody was asked');
      const peerSeq = asked.requests[0]?.peerSeq ?? -1;
      router.answerFromPeer(asked.endpoint, peerSeq, answer(seq('1'), code), false, 10);
      expect(sender.outcomes).toMatchObject([{ kind: 'answer', frame: { result: code } }]);
      expect(peers.reduce((sum, peer) => sum + peer.requests.length, 0)).toBe(1);
    },
  );
});

describe('a client of ours that declines', () => {
  it('is followed by the next candidate: its handler is gone, nothing was delivered (D-17)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscribers = [1, 2].map(() => new MemorySession(router, 'orders'));
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    const declining = subscribers.find(({ pushed }) => pushed.length === 1);
    if (declining === undefined) throw new Error('nobody was asked');
    const data = encodeErrorDetail({
      hop: 'subscriber',
      reason: 'not-subscribed',
      maybeDelivered: 'no',
      retryable: true,
    });
    const fields = { type: ChannelType.response, seq: seqFromKey(seq('1')), result: 104, data };
    const declined = readChannelFrame(encodeChannelFrame(fields));
    router.answerFromSession(declining.endpoint, declined, 10);
    for (const { pushed } of subscribers) expect(pushed).toHaveLength(1);
    expect(sender.outcomes).toEqual([]);
  });
});

describe('a silent subscriber', () => {
  it('is followed by the next one after 5 s for an original sender, 104 in the end (spec 8.2)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const silent = [1, 2].map(() => new MemorySession(router, 'orders'));
    router.requestFromSession(sender, request('1'), 'orders', NO_DEADLINE, 0);
    const pushes = (): number => silent.reduce((sum, session) => sum + session.pushed.length, 0);
    router.sweep(4_999);
    expect(pushes()).toBe(1);
    router.sweep(5_020);
    expect(pushes()).toBe(2);
    router.sweep(10_060);
    expect(failureOf(sender)).toMatchObject({ code: 104 });
    expect(router.pending).toBe(0);
  });

  it('is not followed by another one for a sender with a deadline: one handler, one outcome (D-18)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const silent = [1, 2].map(() => new MemorySession(router, 'orders'));
    router.requestFromSession(sender, request('1'), 'orders', 12_000, 0);
    router.sweep(11_999);
    expect(silent.reduce((sum, session) => sum + session.pushed.length, 0)).toBe(1);
    router.sweep(12_020);
    expect(failureOf(sender)).toEqual({
      code: 104,
      maybeDelivered: 'unknown',
      reason: 'no-answer',
    });
  });

  it('does not keep a request beyond 30 s, however many there are', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const silent = Array.from({ length: 10 }, () => new MemorySession(router, 'orders'));
    router.requestFromSession(sender, request('1'), 'orders', NO_DEADLINE, 0);
    for (let nowMs = 0; nowMs <= 30_020; nowMs += 20) router.sweep(nowMs);
    expect(sender.outcomes).toHaveLength(1);
    expect(silent.reduce((sum, session) => sum + session.pushed.length, 0)).toBeLessThanOrEqual(6);
  });

  it('that answers late is not heard', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(sender, request('1'), 'orders', 1_000, 0);
    router.sweep(1_020);
    expect(router.answerFromSession(subscriber.endpoint, answer(seq('1')), 0)).toBe(false);
    expect(sender.outcomes).toHaveLength(1);
  });
});

describe('a receiver that is lost', () => {
  it('is replaced for an original sender', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscribers = [1, 2].map(() => new MemorySession(router, 'orders'));
    router.requestFromSession(sender, request('1'), 'orders', NO_DEADLINE, 0);
    const [lost, other] =
      subscribers[0]?.pushed.length === 1 ? subscribers : [...subscribers].reverse();
    if (lost === undefined || other === undefined) throw new Error('two sessions');
    router.updateSession(lost.endpoint, [], ['orders'], 0);
    router.receiverLost(lost.endpoint, 10);
    expect(other.pushed).toHaveLength(1);
    expect(lost.endpoint.pending.size).toBe(0);
  });

  it('ends the request of a sender with a deadline: it may have been delivered', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const peer = new MemoryPeer(router, { extended: true }, ['orders', 1]);
    new MemoryPeer(router, { extended: true }, ['other', 1]);
    router.requestFromSession(sender, request('1'), 'orders', 5_000, 0);
    router.updatePeer(peer.endpoint, [['orders', 0]], 0);
    router.receiverLost(peer.endpoint, 10);
    expect(failureOf(sender)).toEqual({
      code: 104,
      maybeDelivered: 'unknown',
      reason: 'receiver-lost',
    });
  });
});

describe('the deadline', () => {
  it('shrinks at each hop and is 0 for a sender that named none', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(sender, request('1'), 'orders', 1_000, 0);
    router.requestFromSession(sender, request('2'), 'orders', NO_DEADLINE, 0);
    expect(subscriber.pushed.map(({ remainingMs }) => remainingMs)).toEqual([980, 0]);
  });

  it('of a request from a peer is answered to that peer under its p2p seq with 104', () => {
    const router = createRouter();
    const peer = new MemoryPeer(router, { extended: true });
    router.requestFromPeer(peer, request('1'), 'orders', 77, 5_000, 0);
    expect(peer.outcomes).toMatchObject([
      { token: 77, failure: { code: 104, detail: { hop: 'peer-node', maybeDelivered: 'no' } } },
    ]);
  });

  it('says to a peer which application asks, if it named no time (D-14)', () => {
    const router = createRouter();
    const sender = new MemorySession(router);
    sender.endpoint.applicationMark = 99;
    const peer = new MemoryPeer(router, { extended: true }, ['orders', 1]);
    router.requestFromSession(sender, request('1'), 'orders', 0, 0);
    router.requestFromSession(sender, request('2'), 'orders', 1_000, 0);
    expect(peer.requests.map(({ hint }) => hint)).toEqual([-99, 980]);
  });

  it('reaches the same application at a peer under another seq (D-14)', () => {
    const router = createRouter();
    const asking = new MemoryPeer(router, { extended: true });
    const session = new MemorySession(router, 'orders');
    session.endpoint.applicationMark = 99;
    for (const hint of [-99, -98, 0, 1_000]) {
      router.requestFromPeer(asking, request(`${hint}`), 'orders', 77, hint, 0);
    }
    const kept = session.pushed.map(({ frame, seqKey }) => seqKey === frame.seqKey);
    expect(kept).toEqual([false, true, true, true]);
  });

  it('a request from a peer never goes back to a peer', () => {
    const router = createRouter();
    const asking = new MemoryPeer(router, { extended: true });
    const other = new MemoryPeer(router, { extended: true }, ['orders', 3]);
    router.requestFromPeer(asking, request('1'), 'orders', 77, 5_000, 0);
    expect(other.requests).toEqual([]);
    expect(asking.outcomes).toHaveLength(1);
  });
});

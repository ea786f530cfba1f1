import { SeededRandom } from '@amop/testkit';
import { describe, expect, it } from 'vitest';
import {
  type MulticastEnd,
  type RequestCounters,
  type RequestEnd,
  type RouteObserver,
  Router,
} from '../src/index.ts';
import {
  answer,
  createRouter,
  MemoryPeer,
  MemorySession,
  multicast,
  request,
  seq,
} from './builders.ts';

/** The outcomes of one kind of sender together. */
function outcomes(counters: RequestCounters): number {
  const { abandoned, answered, answeredWithError, failed100, failed103, failed104 } = counters;
  return abandoned + answered + answeredWithError + failed100 + failed103 + failed104;
}

describe('the counters of requests', () => {
  it('give everything received one outcome, by who asked', () => {
    const router = createRouter();
    const asker = new MemorySession(router);
    const leaving = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    const peer = new MemoryPeer(router, { extended: true });
    for (const key of ['1', '2', '3']) {
      router.requestFromSession(asker, request(key), 'orders', 1_000, 0);
    }
    router.requestFromSession(leaving, request('4'), 'orders', 1_000, 0);
    router.requestFromSession(asker, request('5', 'nobody'), 'nobody', 1_000, 0);
    router.requestFromPeer(peer, request('6'), 'orders', 77, 0, 0);
    router.requestFromSession(asker, request('7'), 'orders', 1_000, 0);
    router.answerFromSession(subscriber.endpoint, answer(seq('1')), 4);
    router.answerFromSession(subscriber.endpoint, answer(seq('2'), 7), 5);
    router.originLost(leaving, 6);
    router.sweep(1_100);
    const { application, peer: fromPeer } = router.counters.requests;
    expect(application).toMatchObject({
      received: 6,
      answered: 1,
      answeredWithError: 1,
      abandoned: 1,
      failed100: 1,
      failed104: 2,
    });
    expect([application.received - outcomes(application), router.pending]).toEqual([0, 1]);
    expect(fromPeer).toMatchObject({ received: 1, answered: 0 });
    router.answerFromSession(subscriber.endpoint, answer(seq('6')), 1_200);
    expect([fromPeer.answered, router.pending]).toEqual([1, 0]);
  });

  it('count bytes of frames in both directions', () => {
    const router = createRouter();
    const asker = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    const [asked, replied] = [request('1'), answer(seq('1'), 0, 'orders', 'a longer reply')];
    router.requestFromSession(asker, asked, 'orders', 0, 0);
    router.answerFromSession(subscriber.endpoint, replied, 1);
    expect(router.counters.requests.application).toMatchObject({
      receivedBytes: asked.bytes.length,
      answeredBytes: replied.bytes.length,
    });
  });
});

describe('a request for which there is no room', () => {
  it('is counted as received and as refused', () => {
    const router = createRouter(1, { maxPendingBytes: 1 });
    router.requestFromSession(new MemorySession(router), request('1'), 'orders', 0, 0);
    expect(router.counters.requests.application).toMatchObject({ received: 1, failed103: 1 });
  });
});

describe('the latencies', () => {
  it('are told apart by hop', () => {
    const router = createRouter();
    const asker = new MemorySession(router);
    const subscriber = new MemorySession(router, 'here');
    const peer = new MemoryPeer(router, { extended: true }, ['there', 1]);
    router.requestFromSession(asker, request('1', 'here'), 'here', 0, 10);
    router.answerFromSession(subscriber.endpoint, answer(seq('1')), 13);
    router.requestFromSession(asker, request('2', 'there'), 'there', 0, 20);
    router.answerFromPeer(
      peer.endpoint,
      peer.requests[0]?.peerSeq ?? 0,
      answer(seq('2')),
      false,
      27,
    );
    const { latency } = router.counters;
    expect([latency.application.sumMs, latency.peer.sumMs, latency.request.sumMs]).toEqual([
      3, 7, 10,
    ]);
  });
});

/** Keeps what it hears as one line each. */
class Listener implements RouteObserver {
  readonly lines: string[] = [];

  requested({ topic }: { readonly topic: string }): void {
    this.lines.push(`requested ${topic}`);
  }

  attempted(_request: object, endpoint: { readonly kind: string }, seqKey: string): void {
    this.lines.push(`attempted ${endpoint.kind} ${seqKey.slice(-1)}`);
  }

  ended(_request: object, end: RequestEnd): void {
    this.lines.push(end.kind === 'failed' ? `failed ${end.code} ${end.reason}` : end.kind);
  }

  multicast(sourceId: number, _frame: object, topic: string, end: MulticastEnd): void {
    const { isDuplicate, toApplications, toPeers } = end;
    this.lines.push(`multicast ${sourceId} ${topic} ${toApplications} ${toPeers} ${isDuplicate}`);
  }
}

describe('an observer', () => {
  it('hears the way of a request: each attempt, and one end', () => {
    const observer = new Listener();
    const router = new Router({ nodeId: '0a' }, { random: new SeededRandom(1), observer });
    const asker = new MemorySession(router);
    const subscriber = new MemorySession(router, 'orders');
    router.requestFromSession(asker, request('1'), 'orders', 0, 0);
    router.updateSession(subscriber.endpoint, [], ['orders'], 0);
    router.receiverLost(subscriber.endpoint, 1);
    router.requestFromSession(asker, request('2', 'nobody'), 'nobody', 0, 2);
    expect(observer.lines).toEqual([
      'requested orders',
      'attempted session 1',
      'failed 104 receiver-lost',
      'requested nobody',
      'failed 100 no-subscriber',
    ]);
  });

  it('hears where a multicast went, and of copies', () => {
    const observer = new Listener();
    const router = new Router({ nodeId: '0a' }, { random: new SeededRandom(1), observer });
    new MemorySession(router, 'orders');
    new MemoryPeer(router, { extended: true }, ['orders', 3]);
    router.multicast(8, multicast('1'), 'orders', false, 0);
    router.multicast(9, multicast('1'), 'orders', false, 1);
    router.multicast(8, multicast('2', 'nobody'), 'nobody', false, 2);
    expect(observer.lines).toEqual([
      'multicast 8 orders 1 1 false',
      'multicast 9 orders 0 0 true',
      'multicast 8 nobody 0 0 false',
    ]);
  });
});

import { until } from '@amop/e2e';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Application, type Received, reversed, type TopicKey } from '../src/application.ts';
import { Consortium, type Place } from '../src/consortium.ts';
import { KINDS, newTopic, printOf, text } from '../src/content.ts';
import type { JavaApplication } from '../src/java-application.ts';
import { newTopicKey } from '../src/topic-key.ts';

const java = inject('java');
const PRIVATE = { isPrivate: true } as const;
const PROBE = text('are you there?');
/** Time for three Java processes to start, on a busy machine. */
const STARTS_MS = 180_000;
/** What the SDK logs when its challenge finds a route gone. It asks again later. */
const CHALLENGE_ERROR = 'get random value signature of amop private topic failed';
/** Longer than a node lets a subscriber receive that has changed its route and not proved again. */
const BURSTS_MS = 25_000;
const FENCE = text('fence');

interface Applications {
  readonly javaA: JavaApplication;
  readonly otherJavaA: JavaApplication;
  readonly javaB: JavaApplication;
  readonly oursA: Application;
  readonly otherOursA: Application;
  readonly oursB: Application;
}

interface Row {
  readonly name: string;
  readonly publisher: keyof Applications;
  readonly subscriber: keyof Applications;
}

const ROWS: readonly Row[] = [
  { name: 'Java, two nodes, Java', publisher: 'javaA', subscriber: 'javaB' },
  { name: 'Java, two nodes, our client', publisher: 'javaA', subscriber: 'oursB' },
  { name: 'our client, two nodes, Java', publisher: 'oursA', subscriber: 'javaB' },
  { name: 'our client, two nodes, our client', publisher: 'oursA', subscriber: 'oursB' },
  { name: 'Java, the same node, Java', publisher: 'javaA', subscriber: 'otherJavaA' },
  { name: 'Java, the same node, our client', publisher: 'javaA', subscriber: 'oursA' },
  { name: 'our client, the same node, Java', publisher: 'oursA', subscriber: 'javaA' },
  { name: 'our client, the same node, our client', publisher: 'oursA', subscriber: 'otherOursA' },
];

const contentsOf = (messages: readonly Received[]): string[] =>
  messages
    .filter(({ content }) => printOf(content) !== printOf(PROBE))
    .map(({ content, kind }) => `${kind}: ${printOf(content)}`);

describe.skipIf(java === null)('rsa', () => {
  let consortium: Consortium;
  let applications: Applications;

  beforeAll(async () => {
    consortium = await Consortium.start(java, {});
    const [javaA, otherJavaA, javaB, oursA, otherOursA, oursB] = await Promise.all([
      consortium.java(['A']),
      consortium.java(['A']),
      consortium.java(['B']),
      consortium.ours(['A']),
      consortium.ours(['A']),
      consortium.ours(['B']),
    ]);
    applications = { javaA, otherJavaA, javaB, oursA, otherOursA, oursB };
  });
  afterAll(() => consortium?.stop());

  const newKey = (): TopicKey => newTopicKey(consortium.nodes.chain.directory);

  /** Waits until the publisher has verified somebody: the SDK does not say when. */
  async function verified(publisher: Application, topic: string): Promise<void> {
    const isServed = async (): Promise<boolean> =>
      (await publisher.request(topic, PROBE, PRIVATE)).code === 0;
    await until(isServed, `${publisher.name} has verified a subscriber of ${topic}`);
  }

  async function opened(row: Pick<Row, 'publisher' | 'subscriber'>, prefix: string) {
    const topic = newTopic(prefix);
    const key = newKey();
    const publisher = applications[row.publisher];
    const subscriber = applications[row.subscriber];
    await subscriber.subscribePrivate(topic, key);
    await publisher.publishPrivate(topic, [newKey(), key]);
    await verified(publisher, topic);
    return { topic, key, publisher, subscriber };
  }

  for (const row of ROWS) {
    describe(row.name, () => {
      for (const { content, name, prefix } of KINDS) {
        test(`unicast, ${name}`, async () => {
          const { topic, publisher, subscriber } = await opened(row, prefix);
          const answer = await publisher.request(topic, content, PRIVATE);
          expect(answer.code).toBe(0);
          expect(printOf(answer.content)).toBe(printOf(reversed(content)));
          await subscriber.received(topic, 2);
          expect(contentsOf(subscriber.inbox(topic))).toEqual([`unicast: ${printOf(content)}`]);
        });

        test(`multicast, ${name}`, async () => {
          const { topic, publisher, subscriber } = await opened(row, prefix);
          await publisher.multicast(topic, content, PRIVATE);
          await publisher.multicast(topic, FENCE, PRIVATE);
          await subscriber.received(topic, 3);
          await subscriber.settle();
          expect(contentsOf(subscriber.inbox(topic)).sort()).toEqual(
            [`multicast: ${printOf(content)}`, `multicast: ${printOf(FENCE)}`].sort(),
          );
        });
      }

      test('wrong key: gets nothing, on either node', async () => {
        const { topic, publisher, subscriber } = await opened(row, 'wrong-key');
        const open = newTopic('open');
        const { javaA, javaB, oursA, oursB, otherJavaA, otherOursA } = applications;
        const eavesdroppers = [javaA, javaB, oursA, oursB, otherJavaA, otherOursA].filter(
          (application) => application !== publisher && application !== subscriber,
        );
        for (const application of eavesdroppers) {
          await application.subscribePrivate(topic, newKey());
          await application.subscribe(open);
        }
        await consortium.heard(open);
        for (let i = 0; i < 20; i++) {
          const answer = await publisher.request(topic, text(`${i}`), PRIVATE);
          expect(printOf(answer.content)).toBe(printOf(reversed(text(`${i}`))));
        }
        await publisher.multicast(topic, text('secret'), PRIVATE);
        await publisher.multicast(open, FENCE);
        for (const application of eavesdroppers) {
          await application.received(open, 1);
          await application.settle();
          expect(application.inbox(topic)).toEqual([]);
        }
        await subscriber.received(topic, 22);
      });
    });
  }

  for (const subscriber of ['javaB', 'otherJavaA'] as const) {
    test(`${subscriber} makes new routes at each subscribe call and keeps receiving`, async () => {
      for (const publisher of ['javaA', 'oursA'] as const) {
        const stage = await opened({ publisher, subscriber }, 'new-routes');
        for (let i = 0; i < 10; i++) {
          const content = text(`${i}`);
          await stage.subscriber.subscribe(newTopic('another'));
          const answer = await stage.publisher.request(stage.topic, content, PRIVATE);
          expect(printOf(answer.content)).toBe(printOf(reversed(content)));
        }
      }
    });
  }

  test('javaB subscribes several topics in a row, again and again: no request is lost', async () => {
    const stage = await opened({ publisher: 'javaA', subscriber: 'javaB' }, 'burst');
    const end = performance.now() + BURSTS_MS;
    const bursts = (async () => {
      for (let burst = 0; burst < 3; burst++) {
        for (let i = 0; i < 4; i++) await stage.subscriber.subscribe(newTopic('burst'));
      }
    })();
    const codes = new Map<number, number>();
    while (performance.now() < end) {
      const { code } = await stage.publisher.request(stage.topic, text('x'), PRIVATE);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    await bursts;
    expect([...codes.keys()]).toEqual([0]);
  });

  test('public keys as text', async () => {
    const { javaA, javaB } = applications;
    const [topic, key] = [newTopic('hex'), newKey()];
    await javaB.subscribePrivate(topic, key);
    await javaA.publishPrivateHex(topic, [key]);
    await verified(javaA, topic);
  });

  test('Java unsubscribes: 100', async () => {
    const { topic, publisher, subscriber } = await opened(
      { publisher: 'javaA', subscriber: 'javaB' },
      'leave',
    );
    await subscriber.unsubscribe(topic);
    await until(
      async () => (await publisher.request(topic, text('x'), PRIVATE)).code === 100,
      'nobody is reached',
    );
  });

  for (const place of ['A', 'B'] as const satisfies readonly Place[]) {
    for (const publisher of ['javaA', 'oursA'] as const) {
      test(
        `${publisher}: a Java subscriber at ${place} that is started anew`,
        async () => {
          const [topic, key] = [newTopic('subscriber-restart'), newKey()];
          const from = applications[publisher];
          await from.publishPrivate(topic, [key]);
          for (let start = 0; start < 3; start++) {
            const subscriber = await consortium.java([place]);
            await subscriber.subscribePrivate(topic, key);
            await verified(from, topic);
            await from.multicast(topic, FENCE, PRIVATE);
            await subscriber.received(topic, 2);
            await consortium.leave(subscriber);
            await until(
              async () => (await from.request(topic, text('x'), PRIVATE)).code === 100,
              'nobody is reached',
            );
          }
        },
        STARTS_MS,
      );
    }

    for (const subscriber of ['otherJavaA', 'oursA'] as const) {
      test(
        `${subscriber}: a Java publisher at ${place} that is started anew`,
        async () => {
          const [topic, key] = [newTopic('publisher-restart'), newKey()];
          await applications[subscriber].subscribePrivate(topic, key);
          for (let start = 0; start < 3; start++) {
            const publisher = await consortium.java([place]);
            await publisher.publishPrivate(topic, [key]);
            await verified(publisher, topic);
            await publisher.multicast(topic, FENCE, PRIVATE);
            await applications[subscriber].received(topic, 2 * (start + 1));
            await consortium.leave(publisher);
          }
        },
        STARTS_MS,
      );
    }
  }

  test('the Java log is free of errors, but for acks of multicasts and lost challenges', async () => {
    const { javaA, javaB, otherJavaA } = applications;
    for (const application of [javaA, javaB, otherJavaA]) {
      const errors = await application.errors();
      expect(errors.filter((line) => !line.includes(CHALLENGE_ERROR))).toEqual([]);
    }
  });
});

describe.skipIf(java === null)('rsa | Java connected to two nodes of its organisation', () => {
  let consortium: Consortium;
  beforeAll(async () => {
    consortium = await Consortium.start(java, { sameAgency: true });
  });
  afterAll(() => consortium?.stop());

  // It sends its challenge through one of them, whichever asked (D-31).
  test.each(['A', 'B'] as const)('publisher on both, subscriber on %s', async (place) => {
    const publisher = await consortium.java(['A', 'B']);
    const subscriber = await consortium.java([place]);
    const topic = newTopic('both');
    const key = newTopicKey(consortium.nodes.chain.directory);
    await subscriber.subscribePrivate(topic, key);
    await publisher.publishPrivate(topic, [key]);
    const content = text('through either');
    const served = async (): Promise<boolean> =>
      (await publisher.request(topic, content, PRIVATE)).code === 0;
    await until(served, 'verified');
    // Requests go through either node, too: both have to have their verdict.
    await until(async () => {
      for (let i = 0; i < 20; i++) if (!(await served())) return false;
      return true;
    }, 'verified at both nodes');
    const before = subscriber.inbox(topic).length;
    await publisher.multicast(topic, FENCE, PRIVATE);
    await subscriber.received(topic, before + 1);
  });
});

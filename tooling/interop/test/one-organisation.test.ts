import { until } from '@amop/e2e';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Application, reversed } from '../src/application.ts';
import { Consortium } from '../src/consortium.ts';
import { newTopic, printOf, text } from '../src/content.ts';

const java = inject('java');
/** The SDK looks for lost nodes every 20 s. */
const RECONNECT_DEADLINE_MS = 60_000;

describe.skipIf(java === null)('rsa | Java connected to two nodes of its organisation', () => {
  let consortium: Consortium;
  beforeEach(async () => {
    consortium = await Consortium.start(java, { sameAgency: true });
  });
  afterEach(() => consortium?.stop());

  test('a multicast reaches each session once, though Java sends it to both nodes', async () => {
    const [publisher, javaA, javaB, javaBoth, oursA, oursB, oursBoth] = await Promise.all([
      consortium.java(['A', 'B']),
      consortium.java(['A']),
      consortium.java(['B']),
      consortium.java(['A', 'B']),
      consortium.ours(['A']),
      consortium.ours(['B']),
      consortium.ours(['A', 'B']),
    ]);
    const topic = newTopic('once');
    // The SDK keeps no account of what it got by another connection; our client does.
    const copies = new Map<Application, number>([
      [javaA, 1],
      [javaB, 1],
      [javaBoth, 2],
      [oursA, 1],
      [oursB, 1],
      [oursBoth, 1],
    ]);
    const subscribers = [...copies.keys()];
    await Promise.all(subscribers.map((subscriber) => subscriber.subscribe(topic)));
    await consortium.heard(topic);
    const contents = Array.from({ length: 20 }, (_, i) => text(`multicast ${i}`));
    for (const content of contents) await publisher.multicast(topic, content);
    for (const [subscriber, count] of copies) {
      await subscriber.received(topic, count * contents.length);
      await subscriber.settle();
      const wanted = contents.flatMap((content) => Array<string>(count).fill(printOf(content)));
      const received = subscriber.inbox(topic).map(({ content }) => printOf(content));
      // Java hands messages to several threads: their order is not that of the wire.
      expect(received.sort()).toEqual(wanted.sort());
    }
    expect(await publisher.errors()).toEqual([]);
  });

  test('D-14 it asks on a topic of its own: its callback answers, by the other node', async () => {
    const application = await consortium.java(['A', 'B']);
    const topic = newTopic('own');
    await application.subscribe(topic);
    await consortium.heard(topic);
    for (let i = 0; i < 10; i++) {
      const content = text(`to myself ${i}`);
      const answer = await application.request(topic, content);
      expect(printOf(answer.content)).toBe(printOf(reversed(content)));
    }
    expect(application.inbox(topic)).toHaveLength(10);
    expect(await application.errors()).toEqual([]);
  });

  test('one node is killed: Java carries on, and uses it again when it is back', async () => {
    const application = await consortium.java(['A', 'B']);
    const oursB = await consortium.ours(['B']);
    const topic = newTopic('carry-on');
    const own = newTopic('java-listens');
    await oursB.subscribe(topic);
    await application.subscribe(own);
    await consortium.heard(topic);
    await consortium.heard(own);
    const content = text('still there?');
    const ask = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        const answer = await application.request(topic, content);
        expect(printOf(answer.content)).toBe(printOf(reversed(content)));
      }
    };
    const connected = (count: number): Promise<void> =>
      until(
        async () => (await application.peers()).length === count,
        `Java is connected to ${count} nodes`,
        RECONNECT_DEADLINE_MS,
      );

    await ask(20);
    await consortium.nodes.A.stop('SIGKILL');
    await connected(1);
    await ask(20);

    await consortium.nodes.A.start();
    await consortium.nodes.peered();
    await connected(2);
    await ask(20);
    // Its subscription is on A again: B cannot help any more.
    await consortium.heard(own, ['A']);
    await consortium.nodes.B.stop('SIGKILL');
    const oursA = await consortium.ours(['A']);
    expect((await oursA.request(own, content)).code).toBe(0);
  }, 180_000);
});

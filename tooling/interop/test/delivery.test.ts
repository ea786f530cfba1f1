import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { reversed } from '../src/application.ts';
import { Consortium } from '../src/consortium.ts';
import { newTopic, printOf, text } from '../src/content.ts';
import type { JavaApplication } from '../src/java-application.ts';
import type { OurApplication } from '../src/our-application.ts';

const java = inject('java');
/** Time that a node gives a silent subscriber whose requester named no deadline (spec 20), in ms. */
const PUSH_TIMEOUT_MS = 5_000;
/** Longer than that, so that the SDK's own clock does not come first. */
const PATIENT = { timeoutMs: 30_000 };
const FILE = { file: 'report-2026.csv' };

describe.skipIf(java === null)('rsa', () => {
  let consortium: Consortium;
  let javaA: JavaApplication;
  let javaB: JavaApplication;
  let oursA: OurApplication;
  let oursB: OurApplication;

  beforeAll(async () => {
    consortium = await Consortium.start(java, {});
    [javaA, javaB, oursA, oursB] = await Promise.all([
      consortium.java(['A']),
      consortium.java(['B']),
      consortium.ours(['A']),
      consortium.ours(['B']),
    ]);
  });
  afterAll(() => consortium?.stop());

  const publishers = [
    { name: 'Java', publisher: () => javaA, silentMs: 30_000, leastMs: PUSH_TIMEOUT_MS },
    // A request of our client ends by its deadline, however long a node would wait.
    { name: 'our client', publisher: () => oursA, silentMs: 1_000, leastMs: 0 },
  ];

  for (const { leastMs, name, publisher, silentMs } of publishers) {
    describe(`${name} sends`, () => {
      test('four subscribers on two nodes: each a fair share', async () => {
        const topic = newTopic('share');
        const otherJavaA = await consortium.java(['A']);
        const otherOursA = await consortium.ours(['A']);
        const subscribers = [otherJavaA, otherOursA, javaB, oursB];
        await Promise.all(subscribers.map((subscriber) => subscriber.subscribe(topic)));
        await consortium.heard(topic);
        // 100 each are expected, with a standard deviation of 9.
        const requests = Array.from({ length: 400 }, (_, i) => text(`request ${i}`));
        const answers = await Promise.all(
          requests.map((content) => publisher().request(topic, content)),
        );
        expect(answers.map(({ content }) => printOf(content))).toEqual(
          requests.map((content) => printOf(reversed(content))),
        );
        const shares = subscribers.map((subscriber) => subscriber.inbox(topic).length);
        expect(shares.reduce((sum, share) => sum + share)).toBe(requests.length);
        expect(Math.min(...shares)).toBeGreaterThan(55);
      });

      test('no subscriber: 100', async () => {
        expect(await publisher().request(newTopic('nobody'), text('x'))).toEqual({ code: 100 });
      });

      test('silent subscriber: 104', async () => {
        const topic = newTopic('silent');
        await consortium.silent('B', topic);
        const begin = performance.now();
        const answer = await publisher().request(topic, text('x'), { timeoutMs: silentMs });
        expect(answer).toEqual({ code: 104 });
        expect(performance.now() - begin).toBeGreaterThanOrEqual(leastMs);
      });

      test('a Java callback that throws: 104, and the next request is answered', async () => {
        const failing = newTopic('throw');
        await javaB.subscribe(failing, 'throw');
        await consortium.heard(failing);
        const answer = await publisher().request(failing, text('x'), { timeoutMs: silentMs });
        expect(answer).toEqual({ code: 104 });
        expect(javaB.inbox(failing)).toHaveLength(1);
        const fine = newTopic('after-throw');
        await javaB.subscribe(fine);
        await consortium.heard(fine);
        expect((await publisher().request(fine, text('x'))).code).toBe(0);
      });

      test('unsubscribe takes effect', async () => {
        const topic = newTopic('leaving');
        for (const subscriber of [javaB, oursB]) {
          await subscriber.subscribe(topic);
          await consortium.heard(topic);
          expect((await publisher().request(topic, text('x'))).code).toBe(0);
          await subscriber.unsubscribe(topic);
          await consortium.forgotten(topic);
          expect(await publisher().request(topic, text('x'))).toEqual({ code: 100 });
        }
      });

      test('a file as one message, to Java and to ours', async () => {
        const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
        for (const subscriber of [javaB, oursB]) {
          const topic = newTopic('file');
          await subscriber.subscribe(topic);
          await consortium.heard(topic);
          expect((await publisher().request(topic, bytes, FILE)).code).toBe(0);
          const [received] = subscriber.inbox(topic);
          expect([received?.file, printOf(received?.content)]).toEqual([FILE.file, printOf(bytes)]);
        }
      });

      test('200 requests in flight, answered in another order', async () => {
        const topic = newTopic('flight');
        const waiting: (() => void)[] = [];
        await oursB.client.subscribe(topic, async ({ body }) => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length === 200) for (const answer of waiting.reverse()) answer();
          });
          return reversed(body);
        });
        await consortium.heard(topic);
        await expectAnswers(topic, 200);
      });

      test('200 requests in flight to Java', async () => {
        const topic = newTopic('flight-to-java');
        await javaB.subscribe(topic);
        await consortium.heard(topic);
        await expectAnswers(topic, 200);
        expect(javaB.inbox(topic)).toHaveLength(200);
      });

      async function expectAnswers(topic: string, count: number): Promise<void> {
        const requests = Array.from({ length: count }, (_, i) => text(`request ${i}`));
        const answers = await Promise.all(
          requests.map((content) => publisher().request(topic, content, PATIENT)),
        );
        const wanted = requests.map((content) => ({
          code: 0,
          content: printOf(reversed(content)),
        }));
        expect(answers.map(({ code, content }) => ({ code, content: printOf(content) }))).toEqual(
          wanted,
        );
      }
    });
  }

  test('D-14 Java alone on the topic it sends to: its callback answers', async () => {
    const topic = newTopic('own');
    await javaA.subscribe(topic);
    const content = text('to myself');
    const answer = await javaA.request(topic, content);
    expect(printOf(answer.content)).toBe(printOf(reversed(content)));
    expect(javaA.inbox(topic)).toHaveLength(1);
  });

  test('the Java log is free of errors', async () => {
    for (const application of [javaA, javaB]) expect(await application.errors()).toEqual([]);
  });
});

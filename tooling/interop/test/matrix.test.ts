import type { ChainProfile } from '@amop/e2e';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Application, type Received, reversed } from '../src/application.ts';
import { Consortium } from '../src/consortium.ts';
import { KINDS, newTopic, printOf, text } from '../src/content.ts';
import type { JavaApplication } from '../src/java-application.ts';

const java = inject('java');
/** Requests of a row with several subscribers: enough for each to be asked. */
const REQUESTS = 20;
const FENCE = text('fence');

interface Applications {
  readonly javaA: JavaApplication;
  readonly otherJavaA: JavaApplication;
  readonly javaB: JavaApplication;
  readonly oursA: Application;
  readonly oursB: Application;
}

interface Row {
  readonly name: string;
  readonly publisher: keyof Applications;
  readonly subscribers: readonly (keyof Applications)[];
}

const ROWS: readonly Row[] = [
  { name: 'Java, ours -> ours, Java', publisher: 'javaA', subscribers: ['javaB'] },
  { name: 'Java, ours -> ours, our client', publisher: 'javaA', subscribers: ['oursB'] },
  { name: 'our client, ours -> ours, Java', publisher: 'oursA', subscribers: ['javaB'] },
  {
    name: 'Java, the same node, Java and our client',
    publisher: 'javaA',
    subscribers: ['otherJavaA', 'oursA'],
  },
];

const PROFILES: readonly { readonly profile: ChainProfile; readonly bouncyCastle: boolean }[] = [
  { profile: 'rsa', bouncyCastle: false },
  { profile: 'secp256k1', bouncyCastle: (java?.jdks[0]?.feature ?? 0) >= 16 },
];

const contentsOf = (messages: readonly Received[]): string[] =>
  messages.map(({ content, kind }) => `${kind}: ${printOf(content)}`);

for (const { profile, bouncyCastle } of PROFILES) {
  describe.skipIf(java === null)(profile, () => {
    let consortium: Consortium;
    let applications: Applications;

    beforeAll(async () => {
      consortium = await Consortium.start(java, { profile });
      const [javaA, otherJavaA, javaB, oursA, oursB] = await Promise.all([
        consortium.java(['A'], { bouncyCastle }),
        consortium.java(['A'], { bouncyCastle }),
        consortium.java(['B'], { bouncyCastle }),
        consortium.ours(['A']),
        consortium.ours(['B']),
      ]);
      applications = { javaA, otherJavaA, javaB, oursA, oursB };
    });
    afterAll(() => consortium?.stop());

    async function subscribed(row: Row, prefix: string) {
      const topic = newTopic(prefix);
      const publisher = applications[row.publisher];
      const subscribers = row.subscribers.map((name) => applications[name]);
      await Promise.all(subscribers.map((subscriber) => subscriber.subscribe(topic)));
      await consortium.heard(topic);
      return { topic, publisher, subscribers };
    }

    for (const row of ROWS) {
      describe(row.name, () => {
        describe('unicast', () => {
          for (const { content, name, prefix } of KINDS) {
            test(name, async () => {
              const { topic, publisher, subscribers } = await subscribed(row, prefix);
              const requests = subscribers.length === 1 ? 1 : REQUESTS;
              for (let request = 0; request < requests; request++) {
                const answer = await publisher.request(topic, content);
                expect(answer.code).toBe(0);
                expect(printOf(answer.content)).toBe(printOf(reversed(content)));
              }
              const received = subscribers.flatMap((subscriber) => subscriber.inbox(topic));
              expect(contentsOf(received)).toEqual(
                Array(requests).fill(`unicast: ${printOf(content)}`),
              );
            });
          }
        });

        describe('multicast', () => {
          for (const { content, name, prefix } of KINDS) {
            test(name, async () => {
              const { topic, publisher, subscribers } = await subscribed(row, prefix);
              await publisher.multicast(topic, content);
              await Promise.all(subscribers.map((subscriber) => subscriber.received(topic, 1)));
              await publisher.multicast(topic, FENCE);
              for (const subscriber of subscribers) {
                await subscriber.received(topic, 2);
                await subscriber.settle();
                expect(contentsOf(subscriber.inbox(topic))).toEqual([
                  `multicast: ${printOf(content)}`,
                  `multicast: ${printOf(FENCE)}`,
                ]);
              }
            });
          }
        });
      });
    }

    test('the Java log is free of errors, but for the acks of its own multicasts', async () => {
      const { javaA, javaB, otherJavaA } = applications;
      for (const application of [javaA, javaB, otherJavaA]) {
        expect(await application.errors()).toEqual([]);
      }
    });
  });
}

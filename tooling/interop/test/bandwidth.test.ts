import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { reversed } from '../src/application.ts';
import { Consortium } from '../src/consortium.ts';
import { newTopic, printOf, text } from '../src/content.ts';

const java = inject('java');
const MEGABITS = 0.5;
/** What the node may send in 16 s. */
const LARGE = new Uint8Array(1024 * 1024);

describe.skipIf(java === null)(`rsa | outgoing_bandwidth_limit=${MEGABITS}`, () => {
  let consortium: Consortium;
  beforeAll(async () => {
    const config = { outgoingBandwidthLimit: MEGABITS };
    consortium = await Consortium.start(java, { config });
  });
  afterAll(() => consortium?.stop());

  test('over bandwidth: 103, to Java and to ours', async () => {
    const [javaA, oursA, oursB] = await Promise.all([
      consortium.java(['A']),
      consortium.ours(['A']),
      consortium.ours(['B']),
    ]);
    const topic = newTopic('narrow');
    await oursB.subscribe(topic);
    await consortium.heard(topic);
    for (const publisher of [javaA, oursA]) {
      const answer = await publisher.request(topic, LARGE);
      expect([answer.code, printOf(answer.content)]).toEqual([0, printOf(reversed(LARGE))]);
      expect(await publisher.request(topic, text('x'))).toEqual({ code: 103 });
    }
    expect(oursB.inbox(topic)).toHaveLength(2);
    expect(await javaA.errors()).toEqual([]);
  });
});

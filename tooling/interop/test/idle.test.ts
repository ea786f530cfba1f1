import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Consortium } from '../src/consortium.ts';
import { newTopic, text } from '../src/content.ts';

const java = inject('java');
/** Past every timer of 60 s, in nodes and SDK. */
const IDLE_MS = 90_000;

describe.skipIf(java === null)('rsa | 90 s without a message', () => {
  let consortium: Consortium;
  beforeAll(async () => {
    consortium = await Consortium.start(java, {});
  });
  afterAll(() => consortium?.stop());

  test('then requests and multicasts arrive, both ways', async () => {
    const [javaA, javaB, oursA] = await Promise.all([
      consortium.java(['A']),
      consortium.java(['B']),
      consortium.ours(['A']),
    ]);
    const [toJava, fromJava] = [newTopic('to-java'), newTopic('from-java')];
    await Promise.all([javaB.subscribe(toJava), oursA.subscribe(fromJava)]);
    await consortium.heard(toJava);
    await consortium.heard(fromJava);
    await pass(IDLE_MS);
    for (const publisher of [javaA, oursA]) {
      expect((await publisher.request(toJava, text('x'))).code).toBe(0);
      await publisher.multicast(toJava, text('y'));
    }
    expect((await javaB.request(fromJava, text('x'))).code).toBe(0);
    await javaB.received(toJava, 4);
    expect(javaB.inbox(toJava)).toHaveLength(4);
    for (const application of [javaA, javaB]) expect(await application.errors()).toEqual([]);
  }, 180_000);
});

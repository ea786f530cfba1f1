import { ChannelType, readAmopBody } from '@amop/codec';
import { expect, test } from 'vitest';
import type { ClientError } from '../src/index.ts';
import type { ScriptedNode } from './support/scripted-node.ts';
import { World } from './support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;
const STEPS = 400;

interface Outcome {
  readonly deadlineMs: number;
  readonly endedMs: number[];
  error?: ClientError;
}

/** How often each body reached any of the nodes, by type. */
function countArrivals(nodes: readonly ScriptedNode[]): (type: number, body: string) => number {
  const arrivals = new Map<string, number>();
  for (const node of nodes) {
    for (const [type, answer] of [
      [REQUEST, RESPONSE],
      [MULTICAST, undefined],
    ] as const) {
      node.scripts.set(type, (frame, session) => {
        const body = new TextDecoder().decode(readAmopBody(frame.data).content).trim();
        const key = `${type} ${body}`;
        arrivals.set(key, (arrivals.get(key) ?? 0) + 1);
        if (answer === undefined) node.usual(frame, session);
        else if (Number(body) % 5 !== 0) session.send(answer, frame.seq, frame.data);
      });
    }
  }
  return (type, body) => arrivals.get(`${type} ${body}`) ?? 0;
}

test('links break and stall at random: each call ends once, in time, and is told right', async () => {
  const codes = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const world = new World({ seed, windowBytes: 3_000, maxChunkBytes: 700 });
    const { random, clock } = world;
    const nodes = [
      await world.node('ours'),
      await world.node(seed % 2 === 0 ? 'original' : 'ours'),
    ];
    const client = await world.client(nodes, { reconnect: { maxDelayMs: 500 } });
    const arrivals = countArrivals(nodes);
    const outcomes: (Outcome & { readonly type: number; readonly body: string })[] = [];
    const unsubscribed = new Set<string>();
    const subscribed = new Set<string>();

    const call = (type: number): void => {
      const body = `${outcomes.length}`;
      const timeoutMs = 50 + random.below(1_500);
      const payload = body.padEnd(random.below(3) === 0 ? 20_000 : 10);
      const outcome = {
        type,
        body,
        deadlineMs: clock.nowMs() + timeoutMs,
        endedMs: [] as number[],
      };
      outcomes.push(outcome);
      const ended = (error?: ClientError): void => {
        outcome.endedMs.push(clock.nowMs());
        if (error !== undefined) Object.assign(outcome, { error });
      };
      const promise: Promise<unknown> =
        type === REQUEST
          ? client.request('t', payload, { timeoutMs })
          : client.publish('t', payload, { timeoutMs });
      promise.then(() => ended(), ended);
    };
    const subscribe = (topic: string): void => {
      unsubscribed.delete(topic);
      client
        .subscribe(topic, () => undefined, { timeoutMs: 60_000 })
        .then(
          () => subscribed.add(topic),
          () => undefined,
        );
    };
    const unsubscribe = (topic: string): void => {
      unsubscribed.add(topic);
      client.unsubscribe(topic).catch(() => undefined);
    };

    for (let step = 0; step < STEPS; step++) {
      const links = world.network.links.slice(-2);
      const link = links[random.below(links.length)];
      const node = nodes[random.below(2)];
      const topic = `topic${random.below(6)}`;
      switch (random.below(10)) {
        case 0:
          link?.reset();
          break;
        case 1:
          link?.stall();
          break;
        case 2:
          for (const each of links) each.unstall();
          break;
        case 3:
          await node?.stop();
          break;
        case 4:
          await node?.stop();
          await node?.start();
          break;
        case 5:
          subscribe(topic);
          break;
        case 6:
          unsubscribe(topic);
          break;
        case 7:
          for (let count = random.below(8); count > 0; count--) call(MULTICAST);
          break;
        default:
          for (let count = random.below(8); count > 0; count--) call(REQUEST);
      }
      if (random.below(2) === 0) await world.pass(random.below(120), 20);
    }
    for (const node of nodes) {
      await node.stop();
      await node.start();
    }
    for (const link of world.network.links) link.unstall();
    await world.pass(2_000, 20);
    await world.pass(20_000, 100);

    expect(outcomes.length).toBeGreaterThan(300);
    for (const { type, body, deadlineMs, endedMs, error } of outcomes) {
      if (error !== undefined) codes.add(error.code);
      expect(endedMs, `seed ${seed}`).toHaveLength(1);
      expect(endedMs[0]).toBeLessThanOrEqual(deadlineMs + 60);
      const count = arrivals(type, body);
      if (error === undefined) expect(count, `seed ${seed}`).toBe(1);
      else if (error.details.maybeDelivered === 'no') expect(count, `seed ${seed}`).toBe(0);
      else expect(count, `seed ${seed}`).toBeLessThanOrEqual(1);
    }
    expect(client.counters()).toMatchObject({ pendingCalls: 0, connectedNodes: 2 });
    const wanted = [...Array(6).keys()]
      .map((index) => `topic${index}`)
      .filter((topic) => subscribed.has(topic) && !unsubscribed.has(topic));
    for (const node of nodes) expect([...node.session.topics].sort()).toEqual(wanted);
    await world.run(client.close());
    expect(clock.timers).toBe(0);
  }
  expect([...codes].sort()).toEqual([
    'AMOP_CLIENT_DISCONNECTED',
    'AMOP_CLIENT_NOT_CONNECTED',
    'AMOP_CLIENT_TIMEOUT',
  ]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@amop/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

/** Values by metric and labels, as they stand in the text. */
async function metricsOf(admin: string): Promise<Map<string, number>> {
  const text = await (await fetch(`http://${admin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

function clientOf(bank: 'bankA' | 'bankB') {
  const [, node = '', , directory = ''] = nodes[bank];
  return connect({ nodes: node, tls: { directory } });
}

describe('metrics', () => {
  test('add up with what the clients counted, at both nodes', async () => {
    const asker = await clientOf('bankA');
    const answerer = await clientOf('bankB');
    let handled = 0;
    let multicasts = 0;
    await answerer.subscribe('m.ask', (message) => {
      handled += 1;
      if (message.text() === 'fail') throw new Error('no');
      message.respond('yes');
    });
    await answerer.subscribe('m.tell', () => {
      multicasts += 1;
    });
    const outcomes = new Map<string, number>();
    for (const [topic, body] of [
      ...Array.from({ length: 30 }, () => ['m.ask', 'ok'] as const),
      ...Array.from({ length: 4 }, () => ['m.ask', 'fail'] as const),
      ...Array.from({ length: 5 }, () => ['m.nobody', 'ok'] as const),
    ]) {
      const outcome = await asker.request(topic, body).then(
        () => 'answered',
        (error: { readonly code: string }) => error.code,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    for (let sent = 0; sent < 7; sent += 1) await asker.publish('m.tell', 'x');
    // Answers come in the order of what was sent: the multicasts have been handled.
    await asker.request('m.ask', 'ok');
    const [a, b] = [await metricsOf(nodes.adminA), await metricsOf(nodes.adminB)];
    const requests = (metrics: Map<string, number>, from: string, outcome: string) =>
      metrics.get(`amop_requests_total{from="${from}",outcome="${outcome}"}`);
    expect(Object.fromEntries(outcomes)).toEqual({
      answered: 30,
      AMOP_CLIENT_HANDLER_FAILED: 4,
      AMOP_CLIENT_NO_SUBSCRIBER: 5,
    });
    expect([handled, multicasts]).toEqual([35, 7]);
    expect(requests(a, 'application', 'answered')).toBe(31);
    expect(requests(a, 'application', 'answered-with-error')).toBe(4);
    expect(requests(a, 'application', 'no-subscriber')).toBe(5);
    expect(a.get('amop_requests_received_total{from="application"}')).toBe(40);
    expect(requests(b, 'peer', 'answered')).toBe(31);
    expect(requests(b, 'peer', 'answered-with-error')).toBe(4);
    expect(b.get('amop_attempts_total{to="application"}')).toBe(handled);
    expect(a.get('amop_multicasts_total{from="application",outcome="routed"}')).toBe(7);
    expect(b.get('amop_multicast_deliveries_total{to="application"}')).toBe(multicasts);
    expect(a.get('amop_latency_seconds_count{hop="request"}')).toBe(40);
    expect(a.get('amop_latency_seconds_count{hop="peer"}')).toBe(35);
    expect(b.get('amop_latency_seconds_bucket{hop="application",le="+Inf"}')).toBe(35);
    await Promise.all([asker.close(), answerer.close()]);
  });

  test('are all explained in docs/metrics.md, and no other', async () => {
    const text = await (await fetch(`http://${nodes.adminA}/metrics`)).text();
    const exported = [...text.matchAll(/^# TYPE (amop_\S+)/gm)].map(([, name]) => name);
    const docs = readFileSync(join(import.meta.dirname, '../../../../docs/metrics.md'), 'utf8');
    const explained = [
      ...docs.matchAll(/^\| `(amop_[a-z_]+)` \| (?:counter|gauge|histogram) /gm),
    ].map(([, name]) => name);
    expect(explained.toSorted()).toEqual(exported.toSorted());
  });

  test('tell when own certificates end, and the process from the node', async () => {
    const metrics = await metricsOf(nodes.adminA);
    const names = [...metrics.keys()];
    expect(names.filter((name) => name.startsWith('amop_certificate_days_left'))).toHaveLength(3);
    expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  });
});

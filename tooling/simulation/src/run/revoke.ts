import type { SeededRandom } from '@amop/testkit/memory';
import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';

/** Time in which an application that was closed has connected again, whatever its pauses, in ms. */
const RECONNECT_MS = 25_000;
const SETTLE_MS = 6_000;
const TIMEOUT_MS = 3_000;

/**
 * One application loses its right to send or to receive on a topic by a reload of all nodes: soon it cannot.
 *
 * What was under way before may still arrive.
 */
export async function revoke(plan: Plan, cast: Cast, stage: Stage): Promise<void> {
  const { judge, loop } = stage;
  const random = stage.random('revoke');
  // An original node has no rules.
  if (plan.originals.length > 0 || random.below(3) > 0) return;
  const loser = drawLoser(random, cast);
  const topic = plan.topics[random.below(plan.topics.length)];
  if (loser === undefined || topic === undefined) return;
  const use = random.below(2) === 0 ? 'publish' : 'subscribe';
  stage.note('world', `${loser.name} loses its right to ${use} ${topic}`);
  stage.isFaultless = false;
  cast.forbid(loser.name, use, topic);
  for (const node of cast.nodes.values()) node.process.later(0, () => node.reload());
  const isOver = (): boolean => judge.violations.length > 0;
  await loop.run(loop.nowMs + RECONNECT_MS, isOver);
  if (isOver()) return;
  loser.forbid(use, topic);
  for (const client of cast.clients.values()) {
    if (client !== loser && client.plan.forbidden.includes(topic)) continue;
    const send = (): void => {
      client.request(topic, { bytes: 60, timeoutMs: TIMEOUT_MS });
      client.publish(topic, 60);
    };
    for (let count = 0; count < 3; count += 1) client.process.later(random.below(300), send);
  }
  const sdk = cast.sdks.get(loser.name);
  sdk?.process.later(random.below(300), () => sdk.request(topic, 60, false));
  await loop.run(loop.nowMs + SETTLE_MS, isOver);
}

/** Anybody whose certificate is his alone. */
function drawLoser(
  random: SeededRandom,
  { clients, sdks }: Cast,
):
  | { readonly name: string; forbid(use: 'publish' | 'subscribe', topic: string): void }
  | undefined {
  const shared = new Set([...sdks.values()].flatMap(({ plan }) => plan.sharesWith ?? []));
  const alone = [...sdks.values()].filter(
    ({ name, plan }) => plan.sharesWith === undefined && !shared.has(name),
  );
  const all = [...clients.values(), ...alone];
  return all[random.below(all.length)];
}

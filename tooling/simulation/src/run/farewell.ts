import { describeMessage, type MessageRecord } from '../judge/message-record.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';

/** Time that handlers take meanwhile, in ms: well below what a node or client waits for them. */
const ANSWER_MS = 300;
const TIMEOUT_MS = 15_000;
const SEND_MS = 300;
/** Time in which all of it has ended, in ms. */
const SETTLE_MS = 16_000;

/**
 * One node or client ends in order while requests are under way: those whose handler runs are answered all the same.
 *
 * What has not come to a handler yet may be refused.
 */
export async function farewell(plan: Plan, cast: Cast, stage: Stage): Promise<void> {
  const { judge, loop } = stage;
  const random = stage.random('farewell');
  // Those that lose messages on their own, or take seconds for a few bytes.
  const isSteady = plan.nodes.every((node) => !node.tight && node.outgoingBytesPerS === undefined);
  if (plan.originals.length > 0 || !isSteady || random.below(2) > 0) return;
  const parties = [
    ...cast.nodes.values(),
    ...[...cast.clients.values()].filter(({ hasOnlyHandlers }) => hasOnlyHandlers),
  ];
  const leaving = parties[random.below(parties.length)];
  if (leaving === undefined) return;
  const sinceMs = loop.nowMs;
  stage.isFaultless = false;
  stage.answerAfterMs = ANSWER_MS;
  for (const client of cast.clients.values()) {
    for (const topic of plan.topics) {
      if (client.plan.forbidden.includes(topic)) continue;
      const send = (): void => client.request(topic, { bytes: 60, timeoutMs: TIMEOUT_MS });
      for (let count = 0; count < 3; count += 1) client.process.later(random.below(SEND_MS), send);
    }
  }
  const isOver = (): boolean => judge.violations.length > 0;
  await loop.run(loop.nowMs + SEND_MS / 2 + random.below(SEND_MS), isOver);
  const running = judge.open().filter((record) => isRunning(record, sinceMs));
  stage.note('world', `${leaving.name} ends in order; ${running.length} handlers run`);
  leaving.process.later(0, () => {
    leaving.stop().catch((error: unknown) => stage.crashed(leaving.name, error));
  });
  await loop.run(loop.nowMs + SETTLE_MS, isOver);
  stage.answerAfterMs = 0;
  for (const record of running) {
    if (record.outcome === 'success') continue;
    const how = typeof record.outcome === 'object' ? record.outcome.code : record.outcome;
    const text = `${describeMessage(record)} was with its handler when ${leaving.name} ended in order: ${how}`;
    stage.found('should-succeed', text);
  }
}

/** Sent since then: handlers of before may be silent. An original SDK waits 5 s only, and its requests are tried again. */
function isRunning({ runs, sent }: MessageRecord, sinceMs: number): boolean {
  const isOwn = sent.kind === 'request' && sent.repeats !== true;
  return isOwn && sent.atMs >= sinceMs && runs.length === 1;
}

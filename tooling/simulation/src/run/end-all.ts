import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';

/** Time in which what is closed is gone: drains, flushes, close time-outs of links, in ms. */
const END_MS = 20_000;
/** Requests of original SDKs may take so long, in ms. */
const SDK_MS = 37_000;

/** Ends everybody in the order of the plan, and looks for what is left. */
export async function endAll(plan: Plan, cast: Cast, stage: Stage): Promise<void> {
  const { loop } = stage;
  if (cast.sdks.size > 0) {
    await loop.run(loop.nowMs + SDK_MS);
    for (const sdk of cast.sdks.values()) sdk.checkAnswers();
  }
  stage.isFaultless = false;
  const open = new Set<string>();
  if (plan.firstToEnd === 'clients') {
    endClients(cast, stage, open);
    await loop.run(loop.nowMs + END_MS, () => open.size === 0);
    await checkIdleNodes(cast, stage);
    endNodes(cast, stage, open);
  } else {
    endNodes(cast, stage, open);
    await loop.run(loop.nowMs + END_MS, () => open.size === 0);
    endClients(cast, stage, open);
  }
  await loop.run(loop.nowMs + END_MS);
  if (open.size > 0) stage.found('left-over', `still closing: ${[...open].join(', ')}`);
  for (const { name, process } of cast.all()) {
    const { timers } = process;
    if (!process.isDead && timers > 0)
      stage.found('left-over', `${name}: ${timers} timers still run`);
  }
  const cables = stage.cabling.cables().map(({ from, to }) => `${from}-${to}`);
  if (cables.length > 0) stage.found('left-over', `links still open: ${cables.join(', ')}`);
  stage.judge.end();
}

/** With no application left, a node holds nothing any more. */
async function checkIdleNodes(cast: Cast, stage: Stage): Promise<void> {
  const { loop } = stage;
  await loop.run(loop.nowMs + SETTLE_MS);
  for (const { name, node, process } of cast.nodes.values()) {
    if (node === undefined) continue;
    // One timer looks at silence, heartbeats and dialling; nothing else is due.
    if (process.timers > 1)
      stage.found('left-over', `${name} without applications: ${process.timers} timers`);
    const { pendingRequests, reassemblyBytes, sessions } = node.counters();
    const applications = node.sight.topics('', 10).filter((each) => each.applications > 0);
    const facts = { pendingRequests, reassemblyBytes, sessions, topics: applications.length };
    for (const [what, count] of Object.entries(facts)) {
      if (count > 0) stage.found('left-over', `${name} without applications: ${count} ${what}`);
    }
  }
}

const SETTLE_MS = 6_000;

function endClients(cast: Cast, stage: Stage, open: Set<string>): void {
  for (const client of cast.clients.values()) {
    close(client.name, client.close(), stage, open);
  }
  for (const sdk of cast.sdks.values()) sdk.close();
  for (const spy of [...cast.spies.values(), ...cast.intruders.values()]) spy.close();
}

function endNodes(cast: Cast, stage: Stage, open: Set<string>): void {
  for (const node of cast.nodes.values()) close(node.name, node.stop(), stage, open);
  for (const original of cast.originals.values()) original.close();
}

function close(name: string, closed: Promise<void>, stage: Stage, open: Set<string>): void {
  open.add(name);
  closed.then(
    () => open.delete(name),
    (error: unknown) => stage.crashed(name, error),
  );
}

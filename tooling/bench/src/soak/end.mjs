// The end of a run: every call gets its outcome, everything is closed, and what must be zero is.
import { setTimeout as wait } from 'node:timers/promises';
import { until } from './mesh.mjs';

/** @typedef {{ check: string, measured: string, passed: boolean }} Check */

/** Twice the patience of a call. */
const END_WITHIN_MS = 60_000;
const EMPTY = ['sessions', 'pending', 'topics', 'queuedBytes', 'reassemblyBytes'];

/**
 * @param {import('./soaked-node.mjs').SoakedNode[]} nodes
 * @param {Awaited<ReturnType<import('./workers.mjs').startWorkers>>} workers
 * @param {import('./faults.mjs').Faults} faults  takes the last reports
 * @returns {Promise<Check[]>}
 */
export async function endRun(nodes, workers, faults) {
  const checks = [];
  const add = (check, measured, passed) => checks.push({ check, measured, passed });
  await Promise.all(workers.map(endLoad));
  for (const check of await multicastsHeard(workers)) checks.push(check);
  for (const worker of workers) {
    const { held, left, ...report } = await worker.call('close');
    faults.take(worker.name, report);
    const { pendingCalls, queuedBytes } = held;
    const isIdle = pendingCalls === 0 && queuedBytes === 0;
    add(`${worker.name}: idle`, `${pendingCalls} calls, ${queuedBytes} bytes`, isIdle);
    add(`${worker.name}: closed`, left.join(' ') || 'nothing left', left.length === 0);
    await worker.stop();
  }
  for (const node of nodes) {
    try {
      const left = await leftIn(node);
      add(`node ${node.name}: empty`, left, left === '');
      const { ended, received } = await node.balance();
      add(`node ${node.name}: outcomes`, `${ended} of ${received} requests`, ended === received);
    } catch (error) {
      add(`node ${node.name}: there`, error.message, false);
    }
  }
  for (const node of nodes) {
    const problem = await node.stop().then(
      () => '',
      (error) => error.message,
    );
    const complaints = [problem, ...node.complaints()].filter((line) => line !== '');
    add(
      `node ${node.name}: no complaint`,
      complaints.slice(0, 3).join('; '),
      complaints.length === 0,
    );
  }
  return checks;
}

/** Rejects if calls of the process have no outcome long after their deadline. */
async function endLoad(worker) {
  const overdue = wait(END_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`the load of ${worker.name} has not ended within ${END_WITHIN_MS} ms`);
  });
  await Promise.race([worker.call('endLoad'), overdue]);
}

/** Waits for the gauges that must be zero; those that are not. */
async function leftIn(node) {
  let gauges = await node.sample();
  const isEmpty = async () => {
    gauges = await node.sample();
    return EMPTY.every((name) => gauges[name] === 0);
  };
  await until('', isEmpty).catch(() => undefined);
  return EMPTY.filter((name) => gauges[name] !== 0)
    .map((name) => `${gauges[name]} ${name}`)
    .join(', ');
}

/** Each resident must have heard all that the other one told everybody. */
async function multicastsHeard(workers) {
  const residents = workers.filter(({ name }) => name.startsWith('resident'));
  let counts;
  const names = residents.map(({ name }) => name.at(-1));
  const isComplete = async () => {
    counts = await Promise.all(residents.map((resident) => resident.call('news')));
    return counts.every(({ heard }, i) => heard[names[1 - i]] === counts[1 - i].sent);
  };
  await until('', isComplete).catch(() => undefined);
  return counts.map(({ heard }, i) => {
    const [count, { sent }] = [heard[names[1 - i]] ?? 0, counts[1 - i]];
    const check = `resident ${names[i]}: multicasts of ${names[1 - i]}`;
    return { check, measured: `${count} of ${sent}`, passed: count === sent };
  });
}

// The processes with load, and how they are opened on a mesh.
import { startWorker } from '../accept/neighbours/worker.mjs';

const EXEC_ARGV = ['--expose-gc'];

/**
 * Starts the processes; nothing is asked yet.
 *
 * @param {Awaited<ReturnType<import('./mesh.mjs').startMesh>>} mesh
 * @param {number} rate  1: some 500 messages a second in all
 * @returns {Promise<{ name: string, judged: boolean, call: (name: string, argument?: object) => Promise<any>,
 *   load: () => Promise<void>, stop: () => Promise<void> }[]>}  `judged`: its resources are a client's
 */
export async function startWorkers({ guestFolder, nodes }, rate) {
  const [a, b, c] = nodes.map((node) => node.facts);
  const hosts = [a, b];
  const plan = [
    // The silent subscriber is there before anybody asks for its topic.
    ['vandal', { hosts, guestFolder }, { rate }],
    ['resident', a, { other: b.name, restarted: c.name, rate }, 'resident A'],
    ['resident', b, { other: a.name, restarted: c.name, rate }, 'resident B'],
    ['guest', { ...c, second: b }, { others: [a.name, b.name], rate }],
    ['visitors', { hosts }, { rate }],
  ];
  const workers = [];
  for (const [module, place, load, name = module] of plan) {
    const worker = startWorker(new URL(`./load/${module}.mjs`, import.meta.url), EXEC_ARGV);
    workers.push({
      name,
      judged: module !== 'vandal',
      load: () => worker.call('load', load),
      ...worker,
    });
    await worker.call('open', place);
  }
  return workers;
}

import { checkCalm } from './check/calm.mjs';
import { untilConnected, untilSameView } from './check/converged.mjs';
import { checkLeftOver } from './check/left-over.mjs';
import { alarmsIn } from './check/logs.mjs';
import { FaultDeck } from './fault/round.mjs';
import { Random } from './random.mjs';
import { World } from './world.mjs';

/**
 * Rounds of faults and calm until the time is up.
 *
 * @param {{ seed: string, minutes: number, folder: string, say: (text: string) => void }} options
 * @returns {Promise<{ violations: readonly import('@amop/simulation/judge').Violation[], historyFile: string }>}
 */
export async function run({ seed, minutes, folder, say }) {
  const world = new World({ seed, folder, say });
  // At any end of the process; when all went well nothing is left to remove.
  process.on('exit', () => world.remove());
  const deck = new FaultDeck(new Random(`${seed} faults`));
  const connectedMs = [];
  const viewMs = [];
  await world.start();
  const phase = phases(world, say);
  await untilSameView(world, await topics(world));
  await world.gather();
  phase('start');
  const endMs = minutes * 60_000;
  for (let round = 1; round === 1 || world.history.nowMs < endMs; round += 1) {
    for (const each of world.applications.values()) each.beginLoad();
    await deck.round(world);
    await world.gather();
    phase(`round ${round}, faults`);
    // Still under load: what is measured is the network, not the wait for the last request.
    connectedMs.push(await untilConnected(world));
    await Promise.all(
      [...world.applications.values()].map((each) => each.ask('reach', {}, 90_000)),
    );
    const topicsOf = await topics(world);
    viewMs.push(await untilSameView(world, topicsOf));
    await world.gather();
    const times = `connected after ${seconds(connectedMs.at(-1))}, same view ${seconds(viewMs.at(-1))} after the last change`;
    phase(`round ${round}, mended`, times);
    await checkCalm(world, round, topicsOf);
    phase(`round ${round}, calm`);
  }
  await end(world);
  phase('end');
  say(`faults: ${text(deck.counts())}`);
  say(`connected after ${ascending(connectedMs)}; same view after ${ascending(viewMs)}`);
  for (const line of world.figures.lines()) say(line);
  return { violations: world.verdict.violations, historyFile: world.historyFile };
}

/** Topics of each application, none of which does anything any more. */
async function topics({ applications }) {
  const all = [...applications.values()];
  const answers = await Promise.all(all.map((each) => each.ask('rest', {}, 90_000)));
  return Object.fromEntries(all.map(({ host }, index) => [host, answers[index].topics]));
}

async function end(world) {
  const applications = [...world.applications.values()];
  await Promise.all(applications.map((each) => each.close()));
  await checkLeftOver(world);
  const nodes = [...world.nodes.values()];
  await Promise.all(nodes.map((node) => node.stop()));
  await world.proxy.end('SIGTERM', 5_000);
  for (const { logFile, name } of nodes) {
    for (const line of alarmsIn(logFile)) world.found('crash', `log of ${name}: ${line}`);
  }
  world.history.drain(Number.POSITIVE_INFINITY);
  world.verdict.end();
  world.history.close();
  world.remove();
}

/** Says what a phase brought: the events since the last one, and the violations. */
function phases(world, say) {
  let before = {};
  let known = 0;
  return (name, more = '') => {
    const counts = world.figures.counts();
    const { violations } = world.verdict;
    const grown = Object.entries(counts)
      .map(([kind, count]) => [kind, count - (before[kind] ?? 0)])
      .filter(([kind, count]) => count > 0 && SHOWN.has(kind));
    const at = seconds(world.history.nowMs).padStart(8);
    const found = violations.length - known;
    const words = [text(Object.fromEntries(grown)), more, found > 0 ? `VIOLATIONS ${found}` : ''];
    say(`${at}  ${name.padEnd(18)} ${words.filter(Boolean).join('; ')}`);
    for (const { rule, text: what } of violations.slice(known)) say(`  ${rule}: ${what}`);
    before = counts;
    known = violations.length;
  };
}

const SHOWN = new Set([
  ...['request', 'publish', 'success', 'failure', 'subscribed'],
  ...['received request', 'received multicast', 'killed', 'stood-still'],
]);

function ascending(times) {
  return times
    .toSorted((a, b) => a - b)
    .map(seconds)
    .join(', ');
}

function seconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function text(counts) {
  return Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}

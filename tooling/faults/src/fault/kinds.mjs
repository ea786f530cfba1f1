// What may happen to the network. Each kind breaks one thing and mends it again.
import { APPLICATIONS, LANES, NODES } from '../network/topology.mjs';
import { pause } from '../time.mjs';

const STOPPED_MS = 30_000;

const nodes = NODES.map(({ name }) => name);
const applications = APPLICATIONS.map(({ name }) => name);
const lanes = LANES.map(({ lane }) => lane);

/**
 * `targets`: one of these is hit, never by two faults at once. `run` says what it does and resolves when all is well.
 *
 * @typedef {{ world: import('../world.mjs').World, random: import('../random.mjs').Random, target: string,
 *   say: (text: string) => void }} Hit
 * @typedef {{ kind: string, targets: string[], run: (hit: Hit) => Promise<void> }} FaultKind
 */

/** @type {FaultKind[]} */
export const FAULT_KINDS = [
  { kind: 'partition', targets: [...nodes, ...applications], run: partition },
  { kind: 'partition-node', targets: nodes, run: partition },
  { kind: 'stall', targets: lanes, run: stall },
  { kind: 'delay', targets: lanes, run: delay },
  { kind: 'narrow', targets: lanes, run: narrow },
  { kind: 'cut', targets: lanes, run: cut },
  { kind: 'corrupt', targets: lanes, run: corrupt },
  { kind: 'kill-node', targets: nodes, run: killNode },
  { kind: 'kill-application', targets: applications, run: killApplication },
  { kind: 'close-application', targets: applications, run: closeApplication },
  { kind: 'stop-node', targets: nodes, run: (hit) => standStill(hit, hit.world.nodes) },
  {
    kind: 'stop-application',
    targets: applications,
    run: (hit) => standStill(hit, hit.world.applications),
  },
  { kind: 'terminate-node', targets: nodes, run: terminateNode },
  { kind: 'reload', targets: nodes, run: reload },
  { kind: 'reload-blacklist', targets: nodes, run: reloadBlacklist },
];

async function partition({ random, say, target, world }) {
  const ms = random.size(1_000, 28_000);
  say(`link down for ${ms} ms`);
  world.layout.setLink(target, false);
  await pause(ms);
  world.layout.setLink(target, true);
}

/** The proxy takes bytes and passes none on: the sender learns nothing. */
async function stall({ random, say, target, world }) {
  const ms = random.size(1_000, 28_000);
  const sides = random.pick([['up'], ['down'], ['up', 'down']]);
  say(`nothing passes ${sides.join(' and ')} for ${ms} ms`);
  const conditions = Object.fromEntries(sides.map((side) => [side, { isStalled: true }]));
  await withConditions(world, target, conditions, ms);
}

async function delay({ random, say, target, world }) {
  const ms = random.between(5_000, 20_000);
  const slow = { delayMs: random.size(10, 300), jitterMs: random.size(1, 400) };
  say(`${slow.delayMs} ms and up to ${slow.jitterMs} ms later for ${ms} ms`);
  await withConditions(world, target, { up: slow, down: slow }, ms);
}

async function narrow({ random, say, target, world }) {
  const ms = random.between(5_000, 20_000);
  const bytesPerSecond = random.size(20_000, 500_000);
  say(`${bytesPerSecond} bytes a second for ${ms} ms`);
  await withConditions(world, target, { up: { bytesPerSecond }, down: { bytesPerSecond } }, ms);
}

async function withConditions({ proxy }, lane, conditions, ms) {
  await proxy.ask({ command: 'set', lane, conditions });
  await pause(ms);
  await proxy.ask({ command: 'set', lane, conditions: {} });
}

/** Connections are reset in the middle of a frame, a few times. */
async function cut({ random, say, target, world }) {
  const times = random.between(1, 6);
  for (let time = 0; time < times; time += 1) {
    const side = random.pick(['up', 'down']);
    const bytes = random.size(1, 100_000);
    say(`reset after ${bytes} bytes ${side}`);
    await world.proxy.ask({ command: 'cut', lane: target, side, bytes });
    await pause(random.between(200, 3_000));
  }
  // A reset that has not happened yet would disturb the calm.
  await world.proxy.ask({
    command: 'cut',
    lane: target,
    side: 'up',
    bytes: Number.MAX_SAFE_INTEGER,
  });
  await world.proxy.ask({
    ...{ command: 'cut', lane: target, side: 'down', bytes: Number.MAX_SAFE_INTEGER },
  });
}

/** A byte is another: TLS must not let it pass. */
async function corrupt({ random, say, target, world }) {
  const times = random.between(1, 4);
  for (let time = 0; time < times; time += 1) {
    const side = random.pick(['up', 'down']);
    say(`one bit is another ${side}`);
    await world.proxy.ask({ command: 'corrupt', lane: target, side });
    await pause(random.between(200, 3_000));
  }
}

async function killNode({ random, say, target, world }) {
  const node = world.nodes.get(target);
  const ms = random.size(50, 6_000);
  say(`killed, back after ${ms} ms`);
  await node.kill();
  await pause(ms);
  await node.start();
}

async function terminateNode({ random, say, target, world }) {
  const node = world.nodes.get(target);
  say('told to end');
  await node.terminate();
  say('has ended');
  await pause(random.size(50, 3_000));
  await node.start();
}

async function killApplication({ random, say, target, world }) {
  const application = world.applications.get(target);
  const ms = random.size(50, 6_000);
  say(`${application.name} killed, another one after ${ms} ms`);
  await application.kill();
  await pause(ms);
  application.start();
  application.beginLoad();
}

/** Ends in order in the middle of everything; what is under way has to have an end too. */
async function closeApplication({ random, say, target, world }) {
  const application = world.applications.get(target);
  say(`${application.name} closes`);
  await application.close({ isHurried: true });
  await pause(random.size(50, 3_000));
  application.start();
  application.beginLoad();
}

async function standStill({ say, target }, processes) {
  const stopped = processes.get(target);
  say(`stands still for ${STOPPED_MS} ms`);
  stopped.signal('SIGSTOP');
  await pause(STOPPED_MS);
  stopped.signal('SIGCONT');
}

/** Another limit; or a file that is broken, which must change nothing. */
async function reload({ random, say, target, world }) {
  const node = world.nodes.get(target);
  const isBroken = random.chance(0.4);
  say(isBroken ? 'reads a broken configuration' : 'reads another configuration');
  node.configure(
    isBroken
      ? { extraLines: ['[certificate_whitelist]', '    cal.0=nonsense'] }
      : { maxSessions: random.between(100, 9_000) },
  );
  node.signal('SIGHUP');
  await pause(random.between(200, 2_000));
  node.configure({});
  await reloadNow(world, node);
}

/** A node refuses another one for a while: a partition by configuration. */
async function reloadBlacklist({ random, say, target, world }) {
  const node = world.nodes.get(target);
  const other = random.pick([...world.nodes.values()].filter(({ name }) => name !== target));
  const ms = random.size(300, 8_000);
  say(`has ${other.name} on its blacklist for ${ms} ms`);
  node.configure({ refusedNodeIds: [other.nodeId] });
  await reloadNow(world, node);
  await pause(ms);
  node.configure({});
  await reloadNow(world, node);
}

async function reloadNow(world, node) {
  try {
    const { status, text } = await node.ask('POST', '/v1/reload');
    if (status !== 200) world.found('strange', `${node.name}: reload answers ${status} ${text}`);
  } catch (error) {
    world.found('strange', `${node.name}: reload has no answer: ${error.message}`);
  }
}

import type { SeededRandom } from '@amop/testkit/memory';
import { pick } from './draw.ts';
import type { ActStep, Behaviour, FaultStep, HostileManner, Plan, Step } from './plan.ts';

const BEHAVIOURS: readonly Behaviour[] = [
  'prompt',
  'prompt',
  'prompt',
  'slow',
  'silent',
  'throws',
  'iterates',
  'declines',
];
const MANNERS: readonly HostileManner[] = [
  'garbage',
  'mutated',
  'half-frame',
  'liar',
  'deaf',
  'flood',
];
const SIZES: readonly number[] = [0, 60, 60, 200, 200, 900, 2_000, 9_000, 70_000];
const TIMEOUTS_MS: readonly number[] = [50, 300, 1_000, 3_000, 3_000, 8_000, 40_000];
const MAX_ACTS = 90;
const MAX_FAULTS = 9;
const MAX_FAULT_MS = 12_000;
/** Subscriptions of the beginning come within this time, in ms. */
const EARLY_MS = 400;

type Cast = Omit<Plan, 'steps'>;

/** What happens in a plan, in the order of time. */
export function drawSteps(random: SeededRandom, cast: Cast): Step[] {
  const steps: Step[] = [];
  let id = 0;
  const add = (atMs: number, step: ActStep | FaultStep): void => {
    steps.push({ id, atMs, ...step });
    id += 1;
  };
  for (const { name: client } of cast.clients) {
    for (const topic of cast.topics) {
      if (random.below(2) === 0) continue;
      add(random.below(EARLY_MS), {
        kind: 'subscribe',
        client,
        topic,
        behaviour: pick(random, BEHAVIOURS),
      });
    }
  }
  const acts = 5 + random.below(MAX_ACTS);
  for (let count = 0; count < acts; count += 1)
    add(random.below(cast.lengthMs), drawAct(random, cast));
  // One run in eight has no fault at all: there everything must go well from the beginning.
  const faults = random.below(8) === 0 ? 0 : 1 + random.below(MAX_FAULTS);
  for (let count = 0; count < faults; count += 1) {
    const fault = drawFault(random, cast);
    if (fault !== undefined) add(random.below(cast.lengthMs), fault);
  }
  return steps.sort((one, other) => one.atMs - other.atMs || one.id - other.id);
}

function drawAct(random: SeededRandom, { clients, originals, sdks, topics }: Cast): ActStep {
  const subscribers = clients.map(({ name }) => name);
  const senders = [...subscribers, ...subscribers, ...sdks.map(nameOf), ...originals.map(nameOf)];
  const topic = pick(random, topics);
  const client = pick(random, senders);
  const drawn = random.below(20);
  if (drawn < 9) {
    const isAborted = random.below(12) === 0;
    return {
      kind: 'request',
      client,
      topic,
      bytes: pick(random, SIZES),
      timeoutMs: pick(random, TIMEOUTS_MS),
      abortAfterMs: isAborted ? random.below(200) : undefined,
    };
  }
  if (drawn < 13) return { kind: 'publish', client, topic, bytes: pick(random, SIZES) };
  if (drawn < 15) {
    const form = random.below(2) === 0 ? 'request' : 'publish';
    // One in four is large enough to fill queues.
    const [count, bytes] =
      random.below(4) === 0 ? [10 + random.below(40), 9_000] : [2 + random.below(12), 150];
    const isMixed = random.below(3) === 0;
    return { kind: 'burst', client, topic, isMixed, count, bytes, form };
  }
  const subscriber = pick(random, subscribers);
  if (drawn < 18) {
    return { kind: 'subscribe', client: subscriber, topic, behaviour: pick(random, BEHAVIOURS) };
  }
  return { kind: 'unsubscribe', client: subscriber, topic };
}

function drawFault(random: SeededRandom, cast: Cast): FaultStep | undefined {
  const { clients, nodes, originals, sdks } = cast;
  const machines = [...nodes, ...originals].map(nameOf);
  const own = [...nodes, ...clients].map(nameOf);
  const pairs = [
    ...pairsOf(machines),
    ...clients.flatMap(({ name, nodes: at }) => at.map((node): [string, string] => [name, node])),
    ...sdks.map(({ name, node }): [string, string] => [name, node]),
  ];
  const between = pick(random, pairs);
  const forMs = random.below(MAX_FAULT_MS);
  const who = pick(random, own);
  switch (random.below(11)) {
    case 0:
    case 1:
      return { kind: 'reset', between };
    case 2: {
      const [from, to] = random.below(2) === 0 ? between : [between[1], between[0]];
      return { kind: 'cut', from, to, forMs };
    }
    case 3:
      // Sometimes longer than any silence that is suffered.
      return { kind: 'part', between, forMs: random.below(3) === 0 ? 3 * forMs : forMs };
    case 4:
      return { kind: 'freeze', who, forMs };
    case 5:
    case 6:
      return { kind: 'crash', who, forMs, silent: random.below(3) === 0 };
    case 7:
      return { kind: 'restart', who, forMs };
    case 8:
      return random.below(2) === 0
        ? { kind: 'clock', who, byMs: (random.below(2) === 0 ? 1 : -1) * random.below(100_000_000) }
        : { kind: 'reload', who: pick(random, nodes).name };
    case 9:
      return { kind: 'slow', factor: 2 + random.below(30), forMs };
    default:
      return {
        kind: 'hostile',
        at: pick(random, nodes).name,
        port: random.below(2) === 0 ? 'channel' : 'p2p',
        manner: pick(random, MANNERS),
        seed: random.below(1_000_000),
      };
  }
}

function pairsOf(names: readonly string[]): [string, string][] {
  const pairs = names.flatMap((one, index) =>
    names.slice(index + 1).map((other): [string, string] => [one, other]),
  );
  const [first = ''] = names;
  return pairs.length > 0 ? pairs : [[first, first]];
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

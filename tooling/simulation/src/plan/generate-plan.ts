import { SeededRandom } from '@amop/testkit/memory';
import { pick, shuffled, some } from './draw.ts';
import { drawFiles } from './draw-files.ts';
import { drawSecrets } from './draw-secrets.ts';
import { drawSteps } from './draw-steps.ts';
import type { ClientPlan, NodePlan, OriginalPlan, Plan, SdkPlan, WeatherPlan } from './plan.ts';

const TOPICS: readonly string[] = ['prices', 'orders', '结算', 'news'];
const MIN_LENGTH_MS = 3_000;
const MAX_LENGTH_MS = 25_000;
const QUIET_MS = 90_000;

/** The plan that follows from a seed. */
export function generatePlan(seed: number): Plan {
  const random = new SeededRandom(seed);
  const topics = TOPICS.slice(0, 1 + random.below(TOPICS.length));
  const nodeNames = names('n', 1 + random.below(4));
  const originalNames = random.below(4) === 0 ? names('o', 1 + random.below(2)) : [];
  const ranks = shuffled(random, nodeNames.length + originalNames.length);
  const rankOf = (index: number): number => ranks[index] ?? 0;
  const dials = drawDials(random, [...nodeNames, ...originalNames]);
  const nodes = nodeNames.map(
    (name, index): NodePlan => ({
      name,
      dials: dials.get(name) ?? [],
      compress: random.below(4) === 0,
      rank: rankOf(index),
      tight: random.below(4) === 0,
      outgoingBytesPerS: random.below(12) === 0 ? 20_000 : undefined,
    }),
  );
  const originals = originalNames.map(
    (name, index): OriginalPlan => ({
      name,
      dials: dials.get(name) ?? [],
      rank: rankOf(nodeNames.length + index),
      topics: some(random, topics),
      behaviour: pick(random, ['prompt', 'prompt', 'slow', 'silent'] as const),
    }),
  );
  const clients = names('c', 1 + random.below(5)).map((name): ClientPlan => {
    const machines = some(random, [...nodeNames, ...originalNames]);
    const at = machines.slice(0, random.below(3) === 0 ? 3 : 1);
    // An original node has no rules.
    const hasRules = at.every((node) => nodeNames.includes(node));
    return {
      name,
      nodes: at,
      forbidden: hasRules && random.below(8) === 0 ? some(random, topics) : [],
      tight: random.below(4) === 0,
    };
  });
  const lengthMs = MIN_LENGTH_MS + random.below(MAX_LENGTH_MS - MIN_LENGTH_MS);
  const cast = {
    seed,
    topics,
    nodes,
    originals,
    clients,
    sdks: drawSdks(random, topics, nodeNames),
    weather: drawWeather(random),
    lengthMs,
    // Long enough for every silence to be suffered no more.
    quietMs: random.below(4) === 0 ? QUIET_MS : 0,
    firstToEnd: pick(random, ['clients', 'nodes'] as const),
  };
  const { steps: secretSteps, ...drawn } = drawSecrets(seed, cast);
  const { steps: fileSteps, ...withFiles } = drawFiles(seed, { ...cast, ...drawn });
  const whole = { ...cast, ...drawn, ...withFiles };
  const steps = drawSteps(random, whole);
  const firstId = steps.length;
  const added = [...secretSteps, ...fileSteps];
  const all = [...steps, ...added.map((step, index) => ({ id: firstId + index, ...step }))];
  return { ...whole, steps: all.sort((one, other) => one.atMs - other.atMs || one.id - other.id) };
}

/** Who dials whom: every two nodes as a rule, sometimes a chain; from one side or from both. */
function drawDials(random: SeededRandom, all: readonly string[]): Map<string, readonly string[]> {
  const dials = new Map<string, string[]>(all.map((name) => [name, []]));
  const isChain = random.below(5) === 0;
  const isMutual = random.below(2) === 0;
  all.forEach((one, index) => {
    const others = isChain ? all.slice(index + 1, index + 2) : all.slice(index + 1);
    for (const other of others) {
      const [dialler, dialled] = random.below(2) === 0 ? [one, other] : [other, one];
      dials.get(dialler)?.push(dialled);
      if (isMutual) dials.get(dialled)?.push(dialler);
    }
  });
  return dials;
}

function drawSdks(
  random: SeededRandom,
  topics: readonly string[],
  nodes: readonly string[],
): SdkPlan[] {
  if (random.below(3) > 0) return [];
  return names('s', 1 + random.below(4)).map(
    (name, index): SdkPlan => ({
      name,
      node: pick(random, nodes),
      topics: some(random, topics),
      behaviour: pick(random, ['prompt', 'prompt', 'prompt', 'slow', 'silent'] as const),
      sharesWith: index > 0 && random.below(4) === 0 ? 's0' : undefined,
    }),
  );
}

function drawWeather(random: SeededRandom): WeatherPlan {
  const minDelayMs = pick(random, [0, 0, 1, 5, 20]);
  const maxDelayMs = minDelayMs + pick(random, [0, 1, 10, 60]);
  const isFar = maxDelayMs > 5;
  return {
    minDelayMs,
    maxDelayMs,
    drainDelayMs: pick(random, isFar ? [0, 0, 2, 30] : [0, 0, 1, 2]),
    // A small window over a long way would carry a few kB a second, and nothing but that would be seen.
    windowBytes: pick(random, isFar ? [65_536, 65_536, 16_384] : [65_536, 65_536, 4_096, 300]),
    split: pick(random, ['whole', 'random', 'random', 'bytes'] as const),
  };
}

function names(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index}`);
}

import { SeededRandom } from '@amop/testkit/memory';
import { pick, some } from './draw.ts';
import type { Behaviour, ClientPlan, Plan, SdkPlan } from './plan.ts';
import type { SdkSecretPlan, SecretProof, SecretStep, SpyManner, SpyPlan } from './secret-plan.ts';

/** One run in so many has private topics: proofs cost more time than all the rest of a run. */
const ONE_IN = 3;
/** The first is how the second begins: one must not stand for the other (D-10). */
const NAMES: readonly string[] = ['deal', 'deal_2'];
const PROOFS: readonly SecretProof[] = ['bound', 'bound', 'bound', 'either', 'original'];
const BEHAVIOURS: readonly Behaviour[] = [
  'prompt',
  'prompt',
  'prompt',
  'slow',
  'throws',
  'iterates',
];
const MANNERS: readonly SpyManner[] = [
  'listens',
  'routed',
  'imitates',
  'relays',
  'unasked',
  'publishes',
  'replays',
];
const SIZES: readonly number[] = [0, 60, 200, 900, 9_000];
const TIMEOUTS_MS: readonly number[] = [300, 3_000, 3_000, 8_000];
const EARLY_MS = 600;
const MAX_ACTS = 24;
/** Salt of the random source: what plans of other topics draw does not change. */
const SALT = 0x5ec7e7;

type Cast = Omit<Plan, 'steps' | 'secrets' | 'spies' | 'fileTopics' | 'intruders'>;

/** What private topics add to a plan. */
export interface DrawnSecrets {
  readonly secrets: readonly string[];
  readonly spies: readonly SpyPlan[];
  readonly sdks: readonly SdkPlan[];
  readonly clients: readonly ClientPlan[];
  readonly steps: readonly (SecretStep & { readonly atMs: number })[];
}

/** Private topics, who uses them and what happens on them; in most runs there are none. */
export function drawSecrets(seed: number, cast: Cast): DrawnSecrets {
  const random = new SeededRandom(seed ^ SALT);
  if (random.below(ONE_IN) > 0) {
    return { secrets: [], spies: [], sdks: cast.sdks, clients: cast.clients, steps: [] };
  }
  const secrets = NAMES.slice(0, 1 + random.below(NAMES.length));
  const clients = isCrowded(random, cast) ? everywhere(cast) : cast.clients;
  // Rules name the topics that an application may use: one that has rules has no private ones.
  const users = clients.filter(({ forbidden }) => forbidden.length === 0);
  const sdks = cast.sdks.map((sdk, index): SdkPlan => {
    // Two with one certificate would take each other's routes over.
    if (sdk.sharesWith !== undefined || random.below(2) > 0) return sdk;
    const secret: SdkSecretPlan = {
      topic: pick(random, secrets),
      role: random.below(2) === 0 ? 'publishes' : 'subscribes',
      key: clients.length + index,
      allows: drawKeys(random, clients.length + cast.sdks.length),
      changesRoutes: random.below(2) === 0,
    };
    return { ...sdk, secret };
  });
  const spies = Array.from({ length: random.below(4) }, (_, index): SpyPlan => {
    const node = pick(random, cast.nodes).name;
    return { name: `x${index}`, node, topic: pick(random, secrets), manner: pick(random, MANNERS) };
  });
  const keys = clients.length + cast.sdks.length;
  const steps =
    users.length === 0 ? [] : drawSteps(random, { ...cast, clients: users }, secrets, keys);
  steps.push(...drawSdkSteps(random, sdks, cast.lengthMs));
  return { secrets, spies, sdks, clients, steps };
}

/** With more than eight subscribers, multicasts have a key for all: each client then has all nodes. */
function isCrowded(random: SeededRandom, { nodes }: Cast): boolean {
  return random.below(3) === 0 && nodes.length > 2;
}

function everywhere({ clients, nodes, originals }: Cast): ClientPlan[] {
  const names = nodes.map(({ name }) => name).slice(0, 3);
  return clients.map((client) => {
    const isElsewhere = originals.some(({ name }) => client.nodes.includes(name));
    return isElsewhere ? client : { ...client, nodes: [...new Set([...client.nodes, ...names])] };
  });
}

function drawSteps(
  random: SeededRandom,
  { clients, lengthMs }: Cast,
  secrets: readonly string[],
  keys: number,
): (SecretStep & { atMs: number })[] {
  const steps: (SecretStep & { atMs: number })[] = [];
  const add = (atMs: number, step: SecretStep): void => {
    steps.push({ ...step, atMs });
  };
  const subscribe = (client: string, topic: string): SecretStep => ({
    kind: 'secret-subscribe',
    client,
    topic,
    behaviour: pick(random, BEHAVIOURS),
    trusts: random.below(3) === 0 ? drawKeys(random, keys) : undefined,
  });
  const open = (client: string, topic: string): SecretStep => ({
    kind: 'secret-open',
    client,
    topic,
    proof: pick(random, PROOFS),
    allows: drawKeys(random, keys),
  });
  for (const topic of secrets) {
    add(random.below(EARLY_MS), open(pick(random, clients).name, topic));
    for (const { name } of clients) {
      if (random.below(4) > 0) add(random.below(EARLY_MS), subscribe(name, topic));
      if (random.below(4) === 0) add(random.below(EARLY_MS), open(name, topic));
    }
  }
  const acts = 6 + random.below(MAX_ACTS);
  for (let count = 0; count < acts; count += 1) {
    const client = pick(random, clients).name;
    const topic = pick(random, secrets);
    const of = { client, topic };
    const atMs = random.below(lengthMs);
    const drawn = random.below(20);
    if (drawn < 7) {
      const timeoutMs = pick(random, TIMEOUTS_MS);
      add(atMs, { kind: 'secret-request', ...of, bytes: pick(random, SIZES), timeoutMs });
    } else if (drawn < 12) add(atMs, { kind: 'secret-publish', ...of, bytes: pick(random, SIZES) });
    else if (drawn < 14) add(atMs, { kind: 'secret-revoke', ...of, key: random.below(keys) });
    else if (drawn < 16) add(atMs, { kind: 'secret-allow', ...of, key: random.below(keys) });
    else if (drawn < 17) add(atMs, { kind: 'secret-unsubscribe', ...of });
    else if (drawn < 18) add(atMs, subscribe(client, topic));
    else if (drawn < 19) add(atMs, open(client, topic));
    else add(atMs, { kind: 'secret-close', ...of });
  }
  return steps;
}

function drawSdkSteps(
  random: SeededRandom,
  sdks: readonly SdkPlan[],
  lengthMs: number,
): (SecretStep & { atMs: number })[] {
  return sdks.flatMap(({ name: client, secret }) => {
    if (secret === undefined) return [];
    const of = { client, topic: secret.topic };
    return Array.from({ length: 1 + random.below(5) }, (): SecretStep & { atMs: number } => {
      const atMs = random.below(lengthMs);
      if (secret.role === 'subscribes') return { kind: 'secret-touch', ...of, atMs };
      const bytes = pick(random, SIZES);
      return random.below(2) === 0
        ? { kind: 'secret-request', ...of, bytes, timeoutMs: 5_000, atMs }
        : { kind: 'secret-publish', ...of, bytes, atMs };
    });
  });
}

/** Most keys, all of them in one case of two. */
function drawKeys(random: SeededRandom, keys: number): number[] {
  const all = Array.from({ length: keys }, (_, key) => key);
  return (random.below(2) === 0 ? all : some(random, all)).sort((one, other) => one - other);
}

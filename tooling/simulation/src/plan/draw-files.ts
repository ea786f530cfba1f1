import { SeededRandom } from '@amop/testkit/memory';
import { pick, shuffled, some } from './draw.ts';
import type {
  FileStep,
  FileTopicPlan,
  IntruderManner,
  IntruderPlan,
  ReceiverManner,
  SourceChange,
  StrikeManner,
} from './file-plan.ts';
import type { ClientPlan, FaultStep, Plan } from './plan.ts';

/** So many runs of a hundred have transfers, where there are two clients for them: one in four of all. */
const PERCENT = 40;
const EARLY_MS = 600;
/** Bytes of the chunks: the least there are, so that small files have many. */
const CHUNK_BYTES = 1_024;
/** Of a file with frames whose memory is given back on every way; where bytes come one by one it would take too long. */
const LARGE = { bytes: 200_000, chunkBytes: 65_536 };
const LARGE_ONE_IN = 4;
// Of a few bytes one file is like another; one that is empty is drawn once.
const SIZES: readonly number[] = [60, 700, 1_024, 1_025, 4_000, 12_000, 20_480, 40_000];
const SMALL_SIZES: readonly number[] = [60, 700, 1_024, 3_000];
const EMPTY_ONE_IN = 8;
const JOIN_MS: readonly number[] = [2_000, 5_000, 20_000];
const STALL_MS: readonly number[] = [20_000, 60_000, 300_000];
const RECEIVERS: readonly ReceiverManner[] = ['takes', 'takes', 'takes', 'renames', 'decides'];
const CHANGES: readonly SourceChange[] = ['other', 'shorter', 'longer', 'same'];
const INTRUDERS: readonly IntruderManner[] = ['answers', 'silent', 'replays', 'replays', 'rubbish'];
const STRIKES: readonly StrikeManner[] = [
  'crash',
  'crash',
  'crash',
  'power',
  'power',
  'restart',
  'freeze',
  'node',
  'reset',
  'reset',
  'part',
  'full',
  'fails',
  'fails',
  'change',
  'abort',
  'revoke',
];
/** Those that need a file of its sender. */
const AT_SENDER: ReadonlySet<StrikeManner> = new Set(['change', 'abort', 'revoke']);
const MAX_STRIKES = 6;
const MAX_OPERATIONS = 90;
const MAX_DOWN_MS = 6_000;
const MAX_DECIDE_MS = 4_000;
const MAX_CLOCK_MS = 50_000_000;
/** Salt of the random source: what plans of other topics draw does not change. */
const SALT = 0xf11e5;

type Cast = Omit<Plan, 'steps' | 'fileTopics' | 'intruders'>;
type Drawn = (FileStep | FaultStep) & { readonly atMs: number };

/** What transfers of files add to a plan. */
export interface DrawnFiles {
  readonly fileTopics: readonly FileTopicPlan[];
  readonly intruders: readonly IntruderPlan[];
  readonly clients: readonly ClientPlan[];
  readonly steps: readonly Drawn[];
}

/** Transfers, their receivers and what goes wrong with them; in most runs there are none. */
export function drawFiles(seed: number, cast: Cast): DrawnFiles {
  const random = new SeededRandom(seed ^ SALT);
  const nothing = { fileTopics: [], intruders: [], clients: cast.clients, steps: [] };
  if (random.below(100) >= PERCENT) return nothing;
  const drawn = drawUsers(random, cast);
  if (drawn === undefined) return nothing;
  const { clients, users } = drawn;
  const isPrivate = random.below(3) === 0;
  const fileTopics: FileTopicPlan[] = [{ name: isPrivate ? 'vault' : 'drop', isPrivate }];
  if (random.below(4) === 0) fileTopics.push({ name: 'attic', isPrivate: false });
  const intruders = Array.from(
    { length: random.below(3) === 0 ? 1 + random.below(2) : 0 },
    (_, index): IntruderPlan => ({
      name: `y${index}`,
      node: pick(random, cast.nodes).name,
      manner: pick(random, INTRUDERS),
    }),
  );
  const steps = fileTopics.flatMap((topic, index) =>
    drawSteps(random, cast, { ...topic, isFirst: index === 0 }, users, intruders),
  );
  return { fileTopics, intruders, clients, steps };
}

/** Clients that can all reach each other at any of their nodes; rules name the topics that others may use. */
function drawUsers(
  random: SeededRandom,
  cast: Cast,
): { readonly clients: readonly ClientPlan[]; readonly users: readonly string[] } | undefined {
  const able = cast.clients.filter(({ forbidden }) => forbidden.length === 0);
  const free = shuffled(random, able.length).flatMap((index) => able[index] ?? []);
  if (free.length < 2) return undefined;
  const base = free.find(({ nodes }) => areTogether(cast, nodes));
  if (base === undefined) return undefined;
  const users = [base];
  for (const client of free) {
    if (client === base) continue;
    const nodes = [...users.flatMap((user) => user.nodes), ...client.nodes];
    if (areTogether(cast, nodes)) users.push(client);
  }
  // Another one moves to where it can be reached.
  const moved = users.length > 1 ? undefined : free.find((client) => client !== base);
  if (moved !== undefined) users.push(moved);
  const clients = cast.clients.map((client) =>
    client === moved ? { ...client, nodes: base.nodes } : client,
  );
  return { clients, users: users.map(({ name }) => name) };
}

/** Nodes of ours, each linked with all others, without a limit of their own. */
function areTogether({ nodes }: Cast, names: readonly string[]): boolean {
  const dials = (one: string, other: string): boolean =>
    nodes.find(({ name }) => name === one)?.dials.includes(other) === true;
  return names.every((one) => {
    const node = nodes.find(({ name }) => name === one);
    if (node === undefined || node.outgoingBytesPerS !== undefined) return false;
    return names.every((other) => one === other || dials(one, other) || dials(other, one));
  });
}

function drawSteps(
  random: SeededRandom,
  { lengthMs, weather }: Cast,
  { isFirst, isPrivate, name: topic }: FileTopicPlan & { readonly isFirst: boolean },
  users: readonly string[],
  intruders: readonly IntruderPlan[],
): Drawn[] {
  const steps: Drawn[] = [];
  const add = (atMs: number, step: FileStep | FaultStep): void => {
    steps.push({ ...step, atMs });
  };
  const sizes = weather.windowBytes < 1_000 ? SMALL_SIZES : SIZES;
  const files: { readonly file: string; readonly client: string; readonly atMs: number }[] = [];
  const count = 1 + random.below(3);
  for (let index = 0; index < count; index += 1) {
    const client = pick(random, users);
    const file = `${topic}${index}`;
    const atMs = random.below(Math.min(lengthMs, 10_000));
    const isWide = weather.windowBytes === 65_536 && weather.split !== 'bytes';
    const isLarge = isWide && atMs % LARGE_ONE_IN === 0;
    files.push({ file, client, atMs });
    // Forward: it goes back when the process begins anew.
    if (random.below(4) === 0) {
      add(random.below(atMs + 1), { kind: 'clock', who: client, byMs: random.below(MAX_CLOCK_MS) });
    }
    add(atMs, {
      kind: 'file-send',
      client,
      topic,
      file,
      to: random.below(2) === 0 ? 'one' : 'all',
      bytes: isFirst && index === 0 && random.below(EMPTY_ONE_IN) === 0 ? 0 : pick(random, sizes),
      chunkBytes: CHUNK_BYTES,
      joinMs: pick(random, JOIN_MS),
      stallMs: pick(random, STALL_MS),
      ...(isLarge && LARGE),
    });
  }
  const receivers = some(random, users);
  // Somebody other than the one sender must be there.
  const senders = new Set(files.map(({ client }) => client));
  if (receivers.length === 1 && receivers.some((name) => senders.has(name))) {
    const other = users.find((name) => !receivers.includes(name));
    if (other !== undefined) receivers.push(other);
  }
  receivers.forEach((client, index) => {
    const isLate = random.below(4) === 0;
    const manner = index > 0 && random.below(6) === 0 ? 'refuses' : pick(random, RECEIVERS);
    if (manner === 'decides' && random.below(2) === 0) {
      const atMs = pick(random, files).atMs + random.below(MAX_DECIDE_MS);
      add(Math.min(lengthMs - 1, atMs), { kind: 'file-unreceive', client, topic });
    }
    add(random.below(isLate ? lengthMs : EARLY_MS), {
      kind: 'file-receive',
      client,
      topic,
      manner,
      maxTransfers: intruders.length === 0 && random.below(4) === 0 ? 1 : 8,
      laid: random.below(3) === 0 ? pick(random, files).file : undefined,
    });
  });
  for (let acts = random.below(4); acts > 0; acts -= 1) {
    const { atMs, client, file } = pick(random, files);
    const aroundMs = Math.min(lengthMs - 1, atMs + random.below(3_000));
    const drawn = random.below(8);
    if (drawn < 3) {
      add(aroundMs, { kind: 'file-change', client, topic, file, change: pick(random, CHANGES) });
    } else if (drawn < 4) add(aroundMs, { kind: 'file-anew', client, topic, file });
    else if (drawn < 5) add(aroundMs, { kind: 'file-abort', client, topic, file });
    else if (drawn < 6) {
      add(aroundMs, { kind: 'file-unreceive', client: pick(random, receivers), topic });
    } else if (isPrivate) {
      const key = Number(pick(random, receivers).slice(1));
      add(aroundMs, { kind: 'file-revoke', client, topic, key });
      if (random.below(2) === 0) {
        const laterMs = Math.min(lengthMs - 1, aroundMs + random.below(5_000));
        add(laterMs, { kind: 'file-allow', client, topic, key });
      }
    }
  }
  // One in three has none: then everything must go well from the beginning.
  const strikes = random.below(3) === 0 ? 0 : 1 + random.below(MAX_STRIKES);
  for (let strike = 0; strike < strikes; strike += 1) {
    const { atMs, client, file } = pick(random, files);
    const manner = pick(random, STRIKES);
    const isAtSender = AT_SENDER.has(manner) || random.below(3) === 0;
    // Most while it begins; others anywhere.
    const shiftMs = random.below(4) === 0 ? random.below(5_000) : random.below(150) - 100;
    add(Math.min(lengthMs - 1, Math.max(0, atMs + shiftMs)), {
      kind: 'strike',
      who: isAtSender ? client : pick(random, receivers),
      manner,
      afterOperations: random.below(random.below(3) === 0 ? 12 : MAX_OPERATIONS),
      file: isAtSender ? file : undefined,
      change: pick(random, CHANGES),
      forMs: random.below(MAX_DOWN_MS),
    });
  }
  return steps;
}

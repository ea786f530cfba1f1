import { isFileStep } from './file-plan.ts';
import type { Plan, Step, WeatherPlan } from './plan.ts';
import { isSecretStep } from './secret-plan.ts';

/** Time after the last step that is kept, in ms. */
const AFTER_LAST_MS = 1_000;

/** Links without delay, that keep each write whole. */
const PLAIN_WEATHER: WeatherPlan = {
  minDelayMs: 1,
  maxDelayMs: 1,
  drainDelayMs: 0,
  windowBytes: 65_536,
  split: 'whole',
};

/** Name of the part that stands for the drawn weather; left out, links are plain. */
const WEATHER = 'weather';

/** Names of all parts of a plan: parties, topics, numbers of steps, and the weather. */
export function partsOf(plan: Plan): string[] {
  const { clients, fileTopics, intruders, nodes, originals, sdks, secrets, spies, steps, topics } =
    plan;
  const parties = [
    ...nodes,
    ...originals,
    ...clients,
    ...sdks,
    ...spies,
    ...intruders,
    ...fileTopics,
  ];
  const names = parties.map(({ name }) => name);
  return [WEATHER, ...names, ...topics, ...secrets, ...steps.map(({ id }) => String(id))];
}

/**
 * The plan with only these parts; what refers to a part that is gone goes as well.
 *
 * @returns undefined when no node or no client would be left
 */
export function keepParts(plan: Plan, kept: ReadonlySet<string>): Plan | undefined {
  const isKept = ({ name }: { readonly name: string }): boolean => kept.has(name);
  const keep = (names: readonly string[]): string[] => names.filter((name) => kept.has(name));
  const nodes = plan.nodes.filter(isKept).map((node) => ({ ...node, dials: keep(node.dials) }));
  const clients = plan.clients
    .filter(isKept)
    .map((client) => ({ ...client, nodes: keep(client.nodes), forbidden: keep(client.forbidden) }))
    .filter((client) => client.nodes.length > 0);
  const topics = keep(plan.topics);
  if (nodes.length === 0 || clients.length === 0 || topics.length === 0) return undefined;
  const steps = plan.steps.filter((step) => kept.has(String(step.id)) && refersTo(step, kept));
  const lastMs = steps.at(-1)?.atMs ?? 0;
  return {
    ...plan,
    nodes,
    clients,
    topics,
    originals: plan.originals
      .filter(isKept)
      .map((each) => ({ ...each, dials: keep(each.dials), topics: keep(each.topics) })),
    sdks: plan.sdks
      .filter((sdk) => isKept(sdk) && kept.has(sdk.node))
      .map(({ secret, ...sdk }) => ({
        ...sdk,
        topics: keep(sdk.topics),
        ...(secret !== undefined && kept.has(secret.topic) && { secret }),
      })),
    secrets: keep(plan.secrets),
    spies: plan.spies.filter((spy) => isKept(spy) && kept.has(spy.node) && kept.has(spy.topic)),
    fileTopics: plan.fileTopics.filter(isKept),
    intruders: plan.intruders.filter((each) => isKept(each) && kept.has(each.node)),
    weather: kept.has(WEATHER) ? plan.weather : PLAIN_WEATHER,
    steps,
    lengthMs: Math.min(plan.lengthMs, lastMs + AFTER_LAST_MS),
  };
}

/** Whether all that a step names is kept. */
function refersTo(step: Step, kept: ReadonlySet<string>): boolean {
  if (isSecretStep(step) || isFileStep(step)) return kept.has(step.client) && kept.has(step.topic);
  switch (step.kind) {
    case 'reset':
    case 'part':
      return step.between.every((name) => kept.has(name));
    case 'cut':
      return kept.has(step.from) && kept.has(step.to);
    case 'freeze':
    case 'crash':
    case 'restart':
    case 'clock':
    case 'reload':
    case 'strike':
      return kept.has(step.who);
    case 'hostile':
      return kept.has(step.at);
    case 'slow':
      return true;
    default:
      return kept.has(step.client) && kept.has(step.topic);
  }
}

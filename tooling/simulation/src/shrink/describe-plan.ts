import { describeStep } from '../plan/describe-step.ts';
import type { Plan } from '../plan/plan.ts';

/** Who takes part and what is to happen, one line each, for people. */
export function describePlan(plan: Plan): string[] {
  const { clients, fileTopics, intruders, nodes, originals, sdks, secrets, spies, steps } = plan;
  const { topics, weather } = plan;
  const { drainDelayMs, maxDelayMs, minDelayMs, split, windowBytes } = weather;
  return [
    `topics ${topics.join(', ')}${secrets.length > 0 ? `; private ${secrets.join(', ')}` : ''}`,
    `links  ${minDelayMs}-${maxDelayMs} ms, drain ${drainDelayMs} ms, window ${windowBytes} B, split ${split}`,
    ...nodes.map(
      ({ compress, dials, name, outgoingBytesPerS, rank, tight }) =>
        `${name}     node, dials ${list(dials)}${flag(compress, 'compresses')}${flag(tight, 'small queues')}${flag(outgoingBytesPerS !== undefined, 'bandwidth limit')}, node ID number ${rank}`,
    ),
    ...originals.map(
      ({ behaviour, dials, name, topics: has }) =>
        `${name}     original node, dials ${list(dials)}, has ${list(has)}, ${behaviour}`,
    ),
    ...clients.map(
      ({ forbidden, name, nodes: at, tight }) =>
        `${name}     client of ${list(at)}${tight ? ', small queues' : ''}${forbidden.length > 0 ? `, may not use ${list(forbidden)}` : ''}`,
    ),
    ...sdks.map(
      ({ behaviour, name, node, secret, topics: has }) =>
        `${name}     original SDK at ${node}, has ${list(has)}, ${behaviour}${flag(secret !== undefined, `${secret?.role} ${secret?.topic}`)}`,
    ),
    ...spies.map(
      ({ manner, name, node, topic }) => `${name}     spy at ${node}, ${manner} on ${topic}`,
    ),
    ...fileTopics.map(({ isPrivate, name }) => `${name}     files${flag(isPrivate, 'private')}`),
    ...intruders.map(
      ({ manner, name, node }) => `${name}     intruder at ${node}, ${manner} on inboxes of files`,
    ),
    ...steps.map(
      (step) => `${(step.atMs / 1_000).toFixed(3)} s  step ${step.id}: ${describeStep(step)}`,
    ),
  ];
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(' ') : 'nobody';
}

function flag(isSet: boolean, text: string): string {
  return isSet ? `, ${text}` : '';
}

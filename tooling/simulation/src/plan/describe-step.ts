import type { Step } from './plan.ts';

/** For people: what the step is, in the order of its members. */
export function describeStep({ atMs: _at, id: _id, ...rest }: Step): string {
  const { kind, ...facts } = rest;
  const texts = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${JSON.stringify(value)}`,
  );
  return [kind, ...texts].join(' ');
}

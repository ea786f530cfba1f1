import { expect, test } from 'vitest';
import { Campaign, type Finding } from '../src/campaign.ts';
import { Execution } from '../src/execution.ts';
import { shrink } from '../src/shrink.ts';
import type { FuzzTarget } from '../src/target.ts';

const SETTINGS = {
  isCampaign: true,
  seed: 4,
  ms: Number.POSITIVE_INFINITY,
  executions: 20_000,
  input: undefined,
  save: false,
};

function campaign(run: FuzzTarget['run'], seed = 4): Promise<Finding | undefined> {
  const target: FuzzTarget = { name: 'fuzz/test', seeds: [Uint8Array.of(1, 2, 3)], run };
  const execution = new Execution(target);
  return new Campaign(target, { ...SETTINGS, seed }, execution, undefined).run();
}

test('an input for which the property does not hold is found, thrown or rejected', async () => {
  const fail = (bytes: Uint8Array): void => {
    if (bytes.includes(0xff) && bytes[0] === 1) throw new RangeError('there it is');
  };
  const thrown = await campaign(fail);
  expect(thrown?.bytes).toContain(0xff);
  expect(thrown?.error).toBeInstanceOf(RangeError);
  const rejected = await campaign(async (bytes) => fail(bytes));
  expect(rejected).toEqual(thrown);
});

test('a seed makes the same inputs, another seed others', async () => {
  const made = async (seed: number): Promise<string> => {
    const inputs: string[] = [];
    await campaign((bytes) => inputs.push(bytes.join()), seed);
    expect(inputs).toHaveLength(20_000);
    return inputs.join(';');
  };
  const first = await made(1);
  expect(await made(1)).toBe(first);
  expect(await made(2)).not.toBe(first);
});

test('a failing input is made as short as it goes', async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
  const fails = async (each: Uint8Array): Promise<boolean> => each.includes(7) && each.length >= 3;
  expect([...(await shrink(bytes, fails))].sort()).toEqual([0, 0, 7]);
});

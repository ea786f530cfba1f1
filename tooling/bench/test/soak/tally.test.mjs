import { describe, expect, it } from 'vitest';
import { Tally } from '../../src/soak/load/tally.mjs';

const failing = (code) => () => Promise.reject(Object.assign(new Error('no'), { code }));
const fine = () => Promise.resolve();

async function reportOf(...calls) {
  const tally = new Tally();
  for (const [call, explained] of calls) void tally.count('kind', call, explained);
  await tally.settled();
  return tally.report();
}

describe('Tally', () => {
  it('counts what ends as it has to', async () => {
    const mustFail = { mustFail: ['A', 'B'] };
    const { done, faults } = await reportOf([fine], [failing('B'), mustFail]);
    expect(done).toEqual({ kind: 2 });
    expect(faults).toEqual([]);
  });

  it('names a call that fails, whatever its code', async () => {
    const { faults } = await reportOf([failing('A')], [failing('B'), { mustFail: ['A'] }]);
    expect(faults.map(({ code }) => code)).toEqual(['A', 'B']);
  });

  it('names a call that ends well and must not', async () => {
    const { done, faults } = await reportOf([fine, { mustFail: ['A'] }]);
    expect(done).toEqual({});
    expect(faults).toMatchObject([{ code: 'ENDED_WELL', nearRestart: false }]);
  });

  it('names what is thrown before the call has begun', async () => {
    const throws = () => {
      throw new TypeError('not a call');
    };
    const { faults } = await reportOf([throws]);
    expect(faults).toMatchObject([{ code: 'TypeError', message: 'not a call' }]);
  });

  it('gives each fault once', async () => {
    const tally = new Tally();
    await tally.count('kind', failing('A'));
    tally.report();
    expect(tally.report().faults).toEqual([]);
  });
});

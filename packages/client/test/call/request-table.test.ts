import { VirtualClock } from '@amop/testkit';
import { expect, test } from 'vitest';
import { DeadlineTimer } from '../../src/call/deadline-timer.ts';
import { QueryCall } from '../../src/call/pending-call.ts';
import { RequestTable } from '../../src/call/request-table.ts';

function table(maxPending: number): { table: RequestTable; clock: VirtualClock } {
  const clock = new VirtualClock();
  const deadlines = new DeadlineTimer(clock);
  return { table: new RequestTable({ maxPending }, { deadlines }), clock };
}

function call(number: number, expired: number[] = []): QueryCall {
  const owner = { seqOf: String, expired: (which: number) => void expired.push(which) };
  return new QueryCall(
    owner,
    number,
    1_000,
    0x12,
    () => {},
    () => {},
  );
}

test('only the first who ends a call gets to tell its caller', () => {
  const { table: calls } = table(10);
  const one = call(1);
  calls.add(one);
  expect(calls.get(1)).toBe(one);
  expect(calls.finish(one)).toBe(true);
  expect(calls.finish(one)).toBe(false);
  expect(calls.get(1)).toBeUndefined();
});

test('a call that has ended does not expire', () => {
  const { table: calls, clock } = table(10);
  const expired: number[] = [];
  const [one, two] = [call(1, expired), call(2, expired)];
  calls.add(one);
  calls.add(two);
  calls.finish(one);
  clock.advance(2_000);
  expect(expired).toEqual([2]);
});

test('it is full at its limit, and idle when it is empty', async () => {
  const { table: calls } = table(2);
  await calls.idle();
  const both = [call(1), call(2)];
  for (const each of both) {
    expect(calls.overload()).toBeUndefined();
    calls.add(each);
  }
  expect(calls.overload()).toMatchObject({ code: 'AMOP_CLIENT_OVERLOADED' });
  expect(calls.all()).toEqual(both);
  let isIdle = false;
  const idle = calls.idle().then(() => {
    isIdle = true;
  });
  for (const each of both) {
    expect(isIdle).toBe(false);
    calls.finish(each);
  }
  await idle;
  expect(calls.size).toBe(0);
});

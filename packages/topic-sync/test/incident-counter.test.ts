import { expect, it } from 'vitest';
import type { SyncAction } from '../src/events.ts';
import { IncidentCounter } from '../src/incident-counter.ts';

it('logs at 1, 2, 4, 8, ... and counts every time', () => {
  const counter = new IncidentCounter();
  const actions: SyncAction[] = [];
  for (let time = 0; time < 1000; time += 1) counter.count(actions, 'listNotAsked');
  expect(actions.map((action) => action.kind === 'log' && action.total)).toEqual([
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512,
  ]);
  expect(counter.totals().listNotAsked).toBe(1000);
});

it('counts many at once in one line', () => {
  const counter = new IncidentCounter();
  const actions: SyncAction[] = [];
  counter.count(actions, 'topicsOverLimit', 70_000);
  counter.count(actions, 'topicsOverLimit', 5);
  expect(actions).toEqual([
    expect.objectContaining({ incident: 'topicsOverLimit', level: 'warn', total: 70_000 }),
  ]);
  expect(counter.totals().topicsOverLimit).toBe(70_005);
});

it('says nothing about none', () => {
  const actions: SyncAction[] = [];
  new IncidentCounter().count(actions, 'topicsRejected', 0);
  expect(actions).toEqual([]);
});

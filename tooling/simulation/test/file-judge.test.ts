import { expect, test } from 'vitest';
import type { FileHistoryEvent } from '../src/history/file-event.ts';
import { FileJudge } from '../src/judge/file-judge.ts';

type Happening = FileHistoryEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'atMs'>
    : never
  : never;

const HASH = 'aa';
const SOURCE = { kind: 'file-source', client: 'c0', file: 'f', digest: 'd', hash: HASH } as const;
const CALL = { client: 'c0', file: 'f', call: 'f#0' } as const;
const OF = { topic: 't', transfer: 'x', hash: HASH } as const;

/** The rules that a history of one file breaks. One event follows the other after `stepMs`. */
function judged(
  events: readonly Happening[],
  { interruptions = 0, stepMs = 1 }: { interruptions?: number; stepMs?: number } = {},
): string[] {
  const rules: string[] = [];
  const judge = new FileJudge({
    found: (rule) => rules.push(rule),
    interruptions: () => interruptions,
  });
  judge.take({ ...SOURCE, chunks: 2, atMs: 0 });
  events.forEach((event, index) => {
    // The members that differ between events are all there.
    judge.take({ ...event, atMs: (index + 1) * stepMs } as FileHistoryEvent);
  });
  return rules;
}

function sending(to: 'one' | 'all' = 'one'): Happening {
  return { kind: 'file-sending', ...CALL, topic: 't', to };
}

function folder(client: string, files: Readonly<Record<string, string>>): Happening {
  return { kind: 'file-folder', client, topic: 't', files };
}

function told(client: string, what: 'started' | 'done' | 'failed', to: 'one' | 'all' = 'one') {
  return { kind: 'file-event', client, what, to, ...OF } as const;
}

function sent(...outcomes: string[]): Happening {
  return { kind: 'file-sent', ...CALL, transfer: 'x', hash: HASH, outcomes };
}

const chunk = { kind: 'file-chunk', client: 'c0', transfer: 'x', receiver: 'c1' } as const;

test('a file that arrives breaks no rule', () => {
  const history = [
    sending(),
    told('c1', 'started'),
    chunk,
    chunk,
    folder('c1', { 'f.bin': 'd' }),
    told('c1', 'done'),
    sent('done'),
  ];
  expect(judged(history)).toEqual([]);
});

test('what was never sent has no name', () => {
  expect(judged([folder('c1', { 'f.bin': 'half' })])).toEqual(['file-whole']);
});

test('a receiver that is done has the file', () => {
  expect(judged([folder('c1', {}), told('c1', 'done')])).toEqual(['file-whole']);
});

test('what was laid by hand stays', () => {
  const laid = {
    kind: 'file-laid',
    client: 'c1',
    topic: 't',
    name: 'f.bin',
    digest: 'old',
  } as const;
  expect(judged([laid, folder('c1', { 'f.bin': 'old', 'f (1).bin': 'd' })])).toEqual([]);
  expect(judged([laid, folder('c1', { 'f.bin': 'd' })])).toEqual(['file-kept']);
});

test('done is said of what is in its place', () => {
  expect(judged([sending(), sent('done')])).toEqual(['file-unearned']);
  expect(judged([sending(), sent('stalled')])).toEqual(['file-unearned']);
});

test('a call ends once', () => {
  const history = [sending(), folder('c1', { 'f.bin': 'd' }), sent('done'), sent('done')];
  expect(judged(history)).toEqual(['one-outcome']);
});

test('a file to one is with one', () => {
  const both = [folder('c1', { 'f.bin': 'd' }), folder('c2', { 'f.bin': 'd' })];
  const history = [sending(), told('c1', 'started'), ...both];
  expect(judged(history)).toEqual(['file-two-takers']);
  expect(judged([...both, told('c1', 'done'), told('c2', 'done')])).toEqual(['file-two-takers']);
  expect(judged([sending('all'), ...both])).toEqual([]);
});

test('a receiver has failed when that is said', () => {
  const failed = {
    kind: 'file-send-failed',
    ...CALL,
    code: 'AMOP_CLIENT_FILE_FAILED',
    reason: 'disk-full',
  } as const;
  const late = { stepMs: 40_000 };
  expect(judged([told('c1', 'started'), sending(), failed], late)).toEqual(['file-false-end']);
  expect(judged([told('c1', 'started'), sending(), told('c1', 'failed'), failed], late)).toEqual(
    [],
  );
});

test('a key that is revoked gets no chunk', () => {
  const revoke = { kind: 'file-revoke', client: 'c0', topic: 't', holder: 'c1' } as const;
  const history = [told('c1', 'started'), chunk, revoke, chunk];
  expect(judged(history, { stepMs: 100 })).toEqual(['file-revoked']);
  expect(judged([...history.slice(0, 3), { ...revoke, kind: 'file-allow' }, chunk])).toEqual([]);
});

test('a chunk is sent twice after an interruption alone', () => {
  const history = [told('c1', 'started'), chunk, chunk, chunk];
  expect(judged(history)).toEqual(['file-twice-sent']);
  expect(judged(history, { interruptions: 1 })).toEqual([]);
});

test('a file to one is not taken from whoever has begun with it', () => {
  const taken = { ...told('c1', 'failed'), reason: 'taken-by-another' } as const;
  expect(judged([told('c1', 'started'), chunk, taken])).toEqual(['file-two-takers']);
  expect(judged([told('c2', 'started'), chunk, { ...taken, client: 'c2' }])).toEqual([]);
});

import { TransferEnd } from '@amop/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type BookVerdict,
  keptReceivers,
  ReceiverBook,
} from '../../../src/file/send/receiver-book.ts';

const [A, B] = ['aa'.repeat(16), 'bb'.repeat(16)];
const SHAPE = { size: 2_500, chunkBytes: 1_024 };
const yes = (): boolean => true;

function bookOf(to: 'one' | 'all', joinUntilMs = Number.POSITIVE_INFINITY): ReceiverBook {
  return new ReceiverBook({ to, ...SHAPE, joinUntilMs }, [], 0);
}

function join(book: ReceiverBook, receiver: string, attempt = 1, key?: string): BookVerdict {
  return book.take({ kind: 'join', receiver, attempt, have: 0 }, key, 0);
}

function pull(book: ReceiverBook, receiver: string, index = 0, attempt = 1): BookVerdict {
  return book.take(
    { kind: 'pull', receiver, attempt, have: 0, index, isCheck: false },
    undefined,
    0,
  );
}

function report(
  book: ReceiverBook,
  receiver: string,
  end: keyof typeof TransferEnd,
  attempt = 1,
): BookVerdict {
  const request = { kind: 'report', receiver, attempt, end: TransferEnd[end], reason: '' } as const;
  return book.take(request, undefined, 0);
}

const OK = { kind: 'reply', reply: { kind: 'ok' } };
const SERVE = { kind: 'serve' };

function refused(reason: string): unknown {
  return { kind: 'reply', reply: { kind: 'refused', reason } };
}

test('to one: who joins first has it', () => {
  const book = bookOf('one');
  expect(join(book, A)).toEqual(OK);
  expect(join(book, A)).toEqual(OK);
  expect(join(book, B)).toEqual(refused('taken-by-another'));
  expect(book.bound?.receiver).toBe(A);
});

test('to all: everybody who comes in time', () => {
  const book = bookOf('all', 10);
  expect(join(book, A)).toEqual(OK);
  const late = { kind: 'join', receiver: B, attempt: 1, have: 0 } as const;
  expect(book.take(late, undefined, 11)).toEqual(refused('join-over'));
  expect(book.take({ ...late, receiver: A }, undefined, 11)).toEqual(OK);
  expect(book.bound).toBeUndefined();
});

test('chunks are for who has joined, in that attempt, and for chunks that there are', () => {
  const book = bookOf('one');
  expect(pull(book, A)).toEqual(refused('not-joined'));
  join(book, A, 2);
  expect(pull(book, A, 2, 2)).toEqual(SERVE);
  expect(pull(book, A, 3, 2)).toEqual(refused('malformed'));
  expect(pull(book, A, 0, 1)).toEqual(refused('not-joined'));
  expect(pull(book, A, 0, 3)).toEqual(refused('not-joined'));
});

test('an older attempt cannot join, report or pull any more', () => {
  const book = bookOf('one');
  join(book, A, 3);
  expect(join(book, A, 2)).toEqual(refused('malformed'));
  expect(report(book, A, 'failed', 2)).toEqual(refused('not-joined'));
  expect(pull(book, A, 0, 3)).toEqual(SERVE);
});

test('a report ends it; done stays done whatever is said later', () => {
  const book = bookOf('all');
  join(book, A);
  expect(report(book, A, 'done')).toEqual(OK);
  expect(report(book, A, 'failed')).toEqual(OK);
  expect(book.outcomes()).toEqual([{ receiver: A, outcome: 'done', bytes: 2_500 }]);
  expect(book.isSettled).toBe(true);
});

test('who has reported joins anew with a new attempt only: an old join may be a copy', () => {
  for (const end of ['done', 'failed', 'refused'] as const) {
    const book = bookOf('all');
    join(book, A, 1);
    report(book, A, end, 1);
    expect(join(book, A, 1)).toEqual(refused('malformed'));
    expect(book.isSettled).toBe(true);
    expect(join(book, A, 2)).toEqual(OK);
    expect(pull(book, A, 0, 2)).toEqual(SERVE);
    expect(book.isSettled).toBe(false);
  }
});

test('who is not heard of is stalled, and may go on in the same attempt', () => {
  const book = bookOf('one');
  join(book, A);
  book.giveUp(0, yes);
  expect(book.bound?.outcome).toBeUndefined();
  book.giveUp(1, yes);
  expect(book.bound?.outcome).toBe('stalled');
  expect(pull(book, A)).toEqual(refused('not-joined'));
  expect(join(book, A)).toEqual(OK);
  expect(pull(book, A)).toEqual(SERVE);
});

test('a key that is revoked ends its receivers alone', () => {
  const book = bookOf('all');
  join(book, A, 1, 'key a');
  join(book, B, 1, 'key b');
  book.giveUp(0, (key) => key !== 'key a');
  expect(book.outcomes()).toEqual([{ receiver: A, key: 'key a', outcome: 'revoked', bytes: 0 }]);
});

test('nobody speaks for the holder of another key', () => {
  const book = bookOf('one');
  join(book, A, 1, 'key a');
  expect(join(book, A, 2, 'key b')).toEqual(refused('malformed'));
  const done = {
    kind: 'report',
    receiver: A,
    attempt: 9,
    end: TransferEnd.done,
    reason: '',
  } as const;
  expect(book.take(done, 'key b', 0)).toEqual(refused('malformed'));
  expect(book.bound).toMatchObject({ attempt: 1, outcome: undefined });
});

test('a refusal of who has not joined is entered for a file to all alone', () => {
  const [one, all] = [bookOf('one'), bookOf('all')];
  expect(report(one, A, 'refused')).toEqual(OK);
  expect(one.size).toBe(0);
  expect(report(all, A, 'refused')).toEqual(OK);
  expect(all.outcomes()).toMatchObject([{ receiver: A, outcome: 'refused' }]);
  expect(report(all, B, 'done')).toEqual(refused('not-joined'));
});

test('there are 10 000 receivers at the most', () => {
  const book = bookOf('all');
  const name = (index: number): string => index.toString(16).padStart(32, '0');
  for (let index = 0; index < 10_000; index++) join(book, name(index));
  expect(join(book, name(10_000))).toEqual(refused('busy'));
  expect(report(book, name(10_001), 'refused')).toMatchObject({ kind: 'reply' });
  expect(book.size).toBe(10_000);
});

test('what was written down of an earlier process counts, but for who had given up', () => {
  const known = [
    { receiver: A, attempt: 4, have: 2, outcome: 'done' },
    { receiver: B, attempt: 2, have: 1, outcome: 'stalled' },
  ] as const;
  const book = new ReceiverBook({ to: 'all', ...SHAPE, joinUntilMs: 0 }, known, 5);
  expect(book.heardMs).toBe(5);
  expect([...book.all()].map(({ outcome }) => outcome)).toEqual(['done', undefined]);
  expect(join(book, B, 3)).toEqual(OK);
  expect(book.snapshot()).toEqual([
    { receiver: A, attempt: 4, have: 2, outcome: 'done' },
    { receiver: B, attempt: 3, have: 0 },
  ]);
});

test('a file to one is free for another after who had taken it has nothing left of it', () => {
  const failed = (reason: string) =>
    ({ receiver: A, attempt: 1, have: 1, outcome: 'failed', reason }) as const;
  for (const reason of ['wrong-hash', 'expired', 'malformed']) {
    expect(keptReceivers('one', [failed(reason)])).toEqual([]);
    expect(keptReceivers('all', [failed(reason)])).toHaveLength(1);
  }
  for (const reason of ['disk-full', 'source-failed']) {
    expect(keptReceivers('one', [failed(reason)])).toHaveLength(1);
  }
  expect(keptReceivers('one', [{ receiver: A, attempt: 1, have: 1 }])).toHaveLength(1);
});

test('bytes are never more than the file has', () => {
  const book = bookOf('one');
  book.take({ kind: 'join', receiver: A, attempt: 1, have: 4_000_000_000 }, undefined, 0);
  expect(book.bound && book.bytesOf(book.bound)).toBe(2_500);
});

test('whatever is asked: one receiver of a file to one, attempts that do not go back', () => {
  const base = { receiver: fc.constantFrom(A, B), attempt: fc.nat(3) };
  const request = fc.oneof(
    fc.record({ kind: fc.constant('join' as const), ...base, have: fc.nat(5) }),
    fc.record({
      kind: fc.constant('pull' as const),
      ...base,
      have: fc.nat(5),
      index: fc.nat(5),
      isCheck: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('report' as const),
      ...base,
      end: fc.constantFrom(...Object.values(TransferEnd)),
      reason: fc.constant(''),
    }),
  );
  fc.assert(
    fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
      const book = bookOf('one');
      let attempt = 0;
      for (const each of requests) {
        const verdict = book.take(each, undefined, 0);
        if (verdict.kind === 'serve') expect(each.receiver).toBe(book.bound?.receiver);
        expect(book.size).toBeLessThanOrEqual(1);
        expect(book.bound?.attempt ?? 0).toBeGreaterThanOrEqual(attempt);
        attempt = book.bound?.attempt ?? 0;
      }
    }),
    { seed: 20261126, numRuns: 1_000 },
  );
});

import { describe, expect, it } from 'vitest';
import { type HistoryEvent, Judge, type RULES } from '../src/judge/index.ts';
import {
  allow,
  answered,
  failure,
  publish,
  received,
  request,
  subscribe,
  success,
} from './history-builders.ts';

/** A history that a rule lets pass, and one that breaks it and no other. */
interface Example {
  readonly says: string;
  readonly passes: readonly HistoryEvent[];
  readonly breaks: readonly HistoryEvent[];
}

const asked = [subscribe('b'), request('m', { timeoutMs: 500 })];
const served = [...asked, received('b', 'm', 'run'), answered('b', 'run')];
const told = { kind: 'settled', atMs: 0 } as const;

const examples: Partial<Record<keyof typeof RULES, readonly Example[]>> = {
  'one-outcome': [
    {
      says: 'a request has one end',
      passes: [...served, success('m', 'run')],
      breaks: [...served, success('m', 'run'), failure('m', 'unknown')],
    },
    {
      says: 'what was killed has no end any more',
      passes: [...asked, { kind: 'killed', atMs: 1, client: 'a' }],
      breaks: [...asked, { kind: 'killed', atMs: 1, client: 'a' }, failure('m', 'unknown')],
    },
  ],
  deadline: [
    {
      says: 'a request ends by its deadline, with some slack',
      passes: [...asked, failure('m', 'unknown', { atMs: 560 })],
      breaks: [...asked, failure('m', 'unknown', { atMs: 561 })],
    },
    {
      says: 'so does a publish that names one',
      passes: [publish('m', { timeoutMs: 500 }), success('m', undefined, { atMs: 560 })],
      breaks: [publish('m', { timeoutMs: 500 }), success('m', undefined, { atMs: 561 })],
    },
    {
      says: 'time in which the sender stood still does not count, of others it does',
      passes: [
        ...asked,
        { kind: 'stood-still', atMs: 1_560, client: 'a', ms: 1_000 },
        failure('m', 'unknown', { atMs: 1_560 }),
      ],
      breaks: [
        ...asked,
        { kind: 'stood-still', atMs: 1_560, client: 'b', ms: 1_000 },
        failure('m', 'unknown', { atMs: 1_560 }),
      ],
    },
  ],
  'never-ended': [
    { says: 'a request ends', passes: [...asked, failure('m', 'unknown')], breaks: asked },
    {
      says: 'a publish ends',
      passes: [publish('m'), success('m')],
      breaks: [publish('m')],
    },
  ],
  'unearned-success': [
    {
      says: 'an answer names a run',
      passes: [...served, success('m', 'run')],
      breaks: [...served, success('m')],
    },
    {
      says: 'it is the answer of a handler that has given one',
      passes: [...served, success('m', 'run')],
      breaks: [...asked, received('b', 'm', 'run'), success('m', 'run')],
    },
    {
      says: 'it is the answer to this very request',
      passes: [...served, request('n'), failure('n', 'unknown'), success('m', 'run')],
      breaks: [...served, request('n'), success('n', 'run'), failure('m', 'unknown')],
    },
  ],
  'ran-twice': [
    {
      says: 'a request runs one handler',
      passes: [...served, success('m', 'run')],
      breaks: [...served, received('b', 'm', 'again'), success('m', 'run')],
    },
    {
      says: 'after its end neither',
      passes: [...served, success('m', 'run')],
      breaks: [...served, success('m', 'run'), received('b', 'm', 'again')],
    },
  ],
  'ran-though-no': [
    {
      says: 'nobody saw what nobody is said to have seen',
      passes: [...asked, failure('m', 'no')],
      breaks: [...asked, received('b', 'm', 'run'), failure('m', 'no')],
    },
    {
      says: 'nor does he later',
      passes: [...asked, failure('m', 'unknown'), received('b', 'm', 'run')],
      breaks: [...asked, failure('m', 'no'), received('b', 'm', 'run')],
    },
  ],
  'unseen-though-yes': [
    {
      says: 'somebody saw what somebody is said to have seen',
      passes: [...asked, received('b', 'm', 'run'), failure('m', 'yes')],
      breaks: [...asked, failure('m', 'yes')],
    },
  ],
  'not-subscribed': [
    {
      says: 'from the call on a subscriber may receive',
      passes: [subscribe('b'), publish('m'), success('m'), received('b', 'm')],
      breaks: [publish('m'), success('m'), received('b', 'm')],
    },
    {
      says: 'not after he has ended it',
      passes: [
        subscribe('b'),
        ...[publish('m'), success('m'), received('b', 'm')],
        subscribe('b', 'unsubscribe'),
      ],
      breaks: [
        subscribe('b'),
        subscribe('b', 'unsubscribe'),
        ...[publish('m'), success('m'), received('b', 'm')],
      ],
    },
    {
      says: 'not after a kill',
      passes: [
        ...[subscribe('b'), publish('m'), success('m')],
        { kind: 'killed', atMs: 0, client: 'a' },
        received('b', 'm'),
      ],
      breaks: [
        ...[subscribe('b'), publish('m'), success('m')],
        { kind: 'killed', atMs: 0, client: 'b' },
        received('b', 'm'),
      ],
    },
  ],
  forbidden: [
    {
      says: 'what may not be sent is not taken',
      passes: [publish('m', { forbidden: true }), failure('m', 'no')],
      breaks: [publish('m', { forbidden: true }), success('m')],
    },
    {
      says: 'and reaches nobody',
      passes: [subscribe('b'), publish('m', { forbidden: true }), failure('m', 'no')],
      breaks: [
        ...[subscribe('b'), publish('m', { forbidden: true })],
        ...[failure('m', 'no'), received('b', 'm')],
      ],
    },
  ],
  'twice-received': [
    {
      says: 'each gets a multicast once',
      passes: [
        ...[subscribe('b'), subscribe('c'), publish('m'), success('m')],
        ...[received('b', 'm'), received('c', 'm')],
      ],
      breaks: [
        ...[subscribe('b'), subscribe('c'), publish('m'), success('m')],
        ...[received('b', 'm'), received('b', 'm')],
      ],
    },
    {
      says: 'the next life of an application is another session',
      passes: [
        ...[subscribe('b'), publish('m'), success('m'), received('b', 'm')],
        ...[{ kind: 'killed', atMs: 0, client: 'b' } as const, subscribe('b'), received('b', 'm')],
      ],
      breaks: [
        ...[subscribe('b'), publish('m'), success('m')],
        ...[{ kind: 'killed', atMs: 0, client: 'b' } as const, subscribe('b')],
        ...[received('b', 'm'), received('b', 'm')],
      ],
    },
  ],
  strange: [
    {
      says: 'what is received was sent',
      passes: [subscribe('b'), publish('m'), received('b', 'm'), success('m')],
      breaks: [subscribe('b'), received('b', 'm')],
    },
    {
      says: 'what ends was sent',
      passes: [publish('m'), success('m')],
      breaks: [success('m')],
    },
    {
      says: 'it comes on its topic',
      passes: [subscribe('b'), publish('m'), received('b', 'm'), success('m')],
      breaks: [
        ...[subscribe('b'), subscribe('b', 'subscribe', 'elsewhere'), publish('m')],
        ...[received('b', 'm', undefined, 'elsewhere'), success('m')],
      ],
    },
    {
      says: 'it comes in its form',
      passes: [subscribe('b'), publish('m'), received('b', 'm'), success('m')],
      breaks: [subscribe('b'), publish('m'), received('b', 'm', 'run'), success('m')],
    },
    {
      says: 'an application says so',
      passes: [],
      breaks: [{ kind: 'strange', atMs: 0, client: 'b', text: 'torn' }],
    },
  ],
  'not-proven': [
    {
      says: 'on a private topic only those receive that are allowed',
      passes: [
        subscribe('b'),
        allow('b'),
        publish('m', { isSecret: true }),
        received('b', 'm'),
        success('m'),
      ],
      breaks: [subscribe('b'), publish('m', { isSecret: true }), received('b', 'm'), success('m')],
    },
    {
      says: 'what is sent after a key was revoked does not reach its holder',
      passes: [
        ...[subscribe('b'), allow('b'), publish('m', { isSecret: true }), allow('b', 'revoke')],
        ...[received('b', 'm'), success('m')],
      ],
      breaks: [
        ...[subscribe('b'), allow('b'), allow('b', 'revoke'), publish('m', { isSecret: true })],
        ...[received('b', 'm'), success('m')],
      ],
    },
    {
      says: 'one that is allowed while it is sent may receive it',
      passes: [
        ...[subscribe('b'), publish('m', { isSecret: true }), allow('b')],
        ...[received('b', 'm'), success('m')],
      ],
      breaks: [
        ...[subscribe('b'), publish('m', { isSecret: true }), success('m'), allow('b')],
        received('b', 'm'),
      ],
    },
  ],
  'should-succeed': [
    {
      says: 'what must succeed does',
      passes: [
        ...[subscribe('b'), request('m', { mustSucceed: true }), received('b', 'm', 'run')],
        ...[answered('b', 'run'), success('m', 'run')],
      ],
      breaks: [subscribe('b'), request('m', { mustSucceed: true }), failure('m', 'no')],
    },
  ],
  'should-reach': [
    {
      says: 'what must reach somebody does',
      passes: [
        ...[subscribe('b'), publish('m', { mustReach: ['b'] }), success('m')],
        ...[received('b', 'm'), told],
      ],
      breaks: [subscribe('b'), publish('m', { mustReach: ['b'] }), success('m'), told],
    },
    {
      says: 'and does not fail',
      passes: [
        ...[subscribe('b'), publish('m', { mustReach: ['b'] }), received('b', 'm')],
        success('m'),
      ],
      breaks: [
        ...[subscribe('b'), publish('m', { mustReach: ['b'] }), received('b', 'm')],
        failure('m', 'unknown'),
      ],
    },
  ],
  unfair: [
    {
      says: 'each of a group has his share',
      passes: [
        ...[subscribe('b'), subscribe('c'), request('m', { group: 'g' }), received('b', 'm', 'r')],
        ...[request('n', { group: 'g' }), received('c', 'n', 's')],
        ...[failure('m', 'unknown'), failure('n', 'unknown')],
        { kind: 'fair', atMs: 0, group: 'g', among: ['b', 'c'] },
      ],
      breaks: [
        ...[subscribe('b'), subscribe('c'), request('m', { group: 'g' }), received('b', 'm', 'r')],
        ...[request('n', { group: 'other' }), received('c', 'n', 's')],
        ...[failure('m', 'unknown'), failure('n', 'unknown')],
        { kind: 'fair', atMs: 0, group: 'g', among: ['b', 'c'] },
      ],
    },
    {
      says: 'equal shares are equal but for chance',
      passes: shared({ b: 100, c: 140 }),
      breaks: shared({ b: 100, c: 200 }),
    },
    {
      says: 'one that comes and goes has no share of its own',
      passes: [subscribe('d'), ...shared({ b: 100, c: 140, d: 1 }, ['b', 'c'])],
      breaks: [subscribe('d'), ...shared({ b: 100, c: 200, d: 150 }, ['b', 'c'])],
    },
  ],
};

/** A group of requests of which each application got so many. */
function shared(
  shares: Readonly<Record<string, number>>,
  among: readonly string[] = Object.keys(shares),
): HistoryEvent[] {
  const runs = Object.entries(shares).flatMap(([client, count]) =>
    Array.from({ length: count }, (_, index) => {
      const message = `${client}${index}`;
      const run = `run-${message}`;
      return [
        ...[request(message, { group: 'g' }), received(client, message, run)],
        ...[answered(client, run), success(message, run)],
      ];
    }),
  );
  const fair = { kind: 'fair', atMs: 0, group: 'g', among, areEqual: true } as const;
  return [...among.map((client) => subscribe(client)), ...runs.flat(), fair];
}

/** Rules that are broken by the history, each once. */
function broken(history: readonly HistoryEvent[]): string[] {
  const judge = new Judge({ slackMs: 60 });
  for (const event of history) judge.take(event);
  judge.end();
  return [...new Set(judge.violations.map(({ rule }) => rule))];
}

describe('the judge', () => {
  for (const [rule, list] of Object.entries(examples)) {
    for (const { breaks, passes, says } of list) {
      it(`${rule}: ${says}`, () => {
        expect(broken(passes)).toEqual([]);
        expect(broken(breaks)).toEqual([rule]);
      });
    }
  }

  it('lets a request run twice where its sender was told that it may', () => {
    const again = [received('b', 'm', 'run'), received('b', 'm', 'again'), answered('b', 'again')];
    const sent = request('m', { repeats: true });
    expect(broken([subscribe('b'), sent, ...again, success('m', 'again')])).toEqual([]);
  });

  it('lets a secret request that nobody saw arrive later, where somebody records them', () => {
    const secret = [subscribe('b'), allow('b'), request('m', { isSecret: true })];
    for (const areSecretsRecorded of [true, false]) {
      const judge = new Judge({ areSecretsRecorded });
      const history = [...secret, failure('m', 'no'), received('b', 'm', 'run')];
      for (const event of history) judge.take(event);
      expect(judge.violations.map(({ rule }) => rule)).toEqual(
        areSecretsRecorded ? [] : ['ran-though-no'],
      );
    }
  });

  it('tells a fault of one message once', () => {
    const judge = new Judge();
    const twice = [...served, received('b', 'm', 'x'), received('b', 'm', 'y')];
    for (const event of twice) judge.take(event);
    expect(judge.violations.map(({ message, rule }) => [rule, message])).toEqual([
      ['ran-twice', 'm'],
    ]);
  });
});

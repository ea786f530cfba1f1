import { describe, expect, it } from 'vitest';
import { MAX_SESSIONS_PER_TOPIC, PeerView } from '../src/peer-view.ts';
import { name, names } from './topic-names.ts';

const PRIVATE = '#!$TopicNeedVerify_px';

describe('PeerView', () => {
  it('takes a list: each topic counts one session and is a route', () => {
    const view = new PeerView(10);
    expect(view.replaceList(names('a', 'b'))).toMatchObject({
      routes: [
        ['a', 1],
        ['b', 1],
      ],
      overLimit: 0,
      rejected: 0,
    });
    expect(view.topics.get(name('a'))).toMatchObject({ sessions: 1 });
  });

  it('reports only what differs from the list before', () => {
    const view = new PeerView(10);
    view.replaceList(names('a', 'b'));
    expect(view.replaceList(names('c', 'b', 'b')).routes).toEqual([
      ['c', 1],
      ['a', 0],
    ]);
    expect(view.replaceList(names('b', 'c')).routes).toEqual([]);
  });

  it('keeps told counts through a list', () => {
    const view = new PeerView(10);
    view.replaceCounts([['a', 3]]);
    expect(view.replaceList(names('a', 'b')).routes).toEqual([['b', 1]]);
    expect(view.topics.get(name('a'))?.sessions).toBe(3);
  });

  it('takes whole counts, where 0 is no topic', () => {
    const view = new PeerView(10);
    view.replaceList(names('a', 'b'));
    const { routes } = view.replaceCounts([
      ['a', 4],
      ['b', 0],
    ]);
    expect(routes).toEqual([
      ['a', 4],
      ['b', 0],
    ]);
    expect([...view.topics.keys()]).toEqual(['a']);
  });

  it('takes a delta: sets, removes, leaves the rest', () => {
    const view = new PeerView(10);
    view.replaceList(names('a', 'b', 'c'));
    const { routes } = view.update([
      ['d', 2],
      ['a', 0],
      ['b', 5],
      ['never-there', 0],
    ]);
    expect(routes).toEqual([
      ['a', 0],
      ['d', 2],
      ['b', 5],
    ]);
  });

  it('tells of reserved topics as of all others', () => {
    const view = new PeerView(10);
    expect(view.replaceList(names(PRIVATE)).routes).toEqual([[PRIVATE, 1]]);
    expect(view.update([[PRIVATE, 7]]).routes).toEqual([[PRIVATE, 7]]);
    expect(view.update([[PRIVATE, 0]]).routes).toEqual([[PRIVATE, 0]]);
  });

  it.each([
    ['empty', ''],
    ['with a tab', 'a\tb'],
    ['with a control character', 'a\u0000'],
    ['longer than 254 bytes', 'x'.repeat(255)],
    ['half a surrogate pair', '\ud800'],
  ])('D-27: leaves out a topic that is %s', (_, bad) => {
    const view = new PeerView(10);
    const counts = [[bad, 1] as const, ['good', 1] as const];
    expect(view.replaceCounts(counts)).toMatchObject({ routes: [['good', 1]], rejected: 1 });
    expect(view.update(counts)).toMatchObject({ routes: [], rejected: 1 });
    expect([...view.topics.keys()]).toEqual(['good']);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('rejects a count of %s', (count) => {
    const view = new PeerView(10);
    expect(view.update([['a', count]])).toMatchObject({ routes: [], rejected: 1 });
  });

  it('believes no peer more sessions than a sum over peers can hold', () => {
    const view = new PeerView(10);
    expect(view.update([['a', 4_294_967_295]]).routes).toEqual([['a', MAX_SESSIONS_PER_TOPIC]]);
  });

  it('leaves out topics beyond the limit', () => {
    const view = new PeerView(2);
    expect(view.replaceList(names('a', 'b', 'b', 'c', 'd'))).toMatchObject({ overLimit: 2 });
    expect([...view.topics.keys()]).toEqual(['a', 'b']);
    expect(view.update([['c', 1]])).toMatchObject({ routes: [], overLimit: 1 });
  });

  it('makes room for a whole new list when it is full', () => {
    const view = new PeerView(2);
    view.replaceList(names('a', 'b'));
    expect(view.replaceList(names('c', 'd'))).toMatchObject({ overLimit: 0 });
    expect([...view.topics.keys()]).toEqual(['c', 'd']);
  });

  it('makes room within a delta when it is full', () => {
    const view = new PeerView(2);
    view.replaceList(names('a', 'b'));
    const change = view.update([
      ['c', 1],
      ['a', 0],
      ['b', 2],
    ]);
    expect(change).toMatchObject({ overLimit: 0 });
    expect([...view.topics.keys()]).toEqual(['b', 'c']);
  });
});

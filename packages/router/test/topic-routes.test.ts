import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicRoutes } from '../src/topic-routes.ts';
import { createRouter, MemoryPeer, MemorySession } from './builders.ts';

const router = createRouter();
const sessions = Array.from({ length: 40 }, () => new MemorySession(router).endpoint);
const peers = Array.from({ length: 4 }, () => new MemoryPeer(router, { extended: true }).endpoint);

describe('TopicRoutes', () => {
  it('holds exactly who was added and not removed, whatever the order', () => {
    const step = fc.record({ add: fc.boolean(), who: fc.nat({ max: sessions.length - 1 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const routes = new TopicRoutes();
        const expected = new Set<number>();
        for (const { add, who } of steps) {
          const session = sessions[who];
          if (session === undefined) continue;
          if (add) {
            routes.addSession(session);
            expected.add(session.id);
          } else {
            routes.removeSession(session);
            expected.delete(session.id);
          }
        }
        expect(new Set(routes.sessions.map(({ id }) => id))).toEqual(expected);
        expect(routes.sessions).toHaveLength(expected.size);
        for (const [index, { id }] of routes.sessions.entries()) {
          expect(routes.positionOf(id)).toBe(index);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('sums the weights of its peers', () => {
    const change = fc.tuple(fc.nat({ max: peers.length - 1 }), fc.nat({ max: 5 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const routes = new TopicRoutes();
        const expected = new Map<number, number>();
        for (const [who, weight] of changes) {
          const peer = peers[who];
          if (peer === undefined) continue;
          routes.setPeer(peer, weight);
          expected.set(peer.id, weight);
        }
        expect(routes.weight).toBe([...expected.values()].reduce((sum, weight) => sum + weight, 0));
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

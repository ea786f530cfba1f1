import { describe, expect, it } from 'vitest';
import type { PeerSession } from '../../src/peer/peer-session.ts';
import { PeerSlot } from '../../src/peer/peer-slot.ts';

const SMALL_ID = '0'.repeat(128);
const LARGE_ID = 'f'.repeat(128);

/** The four things that a slot looks at. */
function session(
  nodeId: string,
  isDialled: boolean,
  options = { extended: true, lastReadMs: 0 },
): PeerSession {
  const { extended, lastReadMs } = options;
  // A slot never touches more of a session than these fields.
  return { nodeId, isDialled, extended, isSynced: extended, link: { lastReadMs } } as PeerSession;
}

describe('two nodes of ours that dial each other at once (D-28)', () => {
  it('both keep the connection dialled by the smaller node ID, whichever came first', () => {
    for (const dialledFirst of [true, false]) {
      const small = new PeerSlot(SMALL_ID);
      const first = session(LARGE_ID, dialledFirst);
      const second = session(LARGE_ID, !dialledFirst);
      small.add(first, 0);
      small.add(second, 1);
      expect(small.active?.isDialled).toBe(true);

      const large = new PeerSlot(LARGE_ID);
      large.add(session(SMALL_ID, dialledFirst), 0);
      large.add(session(SMALL_ID, !dialledFirst), 1);
      expect(large.active?.isDialled).toBe(false);
    }
  });

  it('retire the other one and never both', () => {
    const slot = new PeerSlot(SMALL_ID);
    const accepted = session(LARGE_ID, false);
    const dialled = session(LARGE_ID, true);
    slot.add(accepted, 0);
    expect(slot.add(dialled, 1)).toEqual({ activate: dialled, retire: accepted });
    expect(slot.remove(accepted)).toEqual({});
    expect(slot.active).toBe(dialled);
  });
});

describe('a second connection of an original', () => {
  const original = { extended: false, lastReadMs: 0 };

  it('is not closed at once: the other side decides first', () => {
    const slot = new PeerSlot(SMALL_ID);
    const first = session(LARGE_ID, true, original);
    const second = session(LARGE_ID, false, original);
    slot.add(first, 0);
    expect(slot.add(second, 10)).toEqual({});
    expect(slot.tick(6_000)).toEqual({});
    expect(slot.remove(first)).toEqual({ activate: second });
  });

  it('gives way after a while if the first one is alive', () => {
    const slot = new PeerSlot(SMALL_ID);
    const first = session(LARGE_ID, true, { extended: false, lastReadMs: 5_000 });
    const second = session(LARGE_ID, false, original);
    slot.add(first, 0);
    slot.add(second, 10);
    expect(slot.tick(6_010)).toEqual({ retire: second });
  });

  it('takes over if the first one is silent', () => {
    const slot = new PeerSlot(SMALL_ID);
    const first = session(LARGE_ID, true, original);
    const second = session(LARGE_ID, true, original);
    slot.add(first, 0);
    slot.add(second, 10);
    expect(slot.tick(6_010)).toEqual({ activate: second, retire: first });
  });

  it('is followed by no third one', () => {
    const slot = new PeerSlot(SMALL_ID);
    slot.add(session(LARGE_ID, true, original), 0);
    slot.add(session(LARGE_ID, false, original), 1);
    expect(slot.add(session(LARGE_ID, false, original), 2)).toBeUndefined();
  });
});

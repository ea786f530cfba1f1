import { describe, expect, it } from 'vitest';
import { BandwidthLimit } from '../../src/flow/bandwidth-limit.ts';

describe('BandwidthLimit', () => {
  it('begins with one second saved', () => {
    const limit = new BandwidthLimit(1_000, 0);
    limit.spend(999);
    expect(limit.isUsedUp(0)).toBe(false);
    limit.spend(1);
    expect(limit.isUsedUp(0)).toBe(true);
  });

  it('goes into debt for what is larger, and waits until it is paid', () => {
    const limit = new BandwidthLimit(1_000, 0);
    limit.spend(3_000);
    expect(limit.isUsedUp(2_000)).toBe(true);
    expect(limit.isUsedUp(2_001)).toBe(false);
  });

  it('saves no more than one second', () => {
    const limit = new BandwidthLimit(1_000, 0);
    expect(limit.isUsedUp(60_000)).toBe(false);
    limit.spend(1_000);
    expect(limit.isUsedUp(60_000)).toBe(true);
  });

  it('loses nothing of the refill when it is asked often', () => {
    const limit = new BandwidthLimit(100, 0);
    limit.spend(200);
    const asked = Array.from({ length: 1_001 }, (_, ms) => limit.isUsedUp(ms));
    expect(asked.every(Boolean)).toBe(true);
    expect(limit.isUsedUp(1_011)).toBe(false);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { BandwidthAccount, BandwidthLimit } from '../../src/flow/bandwidth-limit.ts';

const BYTES_PER_S = 1_000;

let limit: BandwidthLimit;
beforeEach(() => {
  limit = new BandwidthLimit(BYTES_PER_S, 0);
});

function spend(account: BandwidthAccount, bytes: number): void {
  limit.enter(account);
  limit.spend(bytes);
  limit.leave();
}

/** Bytes that each gets through in the time, asking for a message of 10 bytes every ms. */
function race(accounts: readonly BandwidthAccount[], fromMs: number, forMs: number): number[] {
  const sent = accounts.map(() => 0);
  for (let ms = fromMs; ms < fromMs + forMs; ms++) {
    accounts.forEach((account, index) => {
      if (limit.isUsedUp(account, ms)) return;
      spend(account, 10);
      sent[index] = (sent[index] ?? 0) + 10;
    });
  }
  return sent;
}

describe('one sender', () => {
  it('has one second saved, and then what time brings', () => {
    const [sent = 0] = race([new BandwidthAccount()], 0, 10_000);
    expect(sent).toBeGreaterThanOrEqual(11 * BYTES_PER_S);
    expect(sent).toBeLessThanOrEqual(11 * BYTES_PER_S + 20);
  });

  it('may send what is larger, and waits until it is paid', () => {
    const account = new BandwidthAccount();
    spend(account, 3_000);
    expect(limit.isUsedUp(account, 1_999)).toBe(true);
    expect(limit.isUsedUp(account, 2_001)).toBe(false);
  });

  it('saves no more than one second', () => {
    const account = new BandwidthAccount();
    spend(account, 1);
    expect(limit.isUsedUp(account, 60_000)).toBe(false);
    spend(account, 1_001);
    expect(limit.isUsedUp(account, 60_000)).toBe(true);
  });
});

describe('several senders', () => {
  it('get equal shares, however often each asks', () => {
    const [greedy, modest] = [new BandwidthAccount(), new BandwidthAccount()];
    let modestSent = 0;
    let greedySent = 0;
    for (let ms = 0; ms < 10_000; ms++) {
      for (let times = 0; times < 10; times++) {
        if (limit.isUsedUp(greedy, ms)) break;
        spend(greedy, 100);
        greedySent += 100;
      }
      if (ms % 50 === 0 && !limit.isUsedUp(modest, ms)) {
        spend(modest, 25);
        modestSent += 25;
      }
    }
    // 0.5 of the limit is what the modest one asks for: it gets all of it.
    expect(modestSent).toBeGreaterThan(4_800);
    expect(greedySent + modestSent).toBeLessThan(11_500 + BYTES_PER_S);
  });

  it('do not wait for one that has sent far too much', () => {
    const [large, small] = [new BandwidthAccount(), new BandwidthAccount()];
    spend(large, 1_000_000);
    const [sent = 0] = race([small], 0, 10_000);
    expect(sent).toBeGreaterThan(5_000);
    expect(limit.isUsedUp(large, 10_000)).toBe(true);
  });

  it('do not wait for many that have left with a debt', () => {
    for (let count = 0; count < 50; count++) {
      const account = new BandwidthAccount();
      spend(account, 1_000_000);
      limit.close(account);
    }
    const [sent = 0] = race([new BandwidthAccount()], 0, 10_000);
    expect(sent).toBeGreaterThan(5_000);
  });

  it('share the limit: together they get what one would', () => {
    const accounts = Array.from({ length: 5 }, () => new BandwidthAccount());
    const sent = race(accounts, 0, 20_000);
    const total = sent.reduce((sum, bytes) => sum + bytes);
    // Each has something saved at first, the first of them most.
    expect(total).toBeGreaterThan(19 * BYTES_PER_S);
    expect(total).toBeLessThan(24 * BYTES_PER_S);
    expect(Math.min(...sent)).toBeGreaterThan(3_500);
  });
});

describe('what others cause', () => {
  it('takes at most half, however much it is', () => {
    const account = new BandwidthAccount();
    let sent = 0;
    for (let ms = 0; ms < 10_000; ms++) {
      limit.spend(1_000);
      if (limit.isUsedUp(account, ms)) continue;
      spend(account, 10);
      sent += 10;
    }
    expect(sent).toBeGreaterThanOrEqual(5_500);
    expect(sent).toBeLessThan(6_100);
  });

  it('is not remembered for longer than it takes to pay a second of it', () => {
    limit.spend(1_000_000);
    const account = new BandwidthAccount();
    race([account], 0, 2_000);
    const [sent = 0] = race([account], 2_000, 1_000);
    expect(sent).toBeGreaterThanOrEqual(990);
  });
});

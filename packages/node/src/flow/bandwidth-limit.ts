const SECOND_MS = 1_000;
/** Time between two looks at who has paid, in ms. */
const SETTLE_MS = 100;

/** What one application has sent to other nodes and not paid yet. */
export class BandwidthAccount {
  /** The mark on the limit's scale up to which it has spent. */
  spentTo: number = Number.NEGATIVE_INFINITY;
}

/**
 * Limit on the bytes that this node sends to other nodes, in fair shares.
 *
 * A scale rises with time by what each of the applications that are sending may send: the limit divided
 * by their number. An application may send while the mark up to which it has spent is not above the
 * scale; a message larger than that is sent, and its sender alone waits until the scale has risen to its
 * mark. Who was quiet has one second's worth saved.
 *
 * What others cause (answers, and requests that are tried again) is paid first, but takes half of the
 * limit at most, and no more than one second's worth is remembered: nobody outside can lock applications out.
 */
export class BandwidthLimit {
  #bytesPerS: number;
  readonly #sending: Set<BandwidthAccount> = new Set();
  /** What applications have left unpaid that are gone. */
  readonly #left = new BandwidthAccount();
  #scale = 0;
  #risenMs: number;
  #settledMs: number;
  #causedBytes = 0;
  #payer: BandwidthAccount | undefined;

  /** @param bytesPerS above 0 */
  constructor(bytesPerS: number, nowMs: number) {
    this.#bytesPerS = bytesPerS;
    this.#risenMs = nowMs;
    this.#settledMs = nowMs;
  }

  /** @param bytesPerS above 0; what was sent before was sent at the old one */
  changeRate(bytesPerS: number, nowMs: number): void {
    this.#rise(nowMs);
    this.#bytesPerS = bytesPerS;
  }

  /** Whether a new message of the application has to be refused. */
  isUsedUp(account: BandwidthAccount, nowMs: number): boolean {
    this.#rise(nowMs);
    return account.spentTo > this.#scale;
  }

  /** From now on until {@link leave} the application pays for what is sent. */
  enter(payer: BandwidthAccount): void {
    this.#payer = payer;
  }

  leave(): void {
    this.#payer = undefined;
  }

  /** Tells what was sent. */
  spend(bytes: number): void {
    const payer = this.#payer;
    if (payer === undefined) {
      this.#causedBytes = Math.min(this.#causedBytes + bytes, this.#bytesPerS);
      return;
    }
    payer.spentTo = Math.max(payer.spentTo, this.#scale - this.#saved()) + bytes;
    this.#sending.add(payer);
  }

  /** The application is gone: what it has not paid is paid for as one sender together with all others gone. */
  close(account: BandwidthAccount): void {
    this.#sending.delete(account);
    const unpaid = account.spentTo - this.#scale;
    if (unpaid <= 0) return;
    this.#left.spentTo = Math.max(this.#left.spentTo, this.#scale) + unpaid;
    this.#sending.add(this.#left);
  }

  #rise(nowMs: number): void {
    const bytes = ((nowMs - this.#risenMs) * this.#bytesPerS) / SECOND_MS;
    const caused = Math.min(this.#causedBytes, bytes / 2);
    this.#causedBytes -= caused;
    this.#scale += (bytes - caused) / Math.max(1, this.#sending.size);
    this.#risenMs = nowMs;
    if (nowMs - this.#settledMs < SETTLE_MS) return;
    this.#settledMs = nowMs;
    const quietBelow = this.#scale - this.#saved();
    for (const account of this.#sending) {
      if (account.spentTo <= quietBelow) this.#sending.delete(account);
    }
  }

  /** What an application that was quiet may send at once. */
  #saved(): number {
    return this.#bytesPerS / Math.max(1, this.#sending.size);
  }
}

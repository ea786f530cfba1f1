import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { percent, progressText, type ShownTransfer } from './shown-transfer.ts';
import { Speed } from './speed.ts';
import type { TransferView } from './transfer-view.ts';

/** So often there is a line, whatever has happened. */
const LINE_EVERY_MS = 10_000;
/** So much more is worth a line. */
const LINE_EVERY_PERCENT = 10;
/** Never two lines of one transfer within this time: a quick one has none but its first. */
const SHORTEST_MS = 1_000;

/** A transfer of which lines are written. */
interface Followed {
  readonly speed: Speed;
  /** What the last line has told. */
  told: ShownTransfer;
  toldAtMs: number;
  latest: ShownTransfer;
  /** Tells what has come too soon after a line. */
  timer: NodeJS.Timeout | undefined;
}

/** Progress as plain lines, for files and pipes: the first news at once, then every 10 s or 10 %. */
export class LineView implements TransferView {
  readonly terminal: Terminal;
  readonly #now: () => number;
  readonly #followed = new Map<string, Followed>();

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.terminal = terminal;
    this.#now = now;
  }

  show(id: string, transfer: ShownTransfer): void {
    const nowMs = this.#now();
    const known = this.#followed.get(id);
    const followed = known ?? this.#follow(id, transfer, nowMs);
    if (transfer.doing !== followed.latest.doing) followed.speed.reset();
    followed.speed.add(transfer.bytes, nowMs);
    followed.latest = transfer;
    if (known === undefined) {
      this.#tell(followed);
    } else if (isNews(transfer, followed.told) || nowMs - followed.toldAtMs >= LINE_EVERY_MS) {
      this.#tellInTime(followed, nowMs);
    }
  }

  end(id: string): void {
    clearTimeout(this.#followed.get(id)?.timer);
    this.#followed.delete(id);
  }

  close(): void {
    for (const id of [...this.#followed.keys()]) this.end(id);
  }

  #follow(id: string, transfer: ShownTransfer, nowMs: number): Followed {
    const followed: Followed = {
      speed: new Speed(),
      told: transfer,
      toldAtMs: nowMs,
      latest: transfer,
      timer: undefined,
    };
    this.#followed.set(id, followed);
    return followed;
  }

  #tellInTime(followed: Followed, nowMs: number): void {
    const waitMs = followed.toldAtMs + SHORTEST_MS - nowMs;
    if (waitMs <= 0) this.#tell(followed);
    else followed.timer ??= setTimeout(() => this.#tell(followed), waitMs);
  }

  #tell(followed: Followed): void {
    clearTimeout(followed.timer);
    followed.timer = undefined;
    const { latest, speed } = followed;
    followed.told = latest;
    followed.toldAtMs = this.#now();
    const text = progressText(latest, speed.bytesPerSecond());
    this.terminal.err(`${printableLine(`${latest.name}: ${text}`)}\n`);
  }
}

function isNews(transfer: ShownTransfer, told: ShownTransfer): boolean {
  if (transfer.doing !== told.doing) return true;
  return percent(transfer) >= percent(told) + LINE_EVERY_PERCENT;
}

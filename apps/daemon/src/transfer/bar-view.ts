import { Writable } from 'node:stream';
import cliProgress, {
  type MultiBar,
  type Options,
  type Params,
  type SingleBar,
} from 'cli-progress';
import type { Terminal } from '../terminal.ts';
import { barLine } from './bar-line.ts';
import type { ShownTransfer } from './shown-transfer.ts';
import { Speed } from './speed.ts';
import type { TransferView } from './transfer-view.ts';

/** Often enough to look alive. */
const REDRAWS_PER_SECOND = 5;
/** What a terminal has that does not tell its width. */
const DEFAULT_COLUMNS = 80;
/** Clears from the cursor to the end of the screen. */
const ERASE_BELOW = '\u001b[J';

/** A transfer with its bar. */
interface Drawn {
  readonly bar: SingleBar;
  readonly speed: Speed;
  transfer: ShownTransfer;
}

/**
 * Progress as a bar for each transfer, at the bottom of the terminal that stderr is. What is written through its
 * `terminal` meanwhile appears above the bars.
 */
export class BarView implements TransferView {
  readonly terminal: Terminal;
  readonly #screen: Terminal;
  readonly #now: () => number;
  readonly #drawn = new Map<string, Drawn>();
  readonly #bars: MultiBar;
  /** What is to appear above the bars. */
  readonly #above: (() => void)[] = [];
  #closed = false;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#screen = terminal;
    this.#now = now;
    this.terminal = {
      ...terminal,
      out: (data) => {
        let written = true;
        this.#writeAbove(() => {
          written = terminal.out(data);
        });
        return written;
      },
      err: (text) => this.#writeAbove(() => terminal.err(text)),
    };
    this.#bars = this.#createBars();
    // After Ctrl-C nothing of the bars may be in the way of what is said then, nor of a second Ctrl-C.
    terminal.stop.addEventListener('abort', () => this.close(), { once: true });
  }

  show(id: string, transfer: ShownTransfer): void {
    if (this.#closed) return;
    const drawn = this.#drawn.get(id) ?? this.#draw(id, transfer);
    if (transfer.doing !== drawn.transfer.doing) drawn.speed.reset();
    drawn.speed.add(transfer.bytes, this.#now());
    drawn.transfer = transfer;
    drawn.bar.setTotal(transfer.totalBytes);
    drawn.bar.update(transfer.bytes);
  }

  end(id: string): void {
    const drawn = this.#drawn.get(id);
    if (drawn === undefined) return;
    this.#drawn.delete(id);
    this.#bars.remove(drawn.bar);
    if (this.#drawn.size === 0) this.#bars.stop();
  }

  close(): void {
    this.#closed = true;
    for (const id of [...this.#drawn.keys()]) this.end(id);
  }

  #draw(id: string, transfer: ShownTransfer): Drawn {
    const drawn = {
      bar: this.#bars.create(transfer.totalBytes, transfer.bytes, { id }),
      speed: new Speed(),
      transfer,
    };
    this.#drawn.set(id, drawn);
    return drawn;
  }

  #createBars(): MultiBar {
    const bars = new cliProgress.MultiBar({
      stream: this.#stream(),
      format: (options, params, payload: { readonly id: string }) =>
        this.#line(options, params, payload.id),
      fps: REDRAWS_PER_SECOND,
      // Lines are cut here: nothing has to be put right in a terminal when the process is killed.
      linewrap: true,
      // Bars change their places, and text appears above them.
      forceRedraw: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    bars.on('redraw-pre', () => {
      if (this.#above.length === 0) return;
      this.#screen.err(ERASE_BELOW);
      for (const write of this.#above.splice(0)) write();
    });
    return bars;
  }

  #line(options: Options, params: Params, id: string): string {
    const drawn = this.#drawn.get(id);
    if (drawn === undefined) return '';
    const columns = this.#screen.columns() ?? DEFAULT_COLUMNS;
    const bar = (barsize: number): string =>
      cliProgress.Format.BarFormat(params.progress, { ...options, barsize });
    return barLine(drawn.transfer, drawn.speed.bytesPerSecond(), { columns, bar });
  }

  #writeAbove(write: () => void): void {
    if (this.#drawn.size === 0) {
      write();
      return;
    }
    this.#above.push(write);
    this.#bars.update();
  }

  /** The stream that the bars are written to, as the library wants it. */
  #stream(): Writable {
    const screen = this.#screen;
    const stream = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        screen.err(text);
        done();
      },
    });
    return Object.defineProperties(stream, {
      isTTY: { value: true },
      columns: { get: () => screen.columns() },
    });
  }
}

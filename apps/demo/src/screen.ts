/** Lines of several processes come over several channels: so long they are held back to be put in order. */
const ORDER_MS = 40;

const WHO_WIDTH = 15;

interface Line {
  readonly who: string;
  readonly text: string;
  readonly at: number;
}

/** Prints who did what, in the order in which it happened. */
export class Screen {
  readonly #write: (text: string) => void;
  #waiting: Line[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param write takes text for stdout */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /**
   * One line `HH:MM:SS  who  text`, printed a moment later.
   *
   * @param at when it happened, ms since 1970
   */
  line(who: string, text: string, at: number): void {
    this.#waiting.push({ who, text, at });
    this.#timer ??= setTimeout(() => this.flush(), ORDER_MS);
  }

  /** Text as it is, after all lines before it. */
  text(text: string): void {
    this.flush();
    this.#write(text);
  }

  /** Prints what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#waiting.sort((a, b) => a.at - b.at);
    this.#waiting = [];
    for (const { who, text, at } of lines) {
      const time = new Date(at).toTimeString().slice(0, 8);
      this.#write(`${time}  ${who.padEnd(WHO_WIDTH)} ${text}\n`);
    }
  }
}

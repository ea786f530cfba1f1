import type { FileAudience, SendProgress, SentFile } from '@amop/client';
import { jsonLine } from '../output/body-json.ts';
import { errorJson, formatError } from '../output/error-text.ts';
import type { Terminal } from '../terminal.ts';
import { Pace } from './pace.ts';
import { sentText } from './sent-text.ts';
import type { ShownTransfer } from './shown-transfer.ts';
import { TransferClock } from './transfer-clock.ts';
import type { TransferView } from './transfer-view.ts';

/** Tells how far files are that are sent, and what has become of them. One at a time. */
export interface SendReport {
  /** Everything else that is written meanwhile has to go through it. */
  readonly terminal: Terminal;
  /** A file begins. @param file as the command line names it */
  begin(file: string): void;
  progress(progress: SendProgress): void;
  sent(sent: SentFile): void;
  /** @param isLast whether the command ends with this error, so that people are told of it anyhow */
  failed(error: unknown, isLast: boolean): void;
  /** Nothing more is told. */
  close(): void;
}

/** What is the same for all files of a command. */
export interface SendReportOptions {
  readonly topic: string;
  readonly to: FileAudience;
  /** A stack with each error. */
  readonly verbose: boolean;
}

const DOING: Readonly<Record<SendProgress['phase'], string | undefined>> = {
  spooling: 'reading',
  hashing: 'hashing',
  offering: 'offered, nobody has taken it yet',
  sending: undefined,
  waiting: 'waiting for the receiver',
};

/** Bars or lines on stderr, a line for each file on stdout, errors on stderr. */
export class SendReportForPeople implements SendReport {
  readonly #options: SendReportOptions;
  readonly #view: TransferView;
  #file = '';
  #clock = new TransferClock();

  constructor(options: SendReportOptions, view: TransferView) {
    this.#options = options;
    this.#view = view;
  }

  get terminal(): Terminal {
    return this.#view.terminal;
  }

  begin(file: string): void {
    this.#file = file;
    this.#clock = new TransferClock();
  }

  progress(progress: SendProgress): void {
    if (progress.phase === 'sending') this.#clock.reached(progress.bytes);
    this.#view.show(this.#file, shownSending(progress));
  }

  sent(sent: SentFile): void {
    this.#clock.reached(sent.receivers.reduce((sum, { bytes }) => sum + bytes, 0));
    this.#view.end(this.#file);
    this.terminal.out(sentText(sent, this.#options.to, this.#clock.figures()));
  }

  failed(error: unknown, isLast: boolean): void {
    const { verbose } = this.#options;
    this.#view.end(this.#file);
    if (isLast) return;
    this.terminal.err(formatError(error, { program: 'amop', verbose }));
  }

  close(): void {
    this.#view.close();
  }
}

/** The file as its progress is shown. */
export function shownSending(progress: SendProgress): ShownTransfer {
  const { bytes, name, phase, totalBytes } = progress;
  const doing = DOING[phase];
  const isOffered = phase === 'offering';
  return {
    name,
    bytes: isOffered ? 0 : bytes,
    totalBytes: isOffered ? 0 : totalBytes,
    ...(doing !== undefined && { doing }),
  };
}

/** Twice a second at most, beside the first of each phase. */
const JSON_PROGRESS_EVERY_MS = 500;

/**
 * One JSON object a line on stdout, with `kind`, `topic` and `file`: `progress` with the members of `SendProgress`,
 * `sent` with those of `SentFile` and `elapsedMs`, `failed` with `error`.
 */
export class SendReportJson implements SendReport {
  readonly terminal: Terminal;
  readonly #topic: string;
  readonly #pace = new Pace(JSON_PROGRESS_EVERY_MS);
  #file = '';
  #startedMs = 0;

  constructor({ topic }: SendReportOptions, terminal: Terminal) {
    this.#topic = topic;
    this.terminal = terminal;
  }

  begin(file: string): void {
    this.#pace.end(this.#file);
    this.#file = file;
    this.#startedMs = performance.now();
  }

  progress(progress: SendProgress): void {
    if (this.#pace.isDue(this.#file, progress.phase)) this.#write('progress', progress);
  }

  sent(sent: SentFile): void {
    const elapsedMs = Math.round(performance.now() - this.#startedMs);
    this.#write('sent', { ...sent, elapsedMs });
  }

  failed(error: unknown): void {
    this.#write('failed', { error: errorJson(error) });
  }

  close(): void {}

  #write(kind: string, members: object): void {
    this.terminal.out(jsonLine({ kind, topic: this.#topic, file: this.#file, ...members }));
  }
}

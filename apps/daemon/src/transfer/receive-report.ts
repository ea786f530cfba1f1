import type { FileEvent, FileOffer } from '@amop/client';
import { jsonLine } from '../output/body-json.ts';
import { senderForPeople } from '../output/message-text.ts';
import { formatSize } from '../output/size-text.ts';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { figuresText } from './figures-text.ts';
import { Pace } from './pace.ts';
import { Refusals } from './refusals.ts';
import { TransferClock } from './transfer-clock.ts';
import type { TransferView } from './transfer-view.ts';

/** Tells what happens to files that are received. */
export interface ReceiveReport {
  /** Everything else that is written meanwhile has to go through it. */
  readonly terminal: Terminal;
  tell(event: FileEvent): void;
  /** Nothing more is told. */
  close(): void;
}

/** A file under way. */
interface Begun {
  readonly clock: TransferClock;
  bytes: number;
}

/** Bars or lines on stderr, a line on stdout for each file that is there, refusals and failures on stderr. */
export class ReceiveReportForPeople implements ReceiveReport {
  readonly #view: TransferView;
  readonly #begun = new Map<string, Begun>();
  readonly #refusals = new Refusals();

  constructor(view: TransferView) {
    this.#view = view;
  }

  get terminal(): Terminal {
    return this.#view.terminal;
  }

  tell(event: FileEvent): void {
    const { offer } = event;
    switch (event.kind) {
      case 'refused':
        if (this.#refusals.isNew(offer, event.reason)) {
          this.#say(`refused ${offerText(offer)}: ${event.reason}`);
        }
        break;
      case 'started':
        this.#begun.set(offer.transfer, { clock: new TransferClock(), bytes: 0 });
        this.#progress(offer, event.bytes);
        break;
      case 'progress':
        this.#progress(offer, event.bytes);
        break;
      case 'waiting':
        this.#view.show(offer.transfer, {
          name: offer.name,
          doing: `waiting for the sender (${event.reason})`,
          bytes: this.#begun.get(offer.transfer)?.bytes ?? 0,
          totalBytes: offer.size,
        });
        break;
      case 'done':
        this.#done(offer, event.path);
        break;
      case 'failed':
        this.#end(offer);
        this.#say(`failed ${offerText(offer)}: ${event.reason}`);
        break;
    }
  }

  close(): void {
    this.#view.close();
  }

  #progress({ name, size, transfer }: FileOffer, bytes: number): void {
    const begun = this.#begun.get(transfer);
    if (begun !== undefined) begun.bytes = bytes;
    begun?.clock.reached(bytes);
    this.#view.show(transfer, { name, bytes, totalBytes: size });
  }

  #done(offer: FileOffer, path: string): void {
    const { size, transfer } = offer;
    const clock = this.#begun.get(transfer)?.clock;
    clock?.reached(size);
    this.#end(offer);
    const figures = clock === undefined ? formatSize(size) : figuresText(size, clock.figures());
    this.terminal.out(`received ${printableLine(path)} (${figures})${from(offer)}\n`);
  }

  #end({ transfer }: FileOffer): void {
    this.#begun.delete(transfer);
    this.#view.end(transfer);
  }

  #say(text: string): void {
    this.terminal.err(`${printableLine(text)}\n`);
  }
}

function offerText(offer: FileOffer): string {
  return `${offer.name} (${formatSize(offer.size)})${from(offer)}`;
}

function from({ sender }: FileOffer): string {
  return sender === undefined ? '' : ` from ${senderForPeople(sender)}`;
}

/** Twice a second at most for each file. */
const JSON_PROGRESS_EVERY_MS = 500;

/** One JSON object a line on stdout: the members of the event, those of its offer among them. */
export class ReceiveReportJson implements ReceiveReport {
  readonly terminal: Terminal;
  readonly #pace = new Pace(JSON_PROGRESS_EVERY_MS);
  readonly #refusals = new Refusals();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  tell({ offer, ...event }: FileEvent): void {
    const { transfer } = offer;
    if (event.kind === 'progress' && !this.#pace.isDue(transfer, event.kind)) return;
    if (event.kind === 'refused' && !this.#refusals.isNew(offer, event.reason)) return;
    if (event.kind === 'done' || event.kind === 'failed') this.#pace.end(transfer);
    const { kind, ...members } = event;
    this.terminal.out(jsonLine({ kind, ...offer, ...members }));
  }

  close(): void {}
}

import {
  createMemoryNetwork,
  type MemoryLink,
  type MemoryNetwork,
  type MemoryReach,
  type MemorySide,
  type SeededRandom,
} from '@amop/testkit/memory';
import type { WeatherPlan } from '../plan/plan.ts';
import type { EventLoop } from './event-loop.ts';

/** A link with the names of its two processes. */
export interface Cable {
  readonly link: MemoryLink;
  readonly from: string;
  readonly to: string;
}

/** Is told of bytes on a cable, in the direction in which they go. */
export type WireWatch = (cable: Cable, side: MemorySide, bytes: Uint8Array) => void;

/** The living end of a link whose other end died, and has not heard of it. */
interface Untold {
  readonly cable: Cable;
  readonly side: MemorySide;
  readonly dead: string;
  /** The machine is gone, so nobody can tell. */
  isSilent: boolean;
}

/** Longest way of a byte, in ms. */
const MAX_DELAY_MS = 2_000;
/** Time after which the other side of a dead process hears of it, in ms. */
const DEATH_NOTICE_MS = 1;

/** Everything between the processes: links, how bytes travel on them, and what goes wrong there. */
export class Cabling {
  readonly network: MemoryNetwork;
  /** Delays are longer by so much. */
  slowness = 1;
  /** Is told when two processes connect that were connected before and are no longer. */
  onReconnect: (from: string, to: string) => void = () => undefined;
  readonly #loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #cables: Set<Cable> = new Set();
  /** Pairs of processes that have been connected. */
  readonly #pairs: Set<string> = new Set();
  readonly #byLink: Map<MemoryLink, Cable> = new Map();
  /** Directions, `from to`, in which nothing travels, and how many faults say so. */
  readonly #cuts: Map<string, number> = new Map();
  /** Links of which one end died. */
  readonly #deadEnds: Set<Cable> = new Set();
  #untold: Untold[] = [];

  constructor(weather: WeatherPlan, loop: EventLoop, random: SeededRandom, watch?: WireWatch) {
    this.#loop = loop;
    this.#random = random;
    const { drainDelayMs, maxDelayMs, minDelayMs, split, windowBytes } = weather;
    const spanMs = maxDelayMs - minDelayMs;
    this.network = createMemoryNetwork({
      clock: {
        nowMs: () => loop.nowMs,
        wallMs: () => loop.nowMs,
        setTimer: noTimer,
        clearTimer: noTimer,
      },
      windowBytes,
      delayMs: () =>
        Math.min((minDelayMs + this.#fraction() * spanMs) * this.slowness, MAX_DELAY_MS),
      ...(drainDelayMs > 0 && { drainDelayMs: () => this.#fraction() * drainDelayMs }),
      ...(split !== 'whole' && {
        chunkBytes: (available: number) => this.#piece(split, available),
      }),
      reach: (from, to) => this.#reach(from, to),
      onLink: (link, from, to) => this.#opened({ link, from, to }),
      ...(watch && {
        onWrite: (link: MemoryLink, side: MemorySide, bytes: Uint8Array) => {
          const cable = this.#byLink.get(link);
          if (cable !== undefined) watch(cable, side, bytes);
        },
      }),
    });
  }

  /** The links of this moment. */
  cables(): Cable[] {
    for (const cable of this.#cables) {
      const { link } = cable;
      if (link.isOpenAt('dialer') || link.isOpenAt('acceptor')) continue;
      this.#forget(cable);
    }
    return [...this.#cables];
  }

  /** Whether nothing is written or under way. */
  isQuiet(): boolean {
    return this.cables().every(({ link }) => {
      const waiting = link.dialer.backlogBytes + link.acceptor.backlogBytes;
      return waiting + link.bytesUnderWay('dialer') + link.bytesUnderWay('acceptor') === 0;
    });
  }

  /** Breaks every link between two processes; what is under way is lost from a drawn byte on. */
  reset(one: string, other: string): void {
    for (const cable of this.cables()) {
      if (!joins(cable, one, other)) continue;
      this.#loseTail(cable, 'dialer');
      this.#loseTail(cable, 'acceptor');
      const first: MemorySide = this.#random.below(2) === 0 ? 'dialer' : 'acceptor';
      const second = otherSide(first);
      // What arrived before the reset is read before it.
      this.#loop.post(undefined, this.#random.below(3), () => cable.link.resetEnd(first));
      this.#loop.post(undefined, this.#random.below(20), () => cable.link.resetEnd(second));
    }
  }

  /** Nothing travels from one process to another any more, and nobody is told. */
  cut(from: string, to: string): void {
    const key = `${from} ${to}`;
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1);
    this.#applyCuts();
  }

  /** Ends a {@link cut}. */
  heal(from: string, to: string): void {
    const key = `${from} ${to}`;
    const left = (this.#cuts.get(key) ?? 1) - 1;
    if (left > 0) this.#cuts.set(key, left);
    else this.#cuts.delete(key);
    this.#applyCuts();
  }

  /** Ends every cut, and tells everybody of the dead. */
  healAll(): void {
    this.#cuts.clear();
    for (const untold of this.#untold) untold.isSilent = false;
    this.#applyCuts();
  }

  /**
   * A process has died: its links lose part of what it sent, and the other sides hear of it.
   *
   * @param isSilent they do not until {@link restarted}, as when a machine loses its power
   */
  died(name: string, isSilent: boolean): void {
    for (const cable of this.cables()) {
      if (this.#deadEnds.has(cable) || (cable.from !== name && cable.to !== name)) continue;
      const own: MemorySide = cable.from === name ? 'dialer' : 'acceptor';
      this.#loseTail(cable, own);
      this.#deadEnds.add(cable);
      const side = otherSide(own);
      this.#untold.push({ cable, side, dead: name, isSilent });
    }
    this.#tell();
  }

  /** The machine is up again, and answers what comes for the old process with a reset. */
  restarted(name: string): void {
    for (const untold of this.#untold) if (untold.dead === name) untold.isSilent = false;
    this.#tell();
  }

  #tell(): void {
    const told = this.#untold.filter(
      ({ cable, isSilent, side }) => !isSilent && !this.#isCut(cable, otherSide(side)),
    );
    this.#untold = this.#untold.filter((each) => !told.includes(each));
    for (const { cable, side } of told) {
      this.#loop.post(undefined, DEATH_NOTICE_MS, () => {
        cable.link.resetEnd(side);
        this.#forget(cable);
      });
    }
  }

  #forget(cable: Cable): void {
    this.#cables.delete(cable);
    this.#deadEnds.delete(cable);
    this.#byLink.delete(cable.link);
  }

  #opened(cable: Cable): void {
    this.#checkReconnect(cable);
    this.#cables.add(cable);
    this.#byLink.set(cable.link, cable);
    this.#applyCut(cable);
    if (this.#cables.size % 64 === 0) this.cables();
  }

  #checkReconnect({ from, to }: Cable): void {
    const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
    const isFirst = !this.#pairs.has(pair);
    this.#pairs.add(pair);
    if (isFirst) return;
    const others = [...this.#cables].filter((each) => joins(each, from, to));
    const isConnected = others.some(
      ({ link }) => link.isOpenAt('dialer') && link.isOpenAt('acceptor'),
    );
    if (!isConnected) this.onReconnect(from, to);
  }

  #reach(from: string, to: string): MemoryReach {
    return this.#cuts.has(`${from} ${to}`) || this.#cuts.has(`${to} ${from}`) ? 'lost' : 'open';
  }

  #applyCuts(): void {
    for (const cable of this.cables()) this.#applyCut(cable);
    this.#tell();
  }

  #applyCut(cable: Cable): void {
    for (const side of ['dialer', 'acceptor'] as const) {
      if (this.#isCut(cable, side)) cable.link.stall(side);
      else cable.link.unstall(side);
    }
  }

  #isCut({ from, to }: Cable, side: MemorySide): boolean {
    return this.#cuts.has(side === 'dialer' ? `${from} ${to}` : `${to} ${from}`);
  }

  #loseTail({ link }: Cable, side: MemorySide): void {
    const bytes = link.bytesUnderWay(side);
    link.cut(side, bytes === 0 ? 0 : this.#random.below(bytes + 1));
  }

  #piece(split: 'bytes' | 'random', available: number): number {
    if (split === 'random') return 1 + this.#random.below(available);
    // Single bytes of a large body would cost a million events and show nothing new.
    return available > 512 ? available - this.#random.below(64) : 1 + this.#random.below(3);
  }

  #fraction(): number {
    return this.#random.below(1_000) / 1_000;
  }
}

function joins({ from, to }: Cable, one: string, other: string): boolean {
  return (from === one && to === other) || (from === other && to === one);
}

function otherSide(side: MemorySide): MemorySide {
  return side === 'dialer' ? 'acceptor' : 'dialer';
}

function noTimer(): never {
  throw new Error('the network itself sets no timers: each party brings its own clock');
}

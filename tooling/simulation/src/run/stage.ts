import type { Logger, LogLine, PeerIdentity, Transport } from '@amop/ports';
import { SeededRandom } from '@amop/testkit/memory';
import type { FileHistoryEvent } from '../history/file-event.ts';
import type { HistoryEvent } from '../history/history-event.ts';
import { FileJudge } from '../judge/file-judge.ts';
import type { Judge } from '../judge/judge.ts';
import type { Rule } from '../judge/violation.ts';
import type { Cabling } from '../machine/cabling.ts';
import type { EventLoop } from '../machine/event-loop.ts';
import type { FileTap } from '../machine/file-tap.ts';
import { FrameRecorder } from '../machine/frame-recorder.ts';
import { DiskFault } from '../machine/sim-disk.ts';
import { SimProcess } from '../machine/sim-process.ts';

/** A {@link HistoryEvent} without the time, which the stage knows. */
export type Happening = WithoutTime<HistoryEvent>;

/** The same of a {@link FileHistoryEvent}. */
export type FileHappening = WithoutTime<FileHistoryEvent>;

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never;

/** Writes down what happens, for people. */
export interface TraceSink {
  line(atMs: number, who: string, text: string): void;
}

/** Collaborators of a {@link Stage}. */
export interface StageDependencies {
  readonly loop: EventLoop;
  readonly cabling: Cabling;
  readonly judge: Judge;
  readonly trace: TraceSink | undefined;
}

/** Where the parties of one run act: time, links, and who writes down what they do. */
export class Stage {
  readonly loop: EventLoop;
  readonly cabling: Cabling;
  readonly judge: Judge;
  /** Handlers answer at once from now on, whatever their plan says. */
  isCalm = false;
  /** They take up to so long for it then, in ms. */
  answerAfterMs = 0;
  /** Some node may end connections on its own: a small queue, or an original node. */
  mayLoseLinks = false;
  /** Names of parties by what log lines call them. */
  readonly names: Map<string, string> = new Map();
  /** Names of the applications that hold a key of private topics, by its number. */
  readonly holders: Map<number, string[]> = new Map();
  /** Some node lets plain text on private topics have whoever subscribes. */
  hasOriginals = false;
  /** Offers and sealed messages of the past, where a spy sends them again. */
  readonly recorder: FrameRecorder = new FrameRecorder();
  /** What transfers say, where there are some. */
  tap: FileTap | undefined;
  /** Looks at what happens to files. */
  readonly fileJudge: FileJudge = new FileJudge({
    found: (rule, text) => this.found(rule, text),
    interruptions: () => this.interruptions,
  });
  /** Faults so far, and what has begun anew after them. */
  interruptions = 0;
  /** Nothing has gone wrong so far that the network did not bring about itself. */
  isFaultless = true;
  readonly #trace: TraceSink | undefined;
  readonly #seed: number;

  constructor(seed: number, { cabling, judge, loop, trace }: StageDependencies) {
    this.#seed = seed;
    this.loop = loop;
    this.cabling = cabling;
    this.judge = judge;
    this.#trace = trace;
  }

  /** Whether nothing has gone wrong that could have ended a connection. */
  get mustKeepLinks(): boolean {
    return this.isFaultless && !this.mayLoseLinks;
  }

  /** Applications that hold the key. */
  holdersOf(key: number): readonly string[] {
    return this.holders.get(key) ?? [];
  }

  /** A new process; another life of the same name has other random numbers. */
  process(name: string, life: number): SimProcess {
    return new SimProcess(name, this.loop, this.seedOf(`${name} ${life}`));
  }

  /** A random source of its own for each purpose: leaving out one step does not change the others. */
  random(purpose: string): SeededRandom {
    return new SeededRandom(this.seedOf(purpose));
  }

  /** Seed of a purpose. */
  seedOf(purpose: string): number {
    let hash = 2166136261 ^ this.#seed;
    for (let index = 0; index < purpose.length; index += 1) {
      hash = Math.imul(hash ^ purpose.charCodeAt(index), 16777619);
    }
    return this.#seed * 0x1_0000 + (hash >>> 16);
  }

  /** The way of a process into the network. Its open ports are closed when it dies. */
  transport(process: SimProcess, identity: Partial<PeerIdentity> = {}): Transport {
    const { clock, name, post, scheduler } = process;
    const options = { name, clock, scheduler, post };
    const transport = this.cabling.network.transport(identity, options);
    return {
      dial: (dialOptions) => transport.dial(dialOptions),
      listen: async (listenOptions) => {
        const listener = await transport.listen(listenOptions);
        process.atDeath(() => {
          listener.close().catch((error: unknown) => this.crashed(name, error));
        });
        return listener;
      },
    };
  }

  /** Writes down something that an application did or saw. */
  record(happening: Happening): void {
    // The members that differ between events are all in `happening`.
    const event = { ...happening, atMs: this.loop.nowMs } as HistoryEvent;
    this.#trace?.line(event.atMs, 'client' in event ? event.client : '', describe(happening));
    this.judge.take(event);
  }

  /** Writes down something that happened to a file. */
  recordFile(happening: FileHappening): void {
    // The members that differ between events are all in `happening`.
    const event = { ...happening, atMs: this.loop.nowMs } as FileHistoryEvent;
    if (event.kind !== 'file-chunk') {
      this.#trace?.line(event.atMs, event.client, describe(happening));
    }
    this.fileJudge.take(event);
  }

  /** Writes down something for people only. */
  note(who: string, text: string): void {
    this.#trace?.line(this.loop.nowMs, who, text);
  }

  /** Whether somebody reads what is written down for people. */
  get isTraced(): boolean {
    return this.#trace !== undefined;
  }

  /** Something is wrong that no application sees. */
  found(rule: Rule, text: string): void {
    this.judge.add({ rule, atMs: this.loop.nowMs, text });
  }

  /** Something was thrown where nobody caught it. */
  crashed(who: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.found('crash', `${who}: ${text}`);
  }

  /** A logger whose lines are written down; a bare exception in one of them is a fault of the program. */
  logger(who: string): Logger {
    const line =
      (level: string): LogLine =>
      (details, message) => {
        const bare = Object.values(details).find(isBareError);
        if (bare !== undefined) this.crashed(`${who} logged "${message}"`, bare);
        if (this.isTraced && level !== 'debug')
          this.note(who, `${level}: ${message} ${brief(details, this.names)}`);
      };
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }
}

/** An error without a code of ours is one that nobody expected. */
function isBareError(value: unknown): boolean {
  if (!(value instanceof Error) || value instanceof DiskFault) return false;
  return !('code' in value && String(value.code).startsWith('AMOP_'));
}

function describe(happening: Happening | FileHappening): string {
  const { kind, ...rest } = happening;
  const facts = Object.entries(rest).filter(([name]) => name !== 'client');
  return `${kind} ${facts.map(([name, value]) => `${name}=${shown(value)}`).join(' ')}`;
}

/** Details of log lines that say nothing here. */
const UNTOLD: ReadonlySet<string> = new Set(['remoteHost', 'remotePort', 'agency', 'certificate']);

function brief(details: Record<string, unknown>, names: ReadonlyMap<string, string>): string {
  return Object.entries(details)
    .filter(([name]) => !UNTOLD.has(name))
    .map(([name, value]) => `${name}=${names.get(String(value)) ?? shown(value)}`)
    .join(' ');
}

function shown(value: unknown): string {
  if (value instanceof Error) return value.message;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text !== undefined && /^[0-9a-f]{64,}$/.test(text) ? `${text.slice(0, 8)}…` : `${text}`;
}

import { SeededRandom } from '@amop/testkit/memory';
import { Judge } from '../judge/judge.ts';
import type { Violation } from '../judge/violation.ts';
import { Cabling, type WireWatch } from '../machine/cabling.ts';
import { watchForClearText } from '../machine/clear-text-watch.ts';
import { EventLoop } from '../machine/event-loop.ts';
import { FileTap } from '../machine/file-tap.ts';
import type { Plan } from '../plan/plan.ts';
import { Calm } from './calm.ts';
import { Cast } from './cast.ts';
import { checkIdleClients, checkIdleNodes, checkLimits } from './check-limits.ts';
import { endAll } from './end-all.ts';
import { farewell } from './farewell.ts';
import { FileCalm } from './file-calm.ts';
import { Performer } from './performer.ts';
import { revoke } from './revoke.ts';
import { SecretCalm } from './secret-calm.ts';
import { unsettledSecrets } from './secret-views.ts';
import { Stage, type TraceSink } from './stage.ts';
import { unsettled } from './views.ts';

/** Virtual time in which views must have converged after the last fault, in ms: a silent peer is noticed after 20 s,
 * a silent client after 60 s, and a pause before redialling takes up to 10 s. */
const CONVERGE_MS = 90_000;
/** Who waits for a proof may wait so long until it is asked again, in ms. */
const PROVE_MS = 330_000;
const LOOK_MS = 250;
/** Longest way of a byte while links are slow, in ms. */
const LAST_ARRIVAL_MS = 2_500;
/** Connections and topics of the beginning may come together in any order; a run without faults converges so soon. */
const FIRST_CONVERGE_MS = 25_000;

/** Who says in a trace that something must not be. */
export const VIOLATION_MARK = '>>>';

/** What a run may be told. */
export interface RunOptions {
  /** Gets a line for everything that happens. */
  readonly trace?: TraceSink;
  /** Sees every write on every link. */
  readonly watch?: WireWatch;
  /** Is given the loop before anything happens. */
  readonly onStart?: (loop: EventLoop) => void;
}

/** What came of a run. */
export interface RunResult {
  readonly violations: readonly Violation[];
  /** Events that happened. */
  readonly events: number;
  /** Virtual time that passed, in ms. */
  readonly virtualMs: number;
}

/** Carries out a plan from the first connection to the last timer. Same plan, same result. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  const loop = new EventLoop(new SeededRandom(plan.seed + 1));
  options.onStart?.(loop);
  let onClearText: (from: string, to: string) => void = () => undefined;
  let record: WireWatch = () => undefined;
  const isRecorded = plan.spies.some(({ manner }) => manner !== 'listens');
  const watches = [
    options.watch,
    plan.secrets.length + plan.fileTopics.length > 0
      ? watchForClearText((from, to) => onClearText(from, to))
      : undefined,
    isRecorded ? (((...written) => record(...written)) satisfies WireWatch) : undefined,
  ];
  const tap = plan.fileTopics.length > 0 ? newTap(plan) : undefined;
  watches.push(tap?.watch);
  const random = new SeededRandom(plan.seed + 2);
  const cabling = new Cabling(plan.weather, loop, random, allOf(watches));
  const judge = new Judge({
    areSecretsRecorded: isRecorded,
    onViolation: ({ rule, text }) =>
      options.trace?.line(loop.nowMs, VIOLATION_MARK, `${rule}: ${text}`),
  });
  const stage = new Stage(plan.seed, { loop, cabling, judge, trace: options.trace });
  onClearText = (from, to) => {
    stage.found('in-the-clear', `${from} gives ${to} what is sealed, readable`);
  };
  record = stage.recorder.watch;
  if (tap !== undefined) {
    stage.tap = tap;
    tap.onChunk = ({ receiver, sender: client, transfer }) =>
      stage.recordFile({ kind: 'file-chunk', client, transfer, receiver });
  }
  const cast = new Cast(plan, stage);
  const onStray = (error: unknown): void => stage.crashed('a promise that nobody awaits', error);
  process.on('unhandledRejection', onStray);
  try {
    await act(plan, cast, stage);
  } catch (error) {
    stage.crashed('an event', error);
  } finally {
    process.off('unhandledRejection', onStray);
  }
  return { violations: judge.violations, events: loop.events, virtualMs: loop.nowMs };
}

async function act(plan: Plan, cast: Cast, stage: Stage): Promise<void> {
  const { cabling, judge, loop } = stage;
  const isOver = (): boolean => judge.violations.length > 0;
  const performer = new Performer(plan, cast, stage);
  stage.mayLoseLinks = plan.originals.length > 0 || plan.nodes.some(({ tight }) => tight);
  cabling.onReconnect = (from, to) => {
    stage.interruptions += 1;
    if (stage.isFaultless && mustStayConnected(cast, from, to)) {
      stage.found('lost-link', `${from} and ${to} had to connect again though nothing went wrong`);
    }
  };
  cast.start();
  for (const step of plan.steps) {
    loop.post(undefined, step.atMs, () => {
      performer.perform(step);
      checkLimits(cast, stage);
    });
  }
  await loop.run(plan.lengthMs, isOver);
  performer.cureAll();
  stage.isCalm = true;
  stage.note(
    'world',
    'no fault from here on; every handler answers at once; waiting until views have converged',
  );
  if (!isOver()) await converge(plan, cast, stage, isOver);
  checkLimits(cast, stage);
  // From here on nothing goes wrong that the network does not bring about itself.
  stage.isFaultless = true;
  if (!isOver()) await new FileCalm(plan, cast, stage).run();
  if (!isOver()) await loop.run(loop.nowMs + plan.quietMs, isOver);
  if (!isOver()) await new Calm(plan, cast, stage).run();
  if (!isOver()) await new SecretCalm(plan, cast, stage).run();
  if (!isOver()) await converge(plan, cast, stage, isOver);
  checkLimits(cast, stage);
  if (!isOver()) checkIdleNodes(cast, stage);
  if (!isOver()) checkIdleClients(plan, cast, stage);
  if (!isOver()) await revoke(plan, cast, stage);
  if (!isOver()) await farewell(plan, cast, stage);
  if (!isOver()) await endAll(plan, cast, stage);
}

function newTap({ clients, fileTopics }: Plan): FileTap {
  const names = new Set(clients.map(({ name }) => name));
  return new FileTap(
    fileTopics.map(({ name }) => name),
    (name) => names.has(name),
  );
}

/** Whether a connection between the two is ended by a fault only: queues of ours are large enough, no original node. */
function mustStayConnected(cast: Cast, from: string, to: string): boolean {
  // A client with little room may stop reading before it has seen that its node confirms a subscription without a
  // handler, whose messages nobody can take until then: it connects anew after 30 s.
  const isOwn = (name: string): boolean =>
    (cast.clients.get(name) ?? cast.nodes.get(name))?.plan.tight === false;
  return isOwn(from) && isOwn(to);
}

async function converge(
  plan: Plan,
  cast: Cast,
  stage: Stage,
  isOver: () => boolean,
): Promise<void> {
  const { loop } = stage;
  // What is under way on slow links arrives first.
  await loop.run(loop.nowMs + LAST_ARRIVAL_MS, isOver);
  const sinceMs = loop.nowMs;
  const viewsMs = stage.isFaultless ? FIRST_CONVERGE_MS : CONVERGE_MS;
  for (;;) {
    await loop.run(loop.nowMs + LOOK_MS, isOver);
    const views = unsettled(cast, plan.topics);
    const faults = views.length > 0 ? views : unsettledSecrets(cast, plan.secrets);
    const limitMs = views.length > 0 ? viewsMs : PROVE_MS;
    if (isOver() || (faults.length === 0 && stage.cabling.isQuiet())) break;
    if (loop.nowMs - sinceMs < limitMs) continue;
    const seconds = Math.round((loop.nowMs - sinceMs) / 1_000);
    const text = `${seconds} s without a fault: ${faults.join('; ') || 'links are busy'}`;
    stage.found('not-converged', text);
    return;
  }
  if (!isOver()) stage.note('world', 'views have converged; calm: what is sent now must arrive');
}

function allOf(watches: readonly (WireWatch | undefined)[]): WireWatch | undefined {
  const all = watches.filter((watch) => watch !== undefined);
  if (all.length < 2) return all[0];
  return (cable, side, bytes) => {
    for (const watch of all) watch(cable, side, bytes);
  };
}

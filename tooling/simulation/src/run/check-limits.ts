import type { RouterCounters } from '@amop/router';
import type { Plan } from '../plan/plan.ts';
import type { Cast } from './cast.ts';
import type { Stage } from './stage.ts';

type RequestCounters = RouterCounters['requests']['application'];

/** Requests of one sender at once: more than any plan sends. */
const MAX_PENDING = 65_536;

/** Largest frame of a run: who is above his limit is cut before the next frame, or a few ms later. */
const FRAME_BYTES = 72 * 1024;

/** Looks whether what nodes and clients hold is within their limits. */
export function checkLimits(cast: Cast, stage: Stage): void {
  for (const { limits, name, node } of cast.nodes.values()) {
    if (node === undefined) continue;
    const { pendingRequests, reassemblyBytes, router } = node.counters();
    check(stage, `${name}: bytes in reassembly`, reassemblyBytes, limits.reassemblyBytes);
    check(stage, `${name}: pending requests`, pendingRequests, MAX_PENDING);
    checkBooks(stage, name, router, pendingRequests);
    const { peers, sessions } = node.sight.state();
    for (const { queuedBytes } of [...peers, ...sessions]) {
      check(
        stage,
        `${name}: bytes queued for one connection`,
        queuedBytes,
        limits.maxQueueBytes + FRAME_BYTES,
      );
    }
  }
  for (const { client, maxQueuedBytes, name } of cast.clients.values()) {
    const { pendingCalls, queuedBytes, replies, requestErrors, requests } =
      client?.counters() ?? NONE;
    check(stage, `${name}: bytes queued`, queuedBytes, maxQueuedBytes);
    const ended = replies + requestErrors;
    check(stage, `${name}: requests that ended`, ended, requests);
    if (pendingCalls < 0) stage.found('over-limit', `${name}: ${pendingCalls} calls pending`);
  }
}

const NONE = { pendingCalls: 0, queuedBytes: 0, replies: 0, requestErrors: 0, requests: 0 };

/** With all that was sent taken, nobody is kept from sending. */
export function checkIdleNodes(cast: Cast, stage: Stage): void {
  for (const { name, node } of cast.nodes.values()) {
    if (node === undefined) continue;
    const { peers, sessions } = node.sight.state();
    for (const { isHeldUp, name: party } of [...peers, ...sessions]) {
      if (isHeldUp) stage.found('left-over', `${name} does not read what ${party} sends`);
    }
  }
}

/** With all that was sent ended, the books of a client say so, and it holds no message for its application. */
export function checkIdleClients(plan: Plan, cast: Cast, stage: Stage): void {
  const isDisturbed = plan.steps.some(({ kind }) => kind === 'hostile');
  for (const { client, hasSilentRuns, name } of cast.clients.values()) {
    if (client === undefined) continue;
    const counters = client.counters();
    const open = stage.judge.open().filter(({ sent }) => sent.client === name);
    const openRequests = open.filter(({ sent }) => sent.kind === 'request').length;
    const { publishAcks, publishErrors, publishes, replies, requestErrors, requests } = counters;
    const facts = {
      requests: requests - replies - requestErrors - openRequests,
      publishes: publishes - publishAcks - publishErrors - (open.length - openRequests),
    };
    for (const [what, lost] of Object.entries(facts)) {
      if (lost !== 0) stage.found('books', `${name}: ${lost} ${what} without an outcome`);
    }
    const { malformedFrames, queuedBytes } = counters;
    if (malformedFrames > 0 && !isDisturbed)
      stage.found('strange', `${name}: ${malformedFrames} frames that it could not take`);
    if (queuedBytes === 0 || hasSilentRuns) continue;
    stage.found('left-over', `${name}: ${queuedBytes} bytes wait for no handler and no reader`);
  }
}

/** Each request that a node took has one outcome, or waits. */
function checkBooks(stage: Stage, name: string, router: RouterCounters, pending: number): void {
  const { application, peer } = router.requests;
  const taken = application.received + peer.received;
  const ended = outcomes(application) + outcomes(peer);
  if (taken === ended + pending) return;
  const lost = taken - ended - pending;
  const text = `${name} took ${taken} requests; ${ended} have an outcome and ${pending} wait: ${lost} are lost`;
  stage.found('books', text);
}

function outcomes(counters: RequestCounters): number {
  const { abandoned, answered, answeredWithError, failed100, failed103, failed104 } = counters;
  return abandoned + answered + answeredWithError + failed100 + failed103 + failed104;
}

function check(stage: Stage, what: string, found: number, limit: number): void {
  if (found > limit) stage.found('over-limit', `${what}: ${found}, limit ${limit}`);
}

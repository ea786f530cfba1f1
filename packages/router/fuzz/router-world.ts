import {
  type ChannelFrame,
  ChannelType,
  type ErrorDetail,
  encodeChannelFrame,
  encodeErrorDetail,
  ResultCode,
  readChannelFrame,
  seqFromKey,
} from '@amop/codec';
import { type Choices, expectSame } from '@amop/fuzz';
import type { RequestCounters, Router } from '../src/index.ts';
import { createRouter, frame, request, seq } from '../test/builders.ts';
import { type Asked, FuzzParty, type Given } from './fuzz-party.ts';

const TOPICS: readonly string[] = ['a', 'b', '#!$TopicNeedVerify_a', '_block_notify_1'];
const RESULTS: readonly number[] = [0, 0, 100, 103, 104, 104, 105, 120, -1];
const LIMITS = { maxPendingRequests: 12, maxPendingBytes: 4_000, maxDeadlineMs: 20_000 };

/** Sessions and peers around one router, and what must hold of it. */
export class RouterWorld {
  readonly router: Router = createRouter(1, LIMITS);
  readonly #choices: Choices;
  readonly #parties: FuzzParty[] = [];
  readonly #all: FuzzParty[] = [];
  readonly #requests: Map<ChannelFrame, Asked> = new Map();
  #nowMs = 0;
  #made = 0;

  constructor(choices: Choices) {
    this.#choices = choices;
    for (let count = 1 + choices.below(4); count > 0; count--) this.#join();
  }

  /** Requests without an outcome whose sender is there. */
  get open(): number {
    let open = 0;
    for (const asked of this.#requests.values()) if (!asked.hasEnded) open++;
    return open;
  }

  step(): void {
    const choices = this.#choices;
    const kind = this.#parties.length === 0 ? 0 : choices.below(12);
    if (kind === 0) this.#join();
    else this.#act(kind, choices.of(this.#parties), choices.of(TOPICS));
  }

  /** Time passes, and what is due happens. */
  pass(ms: number): void {
    this.#nowMs += ms;
    this.router.sweep(this.#nowMs);
  }

  /** All go. */
  endAll(): void {
    for (const party of [...this.#parties]) this.#leave(party);
  }

  /** At the end nothing is pending anywhere, and every request was counted once. */
  checkEnd(): void {
    expectSame(this.router.pending, 0, 'pending requests');
    expectSame(this.open, 0, 'open requests');
    for (const party of this.#all) {
      expectSame(party.endpoint.pending.size, 0, 'requests at a receiver');
      expectSame([party.load.requests.size, party.load.bytes], [0, 0], 'requests of a sender');
    }
    const { application, peer } = this.router.counters.requests;
    expectSame(outcomes(application) + outcomes(peer), this.#requests.size, 'outcomes');
    this.endAll();
    expectSame(this.router.topics, 0, 'topics');
  }

  #join(): void {
    const choices = this.#choices;
    const kind = choices.of(['session', 'session', 'peer', 'extended-peer'] as const);
    // A few node IDs, so that a node has several connections.
    const nodeId = String(choices.below(3)).padStart(128, '0');
    const party = new FuzzParty(this.router, kind, nodeId, this.#requests);
    party.listen(choices.of(TOPICS), 1);
    this.#parties.push(party);
    this.#all.push(party);
  }

  #act(kind: number, party: FuzzParty, topic: string): void {
    const choices = this.#choices;
    switch (kind) {
      case 1:
        party.listen(topic, choices.below(3));
        break;
      case 2:
      case 3:
      case 4:
        this.#ask(party, topic);
        break;
      case 5:
      case 6:
      case 7:
        this.#answer(party);
        break;
      case 8:
        party.isOpen = !party.isOpen;
        break;
      case 9:
        this.#leave(party);
        break;
      case 10:
        this.#tell(party, topic);
        break;
      default:
        this.pass(choices.of([0, 20, 400, 2_000, 5_000]));
    }
  }

  #tell(party: FuzzParty, topic: string): void {
    const multicast = frame(ChannelType.multicast, seq(String(this.#choices.below(3))), topic);
    const isPeer = party.endpoint.kind === 'peer';
    this.router.multicast(party.id, multicast, topic, isPeer, this.#nowMs);
  }

  #ask(party: FuzzParty, topic: string): void {
    const choices = this.#choices;
    const key = choices.bool() ? String(++this.#made) : '7';
    const asking = request(key, topic, 'x'.repeat(choices.below(300)));
    const hint = choices.of([0, 0, 1, 50, 3_000, 100_000, -party.id]);
    this.#requests.set(asking, { sender: party, isOnce: hint > 0, hasEnded: false, attempts: [] });
    if (party.endpoint.kind === 'peer') {
      const token = choices.below(100);
      this.router.requestFromPeer(party, asking, topic, token, hint, this.#nowMs);
    } else {
      this.router.requestFromSession(party, asking, topic, Math.max(0, hint), this.#nowMs);
    }
  }

  /** An answer to something that was asked, now or long ago, by the right one or another. */
  #answer(party: FuzzParty): void {
    const choices = this.#choices;
    const given = party.given[party.given.length - 1 - choices.below(4)];
    const { endpoint } = party;
    const result = choices.of(RESULTS);
    const type = choices.below(8) === 0 ? ChannelType.request : ChannelType.response;
    const data = choices.bool() ? encodeErrorDetail(detailOf(choices)) : new Uint8Array();
    const key = seqFromKey(given?.seqKey ?? seq('99'));
    const answer = readChannelFrame(encodeChannelFrame({ type, seq: key, result, data }));
    // Which of these give a request back depends on more; none but these does.
    const { bandwidthLimit, noAnswer } = ResultCode;
    if (given !== undefined && (result === noAnswer || result === bandwidthLimit)) {
      // A seq is used again: what is answered is the last that was given under it.
      const { peerSeq, seqKey } = given;
      const isMeant = (each: Given): boolean => each.peerSeq === peerSeq && each.seqKey === seqKey;
      const meant = party.given.findLast(isMeant);
      if (meant !== undefined) meant.attempt.wasGivenBack = true;
    }
    if (endpoint.kind === 'session') {
      if (type === ChannelType.response)
        this.router.answerFromSession(endpoint, answer, this.#nowMs);
    } else {
      const sent = choices.below(10) === 0 ? undefined : answer;
      this.router.answerFromPeer(endpoint, given?.peerSeq ?? 0, sent, choices.bool(), this.#nowMs);
    }
  }

  #leave(party: FuzzParty): void {
    this.#parties.splice(this.#parties.indexOf(party), 1);
    party.isOpen = false;
    for (const topic of TOPICS) party.listen(topic, 0);
    for (const asked of this.#requests.values()) if (asked.sender === party) asked.hasEnded = true;
    this.router.originLost(party, this.#nowMs);
    this.router.receiverLost(party.endpoint, this.#nowMs);
  }
}

function outcomes(counters: RequestCounters): number {
  const { abandoned, answered, answeredWithError, failed100, failed103, failed104 } = counters;
  return abandoned + answered + answeredWithError + failed100 + failed103 + failed104;
}

function detailOf(choices: Choices): ErrorDetail {
  return {
    hop: choices.of(['node', 'peer-node', 'subscriber'] as const),
    node: '',
    reason: choices.of(['no-subscriber', 'receiver-lost', 'overloaded', 'other']),
    maybeDelivered: choices.of(['no', 'yes', 'unknown'] as const),
    retryable: choices.bool(),
  };
}

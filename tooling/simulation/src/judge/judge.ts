import type {
  AudienceEvent,
  FailureEvent,
  FairEvent,
  HistoryEvent,
  PublishEvent,
  ReceivedEvent,
  RequestEvent,
  SubscriptionEvent,
  SuccessEvent,
} from '../history/history-event.ts';
import { areFair } from './fair-share.ts';
import { describeMessage, type MessageRecord, type Run } from './message-record.ts';
import type { Rule, Violation } from './violation.ts';

/** What a {@link Judge} may be told. */
export interface JudgeOptions {
  /** Is told of each violation when it is found. */
  readonly onViolation?: (violation: Violation) => void;
  /** How late a call may end, in ms: the step of timers, and what the machine takes. Default 60. */
  readonly slackMs?: number;
  /**
   * Somebody records secret messages and sends them again: one that did not get to a subscriber may come that way,
   * once, also after its sender was told that nobody saw it. Default false.
   */
  readonly areSecretsRecorded?: boolean;
}

/**
 * Reads a history of what applications did and saw, in the order it happened, and finds what must not be.
 *
 * It knows nothing of nodes: the same rules judge a simulation and a network of processes. Memory grows with
 * the number of messages.
 */
export class Judge {
  readonly violations: Violation[] = [];
  readonly #slackMs: number;
  readonly #areSecretsRecorded: boolean;
  readonly #onViolation: ((violation: Violation) => void) | undefined;
  readonly #messages: Map<string, MessageRecord> = new Map();
  readonly #runs: Map<string, Run> = new Map();
  /** `client topic` of those who may receive now. */
  readonly #subscribed: Set<string> = new Set();
  /** Who may receive what a publisher sends on a private topic, by `client topic`. */
  readonly #audiences: Map<string, Set<string>> = new Map();
  #atMs = 0;

  constructor(options: JudgeOptions = {}) {
    this.#slackMs = options.slackMs ?? 60;
    this.#areSecretsRecorded = options.areSecretsRecorded ?? false;
    this.#onViolation = options.onViolation;
  }

  /** Messages whose sending has not ended, by id. */
  open(): MessageRecord[] {
    return [...this.#messages.values()].filter(({ outcome }) => outcome === 'open');
  }

  /** Writes down what must not be. */
  add(violation: Violation): void {
    this.violations.push(violation);
    this.#onViolation?.(violation);
  }

  /** Looks at the next event. */
  take(event: HistoryEvent): void {
    this.#atMs = event.atMs;
    switch (event.kind) {
      case 'subscribe':
      case 'subscribed':
      case 'unsubscribe':
        this.#subscription(event);
        break;
      case 'allow':
      case 'revoke':
        this.#audience(event);
        break;
      case 'request':
      case 'publish':
        this.#sent(event);
        break;
      case 'success':
        this.#succeeded(event);
        break;
      case 'failure':
        this.#failed(event);
        break;
      case 'received':
        this.#received(event);
        break;
      case 'answered':
        this.#answered(event.run);
        break;
      case 'strange':
        this.#found('strange', `${event.client}: ${event.text}`);
        break;
      case 'killed':
        this.#killed(event.client);
        break;
      case 'stood-still':
        this.#stoodStill(event.client, event.ms);
        break;
      case 'fair':
        this.#fair(event);
        break;
      case 'settled':
        this.#settled();
        break;
      default:
        event satisfies never;
    }
  }

  /** The history is over: what has not ended never will. */
  end(): void {
    for (const record of this.open()) {
      this.#found('never-ended', `${describeMessage(record)} has no outcome`, record);
    }
    this.#settled();
  }

  #subscription({ client, kind, topic }: SubscriptionEvent): void {
    const key = `${client} ${topic}`;
    if (kind === 'unsubscribe') this.#subscribed.delete(key);
    else this.#subscribed.add(key);
  }

  #audience({ client, holders, kind, topic }: AudienceEvent): void {
    const key = `${client} ${topic}`;
    const audience = this.#audiences.get(key) ?? new Set();
    this.#audiences.set(key, audience);
    for (const name of holders) {
      if (kind === 'revoke') audience.delete(name);
      else audience.add(name);
    }
    if (kind === 'revoke') return;
    // What is under way may still be sent to one that is allowed now.
    for (const { audience: may, sent } of this.open()) {
      if (sent.client === client && sent.topic === topic)
        for (const name of holders) may?.add(name);
    }
  }

  #sent(sent: RequestEvent | PublishEvent): void {
    const audience = this.#audiences.get(`${sent.client} ${sent.topic}`);
    const deadlineMs = sent.atMs + (sent.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#messages.set(sent.message, {
      sent,
      deadlineMs,
      outcome: 'open',
      runs: [],
      receivers: new Set(),
      audience: sent.isSecret === true ? new Set(audience) : undefined,
    });
  }

  #succeeded(event: SuccessEvent): void {
    const record = this.#ended(event.message, event.client);
    if (record === undefined) return;
    record.outcome = 'success';
    const { sent } = record;
    const what = describeMessage(record);
    if (sent.forbidden === true) this.#found('forbidden', `${what} was taken`, record);
    if (sent.kind === 'publish') return;
    const run = event.run === undefined ? undefined : this.#runs.get(event.run);
    if (run === undefined) {
      const held = event.held ?? 'no run of a handler';
      this.#found(
        'unearned-success',
        `${what} succeeded with an answer that holds ${held}`,
        record,
      );
    } else if (run.message !== event.message) {
      this.#found('unearned-success', `${what} got the answer to ${run.message}`, record);
    } else if (!run.answered) {
      this.#found(
        'unearned-success',
        `${what} got an answer that ${run.client} never gave`,
        record,
      );
    }
    this.#checkRuns(record);
  }

  #failed(event: FailureEvent): void {
    const record = this.#ended(event.message, event.client);
    if (record === undefined) return;
    record.outcome = event;
    if (record.sent.kind === 'publish') {
      if (record.sent.mustReach !== undefined) {
        this.#found('should-reach', `${describeMessage(record)} failed: ${event.code}`, record);
      }
      return;
    }
    if (record.sent.mustSucceed === true) {
      const { willing = [] } = record.sent;
      const who = willing.length > 0 ? `, though ${willing.join(', ')} would answer` : '';
      this.#found(
        'should-succeed',
        `${describeMessage(record)} failed: ${event.code}${who}`,
        record,
      );
    }
    if (event.told === 'yes' && record.runs.length === 0) {
      const text = `${describeMessage(record)} failed with ${event.code}: "somebody saw it", but nobody did`;
      this.#found('unseen-though-yes', text, record);
    }
    this.#checkRuns(record);
  }

  #ended(message: string, client: string): MessageRecord | undefined {
    const record = this.#messages.get(message);
    if (record === undefined) {
      this.#found('strange', `${client}: an outcome of ${message}, which was never sent`);
      return undefined;
    }
    if (record.outcome !== 'open') {
      this.#found('one-outcome', `${describeMessage(record)} ended a second time`, record);
      return undefined;
    }
    const lateMs = this.#atMs - record.deadlineMs;
    if (lateMs > this.#slackMs) {
      const text = `${describeMessage(record)} ended ${Math.round(lateMs)} ms after its deadline`;
      this.#found('deadline', text, record);
    }
    return record;
  }

  #received(event: ReceivedEvent): void {
    const { client, form, message, topic } = event;
    const record = this.#messages.get(message);
    if (record === undefined) {
      this.#found('strange', `${client} received ${message}, which was never sent`);
      return;
    }
    const what = describeMessage(record);
    const expected = record.sent.kind === 'request' ? 'request' : 'multicast';
    if (record.sent.topic !== topic || form !== expected) {
      this.#found('strange', `${client} received ${what} as ${form} on ${topic}`, record);
    }
    if (!this.#subscribed.has(`${client} ${topic}`)) {
      this.#found('not-subscribed', `${client} received ${what} without wanting it`, record);
    }
    if (record.sent.forbidden === true) {
      this.#found('forbidden', `${client} received ${what}, which must not be sent`, record);
    }
    if (record.audience?.has(client) === false) {
      this.#found('not-proven', `${client} received ${what}, which is not for it`, record);
    }
    if (form === 'request') this.#ran(record, event);
    else if (record.receivers.has(client) && !isCopied(record.sent)) {
      this.#found('twice-received', `${client} received ${what} twice`, record);
    } else record.receivers.add(client);
  }

  #ran(
    record: MessageRecord,
    { client, message, repeats = false, run: name }: ReceivedEvent,
  ): void {
    const run = { message, client, repeats, answered: false };
    record.runs.push(run);
    if (name !== undefined) this.#runs.set(name, run);
    this.#checkRuns(record);
  }

  /** Holds what ran against what the sender knows by now. */
  #checkRuns(record: MessageRecord): void {
    const { outcome, runs, sent } = record;
    if (sent.kind !== 'request') return;
    const isUnseen = typeof outcome === 'object' && outcome.told === 'no';
    const isRecorded = sent.isSecret === true && this.#areSecretsRecorded;
    // What did not get to one route was sealed anew for the next one: each may arrive later.
    if (isRecorded && isUnseen) return;
    const clients = runs.map(({ client }) => client);
    const mayRepeat = sent.repeats === true || runs.some(({ repeats }) => repeats);
    const most = isRecorded ? new Set(clients).size : 1;
    if (runs.length > most && !mayRepeat) {
      this.#found(
        'ran-twice',
        `${describeMessage(record)} ran at ${clients.join(' and ')}`,
        record,
      );
    }
    if (isUnseen && runs.length > 0) {
      const text = `${describeMessage(record)} ran at ${clients[0]}, and failed with ${outcome.code}: "nobody saw it"`;
      this.#found('ran-though-no', text, record);
    }
  }

  #answered(name: string): void {
    const run = this.#runs.get(name);
    if (run !== undefined) run.answered = true;
  }

  #killed(client: string): void {
    for (const record of this.#messages.values()) {
      if (record.sent.client === client && record.outcome === 'open') record.outcome = 'lost';
      // What comes to its next life comes to another session.
      record.receivers.delete(client);
    }
    for (const [key, audience] of this.#audiences) {
      if (key.startsWith(`${client} `)) audience.clear();
    }
    for (const key of [...this.#subscribed]) {
      if (key.startsWith(`${client} `)) this.#subscribed.delete(key);
    }
  }

  #stoodStill(client: string, ms: number): void {
    for (const record of this.open()) if (record.sent.client === client) record.deadlineMs += ms;
  }

  #fair({ among, areEqual = false, group }: FairEvent): void {
    const shares = new Map(among.map((client) => [client, 0]));
    for (const { runs, sent } of this.#messages.values()) {
      if (sent.kind !== 'request' || sent.group !== group) continue;
      for (const { client } of runs) {
        const share = shares.get(client);
        // One that comes and goes meanwhile has no share of its own.
        if (share !== undefined) shares.set(client, share + 1);
      }
    }
    const isFair = areFair(
      among.map((client) => shares.get(client) ?? 0),
      areEqual,
    );
    if (isFair) return;
    const text = [...shares].map(([client, share]) => `${client} ${share}`).join(', ');
    this.#found('unfair', `the requests of ${group} went to: ${text}`);
  }

  #settled(): void {
    for (const record of this.#messages.values()) {
      const { receivers, sent } = record;
      if (sent.kind !== 'publish' || sent.mustReach === undefined) continue;
      const missed = sent.mustReach.filter((client) => !receivers.has(client));
      if (missed.length === 0) continue;
      this.#found(
        'should-reach',
        `${describeMessage(record)} did not reach ${missed.join(', ')}`,
        record,
      );
    }
  }

  #found(rule: Rule, text: string, record?: MessageRecord): void {
    const message = record?.sent.message;
    if (message !== undefined) {
      const isKnown = this.violations.some(
        (each) => each.rule === rule && each.message === message,
      );
      if (isKnown) return;
    }
    this.add({ rule, atMs: this.#atMs, text, ...(message !== undefined && { message }) });
  }
}

function isCopied(sent: MessageRecord['sent']): boolean {
  return sent.kind === 'publish' && sent.isCopied === true;
}

import { DuplicateWindow } from '@amop/codec';
import type { Logger } from '@amop/ports';
import { CallRouter } from './call/call-router.ts';
import { DeadlineTimer } from './call/deadline-timer.ts';
import { OwnSequence } from './call/own-sequence.ts';
import { RequestTable } from './call/request-table.ts';
import { closedError } from './closed-error.ts';
import { ClientCounters } from './counters.ts';
import { ClientError } from './errors.ts';
import { EventHub } from './events.ts';
import { ClientCalls } from './file/client-calls.ts';
import { FileTransfers } from './file/file-transfers.ts';
import { Confirmations } from './inbound/confirmation.ts';
import { Delivery } from './inbound/delivery.ts';
import { HandlerRunner } from './inbound/handler-runner.ts';
import { IntakeBudget } from './inbound/intake-budget.ts';
import { SubscriptionTable } from './inbound/subscription-table.ts';
import { Subscriptions } from './inbound/subscriptions.ts';
import { Delay } from './link/delay.ts';
import { LinkGroup } from './link/link-group.ts';
import type { LinkSession } from './link/link-session.ts';
import { Opening } from './link/opening.ts';
import type { ClientPorts, ClientSettings } from './options/options.ts';
import { Publishers } from './private/publisher/publishers.ts';
import { PrivateSubscriptions } from './private/subscriber/private-subscriptions.ts';
import { WantedUnion } from './replica/wanted-union.ts';

const SEED_LIMIT = 2 ** 32;
/** Part of the time of `close` that queued bytes get even when all of it went to the drain. */
const FLUSH_SHARE = 0.25;

/** What a client consists of, put together: links, calls that go out, messages that come in. */
export class ClientCore {
  readonly settings: ClientSettings;
  readonly counters: ClientCounters = new ClientCounters();
  readonly events: EventHub;
  readonly calls: RequestTable;
  readonly router: CallRouter;
  readonly table: SubscriptionTable = new SubscriptionTable();
  readonly subscriptions: Subscriptions;
  readonly privateSubscriptions: PrivateSubscriptions;
  readonly publishers: Publishers;
  readonly files: FileTransfers;
  readonly budget: IntakeBudget;
  readonly group: LinkGroup;
  readonly #ports: ClientPorts;
  readonly #deadlines: DeadlineTimer;
  readonly #confirmations: Confirmations;
  readonly #runner: HandlerRunner;
  readonly #opening: Opening;
  #closing: Promise<void> | undefined;

  constructor(settings: ClientSettings, ports: ClientPorts, logger: Logger) {
    const { clock, files, random, scheduler } = ports;
    const { counters, table } = this;
    const links = (): readonly LinkSession[] => this.group.sessions;
    this.settings = settings;
    this.#ports = ports;
    const events = new EventHub(logger);
    this.events = events;
    const deadlines = new DeadlineTimer(clock);
    this.#deadlines = deadlines;
    this.calls = new RequestTable({ maxPending: settings.maxPendingRequests }, { deadlines });
    this.router = new CallRouter(settings, {
      table: this.calls,
      sequence: new OwnSequence(random),
      clock,
      counters,
      lines: () => this.group.lines,
    });
    const budget = new IntakeBudget(
      { maxBytes: settings.maxQueuedBytes },
      {
        onFull: (queuedBytes) => this.#pause(queuedBytes),
        onFree: (queuedBytes) => this.#resume(queuedBytes),
      },
    );
    this.budget = budget;
    this.#runner = new HandlerRunner({ budget, events, logger });
    this.#confirmations = new Confirmations({ deadlines, clock, links });
    const confirmations = this.#confirmations;
    const timeoutMs = settings.requestTimeoutMs;
    this.subscriptions = new Subscriptions(
      { timeoutMs },
      { table, confirmations, budget, scheduler, events, logger, links },
    );
    const { router, subscriptions } = this;
    const calls = new ClientCalls({
      router,
      subscriptions,
      counters,
      events,
      logger,
      lines: () => this.group.lines,
      closedBy: () => (this.closing ? closedError() : undefined),
    });
    this.files = new FileTransfers({ calls, files, clock, random, logger, counters });
    this.publishers = new Publishers(
      { timeoutMs },
      {
        router,
        subscriptions,
        counters,
        events,
        logger,
        deadlines,
        clock,
        random,
        links,
        transfers: this.files,
      },
    );
    const window =
      settings.endpoints.length > 1
        ? new DuplicateWindow({ seed: random.below(SEED_LIMIT) })
        : undefined;
    const runner = this.#runner;
    const privates = new PrivateSubscriptions(
      { timeoutMs },
      {
        confirmations,
        budget,
        scheduler,
        events,
        logger,
        links,
        runner,
        counters,
        deadlines,
        clock,
        random,
        window,
      },
    );
    this.privateSubscriptions = privates;
    this.#opening = new Opening(
      { timeoutMs: settings.connectTimeoutMs, endpoints: settings.endpoints.map((e) => e.text) },
      { clock },
    );
    this.group = new LinkGroup(settings, {
      ports,
      clock,
      scheduler,
      logger,
      counters,
      events,
      router: this.router,
      opening: this.#opening,
      publishers: this.publishers,
      inbox: new Delivery({ table, runner, counters, clock, window }),
      wanted: new WantedUnion([table, privates.table]),
      openPrivate: (options) => privates.connect(options),
      replicaEvents: {
        onApplied: (topics) => {
          for (const topic of topics) confirmations.check(topic);
        },
        onRefused: (session, { topic, reason }) => {
          // Each knows its own topics only.
          this.subscriptions.refused(session, session.line.node, topic, reason);
          privates.subscriptions.refused(session, session.line.node, topic, reason);
        },
      },
      onChange: () => {
        confirmations.checkAll();
        this.publishers.linksChanged();
      },
    });
  }

  /**
   * Resolves with the first usable link; nothing is left open when it rejects.
   *
   * @throws ClientError `AMOP_CLIENT_CERTIFICATE`, `AMOP_CLIENT_NOT_CONNECTED`, `AMOP_CLIENT_ABORTED`
   */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const onAbort = (): void => this.#opening.end(abortedConnect(signal?.reason));
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    else this.group.start();
    try {
      await this.#opening.done;
    } catch (error) {
      this.#deadlines.stop();
      await this.group.stop();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Drains, then closes; see `AmopClient.close`. Later calls wait for the first. */
  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  /** True from the first call of `close` on. */
  get closing(): boolean {
    return this.#closing !== undefined;
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock } = this.#ports;
    const endMs = clock.nowMs() + timeoutMs;
    const error = closedError();
    const filesClosed = this.files.close();
    this.router.close(error);
    this.#confirmations.failAll(error);
    this.publishers.close(error);
    this.subscriptions.endAll();
    this.privateSubscriptions.subscriptions.endAll();
    this.subscriptions.flush();
    await this.#within(
      timeoutMs,
      Promise.all([filesClosed, this.calls.idle(), this.#runner.idle()]),
    );
    this.router.failAll(error);
    this.#deadlines.stop();
    const stopped = this.group.stop();
    const leftMs = Math.max(endMs - clock.nowMs(), timeoutMs * FLUSH_SHARE);
    await this.#within(leftMs, stopped);
    this.group.cut(error);
    await stopped;
    this.events.emit('closed', {});
  }

  async #within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const delay = new Delay(this.#ports.clock);
    await Promise.race([work, delay.wait(timeoutMs)]);
    delay.cancel();
  }

  #pause(queuedBytes: number): void {
    this.counters.pauses++;
    this.group.pause();
    this.events.emit('paused', { queuedBytes });
  }

  #resume(queuedBytes: number): void {
    this.group.resume();
    this.events.emit('resumed', { queuedBytes });
  }
}

function abortedConnect(cause: unknown): ClientError {
  return new ClientError(
    'AMOP_CLIENT_ABORTED',
    'connect: ended by the signal of the caller',
    { hop: 'client', reason: 'aborted' },
    { cause },
  );
}

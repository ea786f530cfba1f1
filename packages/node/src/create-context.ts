import type { CertificateIdentity } from '@amop/crypto';
import { type Clock, type Logger, type Random, type Scheduler, silentLogger } from '@amop/ports';
import { Router } from '@amop/router';
import { TopicTable } from '@amop/topic-sync';
import type { NodeConfig } from './config/node-config.ts';
import { createNodeCounters } from './counters.ts';
import { FlowControl } from './flow/flow-control.ts';
import { ReassemblyBudget } from './flow/reassembly-budget.ts';
import { DEFAULT_NODE_LIMITS } from './limits.ts';
import { LogLimiter } from './log-limiter.ts';
import type { NodeContext } from './node-context.ts';
import { RefusalBook } from './refusal/refusal-book.ts';
import type { AuditSink } from './sight/audit.ts';
import { MessageObserver } from './sight/message-observer.ts';
import { PartyTable } from './sight/party.ts';
import type { TraceRing } from './sight/trace-ring.ts';

/** What of the context its owner replaces. */
export type ReplaceableContext = Omit<NodeContext, ReplacedKey> & {
  -readonly [Key in ReplacedKey]: NodeContext[Key];
};

type ReplacedKey = 'config' | 'identity' | 'bandwidth' | 'stopping';

/** What a context is made from. */
export interface ContextOptions {
  readonly config: NodeConfig;
  readonly identity: CertificateIdentity;
  readonly nodeId: string;
  readonly trace: TraceRing | undefined;
}

/** Collaborators of a context. */
export interface ContextDependencies extends Pick<NodeContext, 'wakeSweeper' | 'topicsChanged'> {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly logger?: Logger;
  readonly audit?: AuditSink | undefined;
}

/** What the sessions and peers of a new node share. */
export function createContext(
  { config, identity, nodeId, trace }: ContextOptions,
  dependencies: ContextDependencies,
): ReplaceableContext {
  const { audit, clock, logger = silentLogger, random, scheduler } = dependencies;
  const limits = { ...DEFAULT_NODE_LIMITS, ...config.limits };
  const limited = new LogLimiter({ clock, logger });
  const parties = new PartyTable();
  const isWatched = trace !== undefined || audit !== undefined;
  const observer = isWatched ? new MessageObserver({ clock, parties, trace, audit }) : undefined;
  return {
    config,
    limits,
    nodeId,
    identity,
    clock,
    random,
    scheduler,
    logger,
    limited,
    counters: createNodeCounters(),
    refusals: new RefusalBook({ clock, limited }),
    parties,
    observer,
    router: new Router(
      { nodeId, verifiesOwnNode: config.channel.verifiesOwnNode ?? true },
      { random, observer },
    ),
    table: new TopicTable(limits),
    flow: new FlowControl(limits),
    budget: new ReassemblyBudget(limits),
    bandwidth: undefined,
    stopping: false,
    wakeSweeper: dependencies.wakeSweeper,
    topicsChanged: dependencies.topicsChanged,
  };
}

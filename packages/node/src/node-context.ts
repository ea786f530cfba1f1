import type { CertificateIdentity } from '@amop/crypto';
import type { Clock, Logger, Random, Scheduler } from '@amop/ports';
import type { Router } from '@amop/router';
import type { TopicTable } from '@amop/topic-sync';
import type { NodeConfig } from './config/node-config.ts';
import type { NodeCounters } from './counters.ts';
import type { BandwidthLimit } from './flow/bandwidth-limit.ts';
import type { FlowControl } from './flow/flow-control.ts';
import type { ReassemblyBudget } from './flow/reassembly-budget.ts';
import type { NodeLimits } from './limits.ts';
import type { LogLimiter } from './log-limiter.ts';
import type { RefusalBook } from './refusal/refusal-book.ts';
import type { MessageObserver } from './sight/message-observer.ts';
import type { PartyTable } from './sight/party.ts';

/** What the sessions and peers of one node share. */
export interface NodeContext {
  /** A reload puts another one in its place: look it up at each use. */
  readonly config: NodeConfig;
  /** One object for the life of the node; a reload changes what is in it. */
  readonly limits: NodeLimits;
  /** 128 lower-case hex digits. */
  readonly nodeId: string;
  /** From the node's own p2p certificate; a renewed one takes its place. */
  readonly identity: CertificateIdentity;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** For warnings that others can cause as often as they like. */
  readonly limited: LogLimiter;
  readonly counters: NodeCounters;
  readonly refusals: RefusalBook;
  readonly parties: PartyTable;
  /** Undefined: nobody looks at single messages. */
  readonly observer: MessageObserver | undefined;
  readonly router: Router;
  readonly table: TopicTable;
  readonly flow: FlowControl;
  readonly budget: ReassemblyBudget;
  /** Undefined: the configuration sets no limit. May change as {@link config} does. */
  readonly bandwidth: BandwidthLimit | undefined;
  /** True while the node stops: messages of applications are refused, what is under way ends. */
  readonly stopping: boolean;
  /** Tells that something which needs {@link Sweeper} checks every few ms has begun. */
  readonly wakeSweeper: () => void;
  /** Tells that subscriptions of this node have changed. */
  readonly topicsChanged: () => void;
}

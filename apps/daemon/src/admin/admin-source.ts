import type { NodeSight, NodeSnapshot, ReloadReport } from '@amop/node';
import type { MetricFamily } from '../metrics/metric-family.ts';

/** What the node counts, and what the daemon around it does. */
export interface DaemonCounters extends NodeSnapshot {
  /** Records that did not get into the audit log. */
  readonly auditDropped: number;
}

/** What the admin port shows and does: the running node, as the daemon has it. */
export interface AdminSource {
  readonly sight: NodeSight;
  /** Whether the node takes applications: started, and not stopping. */
  readonly isReady: () => boolean;
  readonly counters: () => DaemonCounters;
  readonly metrics: () => MetricFamily[];
  /** Reads the configuration anew; throws what is wrong with it. */
  readonly reload: () => ReloadReport;
}

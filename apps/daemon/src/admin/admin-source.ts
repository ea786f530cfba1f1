import type { NodeSight, NodeSnapshot, ReloadReport } from '@amop/node';
import type { MetricFamily } from '../metrics/metric-family.ts';

/** What the admin port shows and does: the running node, as the daemon has it. */
export interface AdminSource {
  readonly sight: NodeSight;
  /** Whether the node takes applications: started, and not stopping. */
  readonly isReady: () => boolean;
  readonly counters: () => NodeSnapshot;
  readonly metrics: () => MetricFamily[];
  /** Reads the configuration anew; throws what is wrong with it. */
  readonly reload: () => ReloadReport;
}

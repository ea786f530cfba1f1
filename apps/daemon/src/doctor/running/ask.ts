import type { NodeState } from '@amop/node';
import type { DaemonCounters } from '../../admin/admin-source.ts';
import { askAdmin } from '../../commands/admin-client.ts';
import type { Running } from './state.ts';

/**
 * What a node that runs tells of itself.
 *
 * @param admin `host:port` of its admin port
 * @throws DaemonError `AMOP_DAEMON_ADMIN`
 */
export async function askRunning(admin: string, stop: AbortSignal): Promise<Running> {
  const [state, counters] = await Promise.all([
    askAdmin<NodeState>(admin, '/v1/state', { stop }),
    askAdmin<DaemonCounters>(admin, '/v1/counters', { stop }),
  ]);
  return { admin, state, counters };
}

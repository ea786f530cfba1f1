import type { RouterCounters } from '@amop/router';
import type { NodeCounters } from '../counters.ts';
import type { NodeContext } from '../node-context.ts';
import type { PeerHost } from '../peer/peer-host.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import type { ChannelPort } from '../session/channel-port.ts';

/** What a node counted, and what it holds at this moment. */
export interface NodeSnapshot extends NodeCounters {
  readonly router: RouterCounters;
  /** Applications that were not let in, by reason. */
  readonly sessionRefusals: Readonly<Record<RefusalReason, number>>;
  /** Nodes that were not let in, were not reached, or did not let this one in, by reason. */
  readonly peerRefusals: Readonly<Record<RefusalReason, number>>;
  readonly sessions: number;
  readonly peers: number;
  readonly topics: number;
  readonly pendingRequests: number;
  /** Pairs of publisher and challenge route of private topics. */
  readonly verifications: number;
  readonly reassemblyBytes: number;
}

/** Copies of all that is counted but the router's parts, which are live. */
export function snapshotOf(
  context: NodeContext,
  channel: ChannelPort,
  peers: PeerHost,
): NodeSnapshot {
  const { budget, counters, refusals, router } = context;
  return {
    ...counters,
    cuts: { ...counters.cuts },
    messageRefusals: { ...counters.messageRefusals },
    sessionRefusals: { ...refusals.counts.application },
    peerRefusals: { ...refusals.counts.peer },
    router: { ...router.counters },
    sessions: channel.sessions.size,
    peers: [...peers.active()].length,
    topics: router.topics,
    pendingRequests: router.pending,
    verifications: router.verifications,
    reassemblyBytes: budget.heldBytes,
  };
}

import type { NodeSight, NodeSnapshot } from '@amop/node';
import { messageMetrics } from './message-metrics.ts';
import { byLabel, counter, gauge, type MetricFamily } from './metric-family.ts';

const DAY_MS = 86_400_000;
/** As in the log: from so many days before its end a certificate is pointed out. */
const WARN_DAYS = 30;

/** What metrics are made from, all of one moment. */
export interface MetricSources {
  readonly snapshot: NodeSnapshot;
  readonly sight: NodeSight;
  /** Version of the program. */
  readonly version: string;
  /** Records that did not get into the audit log. */
  readonly auditDropped: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/** All metrics of a node; docs/metrics.md explains each. Costs a look at each session and peer. */
export function nodeMetrics(sources: MetricSources): MetricFamily[] {
  const { snapshot } = sources;
  return [
    ...nowMetrics(sources),
    ...messageMetrics(snapshot),
    ...connectionMetrics(snapshot),
    ...certificateMetrics(sources),
    counter(
      'amop_audit_dropped_total',
      'Records that did not get into the audit log, as the disk was too slow',
      sources.auditDropped,
    ),
  ];
}

function nowMetrics({ sight, snapshot, version }: MetricSources): MetricFamily[] {
  const queued = sight.queuedBytes();
  return [
    {
      type: 'gauge',
      name: 'amop_node_info',
      help: '1; the version of the program',
      samples: [{ labels: { version }, value: 1 }],
    },
    gauge('amop_sessions', 'Applications that are connected', snapshot.sessions),
    gauge('amop_peers', 'Nodes that are connected', snapshot.peers),
    gauge(
      'amop_peers_unreached',
      'Configured nodes that are not connected',
      sight.unreached().length,
    ),
    gauge('amop_topics', 'Topics with at least one receiver here or at a peer', snapshot.topics),
    gauge('amop_pending_requests', 'Requests without an outcome yet', snapshot.pendingRequests),
    gauge(
      'amop_private_pairs',
      'Pairs of publisher and challenge route of private topics',
      snapshot.verifications,
    ),
    gauge(
      'amop_reassembly_bytes',
      'Bytes of frames that are not complete',
      snapshot.reassemblyBytes,
    ),
    byLabel('gauge', 'amop_queued_bytes', 'Bytes that receivers have not taken yet', 'to', {
      application: queued.applications,
      peer: queued.peers,
    }),
  ];
}

function connectionMetrics(snapshot: NodeSnapshot): MetricFamily[] {
  const { cuts, peerRefusals, sessionRefusals } = snapshot;
  const refusals = [
    ['application', sessionRefusals],
    ['peer', peerRefusals],
  ] as const;
  return [
    byLabel('counter', 'amop_connections_accepted_total', 'Connections taken, by kind', 'kind', {
      application: snapshot.sessionsAccepted,
      peer: snapshot.peersAccepted,
    }),
    {
      type: 'counter',
      name: 'amop_connections_refused_total',
      help: 'Connections that did not come about, by kind and reason',
      samples: refusals.flatMap(([kind, counts]) =>
        Object.entries(counts).map(([reason, value]) => ({ labels: { kind, reason }, value })),
      ),
    },
    byLabel('counter', 'amop_connections_cut_total', 'Connections cut, by reason', 'reason', cuts),
    byLabel('counter', 'amop_frames_total', 'Frames of any kind, by direction', 'direction', {
      in: snapshot.framesIn,
      out: snapshot.framesOut,
    }),
    byLabel(
      'counter',
      'amop_bytes_total',
      'Bytes of frames, without TLS, by direction',
      'direction',
      {
        in: snapshot.bytesIn,
        out: snapshot.bytesOut,
      },
    ),
    counter(
      'amop_frames_malformed_total',
      'Frames that could not be read',
      snapshot.framesMalformed,
    ),
    counter('amop_frames_ignored_total', 'Frames that nobody here takes', snapshot.framesIgnored),
    counter(
      'amop_topics_refused_total',
      'Topics of subscriptions that were not taken',
      snapshot.topicsRefused,
    ),
  ];
}

function certificateMetrics({ sight, wallMs }: MetricSources): MetricFamily[] {
  const ending = sight.endingBefore(wallMs + WARN_DAYS * DAY_MS);
  return [
    {
      type: 'gauge',
      name: 'amop_certificate_days_left',
      help: 'Days until a certificate of the node itself ends, below 0 after its end',
      samples: sight.certificates().map(({ fingerprint, subject, validToMs }) => ({
        labels: { subject, fingerprint: fingerprint.slice(0, 16) },
        value: (validToMs - wallMs) / DAY_MS,
      })),
    },
    byLabel(
      'gauge',
      'amop_connected_certificates_ending',
      `Connected ones whose certificate ends within ${WARN_DAYS} days, by kind`,
      'kind',
      { application: ending.applications, peer: ending.peers },
    ),
  ];
}

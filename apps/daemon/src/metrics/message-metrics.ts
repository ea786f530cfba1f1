import type { NodeSnapshot } from '@amop/node';
import { byLabel, counter, type MetricFamily, type MetricSample } from './metric-family.ts';

type OriginKind = 'application' | 'peer';
const ORIGINS: readonly OriginKind[] = ['application', 'peer'];
const MS_PER_S = 1_000;

/** What became of messages. Everything received has one outcome, or is pending. */
export function messageMetrics({ messageRefusals, router }: NodeSnapshot): MetricFamily[] {
  const { multicasts, requests } = router;
  return [
    {
      type: 'counter',
      name: 'amop_requests_received_total',
      help: 'Requests taken, by who asked',
      samples: ORIGINS.map((from) => ({ labels: { from }, value: requests[from].received })),
    },
    {
      type: 'counter',
      name: 'amop_requests_total',
      help: 'Requests that have ended, by who asked and outcome',
      samples: ORIGINS.flatMap((from) => requestOutcomes(from, requests[from])),
    },
    {
      type: 'counter',
      name: 'amop_request_bytes_total',
      help: 'Bytes of the frames of requests taken, by who asked',
      samples: ORIGINS.map((from) => ({ labels: { from }, value: requests[from].receivedBytes })),
    },
    {
      type: 'counter',
      name: 'amop_answer_bytes_total',
      help: 'Bytes of the frames of answers, by who asked',
      samples: ORIGINS.map((from) => ({ labels: { from }, value: requests[from].answeredBytes })),
    },
    {
      type: 'counter',
      name: 'amop_multicasts_total',
      help: 'Multicasts taken, by sender; a duplicate went no further',
      samples: ORIGINS.flatMap((from) => [
        {
          labels: { from, outcome: 'routed' },
          value: multicasts[from].received - multicasts[from].duplicates,
        },
        { labels: { from, outcome: 'duplicate' }, value: multicasts[from].duplicates },
      ]),
    },
    {
      type: 'counter',
      name: 'amop_multicast_bytes_total',
      help: 'Bytes of the frames of multicasts taken, by sender',
      samples: ORIGINS.map((from) => ({ labels: { from }, value: multicasts[from].receivedBytes })),
    },
    byLabel(
      'counter',
      'amop_multicast_deliveries_total',
      'Copies of multicasts queued, by receiver',
      'to',
      {
        application: multicasts.application.toApplications + multicasts.peer.toApplications,
        peer: multicasts.application.toPeers + multicasts.peer.toPeers,
      },
    ),
    byLabel(
      'counter',
      'amop_messages_refused_total',
      'Messages of applications answered with a code before they were routed, by reason',
      'reason',
      messageRefusals,
    ),
    byLabel('counter', 'amop_attempts_total', 'Requests given to a receiver, by receiver', 'to', {
      application: router.attemptsAtApplications,
      peer: router.attemptsAtPeers,
    }),
    counter('amop_retries_total', 'Attempts after the first one of a request', router.retries),
    counter(
      'amop_unexpected_answers_total',
      'Answers that no request waited for: late, or not asked for',
      router.unexpectedAnswers,
    ),
    privateTopics(router.privateTopics),
    latencies(router.latency),
  ];
}

function privateTopics(counters: NodeSnapshot['router']['privateTopics']): MetricFamily {
  const { overLimit, statusIgnored, ...others } = counters;
  return byLabel(
    'counter',
    'amop_private_events_total',
    'What happened to proofs on private topics',
    'event',
    { ...others, 'status-ignored': statusIgnored, 'over-limit': overLimit },
  );
}

function requestOutcomes(
  from: OriginKind,
  counters: NodeSnapshot['router']['requests']['application'],
): MetricSample[] {
  const outcomes = {
    answered: counters.answered,
    'answered-with-error': counters.answeredWithError,
    'no-subscriber': counters.failed100,
    overloaded: counters.failed103,
    'no-answer': counters.failed104,
    abandoned: counters.abandoned,
  };
  return Object.entries(outcomes).map(([outcome, value]) => ({ labels: { from, outcome }, value }));
}

function latencies(latency: NodeSnapshot['router']['latency']): MetricFamily {
  const hops = Object.entries(latency);
  return {
    type: 'histogram',
    name: 'amop_latency_seconds',
    help: 'Time until the answer of an application or peer, and of whole requests of applications until their outcome',
    samples: hops.map(([hop, { boundsMs, counts, sumMs }]) => ({
      labels: { hop },
      bounds: boundsMs.map((ms) => ms / MS_PER_S),
      counts: [...counts],
      sum: sumMs / MS_PER_S,
    })),
  };
}

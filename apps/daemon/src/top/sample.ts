import type { NodeSnapshot, NodeState } from '@amop/node';

/** What a node said at one moment. */
export interface TopReading {
  /** Monotonic ms of this process. */
  readonly atMs: number;
  readonly state: NodeState;
  readonly counters: NodeSnapshot;
}

/** How busy a node was between two readings; rates are per second. */
export interface TopRates {
  readonly requests: number;
  readonly multicasts: number;
  readonly deliveries: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Share of the requests that ended which a subscriber answered with 0; undefined when none ended. */
  readonly answeredShare: number | undefined;
  /** Upper bound of the bucket of the median, and of 99 of 100 requests, in ms; undefined when none ended. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

const MS_PER_S = 1_000;

/** The rates between two readings of one node. */
export function ratesBetween(before: TopReading, after: TopReading): TopRates {
  const seconds = Math.max(1, after.atMs - before.atMs) / MS_PER_S;
  const rate = (of: (counters: NodeSnapshot) => number): number =>
    Math.max(0, of(after.counters) - of(before.counters)) / seconds;
  const observed = after.counters.router.latency.request.counts.map(
    (count, bucket) => count - (before.counters.router.latency.request.counts[bucket] ?? 0),
  );
  return {
    requests: rate(
      ({ router }) => router.requests.application.received + router.requests.peer.received,
    ),
    multicasts: rate(
      ({ router }) => router.multicasts.application.received + router.multicasts.peer.received,
    ),
    deliveries: rate(
      ({ router }) =>
        router.multicasts.application.toApplications + router.multicasts.peer.toApplications,
    ),
    framesIn: rate(({ framesIn }) => framesIn),
    framesOut: rate(({ framesOut }) => framesOut),
    bytesIn: rate(({ bytesIn }) => bytesIn),
    bytesOut: rate(({ bytesOut }) => bytesOut),
    answeredShare: answeredShare(before.counters, after.counters),
    p50Ms: quantile(observed, after, 0.5),
    p99Ms: quantile(observed, after, 0.99),
  };
}

/** Of the requests of applications; those that other nodes ask for are counted there. */
function answeredShare(before: NodeSnapshot, after: NodeSnapshot): number | undefined {
  const ended = ({ router }: NodeSnapshot): number => {
    const { abandoned, answered, answeredWithError, failed100, failed103, failed104 } =
      router.requests.application;
    return abandoned + answered + answeredWithError + failed100 + failed103 + failed104;
  };
  const all = ended(after) - ended(before);
  if (all <= 0) return undefined;
  const answered =
    after.router.requests.application.answered - before.router.requests.application.answered;
  return answered / all;
}

function quantile(
  observed: readonly number[],
  { counters }: TopReading,
  share: number,
): number | undefined {
  const total = observed.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  let seen = 0;
  for (const [bucket, count] of observed.entries()) {
    seen += count;
    if (seen >= total * share) {
      return counters.router.latency.request.boundsMs[bucket] ?? Number.POSITIVE_INFINITY;
    }
  }
  return Number.POSITIVE_INFINITY;
}
